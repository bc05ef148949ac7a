"""What the tests of profiles share: a site, profiles on it, and the plain SQL that the reports are held against."""

from datetime import date, datetime, timedelta
from typing import Any

from enlist.domain import accounts, profiles
from tests.support.world import World


async def a_site(world: World, time_zone: str = "UTC", name: str = "main") -> accounts.Site:
    """Create a site in an account of its own."""
    account = await world.account()
    site, _ = await world.do(accounts.create_site, account.id, name, time_zone=time_zone)
    return site


async def a_profile(world: World, site: accounts.Site, **said: Any) -> str:
    """Create a visitor."""
    (profile_id,) = await world.do(profiles.create, [profiles.NewProfile(site, **said)])
    return profile_id


def a_subscription(
    site: accounts.Site, profile_id: str, address: str, channel: profiles.Channel = "email", /, **marks: str
) -> profiles.Subscription:
    """Build a subscription."""
    return profiles.Subscription(site, profile_id, channel, address, address.lower(), profiles.Marks(**marks))


async def subscribe(world: World, *wishes: profiles.Subscription) -> list[Any]:
    """Subscribe in one transaction."""
    return list(await world.do(profiles.subscribe, wishes))


async def reported(
    world: World, site: accounts.Site, start: datetime, end: datetime, channel: profiles.Channel = "email"
) -> tuple[dict[str, int], dict[tuple[date, str], int]]:
    """Return both reports; no key may come twice, and days come in order."""
    async with world.transaction() as tx:
        counts = await profiles.count_by_refid(tx, site, channel, start, end)
        rows = [row async for rows in profiles.count_by_day(tx, site, channel, start, end) for row in rows]
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    assert len(dict(counts)) == len(counts)
    assert len({row[:2] for row in rows}) == len(rows)
    return dict(counts), {(day, refid): count for day, refid, count in rows}


async def plainly(
    world: World, site: accounts.Site, start: datetime, end: datetime, channel: profiles.Channel = "email"
) -> tuple[dict[str, int], dict[tuple[date, str], int]]:
    """Count the same by plain SQL."""
    async with world.reading() as tx:
        rows = await tx.fetch(
            "SELECT (s.created_at AT TIME ZONE z.time_zone)::date AS day, refid, count(*) AS n FROM subscriptions s"
            " JOIN sites z ON z.id = s.site_id WHERE site_id = $1 AND channel = $2 AND refid <> ''"
            " AND s.created_at >= $3 AND s.created_at < $4 GROUP BY day, refid",
            site.id,
            channel,
            start,
            end + timedelta(seconds=1),
        )
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["refid"]] = counts.get(row["refid"], 0) + row["n"]
    return counts, {(row["day"], row["refid"]): row["n"] for row in rows}
