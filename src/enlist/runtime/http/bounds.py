"""How much a client may send, how long it may take, and how many connections it may hold."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The bounds of one server: sizes in bytes, times in seconds.

    A head counts from its first byte to its empty line; it has to be whole ``head_seconds`` after the connection or
    the last answer. A body has to bring a byte every ``silence`` seconds and a megabyte every ``megabyte_seconds``,
    and an answer has to be read as fast. ``idle`` is how long an open connection may wait for its next request.
    """

    head: int = 64 * 1024
    lines: int = 100
    head_seconds: float = 10
    silence: float = 20
    megabyte_seconds: float = 60
    idle: float = 5
    # How much is read on of a body that nobody wants, and for how long, before the connection ends.
    thrown_away: int = 32 * 1024 * 1024
    patience: float = 5
    # What is kept of a body, or of the next requests, before somebody asks for it.
    held: int = 64 * 1024
    connections: int = 10_000
    per_address: int = 100
    # How long requests under way may take to end after the server was told to stop.
    grace: float = 10
    # How often deadlines are looked at.
    tick: float = 0.5
