"""Numbers that stand for running numbers: reversible, all different, without any order."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.kit.permuting import LARGEST, permute, restore

keys = st.binary(min_size=1, max_size=64)
numbers = st.integers(0, LARGEST)


@given(keys, numbers)
def test_whoever_has_the_key_gets_the_number_back(key: bytes, number: int) -> None:
    shown = permute(key, number)
    assert 0 <= shown <= LARGEST
    assert restore(key, shown) == number


@given(keys, numbers)
def test_every_number_stands_for_one(key: bytes, shown: int) -> None:
    number = restore(key, shown)
    assert number is not None
    assert permute(key, number) == shown


def test_running_numbers_look_like_drawn_by_lot() -> None:
    shown = [permute(b"key", number) for number in range(2000)]
    assert len(set(shown)) == 2000
    rising = sum(one < other for one, other in itertools.pairwise(shown))
    assert 900 < rising < 1100
    assert sum(number > LARGEST // 2 for number in shown) in range(900, 1100)
    assert shown[0] > 1000


def test_another_key_shows_another_number() -> None:
    assert permute(b"key", 7) != permute(b"other", 7)


@pytest.mark.parametrize("number", [-1, LARGEST + 1, 2**63])
def test_other_numbers_stand_for_nothing(number: int) -> None:
    assert restore(b"key", number) is None
    with pytest.raises(ValueError, match="LARGEST"):
        permute(b"key", number)
