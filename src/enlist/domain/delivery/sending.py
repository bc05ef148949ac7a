"""Sending what is queued: claim a few letters, send them with no transaction open, record what became of them."""

import asyncio
import logging
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from typing import Final

from enlist.domain.delivery import queries
from enlist.domain.delivery.claiming import Sender, claim
from enlist.domain.delivery.errors import ChannelAway, DeliveryFailed
from enlist.domain.delivery.model import Channel, Claimed, Composer, Outcome, Pace
from enlist.domain.delivery.outage import Outage
from enlist.domain.delivery.unrecorded import Unrecorded, tally
from enlist.runtime import metrics
from enlist.runtime.db import Database, DatabaseAway
from enlist.runtime.loops import Loop

_log = logging.getLogger(__name__)

_AHEAD: Final = 4  # letters claimed for each that can be sent at once: enough to keep the channel busy meanwhile
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CLAIMING: Final = timedelta(seconds=5)  # at the end, for a claim that is under way; one that is cut may have to lapse
_COUNT_EVERY: Final = 10.0
_COUNT_MOST: Final = 100_000


class Sending:
    """Takes letters from the queue and sends them over one channel; any number of these share the queue.

    A letter leaves once, but for what SMTP itself makes unavoidable: if a process dies between handing a letter over
    and recording it, its claim lapses and the letter is sent again with the same Message-ID. An outcome that cannot be
    recorded because the database is away is kept, and recorded before anything else is claimed.
    """

    def __init__(
        self,
        database: Database,
        channel: Channel,
        composers: Mapping[str, Composer],
        *,
        sender: str,
        at_once: int = 4,
        pace: Pace | None = None,
    ) -> None:
        """Prepare to send over ``channel`` up to ``at_once`` letters at the same time.

        ``composers`` are keyed by the kind of letter; ``sender`` is a mailbox: ``My School <news@school.example>``.
        """
        self._database = database
        self._channel = channel
        self._composers = composers
        self._sender = _sender(sender)
        self._at_once = at_once
        self._pace = pace or Pace()
        self._ready: deque[tuple[Claimed, float]] = deque()
        self._under_way: set[int] = set()
        self._outcomes = Unrecorded(database)
        self._lanes: set[asyncio.Task[None]] = set()
        self._awake = asyncio.Event()
        self._outage = Outage(self._pace.away, self._pace.away_longest)
        self._grace_until = 0.0
        self._count_at = 0.0

    def wake(self) -> None:
        """Look into the queue now rather than at the next poll."""
        self._awake.set()

    def loop(self) -> Loop:
        """Make the loop that sends; at its end it finishes what is under way and gives back what was not begun."""
        return Loop(
            "letters",
            self.step,
            rest=self._pace.poll,
            away=self._pace.retry,
            awake=self._awake,
            finish=min(self._pace.stop, _CLAIMING),
            at_end=self._wind_up,
        )

    async def step(self) -> int | timedelta:
        """Record, claim, begin to send; return 1 if there may be more to claim, else how long to rest unless woken."""
        try:
            await self._outcomes.record()
            if await self._claim():
                return 1
            await self._count()
        except DatabaseAway:
            self._grace_until = _now() + self._pace.grace.total_seconds()
            raise
        pause = self._outage.left(_now())
        return min(self._pace.poll, timedelta(seconds=pause)) if pause else self._pace.poll

    async def _claim(self) -> bool:
        """Claim what there is room for; tell whether there may be more of it."""
        held = {*self._under_way, *self._outcomes.ids(), *(claimed.letter.id for claimed, _ in self._ready)}
        room = self._outage.room(_now(), self._at_once * _AHEAD - len(held), len(held))
        if room < 1:
            return False
        since = _now()
        async with self._database.transaction() as tx:
            claimed = await claim(
                tx,
                self._composers,
                self._sender,
                room=room,
                span=self._pace.claim,
                lapsed_by=tx.now if since >= self._grace_until else _NEVER,
                held=held,
            )
        tally(claimed.settled)
        self._ready.extend((letter, since) for letter in claimed.ready)
        self._start_lanes()
        return len(claimed.ready) + claimed.settled.total() >= room

    def _start_lanes(self) -> None:
        for _ in range(min(len(self._ready), self._at_once - len(self._lanes))):
            lane = asyncio.create_task(self._send_ready(), name="sending lane")
            self._lanes.add(lane)
            lane.add_done_callback(self._lanes.discard)

    async def _send_ready(self) -> None:
        while self._ready:
            claimed, since = self._ready.popleft()
            number = claimed.letter.id
            self._under_way.add(number)
            self._outcomes.add(await self._send(claimed, since))
            self._under_way.discard(number)
            self.wake()

    async def _send(self, claimed: Claimed, since: float) -> Outcome:
        letter = claimed.letter
        if _now() > since + (self._pace.claim - self._pace.send).total_seconds():
            return Outcome(letter, "returned", "not begun in time")
        try:
            async with asyncio.timeout(self._pace.send.total_seconds()):
                await self._channel.send(claimed.message)
        except ChannelAway as failure:
            self._pause(failure)
            return Outcome(letter, "returned", failure.reason)
        except DeliveryFailed as failure:
            self._outage.end()
            verdict = "refused" if failure.permanent else "failed"
            _log.info("letter %s of account %s %s: %s", letter.id, letter.account_id, verdict, failure.reason)
            if failure.permanent:
                return Outcome(letter, "refused", failure.reason, failure.recipient_refused)
            return Outcome(letter, "failed", failure.reason)
        except TimeoutError:
            return Outcome(letter, "failed", "no answer in time")
        except Exception as reason:
            _log.exception("letter %s cannot be sent", letter.id)
            return Outcome(letter, "failed", f"{type(reason).__name__}: {reason}")
        self._outage.end()
        return Outcome(letter, "sent")

    def _pause(self, failure: ChannelAway) -> None:
        if self._outage.begin(_now()):
            _log.warning("letters wait for %.0f s: %s", self._outage.left(_now()), failure.reason)
        self._return_ready(failure.reason)

    def _return_ready(self, reason: str) -> None:
        while self._ready:
            letter = self._ready.popleft()[0].letter
            self._outcomes.add(Outcome(letter, "returned", reason))

    async def _count(self) -> None:
        if _now() < self._count_at:
            return
        self._count_at = _now() + _COUNT_EVERY
        async with self._database.reading() as tx:
            metrics.waiting.labels("letters").set(await queries.count_waiting(tx, _COUNT_MOST))

    async def _wind_up(self) -> None:
        self._return_ready("the worker stopped")
        if self._lanes:
            await asyncio.wait(self._lanes, timeout=self._pace.stop.total_seconds())
        for lane in self._lanes:  # their letters may have gone or not: the claims are left to lapse
            lane.cancel()
        await asyncio.gather(*self._lanes, return_exceptions=True)
        await self._record_at_last()

    async def _record_at_last(self) -> None:
        last_chance = _now() + self._pace.stop.total_seconds()
        while self._outcomes.ids() and _now() < last_chance:
            try:
                await self._outcomes.record()
                break
            except DatabaseAway:
                await asyncio.sleep(self._pace.retry.total_seconds())
        if left := len(self._outcomes.ids()):
            _log.error("%s outcomes were not recorded: their letters may be sent again", left)


def _sender(mailbox: str) -> Sender:
    name, address = parseaddr(mailbox)
    host = address.rpartition("@")[2].encode("idna").decode("ascii")
    return Sender(address, name, host)


def _now() -> float:
    return asyncio.get_running_loop().time()
