"""Backups of real databases: there and back, what goes wrong on the way, and who can read them."""

import asyncio
import itertools
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from enlist.runtime.postgres import Binaries, PostgresServer, join
from enlist.runtime.postgres.backup import (
    BackupFailed,
    DatabaseNotEmpty,
    RestoreFailed,
    _with_database,
    _without_password,
    back_up,
    restore,
)

DEBIANS_15 = Path("/usr/lib/postgresql/15/bin")
SECRET = b"the secret of this installation"
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PostgresServer]:
    server = await join(tmp_path_factory.mktemp("backups") / "data", options={"fsync": "off"})
    yield server
    await server.leave()


@pytest.fixture
async def full(server: PostgresServer) -> str:
    """The address of a database that holds something."""
    dsn = await _new_database(server)
    await _run(
        dsn,
        """
        CREATE EXTENSION citext;
        CREATE SCHEMA more;
        CREATE TABLE people (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name citext UNIQUE, photo bytea);
        CREATE TABLE more.notes (person bigint REFERENCES people, note jsonb);
        INSERT INTO people (name, photo) SELECT 'Жанна ' || n, '\\x00ff' FROM generate_series(1, 1000) n;
        INSERT INTO more.notes SELECT id, '{"a": "b"}' FROM people;
        """,
    )
    return dsn


@pytest.fixture
async def empty(server: PostgresServer) -> str:
    """The address of a database that holds nothing."""
    return await _new_database(server)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "today.backup"


async def _new_database(server: PostgresServer) -> str:
    name = f'backup "{next(_numbers)}" данные/%41'
    quoted = name.replace('"', '""')
    await _run(server.dsn("postgres"), f'CREATE DATABASE "{quoted}" TEMPLATE template0')
    return server.dsn(name)


