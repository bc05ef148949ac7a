"""The private PostgreSQL in the data directory: the first process that needs it starts it, the last one stops it."""

import asyncio
import fcntl
import logging
import os
import stat
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

import asyncpg

from enlist.runtime.postgres.account import Account, PostgresUnavailable, choose_account, in_thread
from enlist.runtime.postgres.binaries import Binaries, find_binaries, place_within_reach
from enlist.runtime.postgres.cluster import (
    SUPERUSER,
    ask_to_stop,
    launch,
    major_version,
    make_cluster,
    open_cluster,
    try_lock,
)
from enlist.runtime.postgres.socket import PORT, SocketDirectory

_log = logging.getLogger(__name__)

_START_PATIENCE: Final = 600.0  # seconds; after a crash a server may have gigabytes of its log to read again
_STOP_PATIENCE: Final = 120.0  # seconds; the last checkpoint writes what is still only in memory
_TELL_PATIENCE: Final = 5.0  # seconds; a server writes down its number within milliseconds
_PAUSE: Final = 0.02  # seconds between two looks
_NO_OPTIONS: Final[Mapping[str, str]] = MappingProxyType({})
_NOT_YET: Final = (
    OSError,
    TimeoutError,
    asyncpg.CannotConnectNowError,
    asyncpg.PostgresConnectionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InternalClientError,
)


class PostgresServer:
    """This process's share in the private server: it runs at least until `leave`, or until the process ends.

    ``binaries`` are programs of the server's own version, ``user`` is the database role, ``port`` the number in the
    socket's name.
    """

    user: Final = SUPERUSER
    port: Final = PORT

    def __init__(self, data: Path, binaries: Binaries, users: int) -> None:
        """Not for callers: `join` makes it. ``users`` is the open file whose shared lock counts us as a user."""
        self.binaries = binaries
        self._data = data
        self._users: int | None = users
        self._socket = SocketDirectory(_cluster_in(data))

    @property
    def socket_directory(self) -> Path:
        """The folder of the server's socket, by a path short enough to connect to."""
        return self._socket.path()

    def dsn(self, database: str = "enlist") -> str:
        """Return the address of ``database``, for asyncpg, psycopg and PostgreSQL's own programs."""
        return _address(self._socket, database)

    async def leave(self) -> None:
        """Give up this share; the last one to leave stops the server and waits for that. Again: nothing happens."""
        users, self._users = self._users, None
        if users is None:
            return
        try:
            async with _changing(self._data):
                os.close(users)
                users = None
                if _is_unused(self._data):
                    await _stop(self._data)
                    self._socket.forget()
        except FileNotFoundError:
            _log.warning("the data directory %s has gone", self._data)
        finally:
            if users is not None:
                os.close(users)
            self._socket.close()


async def join(
    data: Path,
    *,
    server_user: str | None = None,
    binaries: Path | None = None,
    options: Mapping[str, str] = _NO_OPTIONS,
) -> PostgresServer:
    """Find or start the private server in the directory ``data`` and return this process's share in it.

    Its database ``enlist`` exists then. ``server_user`` is the existing user that runs the server when we are root;
    ``binaries`` a folder with PostgreSQL's programs, if not the usual ones; ``options`` are server settings, used if
    this call is the one that starts it. Raises PostgresUnavailable.
    """
    data = data.absolute()
    try:
        _prepare(data)
        async with _changing(data) as lock:
            users = _open(data / "postgres.users")
            try:
                fcntl.flock(users, fcntl.LOCK_SH)  # free: an exclusive lock needs our other lock first
                found = await _make_sure_it_runs(data, lock, server_user, binaries, options)
            except BaseException:
                os.close(users)
                if _is_unused(data):
                    await _stop(data)
                raise
        return PostgresServer(data, found, users)
    except OSError as error:
        raise PostgresUnavailable(f"The data directory {data} cannot be used: {error}.") from error


async def _make_sure_it_runs(
    data: Path, lock: int, server_user: str | None, directory: Path | None, options: Mapping[str, str]
) -> Binaries:
    cluster = _cluster_in(data)
    account = choose_account(server_user, cluster)
    major = major_version(cluster)
    binaries = await find_binaries(directory, major=major)
    if major is None:
        programs = await in_thread(place_within_reach, binaries, account, data)
        sync = options.get("fsync", "on") != "off"
        await in_thread(make_cluster, cluster, account, programs, lock=lock, sync=sync)
    socket = SocketDirectory(cluster)
    try:
        connection = await _connect_or_start(data, account, binaries, socket, options)
        try:
            await _make_sure_of_database(connection)
        finally:
            await connection.close()
    finally:
        socket.close()
    return binaries


