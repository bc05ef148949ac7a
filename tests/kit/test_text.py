"""Text that can be kept: exactly what PostgreSQL takes, never longer than asked for."""

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enlist.kit import text
from enlist.runtime.db import Database

anything = st.text(st.characters(exclude_categories=()), max_size=40) | st.text("a\0é\ud800\udc00😀", max_size=10)
lengths = st.integers(0, 20)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(anything)
async def test_what_can_be_kept_is_what_the_database_keeps(database: Database, said: str) -> None:
    async with database.reading() as tx:
        try:
            kept = await tx.fetch_value("SELECT $1::text", said)
        except (asyncpg.DataError, asyncpg.CharacterNotInRepertoireError, UnicodeEncodeError):
            assert not text.can_be_kept(said)
        else:
            assert text.can_be_kept(said)
            assert kept == said


@given(anything, lengths)
def test_what_is_cut_fits_and_what_fits_is_not_cut(said: str, longest: int) -> None:
    kept = text.cut(said, longest)
    assert text.fits(kept, longest)
    assert text.fault(kept, longest) is None
    assert (kept == said) == text.fits(said, longest)


@given(anything, lengths)
def test_a_fault_is_said_exactly_where_a_text_does_not_fit(said: str, longest: int) -> None:
    assert (text.fault(said, longest) is None) == text.fits(said, longest)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("abcd", "is longer than 3 characters"),
        ("a\0", "holds a character that cannot be kept"),
        ("\ud83d", "holds a character that cannot be kept"),
        ("😀", None),
    ],
)
def test_faults_in_words(said: str, fault: str | None) -> None:
    assert text.fault(said, 3) == fault


def test_spellings_of_the_same_characters_are_equal() -> None:
    assert text.comparable("e\u0301") == text.comparable("\u00e9") == "é"
