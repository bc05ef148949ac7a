"""Statements that nobody waits for, kept until they can travel with another one.

Why: docs/decisions/0004-write-behind-in-batches.md.
"""

from collections.abc import Sequence
from datetime import datetime


class WriteBehind:
    """Statements of one connection that nobody waits for: they travel with the next one, or with the commit.

    Each round trip costs the event loop more than a small statement costs the database. The statements are prepared
    once per connection, so that they are not planned anew each time.
    """

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._fresh: dict[str, str] = {}
        self._count = 0
        self._waiting: list[str] = []

    def add(self, sql: str, values: Sequence[object]) -> None:
        """Keep a statement with its values."""
        name = self._names.get(sql) or self._fresh.get(sql)
        if name is None:
            self._count += 1
            name = self._fresh[sql] = f"enlist_{self._count}"
            self._waiting.append(f"PREPARE {name} AS {sql}")
        self._waiting.append(f"EXECUTE {name} ({', '.join(map(literal, values))})")

    def take(self, *last: str) -> str:
        """Return everything that waits, and ``last`` behind it, as one text to be sent; empty if there is nothing."""
        text = ";".join([*self._waiting, *last])
        self._waiting.clear()
        return text

    def sent(self) -> None:
        """Note that what was taken has been run."""
        self._names |= self._fresh
        self._fresh.clear()

    def drop(self) -> None:
        """Forget what waits. What was prepared on the way may or may not be there: those names are not used again."""
        self._waiting.clear()
        self._fresh.clear()


def literal(value: object) -> str:
    """Write a text, number, instant or nothing as an SQL literal (with standard_conforming_strings on, as always)."""
    if value is None:
        return "NULL"
    if isinstance(value, bool | int):
        return str(value)
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    if "\0" in text:
        raise ValueError("a text with a NUL character cannot be stored")
    return "'" + text.replace("'", "''") + "'"
