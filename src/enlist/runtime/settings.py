"""The mechanism of settings: each part of the program declares its own, beside their use; the plan reads them all.

A part declares a frozen dataclass (keywords only) with a ``setting`` for each field: the field ``name`` is read from
the variable ``ENLIST_NAME``. A secret one can also be read from a file: ``ENLIST_NAME_FILE`` names it. An empty
variable counts as not set.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from dataclasses import field as dataclass_field
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


S = TypeVar("S", bound="DataclassInstance")


class WrongSetting(Exception):
    """A variable holds something that cannot be used; the message names it, says why and gives an example."""


@dataclass(frozen=True, slots=True)
class RequestLimit:
    """How many requests one address may make in a span of time."""

    requests: int
    span: timedelta


def text(value: str) -> str:
    """Take a text as it is."""
    return value


def path(value: str) -> Path:
    """Read a path, absolute from here on."""
    return Path(value).expanduser().absolute()


def whole(low: int, high: int) -> Callable[[str], int]:
    """Read a whole number from ``low`` to ``high``."""

    def read(value: str) -> int:
        if not value.strip().isdecimal() or not low <= int(value) <= high:
            raise ValueError(f"must be a number from {low} to {high}")
        return int(value)

    return read


def switch(value: str) -> bool:
    """Read on or off."""
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if value.lower() not in words:
        raise ValueError("must be on or off")
    return words[value.lower()]


def one_of(*words: str) -> Callable[[str], str]:
    """Read one of ``words``, in whichever letter case."""

    def read(value: str) -> str:
        if value.lower() not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return value.lower()

    return read


def host_names(value: str) -> tuple[str, ...]:
    """Read host names divided by commas."""
    names = tuple(name.strip().lower().rstrip(".") for name in value.split(",") if name.strip())
    if not names or not all(re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", name) for name in names):
        raise ValueError("must be host names divided by commas")
    return names


def networks(value: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """Read networks divided by commas."""
    try:
        return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in value.split(",") if part.strip())
    except ValueError:
        raise ValueError("must be networks divided by commas") from None


def web_address(value: str) -> str:
    """Read an http or https address, without a slash at its end."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an http or https address")
    return value.rstrip("/")


def mail_server(value: str) -> str:
    """Read the address of a mail server."""
    parts = urlsplit(value)
    if parts.scheme not in ("smtp", "smtps", "smtp+starttls") or not parts.hostname:
        raise ValueError("must be an smtp, smtps or smtp+starttls address")
    return value


def database(value: str) -> str:
    """Read the address of a database."""
    if urlsplit(value).scheme not in ("postgresql", "postgres"):
        raise ValueError("must be a postgresql address")
    return value


def sender(value: str) -> str:
    """Read a sender with an address."""
    if "@" not in parseaddr(value)[1]:
        raise ValueError("must contain an email address")
    return value


def request_limit(value: str) -> RequestLimit:
    """Read a number of requests per second, minute or hour."""
    spans = {"second": timedelta(seconds=1), "minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
    count, _, unit = value.partition("/")
    if unit not in spans or not count.isdecimal() or int(count) < 1:
        raise ValueError("must be a number per second, minute or hour")
    return RequestLimit(int(count), spans[unit])


def setting(
    read: Callable[[str], Any], default: str | None, meaning: str, example: str, *, secret: bool = False
) -> Any:
    """Declare a setting: how it is read, its default as it would be written (None: not set), its meaning, an example.

    A ``secret`` one is never shown.
    """
    return dataclass_field(
        metadata={
            "read": read,
            "default": default,
            "meaning": meaning,
            "example": example,
            "secret": secret,
        }
    )


@dataclass(frozen=True, slots=True)
class Described:
    """One line of the settings' table: ``variable``, ``default`` and ``value`` as text, ``meaning``, ``example``."""

    variable: str
    default: str
    value: str
    meaning: str
    example: str


def read_settings(kind: type[S], environment: Mapping[str, str]) -> S:
    """Read the settings of ``kind``, which has all that the program knows, from ``environment``.

    Raises WrongSetting for the first variable that cannot be used, and for an ``ENLIST_...`` variable that is unknown
    (a spelling mistake must not silently mean the default).
    """
    known = {_variable(entry.name) for entry in fields(kind)}
    files = {_variable(entry.name) + "_FILE" for entry in fields(kind) if entry.metadata["secret"]}
    for name in environment:
        if name.startswith("ENLIST_") and name not in known | files:
            raise WrongSetting(f"{name} is not a setting of enlist; `enlist show-settings` lists them all")
    return kind(**{entry.name: _read_one(entry, environment) for entry in fields(kind)})


def describe(kind: type[S], settings: S | None = None) -> list[Described]:
    """List every setting with its default, and its present value where ``settings`` are given (secrets masked)."""
    rows = []
    for entry in fields(kind):
        value = getattr(settings, entry.name) if settings else None
        shown = "***" if entry.metadata["secret"] and value else _shown(value)
        default = entry.metadata["default"]
        rows.append(
            Described(
                _variable(entry.name),
                "" if default is None else default,
                shown,
                entry.metadata["meaning"],
                entry.metadata["example"],
            )
        )
    return rows


def part(settings: Any, kind: type[S]) -> S:
    """Return of ``settings`` only what a part of the program has declared for itself as ``kind``."""
    return kind(**{entry.name: getattr(settings, entry.name) for entry in fields(kind)})


def _variable(name: str) -> str:
    return f"ENLIST_{name.upper()}"


def _read_one(entry: Any, environment: Mapping[str, str]) -> Any:
    variable = _variable(entry.name)
    given = environment.get(variable) or _from_file(entry, environment) or entry.metadata["default"]
    if given is None:
        return None
    try:
        return entry.metadata["read"](given)
    except ValueError as reason:
        shown = "" if entry.metadata["secret"] else f"; it is {given!r}"
        raise WrongSetting(f"{variable} {_because(reason)}, such as {entry.metadata['example']}{shown}") from None


def _from_file(entry: Any, environment: Mapping[str, str]) -> str | None:
    name = environment.get(_variable(entry.name) + "_FILE") if entry.metadata["secret"] else None
    if not name:
        return None
    try:
        return Path(name).read_text().strip() or None
    except OSError as reason:
        raise WrongSetting(f"{_variable(entry.name)}_FILE: {name} cannot be read ({reason.strerror})") from None


def _because(reason: ValueError) -> str:
    text = str(reason)
    return text if text.startswith("must ") else f"has a value that cannot be used ({text})"


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ",".join(str(part) for part in value)
    if isinstance(value, RequestLimit):
        unit = {1: "second", 60: "minute", 3600: "hour"}[int(value.span.total_seconds())]
        return f"{value.requests}/{unit}"
    return str(value)
