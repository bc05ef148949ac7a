"""A site with people in it, for the tests of segments."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

from enlist.domain import accounts, segments
from enlist.domain.accounts import Site
from enlist.domain.segments.matching import Known
from enlist.runtime.db import Database, Tx

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)

_numbers = count(1)


class Clock:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)


async def a_site(database: Database) -> Site:
    async with database.transaction() as tx:
        id = await tx.fetch_value("INSERT INTO sites (account_id) VALUES (7) RETURNING id")
    return Site(7, id, "x", "UTC")


async def add_people(tx: Tx, site: Site, people: Sequence[Known]) -> list[str]:
    """Bring profiles on as they are described, with all they did and are subscribed to; return their JUIDs."""
    juids = []
    for known in people:
        juid = f"{next(_numbers):032x}"
        juids.append(juid)
        await tx.execute(
            "INSERT INTO profiles VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)",
            site.id, juid, known.created_at, known.gender, known.born_on, known.country, known.region, known.city, known.time_zone)
        for n, s in enumerate(known.subscriptions):
            await tx.execute("INSERT INTO subscriptions VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)", site.id, juid, s.channel, str(n), s.active,
                             s.created_at, s.refid, s.refidm, s.utm_source, s.utm_medium, s.utm_campaign)
        for action in known.actions:
            await segments.record(
                Tx(tx.connection, action.created_at),
                [segments.Action(site, juid, tuple(action.tags), action.label, action.article)],
            )
    return juids
