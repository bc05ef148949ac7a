"""The second generation's functions about contacts: what they leave behind, and whom they never touch."""

import asyncio
from itertools import pairwise

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from enlist.domain import accounts, contacts, groups
from enlist.doors.justclick.api.leads import FUNCTIONS
from enlist.kit.email import normalise
from tests.doors.justclick.api.requests import FORM, post, post_with_key
from tests.support.world import KEY, World, an_enrolment

ANNA = ("lead_email", "anna@example.com")


async def ask(client: httpx.AsyncClient, function: str, *pairs: tuple[str, str]) -> object:
    return (await post_with_key(client, function, list(pairs)))["error_code"]


async def the_card(
    world: World, account: accounts.Account, email: str = "anna@example.com"
) -> tuple[contacts.Contact, contacts.Card, list[contacts.Change]]:
    address = normalise(email)
    assert address is not None
    async with world.reading() as tx:
        contact = await contacts.find(tx, account.id, address)
        assert contact is not None
        return (
            contact,
            await contacts.card(tx, account.id, contact.id),
            await contacts.history(tx, account.id, contact.id),
        )


async def test_every_field_finds_its_place_on_the_card(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account
) -> None:
    parts = ("address_1", "address_2", "city", "state", "zip", "country_code")
    networks = ("facebook", "instagram", "whatsapp", "telegram", "viber", "vkontakte")
    sent = [
        ANNA,
        *((f"lead_{field}", field) for field in ("first_name", "middle_name", "last_name", "phone", "description")),
        *((f"lead_{kind}_{part}", f"{kind} {part}") for kind in ("shipping", "billing") for part in parts),
        *((f"lead_{network}", f"id {network}") for network in networks),
        ("lead_in", "id linkedin"),
        ("lead_utc", "UTC + 05:30"),
        ("lead_personal_manager", "2"),
        ("add_tags", "one, two"),
    ]
    assert await ask(client, "addupdatelead", *sent) == 0
    contact, card, history = await the_card(at_noon, shop)
    assert (contact.name, contact.phone, contact.tags) == ("first_name", "phone", ("one", "two"))
    assert (card.middle_name, card.last_name, card.description) == ("middle_name", "last_name", "description")
    assert (card.utc_offset, card.manager_id) == (330, 2)
    assert card.shipping == contacts.Address(*(f"shipping {part}" for part in parts))
    assert card.billing == contacts.Address(*(f"billing {part}" for part in parts))
    assert card.social == {network: f"id {network}" for network in contacts.NETWORKS}
    assert {str(line.actor) for line in history} == {"protocol:justclick"}
    assert len(history) == 3 + 3 + 2 + 12 + 7


async def test_what_is_left_out_or_empty_stays(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account
) -> None:
    await ask(
        client, "addupdatelead", ANNA, ("lead_last_name", "Smith"), ("lead_shipping_city", "Omsk"), ("lead_in", "a")
    )
    before = await the_card(at_noon, shop)
    assert await ask(client, "addupdatelead", ANNA, ("lead_last_name", ""), ("lead_shipping_city", " "), ("lead_utc", "")) == 0  # fmt: skip
    assert await the_card(at_noon, shop) == before
    await ask(client, "addupdatelead", ANNA, ("lead_shipping_zip", "644000"), ("lead_viber", "b"))
    _, card, _ = await the_card(at_noon, shop)
    assert card.shipping == contacts.Address(city="Omsk", zip="644000")
    assert card.social == {"linkedin": "a", "viber": "b"}


@pytest.mark.parametrize(
    ("sent", "minutes"),
    [("UTC+03", 180), ("UTC + 03", 180), ("utc+3", 180), ("+03", 180), ("-01", -60), ("3", 180), ("-1", -60), ("0", 0),
     ("+05:45", 345), ("+0545", 345), ("GMT-12", -720), ("+14", 840), ("\N{MINUS SIGN}3", -180)],
)  # fmt: skip
async def test_a_time_zone_is_read_in_all_its_spellings(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account, sent: str, minutes: int
) -> None:
    assert await ask(client, "addupdatelead", ANNA, ("lead_utc", sent)) == 0
    assert (await the_card(at_noon, shop))[1].utc_offset == minutes


@pytest.mark.parametrize("sent", ["noon", "UTC", "+", "+3:99", "+15", "-13", "123456", "+03:0", "٣", "3.5", "1e1"])
async def test_a_time_zone_that_is_none_is_3(client: httpx.AsyncClient, sent: str) -> None:
    assert await ask(client, "addupdatelead", ANNA, ("lead_utc", sent)) == 3


