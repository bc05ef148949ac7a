"""Every setting of the program: its variable, type, default and meaning, read once from the environment."""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from dataclasses import field as dataclass_field
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


class WrongSetting(Exception):
    """A variable holds something that cannot be used; the message names it, says why and gives an example."""


@dataclass(frozen=True, slots=True)
class RequestLimit:
    """How many requests one address may make in a span of time."""

    requests: int
    span: timedelta


def _text(value: str) -> str:
    return value


def _path(value: str) -> Path:
    return Path(value).expanduser().absolute()


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        number = int(value)
        if not low <= number <= high:
            raise ValueError(f"must lie between {low} and {high}")
        return number

    return read


def _switch(value: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if value.lower() not in words:
        raise ValueError("must be on or off")
    return words[value.lower()]


def _one_of(*words: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value.lower() not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return value.lower()

    return read


def _host_names(value: str) -> tuple[str, ...]:
    names = tuple(name.strip().lower().rstrip(".") for name in value.split(",") if name.strip())
    if not names or not all(re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", name) for name in names):
        raise ValueError("must be host names divided by commas")
    return names


def _networks(value: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in value.split(",") if part.strip())


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an http or https address")
    return value.rstrip("/")


def _mail_server(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("smtp", "smtps", "smtp+starttls") or not parts.hostname:
        raise ValueError("must be an smtp, smtps or smtp+starttls address")
    return value


def _database(value: str) -> str:
    if urlsplit(value).scheme not in ("postgresql", "postgres"):
        raise ValueError("must be a postgresql address")
    return value


def _sender(value: str) -> str:
    if "@" not in parseaddr(value)[1]:
        raise ValueError("must hold an e-mail address")
    return value


def _request_limit(value: str) -> RequestLimit:
    spans = {"second": timedelta(seconds=1), "minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
    count, _, unit = value.partition("/")
    if unit not in spans or int(count) < 1:
        raise ValueError("must be a number per second, minute or hour")
    return RequestLimit(int(count), spans[unit])


def _setting(
    read: Callable[[str], Any], default: str | None, meaning: str, example: str, *, secret: bool = False
) -> Any:
    return dataclass_field(
        metadata={
            "read": read,
            "default": default,
            "meaning": meaning,
            "example": example,
            "secret": secret,
        }
    )


# ruff: noqa: RUF009, S104 - the defaults below are field descriptions, and an example may name all interfaces
@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The program's settings; each field ``name`` is read from the variable ``ENLIST_NAME``.

    A secret one can also be read from a file: ``ENLIST_NAME_FILE`` names it. An empty variable counts as not set.
    """

    data: Path = _setting(
        _path,
        "./data",
        "folder of everything kept on this machine: the private database, the secret",
        "/var/lib/enlist",
    )
    database_url: str | None = _setting(
        _database,
        None,
        "a PostgreSQL 15+ to use instead of the private one",
        "postgresql://enlist:pw@db/enlist",
        secret=True,
    )
    postgres_user: str | None = _setting(
        _text,
        None,
        "as root: the existing system user that runs the private PostgreSQL (else `postgres` or `nobody`)",
        "postgres",
    )
    host: str = _setting(_text, "127.0.0.1", "address to listen on", "0.0.0.0")
    port: int = _setting(_whole(0, 65535), "8080", "port to listen on; 0 takes a free one", "8080")
    processes: int = _setting(
        _whole(0, 256), "1", "processes that serve the port together; 0 means one for each core", "4"
    )
    domains: tuple[str, ...] = _setting(
        _host_names,
        "localhost",
        "domains under which accounts live as `<login>.<domain>`, divided by commas; the first one is used in "
        "addresses we make",
        "justclick.example,enlist.example",
    )
    public_url: str = _setting(
        _web_address,
        "http://localhost:8080",
        "how the outside world reaches this server; links in letters start with it",
        "https://mail.example.com",
    )
    trusted_proxies: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = _setting(
        _networks, "", "networks whose `X-Forwarded-For` is believed, divided by commas", "10.0.0.0/8,127.0.0.1/32"
    )
    request_limit: RequestLimit | None = _setting(
        _request_limit,
        None,
        "signed requests that one address may make per second, minute or hour (error 8 beyond); unset is no limit",
        "600/minute",
    )
    body_limit: int = _setting(_whole(1024, 64 * 1024 * 1024), "1048576", "largest request body, in bytes", "1048576")
    smtp_url: str | None = _setting(
        _mail_server,
        None,
        "mail server for letters: `smtp://`, `smtp+starttls://` (must encrypt) or `smtps://`, with user and "
        "password where needed; unset prints letters to the console",
        "smtp://127.0.0.1:1025",
        secret=True,
    )
    smtp_connections: int = _setting(
        _whole(1, 100), "4", "connections to the mail server kept at once by one worker", "4"
    )
    mail_from: str = _setting(
        _sender, "enlist <enlist@localhost>", "sender of letters", "My School <news@school.example>"
    )
    outbound_networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = _setting(
        _networks,
        "",
        "private networks into which addresses given by partners (postbacks) may lead, divided by commas; public ones "
        "are always allowed",
        "10.1.2.0/24",
    )
    stripe_url: str = _setting(
        _web_address,
        "https://api.stripe.com",
        "where Stripe's API is; another one only to try things out",
        "http://127.0.0.1:12111",
    )
    cell: int = _setting(
        _whole(0, 8191),
        "0",
        "number of this installation among several that accounts move between: its ids begin at so many times 2^40",
        "1",
    )
    keep_letters: int = _setting(
        _whole(1, 3650), "90", "days after which letters that were sent or given up are forgotten", "90"
    )
    keep_actions: int | None = _setting(
        _whole(1, 36500),
        None,
        "days after which actions of profiles are dropped, a week's worth at a time; unset: they are kept for ever",
        "730",
    )
    geoip_file: Path | None = _setting(
        _path,
        None,
        "a City database (GeoIP2, GeoLite2 or DB-IP) that tells region, city and time zone of a profile's `ip`;"
        " unset: the country database alone",
        "/var/lib/enlist/GeoLite2-City.mmdb",
    )
    secret: str | None = _setting(
        _text,
        None,
        "the installation's secret (at least 32 characters), under which API keys are encrypted and links "
        "signed; unset: made at the first start and kept in the data folder",
        "openssl rand -hex 32",
        secret=True,
    )
    connections: int = _setting(
        _whole(2, 200), "8", "database connections kept at once by one process, besides those of its batches", "8"
    )
    directory_room: int = _setting(
        _whole(100, 10_000_000),
        "20000",
        "hosts of accounts, and tokens of sites, that one process keeps in memory, at about 2 KB each; the least used "
        "are looked up again",
        "100000",
    )
    log_level: str = _setting(
        _one_of("debug", "info", "warning", "error"),
        "info",
        "how much is logged: debug, info, warning or error",
        "info",
    )

    @property
    def mail_host(self) -> str:
        """The host part of the sender's address, used in Message-IDs."""
        return parseaddr(self.mail_from)[1].rpartition("@")[2]

    def account_url(self, login: str) -> str:
        """The base address of an account's own host, such as ``http://login.localhost:8080`` (no slash at the end)."""
        parts = urlsplit(self.public_url)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{login.lower()}.{self.domains[0]}{port}"


@dataclass(frozen=True, slots=True)
class Described:
    """One line of the settings' table: ``variable``, ``default`` and ``value`` as text, ``meaning``, ``example``."""

    variable: str
    default: str
    value: str
    meaning: str
    example: str


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read all settings from ``environment``.

    Raises WrongSetting for the first variable that cannot be used, and for an ``ENLIST_...`` variable that is unknown
    (a spelling mistake must not silently mean the default).
    """
    known = {_variable(entry.name) for entry in fields(Settings)}
    files = {_variable(entry.name) + "_FILE" for entry in fields(Settings) if entry.metadata["secret"]}
    for name in environment:
        if name.startswith("ENLIST_") and name not in known | files:
            raise WrongSetting(f"{name} is no setting of enlist; `enlist show-settings` lists them all")
    return Settings(**{entry.name: _read_one(entry, environment) for entry in fields(Settings)})


def describe(settings: Settings | None = None) -> list[Described]:
    """List every setting with its default, and its present value where ``settings`` are given (secrets masked)."""
    rows = []
    for entry in fields(Settings):
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
        shown = "its value" if entry.metadata["secret"] else repr(given)
        raise WrongSetting(
            f"{variable}: {shown} {_because(reason)}; for example {variable}={entry.metadata['example']}"
        ) from None


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
    return text if text.startswith("must ") else f"cannot be used ({text})"


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ",".join(str(part) for part in value)
    if isinstance(value, RequestLimit):
        unit = {1: "second", 60: "minute", 3600: "hour"}[int(value.span.total_seconds())]
        return f"{value.requests}/{unit}"
    return str(value)
