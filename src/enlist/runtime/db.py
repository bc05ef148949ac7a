"""The way to the database: a pool, transactions that nobody inside can commit, and lanes that keep a connection."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Final

import asyncpg
import msgspec

from enlist.runtime.actors import SYSTEM, Actor
from enlist.runtime.wake_ups import WakeUps
from enlist.runtime.write_behind import WriteBehind

_AWAY: Final = (
    OSError,  # also every kind of refused or broken connection
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shutting down, crashed, cancelled
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InsufficientResourcesError,  # too many connections, disk full
    asyncpg.InternalClientError,
)

# On a lane many callers wait for one statement, and a hanging database is to be noticed soon.
LANE_STATEMENT_TIME: Final = timedelta(seconds=5)

# Shorter than the limit of any statement, so that the server itself ends the wait and the error names the lock.
LOCK_TIME: Final = timedelta(seconds=4)

# A transaction that was forgotten keeps its locks and holds up vacuum. The slowest honest one is a report whose client
# may take 20 seconds for each piece.
IDLE_TIME: Final = timedelta(seconds=60)

# A pooler between us and the database may have given us another session, or kept the statements of one that ended.
STALE_STATEMENT: Final = (asyncpg.InvalidSQLStatementNameError, asyncpg.DuplicatePreparedStatementError)


class DatabaseAway(Exception):
    """The database cannot be reached, does not answer in time, or has no free connection: try again later."""


class LockNotAvailable(DatabaseAway):
    """A row or table stayed locked by another transaction for too long: try again later."""


class NotCommitted(Exception):
    """A statement had failed and nobody noticed: nothing of the transaction was kept."""


def utc_now() -> datetime:
    """Tell the present instant as an aware UTC time."""
    return datetime.now(UTC)


class _DriverCall:
    """Says in our words what the driver raises inside: DatabaseAway, or its own error where the database answered.

    It goes round calls of the driver only. What a transaction's body raises, a TimeoutError or OSError of its own
    among it, has nothing to do with the database.
    """

    __slots__ = ("_connection",)

    def __init__(self, connection: asyncpg.Connection | None = None) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        return

    def __exit__(
        self, kind: type[BaseException] | None, reason: BaseException | None, trace: TracebackType | None
    ) -> None:
        if reason is None:
            return
        if isinstance(reason, asyncpg.LockNotAvailableError):
            raise LockNotAvailable(str(reason)) from reason
        # A closed connection can happen at any time; any other misuse of the driver is a bug of ours.
        if isinstance(reason, _AWAY) or (
            isinstance(reason, asyncpg.InterfaceError) and (self._connection is None or _is_closed(self._connection))
        ):
            raise DatabaseAway(f"{type(reason).__name__}: {reason}") from reason


@dataclass(frozen=True, slots=True)
class Tx:
    """An open transaction as the product sees it: statements, one instant ``now`` and who acts, but no commit.

    Each statement raises DatabaseAway, LockNotAvailable, or what PostgreSQL says about it (an asyncpg.PostgresError).
    """

    _connection: asyncpg.Connection
    now: datetime
    actor: Actor
    _behind: WriteBehind | None = None
    _longest: float | None = None
    _calls: set[str] = field(default_factory=set)
    _hears: Collection[str] | None = None

    def by(self, actor: Actor) -> "Tx":
        """Return this same transaction for what somebody else does in it, such as a rule of the system's."""
        return replace(self, actor=actor)

    def timeout(self, longest: timedelta) -> "Tx":
        """Return this same transaction with another limit on how long each statement may take."""
        return replace(self, _longest=longest.total_seconds())

    async def fetch(self, sql: str, *values: object) -> list[asyncpg.Record]:
        """Run one statement with bound ``values``; return all its rows."""
        with _DriverCall(self._connection):
            await self._catch_up()
            rows: list[asyncpg.Record] = await self._connection.fetch(sql, *values, timeout=self._longest)
            return rows

    async def fetch_row(self, sql: str, *values: object) -> asyncpg.Record | None:
        """Run one statement with bound ``values``; return its first row, or None."""
        with _DriverCall(self._connection):
            await self._catch_up()
            return await self._connection.fetchrow(sql, *values, timeout=self._longest)

    async def fetch_value(self, sql: str, *values: object) -> Any:
        """Run one statement with bound ``values``; return the first column of its first row, or None."""
        with _DriverCall(self._connection):
            await self._catch_up()
            return await self._connection.fetchval(sql, *values, timeout=self._longest)

    async def execute(self, sql: str, *values: object) -> int:
        """Run one statement with bound ``values``; return how many rows it touched."""
        with _DriverCall(self._connection):
            await self._catch_up()
            tag: str = await self._connection.execute(sql, *values, timeout=self._longest)
        count = tag.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement once with the values of each of the ``rows``."""
        with _DriverCall(self._connection):
            await self._catch_up()
            await self._connection.executemany(sql, rows, timeout=self._longest)

    async def cursor(self, sql: str, *values: object, portion: int) -> AsyncIterator[list[asyncpg.Record]]:
        """Run one statement with bound ``values``; yield its rows in lists of up to ``portion``, fetched one by one."""
        with _DriverCall(self._connection):
            await self._catch_up()
            cursor = await self._connection.cursor(sql, *values, timeout=self._longest)
        while True:
            with _DriverCall(self._connection):
                rows: list[asyncpg.Record] = await cursor.fetch(portion, timeout=self._longest)
            if not rows:
                return
            yield rows

    async def write(self, sql: str, *values: str | int | datetime | None) -> None:
        """Run one statement whose result nobody needs, at the latest with the commit.

        In a batch it waits for the next statement, or for the commit, and travels with it; what follows in this
        transaction sees what it wrote all the same. An error in it is raised there.
        """
        if self._behind is not None:
            self._behind.add(sql, values)
            return
        with _DriverCall(self._connection):
            await self._connection.execute(sql, *values, timeout=self._longest)

    def call(self, channel: str) -> None:
        """Wake the listeners of ``channel`` soon after the commit (``runtime/signals.py``)."""
        self._calls.add(channel)

    def is_heard(self, kind: str) -> bool:
        """Tell whether anybody listens to events of this kind."""
        return self._hears is None or kind in self._hears

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Undo only what happens inside, should it raise."""
        await self.execute("SAVEPOINT here")
        try:
            yield
            with _DriverCall(self._connection):
                await self._catch_up()
        except BaseException:
            with _DriverCall(self._connection):
                if self._behind is not None:
                    self._behind.drop()
                await self._connection.execute("ROLLBACK TO SAVEPOINT here; RELEASE SAVEPOINT here")
                await _make_sure(self._connection, self._behind)
            raise
        await self.execute("RELEASE SAVEPOINT here")

    async def _catch_up(self) -> None:
        if self._behind is not None and (text := self._behind.take()):
            await self._connection.execute(text)
            self._behind.sent()


