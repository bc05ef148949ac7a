"""A backup of a whole database in one file, the installation's secret beside it, and the way back."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

import asyncpg

from enlist.runtime.postgres.binaries import Binaries

_WHAT_IS_THERE: Final = """
    SELECT n.nspname || '.' || c.relname
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
      AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
      AND NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    ORDER BY 1 LIMIT 1
"""
_WHO_IS_THERE: Final = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = $1 AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
_LIKENESS: Final = """
    SELECT pg_encoding_to_char(encoding) AS encoding, datcollate, datctype, datlocprovider::text AS provider,
           pg_get_userbyid(datdba) AS owner,
           coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale') AS locale  -- renamed in 17
    FROM pg_database d WHERE datname = $1
"""


class BackupFailed(Exception):
    """The backup was not made, and an older one under the same name is untouched; the message is a sentence."""


class RestoreFailed(Exception):
    """Nothing was restored, and the database is as it was before; the message is a sentence."""


class DatabaseNotEmpty(RestoreFailed):
    """The database already holds something, and replacing it was not asked for."""


async def back_up(dsn: str, file: Path, *, binaries: Binaries, secret: bytes | None) -> None:
    """Write the whole database at the address ``dsn`` into ``file``, in pg_dump's custom format, for its owner only.

    The ``secret``, without which the API keys in it are lost, goes into ``FILE.secret`` beside it, for its owner only.
    Both appear whole or not at all, and replace older ones. Raises BackupFailed, and
    PostgresUnavailable if pg_dump is missing.
    """
    keys = secret_beside(file)
    if secret is None and keys.exists():
        raise BackupFailed(f"{keys} belongs to an older backup, and this one has no secret: choose another name.")
    try:
        await _refuse_newer_server(dsn, binaries)
        async with _appearing(file) as (dump, _):
            # Into the named file, which exists already with its mode. On standard output pg_dump cannot go back to fill
            # in its table of contents: it appends another, and a file cut short is then restored without a complaint.
            status, words = await _run(dsn, binaries.tool("pg_dump"), ["--format=custom", f"--file={dump}"])
            if status:
                raise BackupFailed(f"pg_dump could not make the backup; it said:\n{words}")
            if secret is not None:
                # First: a backup without its secret would be worse than a secret without its backup.
                async with _appearing(keys) as (_, beside):
                    os.write(beside, secret)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise BackupFailed(f"The backup {file} could not be made: {error}.") from error


async def restore(dsn: str, file: Path, *, binaries: Binaries, replace: bool = False) -> bytes | None:
    """Read the backup ``file`` into the empty database at the address ``dsn``; return the secret kept beside it.

    That is None if the backup has none. With ``replace`` the database may hold something: the backup is read into a
    new one, which takes its name at the end, all at once; no other connections may be open then. Either way a failed
    restore changes nothing. Raises RestoreFailed, DatabaseNotEmpty, and PostgresUnavailable if pg_restore is missing.
    """
    try:
        keys = secret_beside(file)
        secret = keys.read_bytes() if keys.exists() else None
        # Read before anything is touched, so that a wrong name or a foreign file ends here.
        with file.open("rb") as reader:
            if reader.read(5) != b"PGDMP":
                raise RestoreFailed(f"{file} is no backup of ours (pg_dump's custom format).")
        if replace:
            await _replace_database(dsn, file, binaries)
        else:
            await _refuse_full_database(dsn)
            await _fill(dsn, file, binaries)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise RestoreFailed(f"The backup {file} could not be restored: {error}.") from error
    return secret


async def _refuse_newer_server(dsn: str, binaries: Binaries) -> None:
    async with _connected(dsn) as connection:
        major = connection.get_server_version().major
    if major > binaries.version:
        raise BackupFailed(
            f"The server is PostgreSQL {major}, but pg_dump in {binaries.bin} is {binaries.full_version} and cannot"
            f" read it: install the programs of PostgreSQL {major} or newer."
        )


async def _refuse_full_database(dsn: str) -> None:
    async with _connected(dsn) as connection:
        found = await connection.fetchval(_WHAT_IS_THERE)
    if found is not None:
        raise DatabaseNotEmpty(f"The database is not empty (it has {found}): restore into an empty one, or replace it.")


async def _fill(dsn: str, file: Path, binaries: Binaries) -> None:
    # In one transaction: after a failure the database is as empty as before. Who may read what was a matter of the old
    # server, whose roles need not exist here.
    arguments = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(file)]
    status, words = await _run(dsn, binaries.tool("pg_restore"), arguments)
    if status:
        hint = ""
        if "unsupported version" in words:
            hint = f" The backup was made by a newer PostgreSQL than {binaries.full_version}: install that."
        raise RestoreFailed(f"pg_restore could not read {file}.{hint} It said:\n{words}")


async def _replace_database(dsn: str, file: Path, binaries: Binaries) -> None:
    name = _database_of(dsn)
    # Names of fixed length: PostgreSQL cuts long ones, and then they might name the database itself.
    mark = sha256(name.encode()).hexdigest()[:16]
    fresh, old = f"enlist_restoring_{mark}", f"enlist_replaced_{mark}"
    async with _connected(_with_database(dsn, "postgres")) as server:
        likeness = await server.fetchrow(_LIKENESS, name)
        if likeness is None:
            raise RestoreFailed(f"The server has no database {name}: create it, empty, and restore into that.")
        await _refuse_company(server, name)
        for leftover in (fresh, old):  # of a restore that was killed
            await server.execute(f"DROP DATABASE IF EXISTS {_quoted(leftover)}")
        await server.execute(f"CREATE DATABASE {_quoted(fresh)} {_like(likeness)}")
        try:
            await _fill(_with_database(dsn, fresh), file, binaries)
            await _refuse_company(server, name)
            async with server.transaction():
                await server.execute(f"ALTER DATABASE {_quoted(name)} RENAME TO {_quoted(old)}")
                await server.execute(f"ALTER DATABASE {_quoted(fresh)} RENAME TO {_quoted(name)}")
        except BaseException:
            with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                await server.execute(f"DROP DATABASE {_quoted(fresh)} WITH (FORCE)")
            raise
        # Done already; should somebody have slipped into the old one, the next restore removes it.
        with suppress(asyncpg.PostgresError):
            await server.execute(f"DROP DATABASE {_quoted(old)} WITH (FORCE)")


async def _refuse_company(server: asyncpg.Connection, name: str) -> None:
    if others := await server.fetchval(_WHO_IS_THERE, name):
        raise RestoreFailed(f"{others} others are connected to the database {name}: stop enlist (all of it) first.")


def _like(likeness: asyncpg.Record) -> str:
    """Say how to create a database of the same owner, encoding and sorting."""
    parts = [f"TEMPLATE template0 OWNER {_quoted(likeness['owner'])} ENCODING {_literal(likeness['encoding'])}"]
    parts += [f"LC_COLLATE {_literal(likeness['datcollate'])} LC_CTYPE {_literal(likeness['datctype'])}"]
    locale = likeness["locale"]
    if likeness["provider"] == "i" and locale:
        parts.append(f"LOCALE_PROVIDER icu ICU_LOCALE {_literal(locale)}")
    elif likeness["provider"] == "b" and locale:
        parts.append(f"LOCALE_PROVIDER builtin BUILTIN_LOCALE {_literal(locale)}")
    else:
        parts.append("LOCALE_PROVIDER libc")
    return " ".join(parts)


async def _run(dsn: str, program: Path, arguments: Sequence[str]) -> tuple[int, str]:
    """Run one of PostgreSQL's programs on the database; return its exit status and the last lines of its complaints."""
    address, password = _without_password(dsn)
    environment = {**os.environ, "LC_ALL": "C"}
    if password is not None:
        environment["PGPASSWORD"] = password  # a command line can be read by everybody on the machine
    process = await asyncio.create_subprocess_exec(
        program,
        *arguments,
        f"--dbname={address}",
        "--no-password",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    try:
        _, complaints = await process.communicate()
    except BaseException:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        raise
    lines = complaints.decode(errors="replace").splitlines()
    return await process.wait(), "\n".join(lines[-10:])


@asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn, timeout=30)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def _appearing(file: Path) -> AsyncIterator[tuple[Path, int]]:
    """Give the path and number of an open file that only its owner can read; it becomes ``file`` when all went well."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}.part")
    fresh.unlink(missing_ok=True)
    output = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        try:
            yield fresh, output
            await asyncio.to_thread(os.fsync, output)
        finally:
            os.close(output)
        fresh.rename(file)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        await asyncio.to_thread(os.fsync, folder)
    finally:
        os.close(folder)


def secret_beside(file: Path) -> Path:
    """Name the file that keeps the secret of the backup ``file``."""
    return file.with_name(f"{file.name}.secret")


def _without_password(dsn: str) -> tuple[str, str | None]:
    """Divide an address into itself without its password, and the password."""
    parts = urlsplit(dsn)
    password: str | None = None
    account, at, host = parts.netloc.rpartition("@")
    if ":" in account:
        account, _, quoted = account.partition(":")
        password = unquote(quoted)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    named = dict(pairs).get("password")
    query = urlencode([pair for pair in pairs if pair[0] != "password"], quote_via=quote, safe="/")
    address = _joined(parts.scheme, f"{account}{at}{host}", parts.path, query)
    return address, named if named is not None else password


def _database_of(dsn: str) -> str:
    parts = urlsplit(dsn)
    query = dict(parse_qsl(parts.query))
    name = unquote(parts.path.lstrip("/")) or query.get("dbname") or query.get("database")
    if not name:
        raise RestoreFailed("The address of the database names no database.")
    return name


def _with_database(dsn: str, name: str) -> str:
    parts = urlsplit(dsn)
    pairs = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in ("dbname", "database")]
    query = urlencode(pairs, quote_via=quote, safe="/")
    return _joined(parts.scheme, parts.netloc, f"/{quote(name, safe='')}", query)


def _joined(scheme: str, netloc: str, path: str, query: str) -> str:
    # urlunsplit drops the empty host of postgresql:///name on some versions of Python; so the slashes are ours.
    rest = urlunsplit(("", "", path, query, ""))
    return f"{scheme}://{netloc}{re.sub('^/+', '/', rest)}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