async def _connect_or_start(
    data: Path, account: Account, binaries: Binaries, socket: SocketDirectory, options: Mapping[str, str]
) -> asyncpg.Connection:
    cluster, log = _cluster_in(data), data / "postgres.log"
    launched_at: int | None = None  # bytes in the log before
    deadline = time.monotonic() + _START_PATIENCE
    while time.monotonic() < deadline:
        directory = open_cluster(cluster, account)
        try:
            # All processes of a server hold this lock: not only the first one, but also what a crash has left of it.
            if try_lock(directory):
                if launched_at is not None:
                    raise PostgresUnavailable(f"PostgreSQL did not start. Its log:\n{_end_of(log, launched_at)}")
                launched_at = log.stat().st_size if log.exists() else 0
                programs = await in_thread(place_within_reach, binaries, account, data)
                await in_thread(launch, cluster, directory, account, programs, log=log, options=options)
        finally:
            os.close(directory)
        if connection := await _try_to_connect(_address(socket, "postgres")):
            return connection
        await asyncio.sleep(_PAUSE)
    raise PostgresUnavailable(
        f"PostgreSQL in {cluster} runs but has not answered for {_START_PATIENCE:.0f} seconds. Its log:\n{_end_of(log)}"
    )


async def _try_to_connect(dsn: str) -> asyncpg.Connection | None:
    try:
        return await asyncpg.connect(dsn, timeout=10)
    except _NOT_YET:
        return None
    except asyncpg.InvalidAuthorizationSpecificationError as error:
        raise PostgresUnavailable(
            f"The private PostgreSQL runs, but for another user of this machine: run enlist as that one. ({error})"
        ) from error


async def _make_sure_of_database(connection: asyncpg.Connection) -> None:
    if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = 'enlist'"):
        await connection.execute("CREATE DATABASE enlist TEMPLATE template0")


async def _stop(data: Path) -> None:
    cluster, began, told = _cluster_in(data), time.monotonic(), False
    while cluster.exists() and time.monotonic() < began + _STOP_PATIENCE:
        directory = os.open(cluster, os.O_RDONLY | os.O_DIRECTORY)
        try:
            if try_lock(directory):
                return
        finally:
            os.close(directory)
        # A server that was launched just now has not written its number yet; one in another container never will.
        told = told or ask_to_stop(cluster)
        if not told and time.monotonic() > began + _TELL_PATIENCE:
            _log.warning("PostgreSQL in %s was not started on this system and cannot be stopped from here", data)
            return
        await asyncio.sleep(_PAUSE)
    if told:
        _log.warning("PostgreSQL in %s was told to stop, but is still busy with it", data)


def _prepare(data: Path) -> None:
    """Make the data directory, for us alone; refuse one where others could put a database of theirs."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = data.stat()
    mode = stat.S_IMODE(status.st_mode)
    # A group of one's own may write, as is usual on some systems.
    if mode & 0o002 or (mode & 0o020 and status.st_gid != os.getegid()):
        raise PostgresUnavailable(
            f"Other users may write in {data}: forbid it (chmod go-w {data}), or use another data directory."
        )


@asynccontextmanager
async def _changing(data: Path) -> AsyncIterator[int]:
    """Wait until nobody else starts or stops the server, and keep it so; give the open lock file."""
    lock = _open(data / "postgres.lock")
    try:
        deadline = time.monotonic() + _START_PATIENCE + _STOP_PATIENCE
        while not try_lock(lock):
            if time.monotonic() > deadline:
                raise PostgresUnavailable(
                    f"Another process has been starting or stopping PostgreSQL in {data} for too long; see postgres.log"
                    " there, and stop that process if it hangs (it holds the file postgres.lock)."
                )
            await asyncio.sleep(_PAUSE)
        yield lock
    finally:
        os.close(lock)


def _is_unused(data: Path) -> bool:
    users = _open(data / "postgres.users")
    try:
        return try_lock(users)
    finally:
        os.close(users)


def _open(lock: Path) -> int:
    file = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    if os.geteuid() == 0:
        # Root at work in another user's directory must not lock that one out.
        owner = lock.parent.stat()
        os.fchown(file, owner.st_uid, owner.st_gid)
    return file


def _cluster_in(data: Path) -> Path:
    return data / "postgres"


def _address(socket: SocketDirectory, database: str) -> str:
    host = quote(str(socket.path()), safe="/")
    return f"postgresql:///{quote(database, safe='')}?host={host}&port={PORT}&user={SUPERUSER}"


def _end_of(log: Path, start: int = 0) -> str:
    """Return the last lines that the server wrote after ``start`` bytes."""
    with suppress(FileNotFoundError), open(log, "rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(start if start <= size else 0, size - 4000))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-10:])
    return "(empty)"
