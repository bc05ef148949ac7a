"""Every background activity of a worker."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from enlist.channels.console import ConsoleChannel
from enlist.channels.postback import PostbackChannel
from enlist.channels.smtp import SmtpChannel
from enlist.domain import commissions, delivery, groups, orders, partners, segments
from enlist.doors import pages, web
from enlist.doors.justclick.letter_words import LETTER_WORDS
from enlist.doors.settings import DoorSettings
from enlist.plan.clockwork import clockwork
from enlist.plan.installation import Installation
from enlist.plan.reactions import REACTIONS
from enlist.runtime import loops
from enlist.runtime.events import PUBLISHED, Dispatcher, take_over
from enlist.runtime.jobs import Jobs, Recovery
from enlist.runtime.loops import Loop, in_transaction
from enlist.runtime.outbound import Outbound
from enlist.runtime.settings import part
from enlist.runtime.signals import Signals


@asynccontextmanager
async def worker(installation: Installation, signals: Signals) -> AsyncIterator[None]:
    """Run a worker: it listens for signals, sends letters, delivers events and runs jobs."""
    settings, database = installation.settings, installation.database
    async with AsyncExitStack() as closing:
        channel = SmtpChannel(settings.smtp_url, settings.smtp_connections) if settings.smtp_url else ConsoleChannel()
        closing.push_async_callback(channel.close)
        outbound = Outbound(allowed=settings.outbound_networks)
        closing.push_async_callback(outbound.close)
        sending = delivery.Sending(
            database,
            channel,
            _composers(installation),
            sender=settings.mail_from,
            at_once=settings.smtp_connections,
        )
        signals.on(delivery.QUEUED, lambda _: sending.wake())
        delivering = Dispatcher(database, REACTIONS).loop()
        signals.on(PUBLISHED, delivering.wake)
        timed = clockwork(installation)
        jobs = Jobs(
            database.dsn,
            {
                commissions.POST_BACK: commissions.post_back(database, PostbackChannel(outbound).tell),
                **{name: task.run for name, task in timed.items()},
            },
            by_the_clock={name: task.times for name, task in timed.items()},
        )
        async with database.transaction() as tx:
            await segments.keep_partitions(tx)
        await closing.enter_async_context(
            loops.running(
                signals.loop(),
                sending.loop(),
                jobs.loop(),
                Recovery(database).loop(),
                delivering,
                Loop(
                    "events of older servers", in_transaction(database, take_over(REACTIONS)), rest=timedelta(seconds=5)
                ),
                Loop("overdue orders", in_transaction(database, orders.cancel_overdue), rest=timedelta(seconds=5)),
                Loop("counts", in_transaction(database, groups.shorten_counts), rest=timedelta(seconds=1)),
                Loop("unknown counts", in_transaction(database, groups.count_unknown), rest=timedelta(seconds=5)),
                Loop("segments", segments.Assigning(database).step, rest=timedelta(seconds=0.5)),
                Loop("segments as a whole", segments.Computing(database).step, rest=timedelta(seconds=1)),
            )
        )
        yield


def _composers(installation: Installation) -> dict[str, delivery.Composer]:
    """Return the function that composes each kind of letter."""
    settings, links_key = part(installation.settings, DoorSettings), installation.links_key()
    return {
        groups.CONFIRMATION_LETTER: groups.confirmation_composer(pages.links(links_key, settings)),
        orders.ORDER_LETTER: orders.purchase_composer(web.payment_links(links_key, settings), LETTER_WORDS),
        **dict.fromkeys(partners.LETTERS, partners.letter_composer(pages.partner_links(settings))),
    }
