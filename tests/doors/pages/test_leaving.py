"""The unsubscribe link: a button, the way back, and the one click of mail programs."""

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
    contact = await door.joined(email, "open")
    answer = await front.request(method, door.leave_path(contact, "open"))
    assert answer.status_code == 200
    assert answer.headers["referrer-policy"] == "no-referrer"
    if method == "GET":
        assert heading_of(answer.text) == "Unsubscribe"
        assert inputs_in(answer.text) == {"action": "leave"}
    assert await door.states(email) == {"open": "active"}


async def test_leaving_and_coming_back(door: Door, front: httpx.AsyncClient) -> None:
    contact = await door.joined("moody@example.com", "open", "news")
    path = door.leave_path(contact, "open", "news")
    for _ in range(2):
        answer = await front.post(path, data=inputs_in((await front.get(path)).text))
        assert (answer.status_code, heading_of(answer.text)) == (200, "You’ve unsubscribed")
        assert "mailing lists “Group open” and “News &amp; &lt;Views&gt;”" in answer.text
        assert await door.states("moody@example.com") == {"open": "left", "news": "left"}
    undo = inputs_in(answer.text)
    assert undo == {"action": "undo"}
    for _ in range(2):
        answer = await front.post(path, data=undo)
        assert (answer.status_code, heading_of(answer.text)) == (200, "Welcome back")
        assert await door.states("moody@example.com") == {"open": "active", "news": "waiting"}


@pytest.mark.parametrize("encoding", ["urlencoded", "multipart"])
async def test_a_mail_programs_one_click_leaves(door: Door, front: httpx.AsyncClient, encoding: str) -> None:
    email = f"{encoding}@example.com"
    contact = await door.joined(email, "open")
    path = door.leave_path(contact, "open")
    if encoding == "urlencoded":
        answer = await front.post(path, data={"List-Unsubscribe": "One-Click"})
    else:
        answer = await front.post(path, files={"List-Unsubscribe": (None, "One-Click")})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert await door.states(email) == {"open": "left"}


async def test_one_click_never_undoes(door: Door, front: httpx.AsyncClient) -> None:
    contact = await door.joined("click@example.com", "open")
    path = door.leave_path(contact, "open")
    await front.post(path + "?action=undo", data={"List-Unsubscribe": "One-Click"})
    assert await door.states("click@example.com") == {"open": "left"}


async def test_a_contact_that_is_gone_gets_no_letters_and_nothing_to_undo(door: Door, front: httpx.AsyncClient) -> None:
    path = door.leave_path(999_999, "open")
    answer = await front.post(path)
    assert (answer.status_code, heading_of(answer.text)) == (200, "You’ve unsubscribed")
    assert "<form" not in answer.text
    answer = await front.post(path, data={"action": "undo"})
    assert heading_of(answer.text) == "Nothing to undo"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_link_that_is_not_ours_does_not_work(door: Door, front: httpx.AsyncClient, method: str) -> None:
    path = door.confirm_path(1, "open").replace("/confirm/", "/unsubscribe/")
    answer = await front.request(method, path)
    assert (answer.status_code, heading_of(answer.text)) == (404, "This link doesn’t work")


async def test_a_russian_owner_speaks_russian(door: Door, front: httpx.AsyncClient) -> None:
    contact = await door.joined("ru@example.com", "новости", account=door.ruslan)
    path = urlsplit(door.links.leave(door.ruslan.id, contact, [door.numbers["новости"]])).path
    assert heading_of((await front.get(path)).text) == "Отписаться от рассылки"
    assert heading_of((await front.post(path)).text) == "Вы отписались"
    assert heading_of((await front.post(path, data={"action": "undo"})).text) == "С возвращением"


@pytest.mark.parametrize(
    ("method", "data", "action", "button"),
    [
        ("GET", {}, "leave", "Yes, unsubscribe me"),
        ("POST", {"action": "leave"}, "leave", "Yes, unsubscribe me"),
        ("POST", {"action": "undo"}, "undo", "Subscribe again"),
        ("POST", {"List-Unsubscribe": "One-Click"}, "leave", "Yes, unsubscribe me"),
    ],
)
async def test_while_the_database_is_away_the_button_stays(
    door: Door, method: str, data: dict[str, str], action: str, button: str
) -> None:
    async def enrol(_: groups.Enrolment) -> groups.Enrolled:
        raise AssertionError

    async with browser_of(build(AWAY, enrol), "localhost:8080") as client:
        answer = await client.request(method, door.leave_path(1, "open"), data=data)
    assert answer.status_code == 503
    assert inputs_in(answer.text) == {"action": action}
    assert f">{button}</button>" in answer.text


async def test_a_damaged_body_leaves_nobody(door: Door, front: httpx.AsyncClient) -> None:
    contact = await door.joined("damaged@example.com", "open")
    answer = await front.post(door.leave_path(contact, "open"), content=b"a=%ff")
    assert answer.status_code == 400
    assert await door.states("damaged@example.com") == {"open": "active"}
