"""Showing a running number as another one that tells nothing: neither how many there are, nor which came first."""

from hashlib import blake2b
from typing import Final

LARGEST: Final = 2**53 - 1  # what every client can keep in a number

_HALF: Final = 27
_MASK: Final = (1 << _HALF) - 1
_ROUNDS: Final = 4


def permute(key: bytes, number: int) -> int:
    """Return the number that stands for ``number`` under a ``key`` of up to 64 bytes; both are from 0 to ``LARGEST``.

    No two numbers get the same one. Raises ValueError for any other number.
    """
    if not 0 <= number <= LARGEST:
        raise ValueError("only numbers from 0 to LARGEST can be permuted")
    # The network permutes twice as many numbers; those beyond go through it again until they are inside.
    shown = _forth(key, number)
    while shown > LARGEST:
        shown = _forth(key, shown)
    return shown


def restore(key: bytes, shown: int) -> int | None:
    """Return the number that ``shown`` stands for; None if that cannot be any."""
    if not 0 <= shown <= LARGEST:
        return None
    number = _back(key, shown)
    while number > LARGEST:
        number = _back(key, number)
    return number


def _forth(key: bytes, number: int) -> int:
    left, right = number >> _HALF, number & _MASK
    for turn in range(_ROUNDS):
        left, right = right, left ^ _mixed(key, turn, right)
    return left << _HALF | right


def _back(key: bytes, number: int) -> int:
    left, right = number >> _HALF, number & _MASK
    for turn in reversed(range(_ROUNDS)):
        left, right = right ^ _mixed(key, turn, left), left
    return left << _HALF | right


def _mixed(key: bytes, turn: int, half: int) -> int:
    said = turn.to_bytes(1, "big") + half.to_bytes(4, "big")
    return int.from_bytes(blake2b(said, key=key, digest_size=4).digest(), "big") & _MASK