async def test_a_manager_of_another_account_is_nobodys_manager(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account
) -> None:
    other = await at_noon.account()
    for _ in range(2):
        await at_noon.do(accounts.create_manager, other.id, "Somebody")
    foreign = await at_noon.do(accounts.create_manager, other.id, "Somebody Else")  # the third there, and two are here
    assert await ask(client, "addupdatelead", ANNA, ("lead_personal_manager", str(foreign.id))) == 3
    managers = (await post_with_key(client, "getpersonalmanagers", []))["result"]
    assert isinstance(managers, list)
    assert foreign.id not in [row["id"] for row in managers]


async def test_nothing_of_another_account_is_seen_or_touched(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account
) -> None:
    other = await at_noon.account()
    await at_noon.group(other, "open", asks=False)
    await at_noon.group(other, "theirs", asks=False)
    await at_noon.enrol(an_enrolment(other, "anna@example.com", ["open"], name="Theirs", tags=("theirs",)))
    assert await ask(client, "addtagtolead", ANNA, ("add_tags", "ours")) == 801
    assert await ask(client, "removetagfromlead", ANNA, ("remove_tags", "theirs")) == 801
    assert await ask(client, "removeleadfromlist", ANNA, ("remove_from_lists", "open")) == 801
    assert await ask(client, "addupdatelead", ANNA, ("lead_first_name", "Ours"), ("remove_from_lists", "open")) == 0
    assert await ask(client, "addupdatelead", ANNA, ("add_to_lists", "theirs")) == 800
    contact, card, history = await the_card(at_noon, other)
    assert (contact.name, contact.tags, card, history) == ("Theirs", ("theirs",), contacts.Card(), [])
    assert await at_noon.ask(groups.count_active, other.id, "open") == 1
    lists = (await post_with_key(client, "getalllists", []))["result"]
    assert isinstance(lists, list)
    assert "theirs" not in [row["rass_name"] for row in lists]


async def test_a_call_that_is_refused_leaves_nothing_behind(client: httpx.AsyncClient, at_noon: World) -> None:
    for pairs in (
        [("add_to_lists", "open,nowhere"), ("lead_first_name", "Anna")],
        [("add_to_lists", "open"), ("remove_from_lists", "nowhere")],
        [("add_to_lists", "allleads")],
        [("add_to_lists", "open"), ("lead_personal_manager", "99")],
        [("add_to_lists", ",".join(f"g{n}" for n in range(101)))],
    ):
        assert await ask(client, "addupdatelead", ANNA, *pairs) in (3, 104, 800)
    for table in ("contacts", "contact_cards", "contact_changes", "memberships", "letters", "events"):
        assert await at_noon.count(table) == 0, table


async def test_a_group_with_confirmation_asks_by_letter_at_most_once(client: httpx.AsyncClient, at_noon: World) -> None:
    for _ in range(3):
        assert await ask(client, "addupdatelead", ANNA, ("add_to_lists", "news")) == 0
    async with at_noon.reading() as tx:
        assert await tx.fetch_value("SELECT count(*) FROM letters") == 1
        assert await tx.fetch_value("SELECT state FROM memberships") == "waiting"


async def test_a_contact_without_an_address_waits_and_gets_no_letter(client: httpx.AsyncClient, at_noon: World) -> None:
    for name in ("Anna", "Boris"):
        assert await ask(client, "addupdatelead", ("lead_first_name", name), ("add_to_lists", "news,open")) == 0
    async with at_noon.reading() as tx:
        rows = await tx.fetch("SELECT name, email, email_key FROM contacts ORDER BY id")
        assert [tuple(row) for row in rows] == [("Anna", "", None), ("Boris", "", None)]
        assert await tx.fetch_value("SELECT array_agg(DISTINCT state) FROM memberships") == ["waiting"]
        assert await tx.fetch_value("SELECT count(*) FROM letters") == 0


async def test_who_was_refused_for_good_stays_out(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account
) -> None:
    await ask(client, "addupdatelead", ANNA, ("add_to_lists", "news"))
    async with at_noon.transaction() as tx:
        await tx.execute("UPDATE memberships SET state = 'undeliverable'")
    assert await ask(client, "removeleadfromlist", ANNA, ("remove_from_lists", "news")) == 0
    said = await post_with_key(client, "addupdatelead", [ANNA, ("add_to_lists", "news")])
    assert (said["error_code"], said["error_text"]) == (101, "subscription error: mail to this address is refused")


