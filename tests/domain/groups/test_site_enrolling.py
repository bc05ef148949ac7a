"""A site's e-mail subscriptions enrol into its group, by that group's rules."""

import pytest

from enlist.domain import accounts, groups, profiles
from enlist.runtime.events import Dispatcher, Reaction
from tests.support.world import World

REACTIONS = [Reaction("groups.enrol_subscribed", groups.enrol_subscribed, (profiles.Subscribed,))]


class Scene:
    def __init__(self, account: accounts.Account, site: accounts.Site, profile_id: str) -> None:
        self.account, self.site, self.profile_id = account, site, profile_id


@pytest.fixture
async def scene(world: World) -> Scene:
    account = await world.account()
    await world.group(account, "open", asks=False)
    await world.group(account, "asking")
    async with world.transaction() as tx:
        site, _ = await accounts.create_site(tx, account.id, "main")
        (profile_id,) = await profiles.create(tx, [profiles.NewProfile(site)])
    return Scene(account, site, profile_id)


async def name_group(world: World, scene: Scene, name: str | None) -> None:
    await world.do(groups.set_site_group, scene.site, name)


async def subscribe(world: World, scene: Scene, address: str, channel: profiles.Channel = "email") -> None:
    wish = profiles.Subscription(scene.site, scene.profile_id, channel, address, address.lower())
    assert await world.do(profiles.subscribe, [wish]) == [None]
    while await Dispatcher(world.database, REACTIONS).deliver_some():
        pass


async def members(world: World, scene: Scene) -> list[tuple[str, str, str]]:
    async with world.reading() as tx:
        assert await tx.fetch_value("SELECT count(*) FROM event_retries WHERE reaction <> ''") == 0
        rows = await tx.fetch(
            "SELECT g.name, c.email, m.state FROM memberships m JOIN groups g ON g.id = m.group_id"
            " JOIN contacts c ON c.id = m.contact_id WHERE m.account_id = $1 ORDER BY 1, 2",
            scene.account.id,
        )
    return [(row[0], row[1], row[2]) for row in rows]


async def test_an_address_joins_the_sites_group_by_its_rules(world: World, scene: Scene) -> None:
    await subscribe(world, scene, "before@x.test")
    await name_group(world, scene, "open")
    for _ in range(2):
        await subscribe(world, scene, "Anna@x.test")
    await subscribe(world, scene, "79990001122", "sms")
    await name_group(world, scene, "asking")
    await subscribe(world, scene, "bob@x.test")
    assert await members(world, scene) == [("asking", "bob@x.test", "waiting"), ("open", "Anna@x.test", "active")]
    assert await world.ask(groups.site_groups, [scene.site]) == {scene.site.id: "asking"}
    await name_group(world, scene, None)
    await subscribe(world, scene, "carl@x.test")
    assert len(await members(world, scene)) == 2


async def test_where_only_calls_ask_nobody_is_asked(world: World, scene: Scene) -> None:
    async with world.transaction() as tx:
        await tx.execute("UPDATE accounts SET confirms_always = false WHERE id = $1", scene.account.id)
    await name_group(world, scene, "asking")
    await subscribe(world, scene, "anna@x.test")
    assert await members(world, scene) == [("asking", "anna@x.test", "active")]


async def test_what_is_no_address_for_letters_stays_outside(world: World, scene: Scene) -> None:
    await name_group(world, scene, "open")
    await subscribe(world, scene, "no address")
    assert await members(world, scene) == []


async def test_a_group_that_is_not_there_or_fills_itself_is_refused(world: World, scene: Scene) -> None:
    other = await world.account()
    await world.group(other, "theirs")
    for name, refusal in (("theirs", groups.GroupNotFound), (groups.ALL_CONTACTS, groups.GroupForbidden)):
        with pytest.raises(refusal):
            await name_group(world, scene, name)
