"""The private server's files and processes: made, configured, launched and told to stop."""

import fcntl
import os
import shutil
import signal
import stat
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from enlist.runtime.postgres.account import Account, PostgresUnavailable, our_account, run_as
from enlist.runtime.postgres.socket import PORT

SUPERUSER: Final = "enlist"
"""The database role that owns everything in the private server."""

_LOG_LIMIT: Final = 10 * 1024 * 1024  # bytes; checked at each start, one older file is kept

# Each with its reason. The operator overrules them by ALTER SYSTEM or below the include in postgresql.conf.
_DEFAULTS: Final[dict[str, tuple[str, str]]] = {
    "max_connections": ("100", "a few processes with a handful of connections each"),
    "shared_buffers": ("128MB", "a small machine shares its memory with the program itself"),
    "fsync": ("on", "what was confirmed survives a power cut"),
    "synchronous_commit": ("on", "the same; batches make up for the wait"),
    "wal_level": ("minimal", "nobody replicates from a private server, and bulk loads write less"),
    "max_wal_senders": ("0", "needed by wal_level minimal"),
    "wal_compression": ("on", "less to write for a little CPU"),
    "max_wal_size": ("2GB", "an import of millions is not slowed down by checkpoints"),
    "min_wal_size": ("256MB", "log files are reused instead of created again"),
    "checkpoint_timeout": ("15min", "fewer full-page writes; a crash costs some seconds of recovery"),
    "checkpoint_completion_target": ("0.9", "checkpoints spread out, so requests do not stall"),
    "jit": ("off", "our statements are short; compiling them costs more than it saves"),
    "autovacuum_naptime": ("20s", "queues turn over quickly"),
    "autovacuum_vacuum_scale_factor": ("0.05", "big tables are cleaned before a fifth of them is dead"),
    "autovacuum_analyze_scale_factor": ("0.02", "plans follow growing tables"),
    "log_min_messages": ("warning", "the log is for trouble"),
    "log_checkpoints": ("off", "a checkpoint is no trouble"),
    "log_timezone": ("'UTC'", "one clock for all logs"),
    "timezone": ("'UTC'", "instants are shown as they are stored"),
}


def major_version(cluster: Path) -> int | None:
    """Return the major version that made the files in ``cluster``, or None if there are none yet.

    Raises PostgresUnavailable if something else is there.
    """
    try:
        return int((cluster / "PG_VERSION").read_text())
    except FileNotFoundError:
        if cluster.exists() and any(cluster.iterdir()):
            raise PostgresUnavailable(
                f"{cluster} is no PostgreSQL database and not empty: move it away, or use another data directory."
            ) from None
        return None


