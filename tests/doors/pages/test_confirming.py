"""The link that asks "was it you?": a GET shows a button, a POST is the yes."""

from urllib.parse import urlsplit

import httpx
import pytest

from enlist.domain import groups
from tests.doors.web.helpers import AWAY, Door, browser_of, build, heading_of, inputs_in


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_opening_the_link_shows_a_button_and_does_nothing(
    door: Door, front: httpx.AsyncClient, method: str
) -> None:
    email = f"opened{method.lower()}@example.com"
    contact = await door.joined(email, "news")
    answer = await front.request(method, door.confirm_path(contact, "news"))
    assert answer.status_code == 200
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "set-cookie" not in answer.headers
    if method == "GET":
        assert heading_of(answer.text) == "Confirm your subscription"
        assert '<form method="post">' in answer.text
    else:
        assert answer.content == b""
    assert await door.states(email) == {"news": "waiting"}


async def test_pressing_the_button_confirms_and_twice_is_fine(door: Door, front: httpx.AsyncClient) -> None:
    contact = await door.joined("pressed@example.com", "news", "1473249885.2899961004")
    path = door.confirm_path(contact, "news", "1473249885.2899961004")
    page = await front.get(path)
    for _ in range(2):
        answer = await front.post(path, data=inputs_in(page.text))
        assert answer.status_code == 200
        assert heading_of(answer.text) == "Thank you for subscribing"
        assert "subscribed to “News &amp; &lt;Views&gt;” and “Group 1473249885.2899961004”" in answer.text
        assert await door.states("pressed@example.com") == {"news": "active", "1473249885.2899961004": "active"}


@pytest.mark.parametrize(
    ("done_url", "location"),
    [
        ("https://site.example/thanks?x=1", "https://site.example/thanks?x=1"),
        ("/thanks", "http://demo.localhost:8080/thanks"),
        ("javascript:alert(1)", ""),
    ],
)
async def test_afterwards_one_goes_where_one_wanted_to(
    door: Door, front: httpx.AsyncClient, done_url: str, location: str
) -> None:
    email = f"went{len(done_url)}@example.com"
    contact = await door.joined(email, "news", done_url=done_url)
    answer = await front.post(door.confirm_path(contact, "news"))
    assert answer.status_code == (303 if location else 200)
    assert answer.headers.get("location", "") == location
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert await door.states(email) == {"news": "active"}


async def test_who_left_meanwhile_stays_out(door: Door, front: httpx.AsyncClient) -> None:
    contact = await door.joined("left@example.com", "news")
    await front.post(door.leave_path(contact, "news"))
    answer = await front.post(door.confirm_path(contact, "news"))
    assert (answer.status_code, heading_of(answer.text)) == (200, "You’ve unsubscribed")
    assert await door.states("left@example.com") == {"news": "left"}


async def test_a_contact_that_is_gone_is_said_to_be(door: Door, front: httpx.AsyncClient) -> None:
    answer = await front.post(door.confirm_path(999_999, "news"))
    assert (answer.status_code, heading_of(answer.text)) == (200, "This link is no longer needed")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("token", ["", "x", "%00", "%FF", "ф", "A" * 5000, "changed", "leave", "account"])
async def test_a_link_that_is_not_ours_does_not_work(
    door: Door, front: httpx.AsyncClient, method: str, token: str
) -> None:
    contact = await door.joined(f"n{method}{abs(hash(token))}@example.com", "news")
    path = f"/confirm/{token}"
    if token == "changed":
        good = door.confirm_path(contact, "news")
        path = good[:-1] + ("A" if good[-1] != "A" else "B")
    elif token == "leave":
        path = door.leave_path(contact, "news").replace("/unsubscribe/", "/confirm/")
    elif token == "account":
        path = urlsplit(door.links.confirm(999_999, contact, [door.numbers["news"]])).path
    answer = await front.request(method, path, headers={"accept-language": "ru"})
    assert answer.status_code == 404
    assert '<html lang="ru">' in answer.text
    assert heading_of(answer.text) == ("Ссылка не работает" if token else "Такой страницы нет")


async def test_a_russian_owner_speaks_russian(door: Door, front: httpx.AsyncClient) -> None:
    contact = await door.joined("ru@example.com", "новости", account=door.ruslan)
    path = urlsplit(door.links.confirm(door.ruslan.id, contact, [door.numbers["новости"]])).path
    assert heading_of((await front.get(path)).text) == "Подтвердите подписку"
    answer = await front.post(path)
    assert heading_of(answer.text) == "Спасибо за подписку"
    assert "«Новости»" in answer.text


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_while_the_database_is_away_the_button_stays(door: Door, method: str) -> None:
    async def enrol(_: groups.Enrolment) -> groups.Enrolled:
        raise AssertionError

    async with browser_of(build(AWAY, enrol), "localhost:8080") as client:
        answer = await client.request(method, door.confirm_path(1, "news"))
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert '<form method="post">' in answer.text
    assert "try again" in answer.text
