"""The two reports: their spans, their exact shape, and how a long one is told."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.doors.just import statistics
from tests.doors.just.conftest import OTHER_TOKEN, Door
from tests.doors.just.requests import PREFIX, create, said, send
from tests.support.world import Clock

COUNT = PREFIX + "stat/get-count-refid/"
BY_DAY = [PREFIX + "stat/stat-by-refid/channel/", PREFIX + "info/stat-by-refid/channel/"]
INVALID_DATES = (400, "Invalid startDate or endDate")
INVALID_SPAN = (400, "Invalid start or end date")
NO_SERVICE = (404, "Error service")

every_path = pytest.mark.parametrize("path", BY_DAY, ids=["stat", "info"])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
async def subscribed(client: httpx.AsyncClient, clock: Clock) -> None:
    """Subscriptions of four days of Moscow, whose clocks are three hours ahead."""
    for moment, refid in (
        ("2020-08-11T17:38:49", "ch-direct_src-direct_lp-main"),
        ("2020-11-03T20:59:59", "a"),
        ("2020-11-03T21:00:00", "ch-direct_src-direct_lp-main"),
        ("2020-11-04T10:00:00", 'quote " backslash \\ Ж </script>'),
        ("2020-11-04T11:00:00", "a"),
        ("2020-11-04T12:00:00", "a"),
        ("2020-11-04T12:00:00", ""),
        ("2020-11-28T21:27:52", "a"),
    ):
        clock.now = at(moment)
        juid = await create(client)
        fields = {"juid": juid, "number": "00000000000", "email": "a@b.cd"} | ({"refid": refid} if refid else {})
        await send(client, "POST", "subscription/subscribe/sms", fields)
    await send(client, "POST", "subscription/subscribe/email", {"juid": juid, "email": "a@b.cd", "refid": "mail"})
    await send(client, "POST", "subscription/unsubscribe/sms", {"juid": juid, "number": "00000000000"})


def seconds(start: str, end: str) -> dict[str, str]:
    return {"startDate": f"{at(start).timestamp():.0f}", "endDate": f"{at(end).timestamp():.0f}"}


async def counted(client: httpx.AsyncClient, channel: str, start: str, end: str) -> dict[str, int]:
    answer = await client.get(COUNT + channel, params=seconds(start, end))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    rows = answer.json()
    assert all(list(row) == ["subscount", "refid"] for row in rows)
    return {row["refid"]: row["subscount"] for row in rows}


async def test_subscriptions_are_counted_for_each_refid_both_ends_included(
    client: httpx.AsyncClient, subscribed: None
) -> None:
    main, quoted = "ch-direct_src-direct_lp-main", 'quote " backslash \\ Ж </script>'
    assert await counted(client, "sms", "2020-08-11T17:38:49", "2020-11-28T21:27:52") == {main: 2, "a": 4, quoted: 1}
    assert await counted(client, "sms/", "2020-08-11T17:38:50", "2020-11-28T21:27:51") == {main: 1, "a": 3, quoted: 1}
    assert await counted(client, "sms", "2020-11-03T21:00:00", "2020-11-03T21:00:00") == {main: 1}
    assert await counted(client, "email", "2000-01-01", "2100-01-01") == {"mail": 1}


async def test_nothing_to_count_is_an_empty_list(door: Door, client: httpx.AsyncClient, subscribed: None) -> None:
    answer = await client.get(COUNT + "sms", params={"startDate": "0", "endDate": "1"})
    assert (answer.status_code, answer.content) == (200, b"[]")
    async with door.client(OTHER_TOKEN) as stranger:
        assert await counted(stranger, "sms", "2000-01-01", "2100-01-01") == {}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "startDate=1",
        "endDate=1",
        "startDate=&endDate=",
        "startDate=2&endDate=1",
        "startDate=x&endDate=1",
        "startDate=1.5&endDate=2",
        "startDate=2022-01-14&endDate=2022-06-14",
        "start=1&end=2",
        "startDate=1642137171000&endDate=1655183571000",
        "startDate=0&endDate=" + "9" * 5000,
        "startDate=%00&endDate=1",
        "startDate[]=0&endDate[]=1",
    ],
)
async def test_dates_that_are_none_are_invalid(client: httpx.AsyncClient, query: str) -> None:
    assert said(await client.get(f"{COUNT}sms?{query}")) == INVALID_DATES


@pytest.mark.parametrize("channel", ["push", "SMS", "telegram", "%00", "%D1%8F"])
async def test_a_channel_without_statistics_is_no_service(client: httpx.AsyncClient, channel: str) -> None:
    assert said(await client.get(f"{COUNT}{channel}?startDate=0&endDate=1")) == NO_SERVICE
    for path in BY_DAY:
        assert said(await client.get(f"{path}{channel}?start=2020-01-01&end=2020-01-02")) == NO_SERVICE


@every_path
@pytest.mark.parametrize("blank", ["%20", "+"])
async def test_subscriptions_are_counted_for_each_day_of_the_sites_zone(
    client: httpx.AsyncClient, subscribed: None, path: str, blank: str
) -> None:
    span = f"start=2020-08-11{blank}20:38:49&end=2020-11-29{blank}00:27:52"
    answer = await client.get(f"{path}sms?{span}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    found = answer.json()
    assert found == {
        "2020-08-11": {"ch-direct_src-direct_lp-main": 1},
        "2020-11-03": {"a": 1},
        "2020-11-04": {"ch-direct_src-direct_lp-main": 1, 'quote " backslash \\ Ж </script>': 1, "a": 2},
        "2020-11-29": {"a": 1},
    }
    assert list(found) == sorted(found)
    assert (await client.get(f"{path}sms/?{span}")).json() == found
    shorter = (await client.get(f"{path}sms?{span.replace('49', '50').replace('52', '51')}")).json()
    assert list(shorter) == ["2020-11-03", "2020-11-04"]


@every_path
async def test_bare_dates_and_seconds_will_do(client: httpx.AsyncClient, subscribed: None, path: str) -> None:
    answer = await client.get(path + "sms", params={"start": "2020-11-03", "end": "2020-11-03"})
    assert answer.json() == {"2020-11-03": {"a": 1}}
    noon = f"{at('2020-11-28T21:27:52').timestamp():.0f}"
    answer = await client.get(path + "sms", params={"start": noon, "end": noon})
    assert answer.json() == {"2020-11-29": {"a": 1}}


@every_path
async def test_nothing_on_any_day_is_an_empty_object(client: httpx.AsyncClient, subscribed: None, path: str) -> None:
    for span in ("start=2019-01-01&end=2019-12-31", "start=2020-08-12&end=2020-08-12"):
        answer = await client.get(f"{path}sms?{span}")
        assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, b"{}", "application/json")


async def test_a_span_between_two_ticks_of_the_clock_is_empty(door: Door, clock: Clock) -> None:
    async with door.world.transaction() as tx:
        await tx.execute("UPDATE sites SET time_zone = 'Pacific/Apia' WHERE id = $1", door.site.id)
    async with door.client() as client:
        answer = await client.get(BY_DAY[0] + "sms?start=2011-12-30&end=2011-12-30")
        assert (answer.status_code, answer.content) == (200, b"{}")


@every_path
@pytest.mark.parametrize(
    "query",
    [
        "",
        "start=2020-08-11%2020:38:49",
        "end=2020-08-11%2020:38:49",
        "start=2020-08-11%2020:38:49&end=2020-08-11%2020:38:48",
        "start=2020-02-30&end=2020-03-01",
        "start=x&end=y",
        "startDate=1&endDate=2",
        "start=0000-00-00%2000:00:00&end=2020-08-11%2020:38:48",
        "start=%FF&end=2020-08-11",
    ],
)
async def test_a_span_that_is_none_is_invalid(client: httpx.AsyncClient, path: str, query: str) -> None:
    assert said(await client.get(f"{path}email?{query}")) == INVALID_SPAN


async def test_a_head_of_either_report_has_no_body(client: httpx.AsyncClient, subscribed: None) -> None:
    for address in (COUNT + "sms?startDate=0&endDate=1", BY_DAY[1] + "sms?start=2020-01-01&end=2020-12-31"):
        answer = await client.head(address)
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["content-type"] == "application/json"


days = st.dates(date(2020, 1, 1), date(2020, 1, 9))
reports = st.dictionaries(st.tuples(days, st.text(max_size=5)), st.integers(1, 9), max_size=30)


@given(reports, st.integers(1, 7))
async def test_a_report_is_whole_however_it_comes_in_portions(report: dict[tuple[date, str], int], size: int) -> None:
    rows = [(day, refid, count) for (day, refid), count in sorted(report.items())]

    async def portions() -> AsyncIterator[list[tuple[date, str, int]]]:
        yield []
        for place in range(0, len(rows), size):
            yield rows[place : place + size]

    pieces = [piece async for piece in statistics._pieces(portions())]
    expected: dict[str, Any] = {}
    for day, refid, count in rows:
        expected.setdefault(day.isoformat(), {})[refid] = count
    assert json.loads(b"".join(pieces)) == expected
