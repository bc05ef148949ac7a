"""The cache: the least used is given up first, what changed is forgotten by its subject, an outage is bridged."""

import asyncio
from collections.abc import Collection
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from enlist.runtime.cache import Cache
from enlist.runtime.db import DatabaseAway

Key = tuple[int, str]


class Store:
    """What the cache stands before: answers by key, a count of questions, an outage when told to."""

    def __init__(self) -> None:
        self.answers: dict[Key, str] = {}
        self.asked: list[Key] = []
        self.away = False

    async def ask(self, key: Key) -> str | None:
        self.asked.append(key)
        if self.away:
            raise DatabaseAway
        return self.answers.get(key)

    async def ask_all(self, keys: Collection[Key]) -> dict[Key, str]:
        self.asked += keys
        return {key: self.answers[key] for key in keys if key in self.answers}


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def cache() -> Cache[Key, str]:
    return Cache(lambda key, _: key[0], room=3)


async def test_the_least_recently_used_answer_is_given_up(store: Store, cache: Cache[Key, str]) -> None:
    store.answers = {(n, "a"): str(n) for n in range(5)}
    for n in (0, 1, 2, 0, 3):  # 1 is the least recently used when 3 comes
        assert await cache.find((n, "a"), store.ask) == str(n)
    store.asked.clear()
    for n in (0, 2, 3, 1):
        await cache.find((n, "a"), store.ask)
    assert store.asked == [(1, "a")]
    assert len(cache) == 3


async def test_what_is_told_to_have_changed_is_asked_for_again_and_nothing_else(
    store: Store, cache: Cache[Key, str]
) -> None:
    store.answers = {(1, "a"): "1a", (1, "b"): "1b", (2, "a"): "2a"}
    await cache.find_all(store.answers, store.ask_all)
    cache.forget("1")
    store.asked.clear()
    store.answers[1, "a"] = "new"
    assert await cache.find_all(list(store.answers), store.ask_all) == store.answers
    assert store.asked == [(1, "a"), (1, "b")]
    cache.forget()
    store.asked.clear()
    await cache.find_all(list(store.answers), store.ask_all)
    assert len(store.asked) == 3


async def test_that_there_is_nothing_is_forgotten_with_every_change(store: Store, cache: Cache[Key, str]) -> None:
    assert await cache.find((1, "a"), store.ask) is None
    assert await cache.find((1, "a"), store.ask) is None
    assert store.asked == [(1, "a")]
    store.answers[1, "a"] = "made"
    cache.forget("7")
    assert await cache.find((1, "a"), store.ask) == "made"


async def test_a_change_while_the_database_is_asked_is_not_missed(store: Store, cache: Cache[Key, str]) -> None:
    async def slowly(key: Key) -> str | None:
        read = store.answers.get(key)
        cache.forget("1")  # told after the answer was read
        return read

    store.answers[1, "a"] = "old"
    assert await cache.find((1, "a"), slowly) == "old"
    store.answers[1, "a"] = "new"
    assert await cache.find((1, "a"), store.ask) == "new"


async def test_an_outage_is_bridged_with_what_was_known_last(store: Store, cache: Cache[Key, str]) -> None:
    store.answers[1, "a"] = "known"
    await cache.find((1, "a"), store.ask)
    cache.forget()
    store.away = True
    assert await cache.find((1, "a"), store.ask) == "known"
    with pytest.raises(DatabaseAway):
        await cache.find((2, "a"), store.ask)


async def test_of_many_who_come_at_once_for_something_stale_one_asks(store: Store, cache: Cache[Key, str]) -> None:
    store.answers[1, "a"] = "old"
    await cache.find((1, "a"), store.ask)
    cache.forget("1")
    store.asked.clear()

    async def slowly(key: Key) -> str | None:
        await asyncio.sleep(0)
        return await store.ask(key)

    assert set(await asyncio.gather(*[cache.find((1, "a"), slowly) for _ in range(20)])) == {"old"}
    assert len(store.asked) == 1


async def test_an_answer_is_kept_no_longer_than_it_is_fresh(store: Store) -> None:
    cache: Cache[Key, str] = Cache(lambda key, _: key[0], fresh=timedelta(milliseconds=20))
    store.answers[1, "a"] = "old"
    await cache.find((1, "a"), store.ask)
    store.answers[1, "a"] = "new"
    await asyncio.sleep(0.03)
    assert await cache.find((1, "a"), store.ask) == "new"


async def test_what_strangers_ask_for_takes_little_memory(store: Store, cache: Cache[Key, str]) -> None:
    for key in ((1, "short"), (1, "x" * 5_000)):
        for _ in range(2):
            assert await cache.find(key, store.ask) is None
    assert [len(key[1]) for key in store.asked] == [5, 5_000, 5_000]
    assert len(cache) == 1


class CacheMachine(RuleBasedStateMachine):
    """Changes that are told are never missed, whatever is asked, forgotten and given up in between."""

    def __init__(self) -> None:
        super().__init__()
        self.store = Store()
        self.cache: Cache[Key, str] = Cache(lambda key, _: key[0], room=4)

    keys = st.tuples(st.integers(1, 3), st.sampled_from("abc"))

    @rule(key=keys, answer=st.none() | st.text("xyz", max_size=2))
    def change(self, key: Key, answer: str | None) -> None:
        self.store.answers.pop(key, None)
        if answer is not None:
            self.store.answers[key] = answer
        self.cache.forget(str(key[0]))

    @rule(key=keys)
    def find(self, key: Key) -> None:
        assert asyncio.run(self.cache.find(key, self.store.ask)) == self.store.answers.get(key)

    @rule(keys=st.sets(keys))
    def find_all(self, keys: set[Key]) -> None:
        found = asyncio.run(self.cache.find_all(keys, self.store.ask_all))
        assert found == {key: self.store.answers[key] for key in keys if key in self.store.answers}

    @invariant()
    def is_bounded(self) -> None:
        assert len(self.cache) <= 4
        assert sum(len(keys) for keys in self.cache._keys.values()) == len(self.cache)


CacheMachine.TestCase.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
TestCacheMachine = CacheMachine.TestCase
