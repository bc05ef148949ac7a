"""A site's e-mail subscriptions enrol into its group, by that group's rules."""

import pytest

from enlist.domain import accounts, groups, profiles
from enlist.runtime.events import Dispatcher, Reaction
from tests.support.world import World

REACTIONS = [Reaction("groups.enrol_subscribed", groups.enrol_subscribed, (profiles.Subscribed,))]


class Setup:
    def __init__(self, account: accounts.Account, site: accounts.Site, profile_id: str) -> None:
        self.account, self.site, self.profile_id = account, site, profile_id


@pytest.fixture
async def setup(world: World) -> Setup:
    account = await world.account()
    await world.group(account, "open", asks=False)
    await world.group(account, "asking")
    async with world.transaction() as tx:
        site, _ = await accounts.create_site(tx, account.id, "main")
        (profile_id,) = await profiles.create(tx, [profiles.NewProfile(site)])
    return Setup(account, site, profile_id)


async def name_group(world: World, setup: Setup, name: str | None) -> None:
    await world.do(groups.set_site_group, setup.site, name)


async def subscribe(world: World, setup: Setup, address: str, channel: profiles.Channel = "email") -> None:
    wish = profiles.Subscription(setup.site, setup.profile_id, channel, address, address.lower())
    assert await world.do(profiles.subscribe, [wish]) == [None]
    while await Dispatcher(world.database, REACTIONS).deliver_some():
        pass


async def members(world: World, setup: Setup) -> list[tuple[str, str, str]]:
    async with world.reading() as tx:
        assert await tx.fetch_value("SELECT count(*) FROM event_retries WHERE reaction <> ''") == 0
        rows = await tx.fetch(
            "SELECT g.name, c.email, m.state FROM memberships m JOIN groups g ON g.account_id = m.account_id"
            " AND g.id = m.group_id JOIN contacts c ON c.id = m.contact_id WHERE m.account_id = $1 ORDER BY 1, 2",
            setup.account.id,
        )
    return [(row[0], row[1], row[2]) for row in rows]


async def test_an_address_joins_the_sites_group_by_its_rules(world: World, setup: Setup) -> None:
    await subscribe(world, setup, "before@x.test")
    await name_group(world, setup, "open")
    for _ in range(2):
        await subscribe(world, setup, "Anna@x.test")
    await subscribe(world, setup, "79990001122", "sms")
    await name_group(world, setup, "asking")
    await subscribe(world, setup, "bob@x.test")
    assert await members(world, setup) == [("asking", "bob@x.test", "waiting"), ("open", "Anna@x.test", "active")]
    assert await world.ask(groups.site_groups, [setup.site]) == {setup.site.id: "asking"}
    await name_group(world, setup, None)
    await subscribe(world, setup, "carl@x.test")
    assert len(await members(world, setup)) == 2


async def test_where_only_calls_ask_nobody_is_asked(world: World, setup: Setup) -> None:
    async with world.transaction() as tx:
        await tx.execute("UPDATE accounts SET confirms_always = false WHERE id = $1", setup.account.id)
    await name_group(world, setup, "asking")
    await subscribe(world, setup, "anna@x.test")
    assert await members(world, setup) == [("asking", "anna@x.test", "active")]


async def test_what_is_no_address_for_letters_stays_outside(world: World, setup: Setup) -> None:
    await name_group(world, setup, "open")
    await subscribe(world, setup, "no address")
    assert await members(world, setup) == []


async def test_a_group_that_is_not_there_or_fills_itself_is_refused(world: World, setup: Setup) -> None:
    other = await world.account()
    await world.group(other, "theirs")
    for name, refusal in (("theirs", groups.GroupNotFound), (groups.ALL_CONTACTS, groups.GroupForbidden)):
        with pytest.raises(refusal):
            await name_group(world, setup, name)
