"""Tokens give back the numbers they were issued for, and nothing else passes for a token."""

import re
from base64 import urlsafe_b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.kit import tokens

KEY = b"k" * 32
numbers_lists = st.lists(st.integers(0, 2**70), max_size=20)


@given(numbers_lists)
def test_numbers_survive_the_way_there_and_back(numbers: list[int]) -> None:
    token = tokens.issue(KEY, "confirm", numbers)
    assert re.fullmatch(r"[A-Za-z0-9_-]{22,1024}", token)
    assert tokens.read(KEY, "confirm", token) == tuple(numbers)


@given(numbers_lists)
def test_a_token_is_good_for_its_key_and_purpose_only(numbers: list[int]) -> None:
    token = tokens.issue(KEY, "confirm", numbers)
    assert tokens.read(KEY, "leave", token) is None
    assert tokens.read(b"x" * 32, "confirm", token) is None


@given(numbers_lists, st.data())
def test_a_changed_token_is_no_token(numbers: list[int], data: st.DataObject) -> None:
    token = tokens.issue(KEY, "confirm", numbers)
    place = data.draw(st.integers(0, len(token)))
    changed = token[:place] + data.draw(st.text("aB0-_=+/ \nЖ", max_size=2)) + token[place + 1 :]
    if changed != token:
        assert tokens.read(KEY, "confirm", changed) is None


@given(st.text() | st.text("abcXYZ019-_=", max_size=60))
def test_no_text_raises_or_passes(token: str) -> None:
    assert tokens.read(KEY, "confirm", token) is None


@pytest.mark.parametrize("token", ["", "=", "A", "A" * 22, "A" * 1024, "A" * 1_000_000, "\ud800" * 22, "\0" * 22])
def test_hostile_text_is_no_token(token: str) -> None:
    assert tokens.read(KEY, "confirm", token) is None


def test_a_token_is_short_and_what_is_too_much_for_it_is_refused() -> None:
    assert len(tokens.issue(KEY, "confirm", [1, 2])) == 24
    with pytest.raises(ValueError, match="do not fit"):
        tokens.issue(KEY, "confirm", [1] * 1000)
    with pytest.raises(ValueError, match="not negative"):
        tokens.issue(KEY, "confirm", [-1])


def test_each_purpose_and_each_secret_has_a_key_of_its_own() -> None:
    keys = {tokens.derive(secret, purpose) for secret in (b"a", b"b") for purpose in ("x", "y", "")}
    assert len(keys) == 6
    assert {len(key) for key in keys} == {32}
    assert tokens.derive(b"a", "x") == tokens.derive(b"a", "x")


@given(numbers_lists)
def test_hidden_numbers_survive_as_well(numbers: list[int]) -> None:
    token = tokens.issue(KEY, "confirm", numbers, hidden=True)
    assert tokens.read(KEY, "confirm", token) == tuple(numbers)
    assert tokens.read(KEY, "leave", token) is None
    assert tokens.read(b"o" * 32, "confirm", token) is None


def test_nobody_reads_hidden_numbers() -> None:
    bodies = set()
    for number in range(200, 300):
        raw = urlsafe_b64decode(tokens.issue(KEY, "confirm", (7, number), hidden=True) + "==")
        open_ = urlsafe_b64decode(tokens.issue(KEY, "confirm", (7, number)) + "==")
        bodies.add(raw[tokens.SIGNATURE :])
        assert raw[tokens.SIGNATURE :] != open_[tokens.SIGNATURE :]
    assert len({body[:1] for body in bodies}) > 50  # the same account looks different each time
