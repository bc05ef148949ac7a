"""JSON of strangers keeps its numbers as written, and never brings the reader down."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.kit import loose_json

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=10)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=10,
)


def as_read(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list):
        return [as_read(item) for item in value]
    if isinstance(value, dict):
        return {key: as_read(item) for key, item in value.items()}
    return value


@given(values, st.booleans())
def test_what_json_writes_is_read_again(value: Any, escaped: bool) -> None:
    assert loose_json.read(json.dumps(value, ensure_ascii=escaped)) == as_read(value)


@pytest.mark.parametrize("number", ["0", "-0", "99988800066", "1.50", "1e400", "-1E-9", "9" * 100_000])
def test_a_number_stays_as_it_was_written(number: str) -> None:
    assert loose_json.read(f'{{"n":{number}}}') == {"n": number}


def test_the_last_of_a_repeated_key_counts() -> None:
    assert loose_json.read_object('{"refid":2,"a":1,"refid":"x"}') == {"refid": "x", "a": "1"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{'a':1}",
        '"{"a":1}"',
        "NaN",
        "[Infinity]",
        "01",
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"a":1} x',
        r'"\u0000"',
        r'{"\u0000":1}',
        r'[["\ud800"]]',
        '"\0"',
        '"\n"',
        "[" * 100_000 + "]" * 100_000,
    ],
)
def test_what_is_no_json_or_cannot_be_kept_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        loose_json.read(text)
    assert loose_json.read_object(text) is None


@given(st.text(max_size=30))
def test_any_text_is_an_object_or_none(text: str) -> None:
    found = loose_json.read_object(text)
    assert found is None or isinstance(found, dict)


@pytest.mark.parametrize(
    ("value", "text"), [("x", "x"), ("", ""), (True, "1"), (False, ""), (None, ""), ([], None), ({}, None)]
)
def test_a_plain_value_is_written_as_php_does(value: Any, text: str | None) -> None:
    assert loose_json.scalar(value) == text