async def _run(dsn: str, sql: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(sql)
    await connection.close()


async def _ask(dsn: str, sql: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


def _pretend(folder: Path, program: str, script: str) -> Binaries:
    """Make a program of ours that takes the place of one of PostgreSQL's."""
    (folder / program).write_text(f"#!/bin/sh\n{script}\n")
    (folder / program).chmod(0o755)
    return Binaries(folder, 99, "99.0")


def _mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


async def test_a_backup_restored_into_an_empty_database_is_the_same_again(
    server: PostgresServer, full: str, empty: str, file: Path
) -> None:
    await back_up(full, file, binaries=server.binaries, secret=SECRET)
    assert await restore(empty, file, binaries=server.binaries) == SECRET
    assert (
        await _ask(empty, "SELECT count(*) FROM people JOIN more.notes ON person = id WHERE photo = '\\x00ff'") == 1000
    )
    assert await _ask(empty, "SELECT id FROM people WHERE name = 'жанна 7'") == 7
    assert await _ask(empty, "INSERT INTO people (name) VALUES ('next') RETURNING id") == 1001


async def test_a_backup_and_its_secret_are_for_their_owner_only_and_leave_no_pieces(
    server: PostgresServer, full: str, file: Path
) -> None:
    before = os.umask(0)
    try:
        await back_up(full, file, binaries=server.binaries, secret=SECRET)
        await back_up(full, file, binaries=server.binaries, secret=SECRET)
    finally:
        os.umask(before)
    keys = file.with_name("today.backup.secret")
    assert sorted(file.parent.iterdir()) == [file, keys]
    assert (_mode(file), _mode(keys)) == (0o600, 0o600)
    assert keys.read_bytes() == SECRET


async def test_a_backup_without_a_secret_has_none_and_is_not_laid_over_one_that_has(
    server: PostgresServer, full: str, empty: str, file: Path
) -> None:
    await back_up(full, file, binaries=server.binaries, secret=None)
    assert list(file.parent.iterdir()) == [file]
    assert await restore(empty, file, binaries=server.binaries) is None
    await back_up(full, file, binaries=server.binaries, secret=SECRET)
    with pytest.raises(BackupFailed, match="belongs to an older backup"):
        await back_up(full, file, binaries=server.binaries, secret=None)


async def test_a_backup_that_fails_leaves_the_older_one(server: PostgresServer, full: str, file: Path) -> None:
    file.write_bytes(b"older")
    with pytest.raises(BackupFailed, match="does not exist"):
        await back_up(server.dsn("nothing"), file, binaries=server.binaries, secret=SECRET)
    broken = _pretend(file.parent, "pg_dump", "echo half; echo 'disk on fire' >&2; exit 1")
    with pytest.raises(BackupFailed, match="it said:\ndisk on fire"):
        await back_up(full, file, binaries=broken, secret=SECRET)
    with pytest.raises(BackupFailed, match="could not be made"):
        await back_up("postgresql:///x?host=/nowhere", file, binaries=server.binaries, secret=SECRET)
    assert file.read_bytes() == b"older"
    assert {left.name for left in file.parent.iterdir()} == {"today.backup", "pg_dump"}


async def test_a_backup_that_is_cancelled_stops_the_program_and_leaves_no_pieces(full: str, file: Path) -> None:
    slow = _pretend(file.parent, "pg_dump", f"echo $$ > {file.parent}/pid; exec sleep 60")
    work = asyncio.ensure_future(back_up(full, file, binaries=slow, secret=SECRET))
    while not (file.parent / "pid").exists():
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert not Path(f"/proc/{(file.parent / 'pid').read_text().strip()}").exists()
    assert {left.name for left in file.parent.iterdir()} == {"pid", "pg_dump"}


async def test_a_server_newer_than_the_tools_is_refused_with_a_sentence(
    server: PostgresServer, full: str, file: Path
) -> None:
    old = Binaries(server.binaries.bin, 14, "14.3")
    with pytest.raises(BackupFailed, match=r"server is PostgreSQL \d+, but pg_dump .* is 14\.3 and cannot read it"):
        await back_up(full, file, binaries=old, secret=None)


async def test_the_password_is_not_on_the_command_line(full: str, file: Path) -> None:
    curious = _pretend(
        file.parent, "pg_dump", f'echo "$@" > {file.parent}/words; echo "$PGPASSWORD" >> {file.parent}/words'
    )
    await back_up(full.replace("postgresql:///", "postgresql://:s%40cret@/"), file, binaries=curious, secret=None)
    words = (file.parent / "words").read_text().splitlines()
    assert "cret" not in words[0]
    assert words[1] == "s@cret"


@pytest.mark.parametrize(
    ("dsn", "address", "password"),
    [
        ("postgresql:///a?host=/s", "postgresql:///a?host=/s", None),
        ("postgres://u:p%2F@h:5/a%20b", "postgres://u@h:5/a%20b", "p/"),
        ("postgresql://u@[::1]/a?password=x&sslmode=require", "postgresql://u@[::1]/a?sslmode=require", "x"),
        ("postgresql://u:p@h,i:6/a", "postgresql://u@h,i:6/a", "p"),
        ("postgresql://h", "postgresql://h", None),
    ],
)
def test_an_address_is_divided_into_itself_and_its_password(dsn: str, address: str, password: str | None) -> None:
    assert _without_password(dsn) == (address, password)


def test_an_address_can_be_led_to_another_database() -> None:
    assert _with_database("postgresql:///a?host=/s%2C&user=u", "b/c") == "postgresql:///b%2Fc?host=/s%2C&user=u"
    assert _with_database("postgresql://u:p@h", "b") == "postgresql://u:p@h/b"


async def test_a_database_that_holds_something_is_not_restored_into(
    server: PostgresServer, full: str, empty: str, file: Path
) -> None:
    await back_up(full, file, binaries=server.binaries, secret=None)
    with pytest.raises(DatabaseNotEmpty, match=r"has more\.notes"):
        await restore(full, file, binaries=server.binaries)
    await _run(empty, "CREATE TABLE one (a int)")
    with pytest.raises(DatabaseNotEmpty, match=r"has public\.one"):
        await restore(empty, file, binaries=server.binaries)


async def test_a_database_can_be_replaced_and_keeps_its_kind(
    server: PostgresServer, full: str, empty: str, file: Path
) -> None:
    await back_up(full, file, binaries=server.binaries, secret=SECRET)
    await _run(empty, "CREATE TABLE people AS SELECT 'old' AS name; CREATE TABLE old ()")
    likeness = "SELECT datcollate || datctype || encoding || datdba FROM pg_database WHERE datname = current_database()"
    before = await _ask(empty, likeness)
    assert await restore(empty, file, binaries=server.binaries, replace=True) == SECRET
    assert await _ask(empty, "SELECT count(*) FROM people") == 1000
    assert await _ask(empty, "SELECT to_regclass('old')") is None
    assert await _ask(empty, likeness) == before
    assert await _ask(empty, "SELECT count(*) FROM pg_database WHERE datname LIKE 'enlist\\_re%'") == 0


async def test_a_restore_that_fails_changes_nothing(server: PostgresServer, full: str, empty: str, file: Path) -> None:
    await back_up(full, file, binaries=server.binaries, secret=None)
    whole = file.read_bytes()
    file.write_bytes(whole[:-10])
    with pytest.raises(RestoreFailed, match="pg_restore could not read"):
        await restore(empty, file, binaries=server.binaries)
    assert await _ask(empty, "SELECT to_regclass('people')") is None
    with pytest.raises(RestoreFailed, match="pg_restore could not read"):
        await restore(full, file, binaries=server.binaries, replace=True)
    assert await _ask(full, "SELECT count(*) FROM more.notes") == 1000
    assert await _ask(full, "SELECT count(*) FROM pg_database WHERE datname LIKE 'enlist\\_re%'") == 0
    file.write_bytes(whole)
    assert await restore(empty, file, binaries=server.binaries) is None


async def test_a_database_in_use_is_not_replaced(server: PostgresServer, full: str, file: Path) -> None:
    await back_up(full, file, binaries=server.binaries, secret=None)
    connection = await asyncpg.connect(full)
    with pytest.raises(RestoreFailed, match="1 others are connected"):
        await restore(full, file, binaries=server.binaries, replace=True)
    assert await connection.fetchval("SELECT count(*) FROM people") == 1000
    await connection.close()


async def test_what_is_no_backup_is_refused_before_anything_is_touched(
    server: PostgresServer, full: str, file: Path
) -> None:
    with pytest.raises(RestoreFailed, match=r"could not be restored.*No such file"):
        await restore(full, file, binaries=server.binaries, replace=True)
    file.write_text("CREATE TABLE t ();")
    with pytest.raises(RestoreFailed, match="is no backup of ours"):
        await restore(full, file, binaries=server.binaries, replace=True)
    with pytest.raises(RestoreFailed):
        await restore(server.dsn("nothing"), file, binaries=server.binaries)


@pytest.mark.skipif(not DEBIANS_15.exists(), reason="Debian's PostgreSQL 15 is not installed")
async def test_a_backup_of_an_old_major_version_is_the_way_to_a_new_one(
    server: PostgresServer, empty: str, file: Path, tmp_path: Path
) -> None:
    old = await join(tmp_path / "old", binaries=DEBIANS_15, options={"fsync": "off"})
    try:
        await _run(old.dsn(), "CREATE TABLE kept AS SELECT 7 AS number")
        await back_up(old.dsn(), file, binaries=old.binaries, secret=SECRET)
        with pytest.raises(BackupFailed, match="cannot read it"):
            await back_up(empty, tmp_path / "other", binaries=old.binaries, secret=None)
    finally:
        await old.leave()
    assert await restore(empty, file, binaries=server.binaries) == SECRET
    assert await _ask(empty, "SELECT number FROM kept") == 7
    await back_up(empty, file, binaries=server.binaries, secret=SECRET)
    with pytest.raises(RestoreFailed, match=r"made by a newer PostgreSQL than 15|pg_restore could not"):
        await restore(empty, file, binaries=old.binaries, replace=True)
