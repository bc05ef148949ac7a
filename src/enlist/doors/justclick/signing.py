"""The signature of the signed protocol, for requests and answers (wire.md §§2 and 4)."""

import hmac
from collections.abc import Iterable, Sequence
from hashlib import md5
from string import ascii_letters, digits
from typing import Final
from urllib.parse import unquote_to_bytes

from enlist.kit.php_form import Pair

# What PHP's urlencode makes of each byte (wire.md §2.2).
_PHP: Final = {byte: f"%{byte:02X}" for byte in range(256)} | {ord(c): c for c in ascii_letters + digits + "-_."}
_PHP[ord(" ")] = "+"
# What encodeURIComponent leaves bare and PHP does not (wire.md §2.3, C8).
_BARE_IN_JAVASCRIPT: Final = [(f"%{ord(c):02X}", c) for c in "~!*'()"]
_LENGTH: Final = 32


def response_hash(code: int, text: str, key: str) -> str:
    """Sign an answer: lower-case hex MD5 of ``code::text::key`` (wire.md §4)."""
    return _md5(_bytes(f"{code}::{text}::{key}"))


def request_verifies(*, body: bytes | None, pairs: Sequence[Pair], sent: str, login: str, key: str) -> bool:
    """Tell whether the hash ``sent`` is right for a request (wire.md §2, readings.md#3). Never raises.

    ``body`` is the raw urlencoded body, None for other encodings; ``pairs`` are its decoded fields in the order of the
    wire, the hash among them; of several hashes the caller takes the last as ``sent``. Right is what was made of any
    of: the raw body with the hash cut out; the pairs encoded as PHP does; the pairs encoded as JavaScript does.
    """
    if len(sent) != _LENGTH:
        return False
    wanted = _bytes(sent.lower())
    tail = _bytes(f"::{login}::{key}")
    if body is not None and _is(wanted, without_hash(body) + tail):
        return True
    php = as_php(pair for pair in pairs if pair[0] != "hash")
    if _is(wanted, php.encode() + tail):
        return True
    javascript = _php_to_javascript(php)
    return javascript != php and _is(wanted, javascript.encode() + tail)


def sign(pairs: Iterable[Pair], login: str, key: str) -> str:
    """Make the body of a signed request as the official PHP samples do, the hash last; other hashes are left out."""
    query = as_php(pair for pair in pairs if pair[0] != "hash")
    hash_ = _md5(_bytes(f"{query}::{login}::{key}"))
    return f"{query}&hash={hash_}" if query else f"hash={hash_}"


def without_hash(body: bytes) -> bytes:
    """Cut every ``hash`` pair out of a raw urlencoded body, wherever it stands and however spelt; leave all else."""
    place = body.rfind(b"&") + 1
    if place and body.find(b"hash") == place and body.startswith(b"hash=", place) and not _has_escaped_letter(body):
        return body[: place - 1]  # nearly every client puts it last
    return b"&".join([piece for piece in body.split(b"&") if not _is_hash(piece)])


def as_php(pairs: Iterable[Pair]) -> str:
    """Encode pairs as PHP's http_build_query does (wire.md §2.2); the result is ASCII."""
    return "&".join([f"{_php(name)}={_php(value)}" for name, value in pairs])


def as_javascript(pairs: Iterable[Pair]) -> str:
    """Encode pairs as encodeURIComponent does, with ``+`` for space (wire.md §2.3, C8); the result is ASCII."""
    return _php_to_javascript(as_php(pairs))


def _has_escaped_letter(body: bytes) -> bool:
    """Tell whether a letter of "hash" is escaped somewhere, as no known client does."""
    return b"%68" in body or b"%61" in body or b"%73" in body


def _is_hash(piece: bytes) -> bool:
    name = piece.partition(b"=")[0]
    return name == b"hash" or (b"%" in name and unquote_to_bytes(name) == b"hash")


def _php(text: str) -> str:
    return (text if text.isascii() else _bytes(text).decode("latin-1")).translate(_PHP)


def _php_to_javascript(query: str) -> str:
    for escaped, bare in _BARE_IN_JAVASCRIPT:
        query = query.replace(escaped, bare)
    return query


def _is(wanted: bytes, signed: bytes) -> bool:
    return hmac.compare_digest(_md5(signed).encode(), wanted)


def _md5(text: bytes) -> str:
    return md5(text, usedforsecurity=False).hexdigest()


def _bytes(text: str) -> bytes:
    # A key is opaque: even half of a surrogate pair must not raise.
    return text.encode("utf-8", "surrogatepass")
