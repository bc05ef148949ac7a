"""Counts of members: equal to the plain count at every moment, whoever writes, folds, counts anew or is killed."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, Literal

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enlist.domain import accounts, contacts, groups
from enlist.domain.groups import confirming, counting, placing
from enlist.domain.groups.model import Join, KnownMembership, Origin, State
from enlist.domain.groups.tallying import Tally, rows, tally_joins, tally_states
from enlist.kit.email import normalise
from enlist.runtime.db import Database, Tx
from tests.support.world import World, an_enrolment

NAMES = ("a", "b", "c")
PEOPLE = [f"p{number}@example.com" for number in range(4)]

_PLAIN = """
SELECT group_id, count(*) FILTER (WHERE state = 'active'), count(*) FILTER (WHERE state = 'waiting'), count(*)
FROM memberships WHERE account_id = $1 GROUP BY group_id
UNION ALL
SELECT 0, count(*) FILTER (WHERE a), count(*) FILTER (WHERE w AND NOT a), count(*)
FROM (SELECT bool_or(state = 'active') AS a, bool_or(state = 'waiting') AS w
      FROM memberships WHERE account_id = $1 GROUP BY contact_id) AS people
"""
_KEPT = """
SELECT group_id, sum(active), sum(waiting), sum(total) FROM (
    SELECT group_id, active, waiting, total FROM membership_counts WHERE account_id = $1
    UNION ALL
    SELECT group_id, active, waiting, total FROM membership_count_changes WHERE account_id = $1
    UNION ALL
    SELECT 0, any_active, any_waiting, any_total FROM membership_count_changes WHERE account_id = $1
) AS all_of_it GROUP BY group_id
"""


@pytest.fixture
async def account(database: Database) -> accounts.Account:
    return await _an_account(database)


async def _an_account(database: Database) -> accounts.Account:
    world = World(database)
    account = await world.account(confirms_always=False)
    for name in NAMES:
        await world.group(account, name, asks=False)
    return account


async def check(database: Database, account: accounts.Account, *, known: bool = True) -> None:
    """Assert that all counts are those of the rows, and that what is asked for is told right."""
    async with database.transaction() as tx:
        await tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        plain = {row[0]: tuple(row)[1:] for row in await tx.fetch(_PLAIN, account.id)}
        if known:
            kept = {row[0]: tuple(row)[1:] for row in await tx.fetch(_KEPT, account.id)}
            assert {key: numbers for key, numbers in kept.items() if any(numbers)} == {
                key: numbers for key, numbers in plain.items() if any(numbers)
            }
            assert await counting.uncounted(tx) == []
        assert await groups.count_active_people(tx, account.id) == plain[0][0]
        for name in NAMES:
            group = await groups.find(tx, account.id, name)
            assert group is not None
            assert await groups.count_active(tx, account.id, name) == plain.get(group.id, (0,))[0]
        people = await tx.fetch_value("SELECT count(*) FROM contacts WHERE account_id = $1", account.id)
        assert await groups.count_active(tx, account.id, groups.ALL_CONTACTS) == people


class Acts:
    """What can happen to memberships, each act in the transaction that it is given."""

    def __init__(self, account: accounts.Account, numbers: dict[str, int]) -> None:
        self.account = account
        self.numbers = numbers

    async def joins(self, tx: Tx, who: str, names: list[str], confirm: bool) -> None:
        await groups.enrol(tx, [an_enrolment(self.account, who, names, confirm=confirm)])

    async def joins_with_others(self, tx: Tx, who: str, names: list[str], confirm: bool) -> None:
        await groups.enrol(tx, [an_enrolment(self.account, one, names, confirm=confirm) for one in (who, *PEOPLE, who)])

    async def confirms(self, tx: Tx, who: str, names: list[str], confirm: bool) -> None:
        if key := await self._contact(tx, who):
            await groups.confirm(tx, self.account.id, key, [self.numbers[name] for name in names])

    async def leaves(self, tx: Tx, who: str, names: list[str], confirm: bool) -> None:
        if key := await self._contact(tx, who):
            await groups.leave_by_link(tx, self.account.id, key, [self.numbers[name] for name in names])

    async def comes_back(self, tx: Tx, who: str, names: list[str], confirm: bool) -> None:
        if key := await self._contact(tx, who):
            await groups.rejoin_by_link(tx, self.account.id, key, [self.numbers[name] for name in names])

    async def is_removed(self, tx: Tx, who: str, names: list[str], confirm: bool) -> None:
        if key := await self._contact(tx, who):
            await groups.remove(tx, self.account.id, key, names)

    async def cannot_be_reached(self, tx: Tx, who: str, names: list[str], confirm: bool) -> None:
        if key := await self._contact(tx, who):
            data = {"contact_id": key, "group_ids": [self.numbers[name] for name in names]}
            refused = SimpleNamespace(owner_id=self.account.id, kind=confirming.CONFIRMATION_LETTER, data=data)
            await groups.mark_undeliverable(tx, [refused, refused])

    async def without_address(self, tx: Tx, who: str, names: list[str], confirm: bool) -> None:
        key = await contacts.create_without_email(tx, self.account.id)
        await placing.place_without_email(tx, self.account.id, key, names)

    async def is_kept_by_the_owner(self, tx: Tx, who: str, names: list[str], confirm: bool) -> None:
        email = normalise(who)
        changes = contacts.CardChanges()
        lost = [name for name in NAMES if name not in names][:1]
        await groups.keep_contact(tx, self.account, email, changes, join=names, leave=lost)

    async def folding(self, tx: Tx, who: str, names: list[str], confirm: bool) -> None:
        await counting.fold_counts(tx)

    async def counting_anew(self, tx: Tx, who: str, names: list[str], confirm: bool) -> None:
        await groups.recount(tx, self.account.id)

    async def _contact(self, tx: Tx, who: str) -> int | None:
        email = normalise(who)
        assert email is not None
        found = await contacts.find(tx, self.account.id, email)
        return found.id if found else None


ACTS: dict[str, Callable[..., Awaitable[None]]] = {
    name: act for name, act in vars(Acts).items() if not name.startswith("_")
}

an_act = st.tuples(
    st.sampled_from(sorted(ACTS)),
    st.sampled_from(PEOPLE),
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True),
    st.booleans(),
    st.booleans(),  # whether its transaction is rolled back
)


async def _acts(database: Database, account: accounts.Account) -> Acts:
    async with database.reading() as tx:
        return Acts(account, {group.name: group.id for group in await groups.list_(tx, account.id)})


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(history=st.lists(an_act, max_size=14))
async def test_whatever_happens_the_counts_are_those_of_the_rows(database: Database, history: list[Any]) -> None:
    account = await _an_account(database)
    acts = await _acts(database, account)
    for name, who, names, confirm, undone in history:
        try:
            async with database.transaction() as tx:
                await ACTS[name](acts, tx, who, names, confirm)
                if undone:
                    raise ZeroDivisionError
        except (ZeroDivisionError, groups.AddressUndeliverable):
            pass
        await check(database, account)


async def test_two_processes_that_change_the_same_people_at_the_same_time_count_right(
    dsn: str, database: Database, account: accounts.Account
) -> None:
    other = Database(dsn)
    await other.open()
    acts = await _acts(database, account)
    dice = random.Random(7)

    async def somebody(number: int) -> None:
        source = (database, other)[number % 2]
        for _ in range(25):
            name, names = dice.choice(sorted(ACTS)), dice.sample(NAMES, 2)
            who, confirm = dice.choice(PEOPLE[:2]), dice.random() < 0.5
            try:
                async with source.transaction() as tx:
                    await ACTS[name](acts, tx, who, names, confirm)
            except (asyncpg.DeadlockDetectedError, groups.AddressUndeliverable):
                pass

    async def asker() -> None:
        for _ in range(20):
            await check(database, account)
            await asyncio.sleep(0.02)

    await asyncio.gather(*[somebody(number) for number in range(8)], asker())
    await check(database, account)
    await other.close()


async def test_a_backend_that_is_killed_in_the_middle_leaves_the_counts_right(
    dsn: str, database: Database, account: accounts.Account
) -> None:
    acts = await _acts(database, account)
    for name in sorted(ACTS):
        async with database.transaction() as tx:
            await acts.joins(tx, PEOPLE[0], ["a", "b"], False)
        victim = Database(dsn)
        await victim.open()
        with pytest.raises(Exception):  # noqa: B017 - whatever the driver makes of it
            async with victim.transaction() as tx:
                await ACTS[name](acts, tx, PEOPLE[0], ["a", "c"], True)
                pid = await tx.fetch_value("SELECT pg_backend_pid()")
                async with database.reading() as killer:
                    await killer.fetch_value("SELECT pg_terminate_backend($1)", pid)
                await asyncio.sleep(0.05)
                await tx.fetch_value("SELECT 1")
        await victim.close()
        await check(database, account)


async def test_a_server_of_the_release_before_makes_the_counts_unknown_until_they_are_counted_anew(
    dsn: str, database: Database, account: accounts.Account
) -> None:
    acts = await _acts(database, account)
    async with database.transaction() as tx:
        await acts.joins_with_others(tx, PEOPLE[0], ["a", "b"], False)
        await counting.fold_counts(tx)
    old = await asyncpg.connect(dsn)
    person = await old.fetchval(
        "INSERT INTO contacts (account_id, email, email_key, name, phone, city, tags, created_at)"
        " VALUES ($1, 'x@example.com', 'x@example.com', '', '', '', '{}', now()) RETURNING id", account.id,
    )  # fmt: skip
    await check(database, account, known=False)
    for text in (
        "INSERT INTO memberships (account_id, contact_id, group_id, state, subscribed_at, tag, city, done_url, ip)"
        " VALUES ($1, $2, $3, 'waiting', now(), '', '', '', '')",
        "UPDATE memberships SET state = 'active' WHERE (account_id, contact_id, group_id) = ($1, $2, $3)",
        "DELETE FROM memberships WHERE (account_id, contact_id, group_id) = ($1, $2, $3)",
    ):
        await old.execute(text, account.id, person, acts.numbers["a"])
        await check(database, account, known=False)
        async with database.transaction() as tx:
            assert await counting.uncounted(tx) == [account.id]
            assert await groups.recount(tx, account.id) == 0
        await check(database, account)
    # One that commits behind the counting makes the count unknown once more.
    async with old.transaction():
        await old.execute(
            "DELETE FROM memberships WHERE account_id = $1 AND group_id = $2", account.id, acts.numbers["b"]
        )
        async with database.transaction() as tx:
            await groups.recount(tx, account.id)
    await check(database, account, known=False)
    async with database.transaction() as tx:
        assert await counting.uncounted(tx) == [account.id]
        await groups.recount(tx, account.id)
    await check(database, account)
    await old.close()


async def test_counting_anew_heals_a_wrong_count_and_tells_how_many_were_wrong(
    database: Database, account: accounts.Account
) -> None:
    acts = await _acts(database, account)
    async with database.transaction() as tx:
        await acts.joins_with_others(tx, PEOPLE[0], ["a"], False)
        await counting.fold_counts(tx)
        assert await groups.recount(tx, account.id) == 0
        await tx.execute("UPDATE membership_counts SET active = 70 WHERE account_id = $1", account.id)
        await tx.execute("UPDATE contact_counts SET total = 9 WHERE account_id = $1", account.id)
    async with database.transaction() as tx:
        assert await groups.recount(tx, account.id) == 3  # the group, the contacts in any group, all contacts
    await check(database, account)


async def test_in_the_background_changes_are_folded_and_unknown_counts_counted(
    dsn: str, database: Database, account: accounts.Account
) -> None:
    acts = await _acts(database, account)
    async with database.transaction() as tx:
        await acts.joins(tx, PEOPLE[0], ["a", "b"], False)
    old = await asyncpg.connect(dsn)
    await old.execute("DELETE FROM memberships WHERE account_id = $1 AND group_id = $2", account.id, acts.numbers["a"])
    await old.close()
    for there_were in (1, 0):
        async with database.transaction() as tx:
            assert await groups.shorten_counts(tx) == 0  # not so many that it has to go on at once
            assert await groups.count_unknown(tx) == there_were
    await check(database, account)
    async with database.reading() as tx:
        assert await tx.fetch_value("SELECT count(*) FROM membership_count_changes") == 0
        assert await tx.fetch_value("SELECT count(*) FROM contact_count_changes") == 0


async def test_one_at_a_time_folds_and_nobody_waits_for_it(database: Database, account: accounts.Account) -> None:
    acts = await _acts(database, account)
    async with database.transaction() as tx:
        await acts.joins(tx, PEOPLE[0], ["a", "b"], False)
    async with database.transaction() as first:
        assert await counting.fold_counts(first) > 0
        async with database.transaction() as second:
            assert await counting.fold_counts(second) == 0
            await acts.joins(second, PEOPLE[1], ["a"], False)
        await check(database, account)
    await check(database, account)


async def test_a_count_reads_a_handful_of_rows_whatever_the_size_of_the_account(
    database: Database, account: accounts.Account
) -> None:
    acts = await _acts(database, account)
    async with database.transaction() as tx:
        await groups.enrol(tx, [an_enrolment(account, f"many{n}@example.com", ["a", "b"]) for n in range(2000)])
        await counting.fold_counts(tx)
    async with database.transaction() as tx:
        read = (
            "SELECT coalesce(sum(seq_tup_read + idx_tup_fetch), 0)::int FROM pg_stat_xact_user_tables"
            " WHERE relname LIKE 'membership%' OR relname LIKE 'contact%'"
        )
        await tx.execute("SET LOCAL enable_seqscan = off")  # these tables are small here
        before = await tx.fetch_value(read)
        assert await groups.count_active_people(tx, account.id) == 2000
        assert await groups.count_active(tx, account.id, "b") == 2000
        assert await groups.count_active(tx, account.id, groups.ALL_CONTACTS) == 2000
        # With the statistics of a table just made the planner may look at some more of the appended rows.
        assert await tx.fetch_value(read) - before < 200
    assert acts


states = st.dictionaries(
    st.integers(1, 3), st.sampled_from(["waiting", "active", "left", "removed", "undeliverable"]), max_size=3
)


def _sums(tally: Tally) -> tuple[dict[int, tuple[int, ...]], tuple[int, ...]]:
    kept = list(rows(tally))
    groups_ = {row[1]: row[2:5] for row in kept if any(row[2:5])}
    return groups_, tuple(sum(row[place] for row in kept) for place in (5, 6, 7))


@given(st.lists(states, min_size=1, max_size=6))
def test_the_changes_of_a_contacts_history_add_up_to_where_it_ends(history: list[dict[int, State]]) -> None:
    tally: Tally = {}
    for before, after in zip([{}, *history], history, strict=False):
        tally_states(tally, 1, before, after)
    last = history[-1]
    found, totals = _sums(tally)
    assert found == {group: (int(state == "active"), int(state == "waiting"), 1) for group, state in last.items()}
    active, waiting = "active" in last.values(), "waiting" in last.values()
    assert totals == (int(active), int(waiting and not active), int(bool(last)))


@given(states, st.dictionaries(st.integers(1, 3), st.sampled_from(["waiting", "active"]), max_size=3))
def test_joining_changes_the_counts_like_any_other_change(
    held: dict[int, State], joined: dict[int, Literal["waiting", "active"]]
) -> None:
    by_joining: Tally = {}
    joins = [Join(1, 7, group, state, False, True, Origin()) for group, state in joined.items()]
    tally_joins(by_joining, {group: KnownMembership(state, False, None) for group, state in held.items()}, joins)
    by_states: Tally = {}
    tally_states(by_states, 1, held, {**held, **joined})
    assert _sums(by_joining) == _sums(by_states)
