"""The signature of the signed protocol, for requests and answers (wire.md §§2 and 4)."""

import hmac
from collections.abc import Iterable, Sequence
from hashlib import md5
from typing import Final
from urllib.parse import quote, quote_plus, unquote_to_bytes

from enlist.kit.php_form import Pair

# What encodeURIComponent leaves bare, besides what Python's quote leaves bare anyway.
_BARE_IN_JAVASCRIPT: Final = "!~*'()"


def response_hash(code: int, text: str, key: str) -> str:
    """Sign an answer: lower-case hex MD5 of ``code::text::key`` (wire.md §4)."""
    return _md5(f"{code}::{text}::{key}".encode())


def request_verifies(*, body: bytes | None, pairs: Sequence[Pair], sent: str, login: str, key: str) -> bool:
    """Tell whether the hash ``sent`` is right for a request (wire.md §2, decision 3).

    ``body`` is the raw urlencoded body, or nothing for other encodings; ``pairs`` are its decoded fields, the hash
    among them. Right is what was made of any of: the raw body with the hash cut out; the pairs encoded as PHP does; the
    pairs encoded as JavaScript's encodeURIComponent does, with ``+`` for space.
    """
    wanted = sent.lower().encode("utf-8", "surrogatepass")
    tail = f"::{login}::{key}".encode()
    if body is not None and _is(wanted, without_hash(body) + tail):
        return True
    plain = [pair for pair in pairs if pair[0] != "hash"]
    return _is(wanted, as_php(plain) + tail) or _is(wanted, as_javascript(plain) + tail)


def without_hash(body: bytes) -> bytes:
    """Cut every ``hash`` pair out of a raw body, wherever it stands; leave every other byte."""
    place = body.rfind(b"&hash=")
    if place >= 0 and body.find(b"&", place + 1) < 0 and b"hash=" not in body[:place] and b"%" not in body[place:]:
        return body[:place]  # nearly every client puts it last
    return b"&".join(piece for piece in body.split(b"&") if unquote_to_bytes(piece.partition(b"=")[0]) != b"hash")


def as_php(pairs: Iterable[Pair]) -> bytes:
    """Encode pairs as PHP's http_build_query does (wire.md §2.2)."""
    return "&".join(f"{_php(name)}={_php(value)}" for name, value in pairs).encode()


def as_javascript(pairs: Iterable[Pair]) -> bytes:
    """Encode pairs as encodeURIComponent does, with ``+`` for space (wire.md §2.3, C8)."""
    return "&".join(f"{_javascript(name)}={_javascript(value)}" for name, value in pairs).encode()


def sign(pairs: Sequence[Pair], login: str, key: str) -> str:
    """Make the body of a signed request, as the official PHP samples do."""
    query = as_php(pairs).decode()
    hash_ = _md5(f"{query}::{login}::{key}".encode())
    return f"{query}&hash={hash_}" if query else f"hash={hash_}"


def _php(text: str) -> str:
    return quote_plus(text).replace("~", "%7E")


def _javascript(text: str) -> str:
    return quote(text, safe=_BARE_IN_JAVASCRIPT).replace("%20", "+")


def _is(wanted: bytes, signed: bytes) -> bool:
    return hmac.compare_digest(_md5(signed).encode(), wanted)


def _md5(text: bytes) -> str:
    return md5(text, usedforsecurity=False).hexdigest()
