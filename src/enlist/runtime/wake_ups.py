"""Wake-up calls that are sent after a commit, outside the transaction, each channel at most once in a moment."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import timedelta
from typing import Final

_log = logging.getLogger(__name__)

GAP: Final = timedelta(milliseconds=100)


class WakeUps:
    """Gathers the channels to be called and calls them together, at once and then after each ``gap``.

    A transaction that notifies takes a lock of the whole cluster while it commits, so hot transactions must not. A call
    that is lost, because the process dies or the database goes away, costs those who listen no more than their rest.
    """

    def __init__(self, notify: Callable[[Sequence[str]], Awaitable[None]], gap: timedelta = GAP) -> None:
        """Prepare to call channels by ``notify``."""
        self._notify = notify
        self._gap = gap.total_seconds()
        self._due: set[str] = set()
        self._sending: asyncio.Task[None] | None = None

    def add(self, channels: Collection[str]) -> None:
        """Call ``channels`` soon."""
        self._due.update(channels)
        if self._sending is None and self._due:
            self._sending = asyncio.create_task(self._send(), name="wake-up calls")

    async def close(self) -> None:
        """Make the calls that wait, and end."""
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.gather(self._sending, return_exceptions=True)
        await self._send_due()

    async def _send(self) -> None:
        try:
            while self._due:
                await self._send_due()
                await asyncio.sleep(self._gap)
        finally:
            self._sending = None

    async def _send_due(self) -> None:
        channels, self._due = sorted(self._due), set()
        if channels:
            try:
                await self._notify(channels)
            except asyncio.CancelledError:
                self._due.update(channels)
                raise
            except Exception as reason:
                _log.debug("wake-up calls %s are lost: %s", channels, reason)
