"""Pages: none misses an item or repeats one, cursors are read back or refused, everything is bounded."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enlist.kit import paging
from enlist.kit.paging import BadCursor, Page

ITEMS = [n * 3 for n in range(1, 2500)]


async def ask(*, after: str, limit: int) -> Page[int]:
    start = paging.read_cursor(after, 0)
    limit = paging.bounded(limit)
    return paging.cut([n for n in ITEMS if n > start][: limit + 1], limit, lambda n: n)


@settings(deadline=None, max_examples=30)
@given(st.integers(20, 1200))
async def test_pages_follow_each_other_without_gap_or_repetition(limit: int) -> None:
    seen: list[int] = []
    after = ""
    while True:
        page = await ask(after=after, limit=limit)
        assert len(page) <= min(limit, paging.MOST)
        seen += page
        if not (after := page.after):
            break
    assert seen == ITEMS


async def test_a_whole_list_is_collected_up_to_a_ceiling() -> None:
    assert await paging.collect(ask) == ITEMS
    assert await paging.collect(ask, ceiling=1500) == ITEMS[:1500]
    assert await paging.collect(ask, ceiling=7) == ITEMS[:7]


def test_a_page_is_bounded_whatever_is_asked_for() -> None:
    assert [paging.bounded(limit) for limit in (-1, 0, 1, 1000, 10**9)] == [1, 1, 1, 1000, 1000]


@given(st.integers(0, 2**63 - 1) | st.text() | st.tuples(st.text(), st.integers(0, 2**63 - 1)))
def test_a_cursor_is_read_back(key: object) -> None:
    first: object = ("", 0) if isinstance(key, tuple) else type(key)()
    assert paging.read_cursor(paging.write_cursor(key), first) == key


@given(st.text(max_size=20).filter(bool))
def test_what_is_no_cursor_is_refused(text: str) -> None:
    try:
        number = paging.read_cursor(text, 0)
    except BadCursor:
        return
    assert 0 <= number < 2**63


@pytest.mark.parametrize("key", ["text", -1, 2**63, [1], None])
def test_a_cursor_of_another_list_is_refused(key: object) -> None:
    with pytest.raises(BadCursor):
        paging.read_cursor(paging.write_cursor(key), 0)


def test_without_a_cursor_a_list_begins_at_its_beginning() -> None:
    assert paging.read_cursor("", 0) == 0
    assert paging.read_cursor("", ("", 0)) == ("", 0)