def make_cluster(cluster: Path, account: Account, programs: Path, *, lock: int, sync: bool) -> None:
    """Make an empty database in ``cluster``: beside it first, so that a half-made one is never taken for whole.

    Blocks. initdb inherits the file ``lock``: should this process be killed, the lock stays until initdb has ended.
    Raises PostgresUnavailable with initdb's own words.
    """
    fresh = cluster.with_name(f"{cluster.name}.new")
    if fresh.exists():
        shutil.rmtree(fresh)
    fresh.mkdir(mode=0o700)
    directory = os.open(fresh, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if not account.is_ours:
            os.fchown(directory, account.uid, account.gid)
        _run_initdb(fresh, directory, account, programs, lock=lock, sync=sync)
        _write_include(directory, account)
        fresh.rename(cluster)
    finally:
        os.close(directory)
    if sync:
        _sync_folder(cluster.parent)


def open_cluster(cluster: Path, account: Account) -> int:
    """Open the directory ``cluster`` and return the file number; PostgresUnavailable if it is not the account's."""
    directory = os.open(cluster, os.O_RDONLY | os.O_DIRECTORY)
    status = os.fstat(directory)
    if status.st_uid != account.uid:
        os.close(directory)
        raise PostgresUnavailable(
            f"{cluster} must belong to user {account.name}, who runs PostgreSQL: chown -R {account.name} {cluster}."
        )
    if stat.S_IMODE(status.st_mode) != 0o700:
        os.fchmod(directory, 0o700)
    return directory


def launch(
    cluster: Path, directory: int, account: Account, programs: Path, *, log: Path, options: Mapping[str, str]
) -> None:
    """Start the server as a daemon that outlives this process; return at once (blocks for some milliseconds).

    ``directory`` is the open and locked directory ``cluster``: every process of the server inherits it, so it stays
    locked as long as any of them lives. ``options`` are server settings that overrule all others.
    """
    _configure(directory, account)
    _remove_misleading_pid_files(cluster)
    settings = {
        **options,
        "listen_addresses": "",
        "port": str(PORT),
        # In the cluster itself, which only its owner and root can enter; relative, since its full path may be too long.
        "unix_socket_directories": ".",
        "unix_socket_permissions": "0700",
        "cluster_name": "enlist",
        "enlist.directory": _mark(directory),
    }
    # Through a shell that ends at once: the server is then not our child process and leaves no zombie.
    postgres = [str(programs / "postgres"), "-D", _reach(cluster, directory, account)]
    arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    output = _open_log(log)
    try:
        run_as(account, ["/bin/sh", "-c", '"$@" >&2 &', "sh", *postgres, *arguments], keep=[directory], log=output)
    except OSError as error:
        raise PostgresUnavailable(f"PostgreSQL cannot be started as {account.name}: {error.strerror}.") from error
    finally:
        os.close(output)


def ask_to_stop(cluster: Path) -> bool:
    """Tell the server of ``cluster`` to stop at once and cleanly; return whether it could be told."""
    pid = _pid_in(cluster / "postmaster.pid")
    if pid is None or f"enlist.directory={_mark_of(cluster.stat())}" not in _command_line(pid):
        return False
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
    return True


def try_lock(file: int) -> bool:
    """Lock the open ``file`` for us alone, if nobody holds it; return whether that worked. Closing it unlocks it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _reach(cluster: Path, directory: int, account: Account) -> str:
    """Name ``cluster`` so that the account can open it, though it may not pass through the folders above it."""
    # This link needs no permission on parents. Not /proc/self/cwd: PostgreSQL 15 changes its directory at first.
    if not account.is_ours and os.path.exists(link := f"/proc/self/fd/{directory}"):
        return link
    return str(cluster)


def _run_initdb(fresh: Path, directory: int, account: Account, programs: Path, *, lock: int, sync: bool) -> None:
    command = [str(programs / "initdb"), "-D", _reach(fresh, directory, account), "-U", SUPERUSER, "--encoding=UTF8"]
    command += ["--auth-local=peer", "--auth-host=reject", "--no-instructions", "--data-checksums", "--lc-messages=C"]
    # Both sort by code point; but with C alone, only Latin letters would be letters and have upper and lower case.
    for locale in ("C.UTF-8", "C"):
        try:
            done = run_as(
                account, [*command, f"--locale={locale}", *([] if sync else ["--no-sync"])], keep=[directory, lock]
            )
        except OSError as error:
            raise PostgresUnavailable(f"initdb cannot be started as {account.name}: {error.strerror}.") from error
        if done.returncode == 0:
            return
        if "invalid locale" not in done.stderr:
            break
    words = "\n".join((done.stdout + done.stderr).splitlines()[-10:])
    raise PostgresUnavailable(f"PostgreSQL's initdb could not make a database in {fresh.parent}; it said:\n{words}")


def _write_include(directory: int, account: Account) -> None:
    file = os.open("postgresql.conf", os.O_RDONLY | os.O_NOFOLLOW, dir_fd=directory)
    with open(file, encoding="utf-8") as reader:
        text = reader.read()
    text += "\n# The defaults of enlist, written again at each start. Settings below this line override them.\n"
    _replace_file(directory, "postgresql.conf", f"{text}include_if_exists 'enlist.conf'\n", account)


def _configure(directory: int, account: Account) -> None:
    lines = [f"{name} = {value}  # {reason}" for name, (value, reason) in _DEFAULTS.items()]
    heading = "# Written by enlist at each start; see the end of postgresql.conf."
    _replace_file(directory, "enlist.conf", "\n".join([heading, *lines, ""]), account)
    _replace_file(directory, "pg_hba.conf", f"{heading}\nlocal all all peer map=enlist\n", account)
    # The server's own user is not in it (unless it runs enlist): other programs of `nobody` must not get the data.
    name = our_account().name.replace('"', '""')
    _replace_file(directory, "pg_ident.conf", f'{heading}\nenlist "{name}" {SUPERUSER}\n', account)


def _replace_file(directory: int, name: str, text: str, account: Account) -> None:
    """Write a file into a directory of another user as a new one, so that no planted link leads us elsewhere."""
    fresh = f"{name}.new"
    with suppress(FileNotFoundError):
        os.unlink(fresh, dir_fd=directory)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with open(os.open(fresh, flags, 0o600, dir_fd=directory), "w", encoding="utf-8") as writer:
        if not account.is_ours:
            os.fchown(writer.fileno(), account.uid, account.gid)
        writer.write(text)
        writer.flush()
        os.fsync(writer.fileno())
    os.rename(fresh, name, src_dir_fd=directory, dst_dir_fd=directory)


def _open_log(log: Path) -> int:
    with suppress(FileNotFoundError):
        if log.stat().st_size > _LOG_LIMIT:
            log.rename(log.with_name(f"{log.name}.1"))
    return os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def _sync_folder(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _mark(directory: int) -> str:
    return _mark_of(os.fstat(directory))


def _mark_of(status: os.stat_result) -> str:
    # Not the path: that may change, and two copies of a data directory must not be mistaken for each other.
    return f"{status.st_dev}:{status.st_ino}"


def _remove_misleading_pid_files(cluster: Path) -> None:
    """Forget the process number of a dead server if the system still knows it: PostgreSQL would refuse to start.

    Either another program has the number by now (usual after a container was killed, where numbers are small and come
    again), or nobody has collected the dead process yet (as in a container without an init). We hold the directory's
    lock here, so no server of ours lives; one that somebody started by hand shows its name, and PostgreSQL complains.
    """
    for file in (cluster / "postmaster.pid", cluster / f".s.PGSQL.{PORT}.lock"):
        pid = _pid_in(file)
        if pid is not None and _exists(pid) and "postgres" not in _command_line(pid):
            file.unlink(missing_ok=True)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _pid_in(file: Path) -> int | None:
    try:
        pid = int(file.read_text(errors="replace").splitlines()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return None
    return pid if pid > 1 else None  # never signal a group of processes, or all


def _command_line(pid: int) -> str:
    """Return the command line of the process ``pid``, or an empty text if it is not running."""
    if os.path.exists("/proc/self/cmdline"):
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    listed = subprocess.run(["ps", "-o", "stat=,command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, command = listed.stdout.strip().partition(" ")
    return "" if state.startswith("Z") else command
