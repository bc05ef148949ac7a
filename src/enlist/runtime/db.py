"""The way to the database: a pool, transactions that nobody inside can commit, and lanes that keep a connection."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import asyncpg
import msgspec

from enlist.runtime.write_behind import WriteBehind

_AWAY: Final = (
    OSError,  # also every kind of refused or broken connection
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shutting down, crashed, cancelled
    asyncpg.InsufficientResourcesError,  # too many connections, disk full
    asyncpg.InternalClientError,
)


# On a lane many callers wait for one statement, and a hanging database is to be noticed soon.
LANE_STATEMENT_TIME: Final = timedelta(seconds=5)


class DatabaseAway(Exception):
    """The database cannot be reached, does not answer in time, or has no free connection: try again later."""


class NotCommitted(Exception):
    """A statement had failed and nobody noticed: nothing of the transaction was kept."""


def utc_now() -> datetime:
    """Tell the present instant as an aware UTC time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Tx:
    """An open transaction as the product sees it: statements and one instant ``now``, but no commit."""

    connection: asyncpg.Connection
    now: datetime
    behind: WriteBehind | None = None

    async def fetch(self, sql: str, *values: object) -> list[asyncpg.Record]:
        """Run one statement with bound ``values``; return all its rows."""
        await self._catch_up()
        rows: list[asyncpg.Record] = await self.connection.fetch(sql, *values)
        return rows

    async def fetch_row(self, sql: str, *values: object) -> asyncpg.Record | None:
        """Run one statement with bound ``values``; return its first row, or nothing."""
        await self._catch_up()
        return await self.connection.fetchrow(sql, *values)

    async def fetch_value(self, sql: str, *values: object) -> Any:
        """Run one statement with bound ``values``; return the first column of its first row, or nothing."""
        await self._catch_up()
        return await self.connection.fetchval(sql, *values)

    async def execute(self, sql: str, *values: object) -> int:
        """Run one statement with bound ``values``; return how many rows it touched."""
        await self._catch_up()
        tag: str = await self.connection.execute(sql, *values)
        count = tag.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def write(self, sql: str, *values: str | int | datetime | None) -> None:
        """Run one statement whose result nobody needs, at the latest with the commit.

        In a batch it waits for the next statement, or for the commit, and travels with it; what follows in this
        transaction sees what it wrote all the same. An error in it is raised there.
        """
        if self.behind is None:
            await self.connection.execute(sql, *values)
        else:
            self.behind.add(sql, values)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Undo only what happens inside, should it raise."""
        await self.execute("SAVEPOINT here")
        try:
            yield
            await self._catch_up()
        except BaseException:
            if self.behind is not None:
                self.behind.drop()
            await self.connection.execute("ROLLBACK TO SAVEPOINT here; RELEASE SAVEPOINT here")
            raise
        await self.connection.execute("RELEASE SAVEPOINT here")

    async def _catch_up(self) -> None:
        if self.behind is not None and (text := self.behind.take()):
            await self.connection.execute(text)
            self.behind.sent()


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
    ) -> None:
        """Prepare for the database at ``dsn``.

        ``connections`` is the size of the pool, ``patience`` how long to wait for a free connection or a new one,
        ``statement_time`` the longest that a single statement may take.
        """
        self.dsn = dsn
        self.clock = clock
        self._patience = patience.total_seconds()
        self._statement_time = statement_time.total_seconds()
        self._pool = asyncpg.create_pool(
            dsn,
            min_size=0,
            max_size=connections,
            timeout=self._patience,
            command_timeout=self._statement_time,
            # Every use of a connection is one whole transaction, so there is no session state to wash off.
            reset=_leave_as_it_is,
            max_inactive_connection_lifetime=300,
        )

    async def open(self) -> None:
        """Make the pool usable. Raises DatabaseAway if the database cannot be reached."""
        with _away_is_said():
            await self._pool
        async with self.reading() as tx:
            await tx.fetch_value("SELECT 1")

    async def close(self) -> None:
        """Give back all connections; those still in use after some seconds are cut."""
        try:
            await asyncio.wait_for(self._pool.close(), 5)
        except TimeoutError:
            self._pool.terminate()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """Open a transaction; commit at the end, roll back if the body raises. Raises DatabaseAway."""
        async with self._connection() as connection:
            with _away_is_said(connection):
                await connection.execute("BEGIN")
                async with _ending(connection):
                    yield Tx(connection, self.clock())

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Tx]:
        """Give a connection for single statements that need no transaction round them. Raises DatabaseAway."""
        async with self._connection() as connection:
            with _away_is_said(connection):
                yield Tx(connection, self.clock())

    async def connect(self, statement_time: timedelta | None = None) -> asyncpg.Connection:
        """Open a connection outside the pool, with a limit of its own for each statement. Raises DatabaseAway."""
        longest = statement_time.total_seconds() if statement_time else self._statement_time
        with _away_is_said():
            return await asyncpg.connect(self.dsn, timeout=self._patience, command_timeout=longest)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[asyncpg.Connection]:
        with _away_is_said():
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
        """Open a transaction; commit at the end, roll back if the body raises. Raises DatabaseAway.

        If ``more()`` says at the end that another one follows at once, that one is begun together with the commit.
        """
        if self._connection is None or self._connection.is_closed():
            self._behind, self._begun = WriteBehind(), False
            self._connection = await self._database.connect(LANE_STATEMENT_TIME)
        connection = self._connection
        try:
            with _away_is_said(connection):
                if not self._begun:
                    await connection.execute("BEGIN")
                self._begun = False
                async with _ending(connection, self._behind, more):
                    yield Tx(connection, self._database.clock(), self._behind)
                self._begun = connection.is_in_transaction()
        except DatabaseAway:
            self._connection = None
            connection.terminate()
            raise

    async def rest(self) -> None:
        """End the transaction that was begun for somebody who did not come."""
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
        said = await connection.execute(behind.take(commit) if behind else commit)
        if behind is not None:
            behind.sent()
    except BaseException:
        if behind is not None:
            behind.drop()
        if connection.is_in_transaction() and not connection.is_closed():
            await connection.execute("ROLLBACK")
        raise
    # A transaction in which a statement failed unnoticed ends without an error, too, only not with a commit.
    if said != "COMMIT":
        raise NotCommitted


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


async def _leave_as_it_is(connection: asyncpg.Connection) -> None:
    return


@contextmanager
def _away_is_said(connection: asyncpg.Connection | None = None) -> Any:
    try:
        yield
    except _AWAY as reason:
        raise DatabaseAway(f"{type(reason).__name__}: {reason}") from reason
    except asyncpg.InterfaceError as reason:
        # A closed connection is weather; any other misuse of the driver is a fault of ours.
        if connection is not None and not connection.is_closed():
            raise
        raise DatabaseAway(f"{type(reason).__name__}: {reason}") from reason
