"""A short way to the server's socket, since the system allows few bytes for the path of one."""

import fcntl
import hashlib
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from enlist.runtime.postgres.account import PostgresUnavailable, is_safe_from_others

PORT: Final = 5432
"""The number in the socket's name; no network port is opened."""

_LONGEST: Final = 100  # bytes of the whole path; Linux allows 107, macOS 103


class SocketDirectory:
    """The folder of a server's socket, by a path that every client can use."""

    def __init__(self, cluster: Path) -> None:
        self._cluster = cluster
        self._held: int | None = None

    def path(self) -> Path:
        """Return the path, which is the cluster's own or a short link to it, made again if it has gone.

        Raises PostgresUnavailable if there is no private place for the link.
        """
        if _fits(self._cluster):
            return self._cluster
        for link in self._links():
            if _fits(link) and _make_private(link.parent):
                _point(link, self._cluster)
                self._hold(link.parent)
                return link
        raise PostgresUnavailable(
            f"The path {self._cluster} is too long for a socket, and no private folder for a short link to it could be"
            f" made in {' or '.join(str(base) for base in _bases())}: use a shorter data directory."
        )

    def forget(self) -> None:
        """Remove the link, once the server has stopped; the next start makes it again."""
        for link in self._links():
            with suppress(OSError):
                if link.readlink() == self._cluster:
                    link.unlink()

    def close(self) -> None:
        """Let go of the link's folder; the link itself stays for other processes."""
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def _links(self) -> list[Path]:
        name = hashlib.sha256(os.fsencode(self._cluster)).hexdigest()[:12]
        return [base / f"enlist-{os.geteuid()}" / name for base in _bases()]

    def _hold(self, folder: Path) -> None:
        # systemd-tmpfiles removes what is old in /tmp, but not from a folder that somebody holds locked.
        if self._held is None:
            self._held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(self._held, fcntl.LOCK_SH)


def _fits(directory: Path) -> bool:
    # A comma in a host divides hosts for libpq and asyncpg.
    path = os.fsencode(directory / f".s.PGSQL.{PORT}")
    return len(path) <= _LONGEST and b"," not in path


def _bases() -> list[Path]:
    named = [Path(folder) for folder in (os.environ.get("XDG_RUNTIME_DIR"),) if folder]
    own = [Path("/run")] if os.geteuid() == 0 else []
    return [*named, *own, Path(tempfile.gettempdir()), Path("/tmp")]  # noqa: S108 (checked before use)


def _make_private(folder: Path) -> bool:
    """Make ``folder`` if need be; tell whether it is ours alone and will stay where it is."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    except OSError:
        return False
    status = folder.lstat()
    ours = stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not stat.S_IMODE(status.st_mode) & 0o077
    return ours and is_safe_from_others(folder)


def _point(link: Path, cluster: Path) -> None:
    if link.is_symlink() and link.readlink() == cluster:
        return
    fresh = link.with_name(f"{link.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(cluster)
    fresh.rename(link)
