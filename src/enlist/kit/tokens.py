"""Short signed texts for links: some numbers that nobody can change or make up, and, if need be, read."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

SIGNATURE: Final = 16
LONGEST: Final = 1024


def derive(secret: bytes, purpose: str) -> bytes:
    """Derive a key of 32 bytes for one ``purpose`` from a ``secret`` (HMAC-SHA256); other purposes, other keys."""
    return hmac.digest(secret, b"enlist " + purpose.encode(), sha256)


def issue(key: bytes, purpose: str, numbers: Sequence[int], *, hidden: bool = False) -> str:
    """Make a token for ``numbers``, good for one ``purpose`` only, of letters that are safe in an address.

    Numbers that are ``hidden`` cannot be read from it without the key. Two small numbers take 24 characters. Raises
    ValueError for negative numbers and for more than fit into 1,024 characters.
    """
    packed = b"".join([_pack(number) for number in numbers])
    signature = _sign(key, purpose, packed)
    token = _text(signature + (_masked(key, purpose, signature, packed) if hidden else packed))
    if len(token) > LONGEST:
        raise ValueError(f"these numbers do not fit into a token of {LONGEST} characters")
    return token


def read(key: bytes, purpose: str, token: str) -> tuple[int, ...] | None:
    """Return the numbers in ``token``; None if it was not issued under ``key`` for this ``purpose``. Never raises."""
    if len(token) > LONGEST or not token.isascii():
        return None
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    # Base64 has several spellings of the same bytes; only the one that `issue` uses counts.
    if _text(raw) != token:
        return None
    signature, masked = raw[:SIGNATURE], raw[SIGNATURE:]
    for packed in (masked, _masked(key, purpose, signature, masked)):
        if hmac.compare_digest(signature, _sign(key, purpose, packed)):
            return _unpack(packed)
    return None


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _sign(key: bytes, purpose: str, packed: bytes) -> bytes:
    return hmac.digest(key, purpose.encode() + b"\0" + packed, sha256)[:SIGNATURE]


def _masked(key: bytes, purpose: str, signature: bytes, packed: bytes) -> bytes:
    """Hide the numbers, or show hidden ones: the signature is different for each and serves as the starting value."""
    seed = b"mask " + purpose.encode() + b"\0" + signature
    blocks = (len(packed) + 31) // 32
    stream = b"".join(hmac.digest(key, seed + block.to_bytes(2, "big"), sha256) for block in range(blocks))
    return bytes(one ^ other for one, other in zip(packed, stream, strict=False))


def _pack(number: int) -> bytes:
    """Write a number in groups of seven bits, the lowest first, all but the last with the high bit set."""
    if number < 0:
        raise ValueError("only numbers that are not negative fit into a token")
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _unpack(packed: bytes) -> tuple[int, ...]:
    numbers, number, shift = [], 0, 0
    for byte in packed:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            numbers.append(number)
            number, shift = 0, 0
    return tuple(numbers)
