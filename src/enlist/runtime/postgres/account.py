"""The system user that runs the private PostgreSQL, and what may be trusted not to have been changed by others."""

import asyncio
import os
import pwd
import stat
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

_USUAL_ACCOUNTS: Final = ("postgres", "nobody")
_P = ParamSpec("_P")
_T = TypeVar("_T")


class PostgresUnavailable(Exception):
    """The private PostgreSQL cannot be had; the message is a sentence for the operator and says what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine: its ``name`` and the numbers of the user and of its own group."""

    name: str
    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        """Whether this process itself runs as this user."""
        return self.uid == os.geteuid()


def our_account() -> Account:
    """Return the user this process runs as; PostgresUnavailable if the machine knows no name for it."""
    return _account_of(os.geteuid())


def choose_account(wanted: str | None, cluster: Path) -> Account:
    """Return the user that is to run the server whose files are, or will be, in the directory ``cluster``.

    An ordinary user runs it itself. Root, which PostgreSQL refuses, lends it to the ``wanted`` user, to the one that
    owns the files already, or to the first usual one. PostgresUnavailable if there is none, or if it cannot be.
    """
    ours = our_account()
    owner = _owner(cluster)
    if ours.uid != 0:
        if wanted not in (None, ours.name):
            raise PostgresUnavailable(f"Only root can run PostgreSQL as another user ({wanted}); this is {ours.name}.")
        if owner not in (None, ours.uid):
            raise PostgresUnavailable(
                f"{cluster} belongs to user {_account_of(owner or 0).name}, not to {ours.name}: run enlist as the user"
                " that ran it first (root, if the owner is only the server's user)."
            )
        return ours
    if wanted is not None:
        account = _account_named(wanted)
        if account is None or account.uid == 0:
            why = "PostgreSQL refuses to run as root" if account else "this machine has no such user"
            raise PostgresUnavailable(f"PostgreSQL cannot run as {wanted!r}: {why}. Name an existing ordinary user.")
        if owner not in (None, 0, account.uid):
            raise PostgresUnavailable(
                f"{cluster} belongs to user {_account_of(owner or 0).name}, but PostgreSQL is to run as {wanted}:"
                f" name the former, or stop enlist and give the files to the latter (chown -R {wanted} {cluster})."
            )
        return account
    if owner:
        return _account_of(owner)
    for name in _USUAL_ACCOUNTS:
        if (account := _account_named(name)) and account.uid != 0:
            return account
    raise PostgresUnavailable("PostgreSQL refuses to run as root and neither postgres nor nobody exists: name a user.")


def run_as(
    account: Account, command: Sequence[str | Path], *, keep: Sequence[int] = (), log: int = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    """Run ``command`` as ``account`` and wait for it; return its exit status and what it wrote (blocks: use a thread).

    ``keep`` lists open files that it inherits under the same numbers; ``log`` is an open file for its standard error.
    """
    other: dict[str, Any] = {} if account.is_ours else {"user": account.uid, "group": account.gid, "extra_groups": []}
    # Nothing of our environment goes along: it holds secrets, and PG... variables that would bend the server.
    environment = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C", "TZ": "UTC"}
    if "LD_LIBRARY_PATH" in os.environ:
        environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
    return subprocess.run(
        [str(part) for part in command],
        # PostgreSQL 15 returns to its working directory and must be allowed to: "/" is reachable for everybody.
        cwd="/",
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        errors="replace",
        pass_fds=keep,
        umask=0o077,
        # Ctrl-C in our terminal is not meant for the server.
        start_new_session=True,
        check=False,
        **other,
    )


async def in_thread(work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Do blocking ``work`` in a thread; when cancelled, still wait for it, so that nobody's locks go before its end."""
    task = asyncio.ensure_future(asyncio.to_thread(work, *args, **kwargs))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise


def is_safe_from_others(path: Path) -> bool:
    """Tell whether nobody but root and ourselves can change what ``path`` holds or leads to."""
    trusted = (0, os.geteuid())
    path = path.resolve(strict=True)
    for step in (path, *path.parents):
        status = step.lstat()
        others_write = stat.S_IMODE(status.st_mode) & 0o022
        # In a sticky folder such as /tmp others may add names, but not replace ours.
        sticky = step != path and status.st_mode & stat.S_ISVTX
        if status.st_uid not in trusted or (others_write and not sticky):
            return False
    return True


def _owner(cluster: Path) -> int | None:
    try:
        return cluster.stat().st_uid
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise PostgresUnavailable(f"{cluster} cannot be read by {our_account().name}: {error.strerror}.") from error


def _account_of(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise PostgresUnavailable(
            f"This machine has no name for user number {uid}, which PostgreSQL needs: add it to /etc/passwd."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _account_named(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
