"""A site with people in it, for the tests of segments."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from itertools import count

from enlist.domain import accounts, profiles, segments
from enlist.domain.accounts import Site
from enlist.domain.segments.matching import Known
from enlist.runtime.db import Tx
from enlist.runtime.geo import Place
from tests.support.world import World

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)

_numbers = count(1)


async def a_site(world: World) -> Site:
    """Create a site of an account of its own."""
    account = await world.account()
    site, _ = await world.do(accounts.create_site, account.id, "main")
    return site


async def add_people(tx: Tx, site: Site, people: Sequence[Known]) -> list[str]:
    """Bring profiles on as they are described, with all they did and are subscribed to; return their ids."""
    return [await _add(tx, site, known) for known in people]


async def _add(tx: Tx, site: Site, known: Known) -> str:
    born = int(datetime.combine(known.born_on, time(), UTC).timestamp()) if known.born_on else None
    place = Place(known.country, known.region, known.city, known.time_zone)
    new = profiles.NewProfile(site, gender=known.gender, birth_date=born, place=place)
    (profile_id,) = await profiles.create(replace(tx, now=known.created_at), [new])
    for held in known.subscriptions:
        key = f"address {next(_numbers)}"
        marks = profiles.Marks(None, held.refid, held.refidm, held.utm_source, held.utm_medium, held.utm_campaign)
        at_that_time = replace(tx, now=held.created_at)
        await profiles.subscribe(at_that_time, [profiles.Subscription(site, profile_id, held.channel, key, key, marks)])
        if not held.active:
            await profiles.unsubscribe(tx, site, profile_id, held.channel, key)
    for done in known.actions:
        action = segments.Action(site, profile_id, tuple(done.tags), done.label, done.article)
        await segments.record(replace(tx, now=done.created_at), [action])
    return profile_id


async def change_country(world: World, site: Site, profile_id: str, country: str) -> None:
    """Change a profile, and have that noted as the reaction to an event about it does."""
    async with world.transaction() as tx:
        await tx.execute(
            "UPDATE profiles SET country = $3 WHERE site_id = $1 AND profile_id = $2", site.id, profile_id, country
        )
        event = profiles.ProfileCreated(owner_id=site.account_id, site_id=site.id, profile_id=profile_id)
        await segments.note_changes(tx, [event])
