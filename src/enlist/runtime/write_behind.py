"""Statements that nobody waits for, kept until they can travel with another (0004-write-behind-in-batches.md)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Final


class WriteBehind:
    """Statements of one connection that nobody waits for: they travel with the next one, or with the commit.

    Each round trip costs the event loop more than a small statement costs the database. The statements are prepared
    once per connection, so that they are planned only once. Each is named after its text: where a pooler lends
    one session to several clients, none can run another's statement by the same name.
    """

    PREPARED: Final = r"SELECT name FROM pg_prepared_statements WHERE name LIKE 'enlist\_%'"

    def __init__(self) -> None:
        self._prepared: set[str] = set()
        self._fresh: set[str] = set()  # to be prepared by what waits
        self._sent: set[str] = set()  # to be prepared by what was taken, and nobody said yet that it has been run
        self._waiting: list[str] = []
        self.is_unsure = False  # whether ``learn`` has to be told what PREPARED says, before the next transaction

    def add(self, sql: str, values: Sequence[object]) -> None:
        """Keep a statement with its values."""
        name = _name_of(sql)
        if name not in self._prepared and name not in self._fresh and name not in self._sent:
            self._fresh.add(name)
            self._waiting.append(f"PREPARE {name} AS {sql}")
        self._waiting.append(f"EXECUTE {name} ({', '.join(map(literal, values))})")

    def take(self, *last: str) -> str:
        """Return everything that waits, and then ``last``, as one text to be sent; empty if there is nothing."""
        text = ";".join([*self._waiting, *last])
        self._waiting.clear()
        if self._fresh:
            self._sent |= self._fresh
            self._fresh.clear()
        return text

    def sent(self) -> None:
        """Note that what was taken has been run."""
        if self._sent:
            self._prepared |= self._sent
            self._sent.clear()

    def drop(self) -> None:
        """Forget what waits. What was to be prepared by a text that failed may or may not be there now."""
        self._waiting.clear()
        self._fresh.clear()
        if self._sent:
            self.doubt()

    def doubt(self) -> None:
        """Note that what is prepared at the database is not certain any more."""
        self._sent.clear()
        self.is_unsure = True

    def learn(self, names: Iterable[str]) -> None:
        """Take note of the names of all statements that are prepared."""
        self._prepared = set(names)
        self.is_unsure = False


@lru_cache(maxsize=1024)
def _name_of(sql: str) -> str:
    return f"enlist_{sha256(sql.encode()).hexdigest()[:24]}"


def literal(value: object) -> str:
    """Write a text, number, instant or None as an SQL literal (``standard_conforming_strings`` is on at all times)."""
    if value is None:
        return "NULL"
    if isinstance(value, bool | int):
        return str(value)
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    if "\0" in text:
        raise ValueError("a text with a NUL character cannot be stored")
    return "'" + text.replace("'", "''") + "'"