class Database:
    """One PostgreSQL database as this process uses it."""

    def __init__(
        self,
        dsn: str,
        *,
        connections: int = 8,
        clock: Callable[[], datetime] = utc_now,
        patience: timedelta = timedelta(seconds=3),
        statement_time: timedelta = timedelta(seconds=10),
        lock_time: timedelta = LOCK_TIME,
        idle_time: timedelta = IDLE_TIME,
        hears: Collection[str] | None = None,
    ) -> None:
        """Prepare for the database at ``dsn``.

        ``connections`` is the size of the pool, ``patience`` how long to wait for a free connection or a new one,
        ``statement_time`` the longest that a single statement may take, ``lock_time`` the longest wait for a lock, and
        ``idle_time`` after how long without a statement the server ends an open transaction with its connection.
        ``hears`` are the kinds of events that anybody listens to; None is all of them.
        """
        self.dsn = dsn
        self.clock = clock
        self.actor = SYSTEM
        self.hears = hears
        self._patience = patience.total_seconds()
        self._statement_time = statement_time.total_seconds()
        # Said by statements and not in the start of the connection: a pooler would refuse what it does not know.
        self._session = (
            "SET standard_conforming_strings = on;"  # on which literals rely
            f"SET lock_timeout = {_milliseconds(lock_time)};"
            f"SET idle_in_transaction_session_timeout = {_milliseconds(idle_time)};"
            "SET enlist.counts = 'kept'"  # what the triggers for servers of earlier releases ask (step 0015)
        )
        self._pool = asyncpg.create_pool(
            dsn,
            min_size=0,
            max_size=connections,
            timeout=self._patience,
            command_timeout=self._statement_time,
            init=self._set_up,
            # Every use of a connection is one whole transaction, so there is no session state to wash off.
            reset=_leave_as_it_is,
            max_inactive_connection_lifetime=300,
        )
        self.wake_ups = WakeUps(self._notify)

    def by(self, actor: Actor) -> "Database":
        """Return this same database for the use of ``actor``: all transactions of it are theirs."""
        other = copy(self)
        other.actor = actor
        return other

    async def open(self) -> None:
        """Make the pool usable. Raises DatabaseAway if the database cannot be reached."""
        with _DriverCall():
            await self._pool
        async with self.reading() as tx:
            await tx.fetch_value("SELECT 1")

    async def close(self) -> None:
        """Give back all connections; those still in use after some seconds are cut."""
        await self.wake_ups.close()
        try:
            async with asyncio.timeout(3):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """Open a transaction; commit at the end, roll back if the body raises. Raises DatabaseAway."""
        async with self._connection() as connection:
            with _DriverCall(connection):
                await connection.execute("BEGIN")
            tx = Tx(connection, self.clock(), self.actor, _hears=self.hears)
            async with _ending(connection):
                yield tx
        self.wake_ups.add(tx._calls)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Tx]:
        """Give a connection for single statements that need no transaction round them. Raises DatabaseAway."""
        async with self._connection() as connection:
            yield Tx(connection, self.clock(), self.actor)

    async def connect(self, statement_time: timedelta | None = None) -> asyncpg.Connection:
        """Open a connection outside the pool, with a limit of its own for each statement. Raises DatabaseAway."""
        longest = statement_time.total_seconds() if statement_time else self._statement_time
        with _DriverCall():
            connection = await asyncpg.connect(self.dsn, timeout=self._patience, command_timeout=longest)
            try:
                await self._set_up(connection)
            except BaseException:
                connection.terminate()
                raise
            return connection

    async def _notify(self, channels: Sequence[str]) -> None:
        async with self.reading() as tx:
            await tx.execute("SELECT pg_notify(channel, '') FROM unnest($1::text[]) AS channel", channels)

    async def _set_up(self, connection: asyncpg.Connection) -> None:
        await connection.execute(self._session)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[asyncpg.Connection]:
        with _DriverCall():
            connection = await self._pool.acquire(timeout=self._patience)
        try:
            yield connection
        finally:
            # Shielded inside asyncpg: a cancelled request still gives its connection back.
            await self._pool.release(connection)


