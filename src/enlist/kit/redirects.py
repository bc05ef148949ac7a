"""Where a person may be sent on to: a web address, or nowhere."""

import re
from typing import Final
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

LONGEST: Final = 2048
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ENCODED_TWICE: Final = re.compile(r"(https?%3A|%2F)", re.IGNORECASE)
# All that may stand bare in an address, and the percent sign of what is encoded already.
_BARE: Final = "%/:?#[]@!$&'()*+,;=~-._"


def safe_redirect(text: str, base: str) -> str | None:
    """Return the absolute address that ``text`` means, seen from ``base`` (an http or https address); or nothing.

    Accepted are http and https addresses and addresses relative to ``base``; ``//host`` counts as absolute. An address
    that was encoded twice is decoded once more. Anything else gives nothing: scripts, other schemes, user names,
    backslashes, control characters, more than 2,048 characters.
    """
    wanted = text.strip()
    if _ENCODED_TWICE.match(wanted):
        wanted = unquote(wanted)
    if not wanted or len(wanted) > LONGEST or not wanted.isprintable() or "\\" in wanted:
        return None
    if not wanted.startswith(("http://", "https://")) and _SCHEME.match(wanted) and not _is_web(wanted):
        return None
    try:
        parts = urlsplit(urljoin(base + "/", wanted))
        host = _host(parts.hostname or "", parts.port)
    except (ValueError, UnicodeError):
        return None
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        return None
    return urlunsplit((parts.scheme, host, *(quote(part, safe=_BARE) for part in parts[2:])))


def _is_web(text: str) -> bool:
    return text[:8].lower().startswith(("http://", "https://"))


def _host(name: str, port: int | None) -> str:
    if ":" in name:
        name = f"[{name}]"
    elif not name.isascii():
        name = name.encode("idna").decode()
    if not re.fullmatch(r"\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+", name):
        return ""
    return f"{name}:{port}" if port is not None else name