async def test_groups_that_come_and_go_stand_in_the_history(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account
) -> None:
    await ask(client, "addupdatelead", ANNA, ("add_to_lists", "open, super"))
    await ask(client, "addupdatelead", ANNA, ("add_to_lists", "open, group1"), ("remove_from_lists", "super"))
    await ask(client, "removeleadfromlist", ANNA, ("remove_from_lists", "open, super, open"))
    _, _, history = await the_card(at_noon, shop)
    assert [(line.field, line.before, line.after) for line in reversed(history)] == [
        ("groups", "", "open"), ("groups", "", "super"), ("groups", "super", ""), ("groups", "", "group1"),
        ("groups", "open", ""),
    ]  # fmt: skip


async def test_the_first_generations_changes_stand_in_the_history_too(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account
) -> None:
    await post(client, "AddLeadToGroup", [("rid[0]", "open"), ANNA, ("lead_name", "Anna")])
    await post(client, "UpdateSubscriberData", [ANNA, ("lead_name", "Anya"), ("lead_tags", "one")])
    _, _, history = await the_card(at_noon, shop)
    assert [(line.field, line.before, line.after) for line in reversed(history)] == [
        ("name", "Anna", "Anya"),
        ("tags", "", "one"),
    ]


async def test_fifty_simultaneous_calls_make_one_contact_with_all_its_tags(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account
) -> None:
    codes = await asyncio.gather(
        *[ask(client, "addupdatelead", ANNA, ("add_tags", f"t{n}"), ("add_to_lists", "news")) for n in range(25)],
        *[
            ask(client, "addupdatelead", ANNA, ("lead_last_name", f"Smith{n}"), ("remove_from_lists", "news"))
            for n in range(25)
        ],
    )
    assert set(codes) == {0}
    contact, card, history = await the_card(at_noon, shop)
    assert set(contact.tags) == {f"t{n}" for n in range(25)}
    names = [line for line in reversed(history) if line.field == "last_name"]
    assert names[-1].after == card.last_name
    assert all(later.before == earlier.after for earlier, later in pairwise(names))


async def test_a_multipart_call_is_read_as_the_official_sample_sends_it(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account
) -> None:
    fields = {
        "rpsKey": (None, f" {KEY}"),
        "lead_email": (None, "anna@example.com"),
        "lead_last_name": (None, "Жан ~ (x)"),
    }
    answer = await client.post("/api/addupdatelead", files=fields)
    assert answer.json()["error_code"] == 0
    assert (await the_card(at_noon, shop))[1].last_name == "Жан ~ (x)"


async def test_a_removal_without_words_changes_nothing(client: httpx.AsyncClient) -> None:
    assert await ask(client, "addupdatelead", ANNA, ("add_tags", "one")) == 0
    for function in ("addtagtolead", "removetagfromlead", "removeleadfromlist"):
        assert await ask(client, function, ANNA) == 0
        assert await ask(client, function, ("lead_email", "no address")) == 801


NAMES = st.sampled_from(
    ["lead_email", "lead_utc", "lead_personal_manager", "add_tags", "remove_tags", "add_to_lists", "remove_from_lists",
     "lead_first_name", "lead_shipping_zip", "lead_in", "lead_description"]
)  # fmt: skip


@examples(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(
    function=st.sampled_from([function.name for function in FUNCTIONS]),
    pairs=st.lists(st.tuples(NAMES, st.text(max_size=40) | st.sampled_from(["anna@example.com", "open", "9" * 30]))),
)
async def test_whatever_is_said_gets_a_code_of_the_table(
    client: httpx.AsyncClient, function: str, pairs: list[tuple[str, str]]
) -> None:
    pairs = [(name, text.encode(errors="ignore").decode()) for name, text in pairs]
    assert await ask(client, function, *pairs) in (0, 3, 100, 104, 600, 800, 801)


async def test_the_key_is_opaque_and_never_half_right(client: httpx.AsyncClient) -> None:
    for wrong in (KEY[:-1], KEY.upper(), KEY + "x", "", "\N{SNOWMAN}"):
        answer = await client.post("/api/getalllists", data={"rpsKey": wrong}, headers=FORM)
        assert answer.json()["error_code"] == 4, wrong


def test_every_refusal_that_a_function_can_give_has_its_code() -> None:
    of_groups = {groups.GroupNotFound, groups.GroupForbidden, groups.BadEnrolment}
    of_tags = {contacts.BadContact, contacts.ContactNotFound}
    can_give = {
        "addupdatelead": of_groups | {contacts.BadContact, accounts.ManagerNotFound, groups.AddressUndeliverable},
        "addtagtolead": of_tags,
        "removetagfromlead": of_tags,
        "removeleadfromlist": of_groups,
        "getalllists": set(),
        "getpersonalmanagers": set(),
    }
    assert {function.name: set(function.refusals) for function in FUNCTIONS} == can_give
