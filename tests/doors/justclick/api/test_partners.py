"""GetPartnerStats: whose statistics, of which days, and whose not."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from enlist.domain import accounts, attribution, partners
from enlist.doors.justclick import signing
from enlist.doors.justclick.api.partners import FUNCTIONS
from tests.doors.justclick.api import test_transcripts
from tests.doors.justclick.api.partner_fixtures import PERSON, prepare_partners
from tests.doors.justclick.api.requests import FORM, post
from tests.support.world import KEY, World

TRANSCRIPTS = sorted((Path(__file__).parents[1] / "transcripts" / "partners").glob("*.txt"))
VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "justclick.json").read_text())["vectors"]
NOTHING = {
    "earned_total": "0.00",
    "topay_total": "0.00",
    "clicks_total": 0,
    "leads_total": 0,
    "bills_total": 0,
    "partners_total": 0,
}
WRONG = (3, "wrong posted data")


@pytest.fixture(autouse=True)
async def _partners(client: httpx.AsyncClient, at_noon: World, shop: accounts.Account) -> None:
    async with at_noon.transaction() as tx:
        if await partners.find(tx, shop.id, "idle") is None:
            await prepare_partners(tx, shop)


async def ask(client: httpx.AsyncClient, **said: str) -> tuple[object, object]:
    """Ask for statistics; return code and text of a refusal, code and result of an answer."""
    answer = await post(client, "GetPartnerStats", list(said.items()))
    return answer["error_code"], answer["error_text"] if answer["error_code"] else answer["result"]


async def test_the_official_sample_gets_its_partner_s_statistics(client: httpx.AsyncClient) -> None:
    (vector,) = [vector for vector in VECTORS if vector["id"] == "official-php-sample-00"]
    answer = await client.post(
        vector["path"],
        content=vector["raw_body"].encode(),
        headers={"Host": vector["host"], "Content-Type": vector["content_type"]},
    )
    assert answer.json() == {
        "error_code": 0,
        "error_text": "ok",
        "hash": signing.response_hash(0, "ok", KEY),
        "result": {
            "earned_total": "37.04",
            "topay_total": "17.04",
            "clicks_total": 2,
            "leads_total": 2,
            "bills_total": 2,
            "partners_total": 1,
        },
    }


@pytest.mark.parametrize(
    ("span", "clicks"),
    [
        ({}, 3),
        ({"date_from": "", "date_to": ""}, 3),
        ({"date_from": "2016-08-02"}, 2),
        ({"date_to": "2016-08-01"}, 1),
        ({"date_from": "2016-08-02", "date_to": "2016-09-21"}, 0),
        ({"date_from": "2016-09-22", "date_to": "2016-08-01"}, 0),
        ({"date_from": "0001-01-01", "date_to": "9999-12-31"}, 3),
        ({"date_from": " 2016-09-23 "}, 1),
    ],
)
async def test_both_ends_of_a_span_are_included(client: httpx.AsyncClient, span: dict[str, str], clicks: int) -> None:
    code, result = await ask(client, partner="my_partner_login", **span)
    assert code == 0
    assert isinstance(result, dict)
    assert [result[name] for name in ("clicks_total", "leads_total", "bills_total")] == [clicks] * 3


async def test_who_did_nothing_gets_zeros(client: httpx.AsyncClient) -> None:
    assert await ask(client, partner="idle") == (0, NOTHING)
    assert await ask(client, partner="idle", date_from="2016-01-01", date_to="2016-12-31") == (0, NOTHING)


async def test_a_login_is_the_same_in_any_letter_case(client: httpx.AsyncClient) -> None:
    assert (await ask(client, partner="MY_Partner_Login"))[0] == 0


@pytest.mark.parametrize(
    "partner", [{}, {"partner": ""}, {"partner": "nobody"}, {"partner": "х" * 3000}, {"partner": "1"}]
)
async def test_an_unknown_partner_is_3(client: httpx.AsyncClient, partner: dict[str, str]) -> None:
    assert await ask(client, **partner) == WRONG


@pytest.mark.parametrize(
    "day", ["01.08.2016", "2016-8-1", "2016-02-30", "20160801", "2016-08-01T00:00", "0000-01-01", "٢٠١٦-٠٨-٠١", "now"]
)
@pytest.mark.parametrize("bound", ["date_from", "date_to"])
async def test_what_is_no_day_is_3(client: httpx.AsyncClient, bound: str, day: str) -> None:
    assert await ask(client, partner="idle", **{bound: day}) == WRONG


async def test_another_account_s_partner_is_unknown(client: httpx.AsyncClient, at_noon: World) -> None:
    other = await at_noon.account(time_zone="Europe/Moscow")
    body = signing.sign([("partner", "my_partner_login")], other.login, KEY)
    host = {"Host": f"{other.login}.localhost", **FORM}
    answer = await client.post("/api/GetPartnerStats", content=body, headers=host)
    assert answer.json()["error_code"] == 3
    async with at_noon.transaction() as tx:
        tx = replace(tx, now=datetime(2016, 8, 1, 21, 30, tzinfo=UTC))  # the next day in Moscow
        await partners.create(tx, other.id, partners.NewPartner(login="my_partner_login"))
        click = attribution.NewClick(account_id=other.id, partner="my_partner_login", visitor="x", agent=PERSON)
        await attribution.record_clicks(tx, [click])
    for day, clicks in (("2016-08-01", 0), ("2016-08-02", 1)):
        pairs = [("partner", "my_partner_login"), ("date_from", day), ("date_to", day)]
        body = signing.sign(pairs, other.login, KEY)
        answer = await client.post("/api/GetPartnerStats", content=body, headers=host)
        assert answer.json()["result"] == NOTHING | {"clicks_total": clicks}
    assert (await ask(client, partner="my_partner_login"))[1] != NOTHING


async def test_either_generation_may_ask(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/getpartnerstats/", data={"rpsKey": KEY, "partner": "idle"})
    assert answer.json()["result"] == NOTHING


@pytest.mark.parametrize("file", TRANSCRIPTS, ids=lambda file: file.stem)
async def test_the_exchange_is_the_same_byte_for_byte(client: httpx.AsyncClient, file: Path) -> None:
    await test_transcripts.test_the_exchange_is_the_same_byte_for_byte(client, file)


def test_every_refusal_has_its_answer() -> None:
    (function,) = FUNCTIONS
    assert set(function.refusals) == {partners.PartnerNotFound}
