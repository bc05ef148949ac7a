"""The hot activities, each with a queue that runs many requests in one transaction."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from enlist.domain import attribution, groups, orders, partners, profiles, segments
from enlist.runtime.batch import Batch
from enlist.runtime.db import Database
from enlist.runtime.signals import Signals


@dataclass(frozen=True, slots=True)
class Batches:
    """One queue for each hot activity."""

    enrolments: Batch[groups.Enrolment, groups.Enrolled]
    new_profiles: Batch[profiles.NewProfile, str]
    subscriptions: Batch[profiles.Subscription, None]
    actions: Batch[segments.Action, None]
    new_orders: Batch[orders.NewOrder, orders.Placed]
    clicks: Batch[attribution.NewClick, attribution.Clicked]


@asynccontextmanager
async def open_batches(database: Database, signals: Signals) -> AsyncIterator[Batches]:
    """Open all queues; at the end each finishes what waits in it, even if closing another one failed."""
    known_groups, known_partners = groups.KnownGroups(), partners.KnownPartners()
    signals.on(groups.CHANGED, known_groups.forget)
    signals.on(partners.CHANGED, known_partners.forget)
    batches = Batches(
        enrolments=Batch("enrolments", database, partial(groups.enrol, known=known_groups)),
        new_profiles=Batch("profiles", database, profiles.create),
        subscriptions=Batch("subscriptions", database, profiles.subscribe),
        actions=Batch("actions", database, segments.record),
        new_orders=Batch("orders", database, orders.place),
        clicks=Batch("clicks", database, partial(attribution.record_clicks, known=known_partners)),
    )
    async with AsyncExitStack() as closing:
        for batch in (
            batches.enrolments,
            batches.new_profiles,
            batches.subscriptions,
            batches.actions,
            batches.new_orders,
            batches.clicks,
        ):
            closing.push_async_callback(batch.close)
        yield batches
