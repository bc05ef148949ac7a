"""Who acts: kept as a kind and an id, read from the words of older releases, given with each transaction."""

from collections.abc import Sequence
from typing import get_args

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from enlist.runtime.actors import OWNER, SYSTEM, Actor, Kind, read_actor
from enlist.runtime.batch import Batch
from enlist.runtime.db import Database, Tx

kinds = st.sampled_from(get_args(Kind))


@given(kinds, st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20))
def test_an_actor_is_read_as_it_was_kept(kind: Kind, id_: str) -> None:
    actor = Actor(kind, id_)
    assert read_actor(actor.kind, actor.id, actor.old_word) == actor


@given(st.sampled_from(["api", "page", "owner", "deadline", "purchase", "stripe", "bank"]))
def test_the_words_of_older_releases_are_read_and_still_written(word: str) -> None:
    assert read_actor(None, None, word).old_word == word


def test_what_the_words_meant() -> None:
    meant = {word: str(read_actor(None, None, word)) for word in ("api", "page", "owner", "deadline", "stripe")}
    assert meant == {
        "api": "protocol:justclick",
        "page": "person",
        "owner": "owner",
        "deadline": "system:deadline",
        "stripe": "channel:stripe",
    }


async def test_a_transaction_knows_who_acts(database: Database) -> None:
    staff = Actor("staff", "7")
    async with database.transaction() as tx:
        assert tx.actor == SYSTEM
    async with database.by(OWNER).transaction() as tx, tx.savepoint():
        assert tx.actor == OWNER
        assert tx.by(staff).actor == staff
        assert await tx.by(staff).fetch_value("SELECT 1") == 1
        assert tx.actor == OWNER
    async with database.by(staff).reading() as tx:
        assert tx.actor == staff


async def test_a_batch_acts_for_whom_its_database_is(database: Database) -> None:
    async def tell(tx: Tx, items: Sequence[int]) -> list[str]:
        return [str(tx.actor) for _ in items]

    batch: Batch[int, str] = Batch("t", database.by(Actor("person", "x")), tell)
    assert await batch.put(1) == "person:x"
    await batch.close()


def test_only_known_kinds_are_read() -> None:
    try:
        read_actor("stranger", "", "")
    except msgspec.ValidationError:
        return
    raise AssertionError("a stranger was let in")
