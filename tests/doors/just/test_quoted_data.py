"""The object in `data` is made out however it is wrapped."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.doors.just.quoted_data import parse, read_data
from enlist.doors.just.reading import Fields, read_form

OBJECT = {"email": "123@123.com", "refid": "x"}
SAMPLE = '"{"email":"123@123.com","refid":2,"number":99988800066,"refid":"ch-api_src-tyuuyt-api","refidm":"ww0722"}"'


def test_the_sample_of_the_documents() -> None:
    assert parse(SAMPLE) == {
        "email": "123@123.com",
        "refid": "ch-api_src-tyuuyt-api",
        "number": "99988800066",
        "refidm": "ww0722",
    }


@pytest.mark.parametrize(
    "sent",
    [
        '{"email":"123@123.com","refid":"x"}',
        ' {"email":"123@123.com","refid":"x"}\n',
        '"{"email":"123@123.com","refid":"x"}"',
        ' " {"email":"123@123.com","refid":"x"} " ',
        '\'{"email":"123@123.com","refid":"x"}\'',
        r'"{\"email\":\"123@123.com\",\"refid\":\"x\"}"',
        r'"{\u0022email\u0022:\u0022123@123.com\u0022,\"refid\":\"x\"}"',
    ],
)
def test_one_wrapping_is_taken_off(sent: str) -> None:
    assert parse(sent) == OBJECT


@pytest.mark.parametrize(
    "sent",
    [
        "",
        '"',
        "''",
        '""',
        "{",
        "{}x",
        "[]",
        "1",
        "null",
        '"text"',
        '"[1]"',
        '""{"email":"a@b.cd"}""',
        "{'email':'a@b.cd'}",
        '{"email":"a@b.cd",}',
        r"{\"email\":\"a@b.cd\"}",
        '{"refid":"\\u0000"}',
        '{"refid":"\\ud83d"}',
        "[" * 500_000,
        '"' + '{"a":' * 100_000 + '"',
    ],
)
def test_what_holds_no_object_is_nothing(sent: str) -> None:
    assert parse(sent) is None


def test_an_object_in_fields_of_its_own_or_in_a_json_body() -> None:
    nested = [("data[email]", '"123@123.com"'), ("data[refid]", " x ")]
    assert read_data(Fields(body=nested)) == OBJECT
    assert read_data(Fields(query=nested)) == OBJECT
    assert read_data(Fields(query=nested[:1], body=nested[1:])) == OBJECT
    for whole in ({"data": OBJECT}, OBJECT, {"data": json.dumps(OBJECT)}, {"data": f'"{json.dumps(OBJECT)}"'}):
        _, read = read_form(json.dumps(whole).encode(), "application/json", 1000)
        assert read_data(Fields(whole=read)) == OBJECT, whole


@pytest.mark.parametrize("whole", [{"data": []}, {"data": 1}, {"data": None}, {"data": "x"}, {"data": [OBJECT]}])
def test_a_json_body_whose_data_is_no_object_has_none(whole: dict[str, Any]) -> None:
    _, read = read_form(json.dumps(whole | OBJECT).encode(), "application/json", 1000)
    assert read_data(Fields(whole=read)) is None


def test_without_data_there_is_nothing() -> None:
    assert read_data(Fields()) is None
    assert read_data(Fields(body=[("email", "123@123.com")])) is None


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


@given(
    st.dictionaries(texts, texts | st.integers(), max_size=5), st.sampled_from(["", '"', "'", "string"]), st.booleans()
)
def test_any_object_in_any_wrapping_is_found(whole: dict[str, Any], wrapping: str, ascii_only: bool) -> None:
    text = json.dumps(whole, ensure_ascii=ascii_only)
    sent = json.dumps(text, ensure_ascii=ascii_only) if wrapping == "string" else wrapping + text + wrapping
    assert parse(sent) == {key: str(value) for key, value in whole.items()}


@given(st.text(max_size=40) | st.lists(st.sampled_from(list("{}[]\",:\\ '1a")), max_size=30).map("".join))
def test_any_text_holds_an_object_or_nothing(sent: str) -> None:
    found = parse(sent)
    assert found is None or isinstance(found, dict)
