"""Whether a channel is away, and when to knock again: with growing pauses, with one letter at a time."""

from datetime import timedelta


class Outage:
    """What is known about a channel's being away; instants are seconds of a monotonic clock."""

    def __init__(self, first: timedelta, longest: timedelta) -> None:
        """Pause for ``first`` when the channel goes away, then twice as long each time, up to ``longest``."""
        self._first = first.total_seconds()
        self._longest = longest.total_seconds()
        self._pause = 0.0
        self._until = 0.0

    def begin(self, now: float) -> bool:
        """Note that the channel was found away; tell whether that is news (others may have found it out just now)."""
        if now < self._until:
            return False
        self._pause = min(self._pause * 2, self._longest) if self._pause else self._first
        self._until = now + self._pause
        return True

    def end(self) -> None:
        """Note that the channel answered."""
        self._pause = self._until = 0.0

    def left(self, now: float) -> float:
        """Tell for how many seconds to leave the channel in peace."""
        return max(self._until - now, 0.0)

    def room(self, now: float, wanted: int, held: int) -> int:
        """Tell how many letters may be claimed now, of ``wanted``, when ``held`` are in hand: a first knock is one."""
        if self.left(now):
            return 0
        if self._pause:
            return min(wanted, 1 - min(held, 1))
        return wanted
