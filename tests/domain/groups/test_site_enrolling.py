"""A site's e-mail subscriptions enrol into its group, by that group's rules."""

from collections.abc import Mapping, Sequence

import pytest

from enlist.domain import accounts, groups, profiles
from enlist.runtime.db import Database
from enlist.runtime.events import Dispatcher, Event, Reaction
from tests.support.factories import a_group, an_account

REACTIONS: Mapping[type[Event], Sequence[Reaction]] = {profiles.Subscribed: (groups.enrol_subscribed,)}


class Scene:
    def __init__(self, account: accounts.Account, site: accounts.Site, profile_id: str) -> None:
        self.account, self.site, self.profile_id = account, site, profile_id


@pytest.fixture
async def scene(database: Database) -> Scene:
    account = await an_account(database)
    await a_group(database, account, "open", asks=False)
    await a_group(database, account, "asking")
    async with database.transaction() as tx:
        site, _ = await accounts.create_site(tx, account.id, "main")
        (profile_id,) = await profiles.create(tx, [profiles.NewProfile(site)])
    return Scene(account, site, profile_id)


async def name_group(database: Database, scene: Scene, name: str | None) -> None:
    async with database.transaction() as tx:
        await groups.set_site_group(tx, scene.site, name)


async def subscribe(database: Database, scene: Scene, address: str, channel: profiles.Channel = "email") -> None:
    wish = profiles.Subscription(scene.site, scene.profile_id, channel, address, address.lower())
    async with database.transaction() as tx:
        assert await profiles.subscribe(tx, [wish]) == [None]
    while await Dispatcher(database, REACTIONS).deliver_some():
        pass


async def members(database: Database, scene: Scene) -> list[tuple[str, str, str]]:
    async with database.reading() as tx:
        assert await tx.fetch_value("SELECT count(*) FROM fact_retries") == 0
        rows = await tx.fetch(
            "SELECT g.name, c.email, m.state FROM memberships m JOIN groups g ON g.id = m.group_id"
            " JOIN contacts c ON c.id = m.contact_id WHERE m.account_id = $1 ORDER BY 1, 2",
            scene.account.id,
        )
    return [(row[0], row[1], row[2]) for row in rows]


async def test_an_address_joins_the_sites_group_by_its_rules(database: Database, scene: Scene) -> None:
    await subscribe(database, scene, "before@x.test")
    await name_group(database, scene, "open")
    for _ in range(2):
        await subscribe(database, scene, "Anna@x.test")
    await subscribe(database, scene, "79990001122", "sms")
    await name_group(database, scene, "asking")
    await subscribe(database, scene, "bob@x.test")
    assert await members(database, scene) == [("asking", "bob@x.test", "waiting"), ("open", "Anna@x.test", "active")]
    async with database.reading() as tx:
        assert await groups.site_groups(tx, [scene.site]) == {scene.site.id: "asking"}
    await name_group(database, scene, None)
    await subscribe(database, scene, "carl@x.test")
    assert len(await members(database, scene)) == 2


async def test_where_only_calls_ask_nobody_is_asked(database: Database, scene: Scene) -> None:
    async with database.transaction() as tx:
        await tx.execute("UPDATE accounts SET confirms_always = false WHERE id = $1", scene.account.id)
    await name_group(database, scene, "asking")
    await subscribe(database, scene, "anna@x.test")
    assert await members(database, scene) == [("asking", "anna@x.test", "active")]


async def test_what_is_no_address_for_letters_stays_outside(database: Database, scene: Scene) -> None:
    await name_group(database, scene, "open")
    await subscribe(database, scene, "no address")
    assert await members(database, scene) == []


async def test_a_group_that_is_not_there_or_fills_itself_is_refused(database: Database, scene: Scene) -> None:
    other = await an_account(database)
    await a_group(database, other, "theirs")
    for name, refusal in (("theirs", groups.GroupNotFound), (groups.ALL_CONTACTS, groups.GroupForbidden)):
        with pytest.raises(refusal):
            await name_group(database, scene, name)
