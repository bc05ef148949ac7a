"""Where a person may be sent on to: a web address, or nowhere."""

import re
from typing import Final
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import idna

LONGEST: Final = 2048
_WEB: Final = ("http", "https")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_WEB_ADDRESS: Final = re.compile(r"https?://", re.IGNORECASE)
_HOST: Final = re.compile(r"\[[0-9a-f:.]+\]|[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")
# All that may stand bare in an address, and the percent sign of what is encoded already.
_BARE: Final = "%/:?#[]@!$&'()*+,;=~-._"


def safe_redirect(text: str, base: str) -> str | None:
    """Return the absolute address that ``text`` means, seen from ``base``, fit for a Location header; or None.

    ``base`` is an absolute http or https address. Accepted are http and https addresses and those relative to
    ``base``; ``//host`` counts as absolute. Letters beyond ASCII are encoded. Anything else gives None: other schemes,
    user names, backslashes, control characters, more than 2,048 characters. Never raises.
    """
    wanted = text.strip()
    if not wanted or len(wanted) > LONGEST or not wanted.isprintable() or "\\" in wanted:
        return None
    if _SCHEME.match(wanted) and not _WEB_ADDRESS.match(wanted):
        return None
    try:
        found = _absolute(wanted, base)
    except ValueError:
        return None
    return found if len(found) <= LONGEST else None


def _absolute(wanted: str, base: str) -> str:
    """Join, check and write the address. Raises ValueError for what is no web address."""
    root = base if urlsplit(base).path else base + "/"
    parts = urlsplit(urljoin(root, wanted))
    if parts.scheme not in _WEB or "@" in parts.netloc:
        raise ValueError("is no web address")
    host = _host(parts.hostname or "", parts.port)
    return urlunsplit((parts.scheme, host, *(quote(part, safe=_BARE) for part in parts[2:])))


def _host(name: str, port: int | None) -> str:
    if ":" in name:
        name = f"[{name}]"
    elif not name.isascii():
        name = idna.encode(name, uts46=True).decode()
    if not _HOST.fullmatch(name):
        raise ValueError("is no host")
    return name if port is None else f"{name}:{port}"