class Lane:
    """A connection kept for one caller who runs one transaction after another.

    Taking a connection from a pool for each transaction costs more than a small transaction itself.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: asyncpg.Connection | None = None
        self._behind = WriteBehind()
        self._begun = False

    @asynccontextmanager
    async def transaction(self, more: Callable[[], bool] = lambda: False) -> AsyncIterator[Tx]:
        """Open a transaction; commit at the end, roll back if the body raises.

        If ``more()`` says at the end that another one follows at once, that one is begun together with the commit.
        Raises DatabaseAway, and one of STALE_STATEMENT when the database did not have the prepared statements that we
        thought: start again then.
        """
        if self._connection is None or self._connection.is_closed():
            self._behind, self._begun = WriteBehind(), False
            self._connection = await self._database.connect(LANE_STATEMENT_TIME)
        connection = self._connection
        try:
            with _DriverCall(connection):
                if not self._begun:
                    await connection.execute("BEGIN")
                await _make_sure(connection, self._behind)
            self._begun = False
            tx = Tx(connection, self._database.clock(), self._database.actor, self._behind, _hears=self._database.hears)
            async with _ending(connection, self._behind, more):
                yield tx
            self._begun = connection.is_in_transaction()
            self._database.wake_ups.add(tx._calls)
        except STALE_STATEMENT:
            self._behind.doubt()
            raise
        except LockNotAvailable:
            raise
        except DatabaseAway:
            self._connection = None
            connection.terminate()
            raise

    @property
    def is_begun(self) -> bool:
        """Whether a transaction was begun for the next caller."""
        return self._begun

    async def rest(self) -> None:
        """End the transaction that was begun for a caller that did not come."""
        if self._begun:
            async with self.transaction():
                pass

    async def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None and not connection.is_closed():
            try:
                await connection.close(timeout=2)
            except _AWAY:
                connection.terminate()


@asynccontextmanager
async def _ending(
    connection: asyncpg.Connection, behind: WriteBehind | None = None, more: Callable[[], bool] = lambda: False
) -> AsyncIterator[None]:
    """End the transaction that is open: roll it back if the body raises, else commit it."""
    try:
        yield
        commit = "COMMIT AND CHAIN" if more() else "COMMIT"
        with _DriverCall(connection):
            said = await connection.execute(behind.take(commit) if behind else commit)
        if behind is not None:
            behind.sent()
    except BaseException:
        if behind is not None:
            behind.drop()
        await _roll_back(connection)
        raise
    # A transaction in which a statement failed unnoticed ends without an error, too, only not with a commit.
    if said != "COMMIT":
        raise NotCommitted


async def _roll_back(connection: asyncpg.Connection) -> None:
    """Undo the transaction that is open; if that cannot be said any more, cut the connection, which undoes it too."""
    if not _is_closed(connection) and connection.is_in_transaction():
        try:
            await connection.execute("ROLLBACK")
        except (*_AWAY, asyncpg.InterfaceError, asyncpg.PostgresError):
            connection.terminate()


def _is_closed(connection: asyncpg.Connection) -> bool:
    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:  # it broke, and its pool has taken it back
        return True


async def _make_sure(connection: asyncpg.Connection, behind: WriteBehind | None) -> None:
    if behind is not None and behind.is_unsure:
        behind.learn(row["name"] for row in await connection.fetch(WriteBehind.PREPARED))


def columns(rows: Sequence[Sequence[object]], width: int) -> list[list[object]]:
    """Turn ``rows`` of ``width`` values into that many lists, one for each ``unnest`` parameter of a statement."""
    if not rows:
        return [[] for _ in range(width)]
    return [list(column) for column in zip(*rows, strict=True)]


def records(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write ``rows`` as one parameter for ``json_to_recordset($1::json) AS r (name type, ...)``.

    For statements on a hot path: one JSON text costs a third of what one array per column costs.
    """
    return msgspec.json.encode([dict(zip(names, row, strict=True)) for row in rows]).decode()


def _milliseconds(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)


async def _leave_as_it_is(connection: asyncpg.Connection) -> None:
    return
