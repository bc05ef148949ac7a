"""The form's endpoint: fields from query and body, pages, redirects, refusals, hostile input."""

import asyncio
import json

import httpx
import pytest

from enlist.domain import accounts, groups
from enlist.domain.contacts import BadContact
from enlist.doors.justclick.forms import refusals
from enlist.kit.errors import Refusal
from enlist.plan.settings import read_settings
from enlist.runtime.batch import Busy
from enlist.runtime.db import DatabaseAway
from tests.doors.web.helpers import AWAY, SETTINGS, Door, browser_of, build, heading_of, inputs_in
from tests.support.world import VAULT, World

PATH = "/subscribe/process"


@pytest.mark.parametrize("path", [PATH, PATH + "/"])
@pytest.mark.parametrize("method", ["POST", "GET", "multipart"])
async def test_a_submission_waits_for_its_letter(door: Door, demo: httpx.AsyncClient, path: str, method: str) -> None:
    email = f"anna{len(path)}{method.lower()}@example.com"
    fields = {"rid[0]": "news", "lead_email": email, "lead_name": "Anna"}
    letters = await door.letters()
    if method == "GET":
        answer = await demo.get(path, params=fields)
    elif method == "POST":
        answer = await demo.post(path, data=fields)
    else:
        answer = await demo.post(path, files={name: (None, value) for name, value in fields.items()})
    assert answer.status_code == 200
    assert heading_of(answer.text) == "Check your email"
    assert email in answer.text
    assert await door.states(email) == {"news": "waiting"}
    assert await door.letters() == letters + 1


async def test_everything_said_is_kept(door: Door, demo: httpx.AsyncClient) -> None:
    await demo.post(
        PATH + "?rid%5B0%5D=news&tag=bottom&doneurl2=%2Fthanks&utm[utm_source]=bob&aff=12",
        content="lead_email=kept@example.com&lead_name=Anna&lead_last_name=Smith&lead_phone=%2B7&lead_city=Riga"
        "&utm%5Butm_medium%5D=affiliate&lf_int[3]=5&offerta_accept=1&hash=Zm9v&lead_subscribe=Go&orderData[tag]=x",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    row = await door.row("kept@example.com")
    assert (row["name"], row["phone"], row["home"], row["tags"]) == ("Anna Smith", "+7", "Riga", ["bottom"])
    assert (row["tag"], row["city"], row["done_url"], row["ip"]) == ("bottom", "Riga", "/thanks", "127.0.0.1")
    assert json.loads(row["marks_text"]) == {"utm_source": "bob", "utm_medium": "affiliate", "aff": "12"}


async def test_the_body_wins_and_groups_are_united(door: Door, demo: httpx.AsyncClient) -> None:
    await demo.post(
        PATH + "?rid[0]=open&tag=query&lead_email=query@example.com",
        data={"rid[0]": "news", "tag": "body", "lead_email": "body@example.com"},
    )
    assert await door.states("body@example.com") == {"open": "active", "news": "waiting"}
    row = await door.world.database.connect()
    try:
        assert await row.fetchval("SELECT count(*) FROM contacts WHERE email = 'query@example.com'") == 0
    finally:
        await row.close()


async def test_an_open_group_takes_at_once_and_says_so_the_second_time(demo: httpx.AsyncClient) -> None:
    fields = {"rid[0]": "open", "lead_email": "open@example.com"}
    first = await demo.post(PATH, data=fields)
    second = await demo.post(PATH, data=fields)
    assert (first.status_code, heading_of(first.text)) == (200, "You’re subscribed")
    assert (second.status_code, heading_of(second.text)) == (200, "You’re already subscribed")


async def test_activation_asks_even_for_an_open_group(door: Door, demo: httpx.AsyncClient) -> None:
    await demo.post(PATH, data={"rid[0]": "open", "lead_email": "ask@example.com", "activation": "yes"})
    assert await door.states("ask@example.com") == {"open": "waiting"}


@pytest.mark.parametrize(
    ("doneurl", "location"),
    [
        ("https://site.example/ok?a=1", "https://site.example/ok?a=1"),
        ("/ok", "http://demo.localhost:8080/ok"),
        ("ok.html", "http://demo.localhost:8080/ok.html"),
        ("//site.example/ok", "http://site.example/ok"),
        ("https%3A%2F%2Fsite.example%2Fok", "https://site.example/ok"),
        ("https://site.example/спасибо", "https://site.example/%D1%81%D0%BF%D0%B0%D1%81%D0%B8%D0%B1%D0%BE"),
    ],
)
async def test_doneurl_is_where_one_goes_next(demo: httpx.AsyncClient, doneurl: str, location: str) -> None:
    for _ in range(2):  # who is subscribed already goes there, too
        answer = await demo.post(PATH, data={"rid[0]": "open", "lead_email": "done@example.com", "doneurl": doneurl})
        assert answer.status_code == 303
        assert answer.headers["location"] == location
        assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("doneurl", ["javascript:alert(1)", "data:text/html,x", "a\r\nSet-Cookie: x=1"])
async def test_a_bad_doneurl_is_dropped(demo: httpx.AsyncClient, doneurl: str) -> None:
    answer = await demo.post(PATH, data={"rid[0]": "open", "lead_email": "bad@example.com", "doneurl": doneurl})
    assert answer.status_code == 200
    assert "location" not in answer.headers


async def test_relative_addresses_belong_to_the_custom_domain_that_was_asked(door: Door) -> None:
    fields = {"rid[0]": "open", "lead_email": "custom@example.com", "doneurl": "/ok"}
    async with browser_of(door.app, "shop.example.com") as client:
        answer = await client.post(PATH, data=fields)
    assert answer.headers["location"] == "http://shop.example.com/ok"
    async with browser_of(door.app, "DEMO.shops.example") as client:
        answer = await client.post(PATH, data=fields)
    assert answer.headers["location"] == "http://demo.localhost:8080/ok"


@pytest.mark.parametrize(
    ("fields", "word", "field"),
    [
        ({"rid[0]": "news"}, "enter your email address", "lead_email"),
        ({"rid[0]": "news", "lead_email": "  "}, "enter your email address", "lead_email"),
        ({"rid[0]": "news", "lead_email": "anna@"}, "complete email", "lead_email"),
        ({"rid[0]": "nowhere", "lead_email": "r@example.com"}, "no longer exists", ""),
        ({"lead_email": "r@example.com"}, "no longer exists", ""),
        ({"rid[0]": "news", "rid[1]": "nowhere", "lead_email": "r@example.com"}, "no longer exists", ""),
        ({"rid[0]": "allleads", "lead_email": "r@example.com"}, "doesn’t accept sign-ups", ""),
        ({"rid[0]": "news", "lead_email": "r@example.com", "lead_name": "x" * 256}, "“Name” is too long", "lead_name"),
        ({"rid[0]": "news", "lead_email": "r@example.com", "lead_phone": "1" * 65}, "“Phone”", "lead_phone"),
        ({"rid[0]": "news", "lead_email": "r@example.com", "lead_city": "x" * 256}, "“City”", "lead_city"),
        ({"rid[0]": "news", "lead_email": "r@example.com", "tag": "x" * 256}, "a value that is too long", ""),
        ({"rid[0]": "news", "lead_email": "r@example.com", "doneurl2": "x" * 3000}, "a value that is too long", ""),
        (
            {"rid[0]": "news", "lead_email": "r@example.com", "utm[utm_source]": "x" * 3000},
            "a value that is too long",
            "",
        ),
    ],
)
async def test_a_refusal_says_what_is_wrong_and_keeps_what_was_typed(
    demo: httpx.AsyncClient, fields: dict[str, str], word: str, field: str
) -> None:
    fields |= {"doneurl": "/never", "lead_middle_name": "<M>"}
    answer = await demo.post(PATH + "?lf_int[1]=5&callback=x&hash=y", data=fields)
    assert answer.status_code == 422
    assert heading_of(answer.text) == "Please check the form"
    assert word in answer.text
    assert ('aria-invalid="true"' in answer.text) == bool(field)
    if field:
        assert 'aria-invalid="true"' in answer.text.split(f'id="{field}"')[1].split(">")[0]
    assert inputs_in(answer.text) == {"lead_name": "", "lead_email": "", "lf_int[1]": "5"} | fields


async def test_the_corrected_form_can_be_sent(door: Door, demo: httpx.AsyncClient) -> None:
    query = "?rid[0]=news&doneurl2=%2Fthanks&utm[utm_source]=a%26b"
    answer = await demo.post(PATH + query, data={"lead_email": "corrected@", "lead_name": '"Anna" <b>'})
    fields = inputs_in(answer.text) | {"lead_email": "corrected@example.com"}
    answer = await demo.post(PATH, data=fields)
    assert heading_of(answer.text) == "Check your email"
    row = await door.row("corrected@example.com")
    assert (row["name"], row["done_url"], row["marks_text"]) == ('"Anna" <b>', "/thanks", '{"utm_source": "a&b"}')


async def test_an_address_whose_mail_came_back_is_told_so(door: Door, demo: httpx.AsyncClient) -> None:
    contact = await door.joined("dead@example.com", "news")
    await door.world.bounce(door.demo, contact, door.numbers["news"])
    answer = await demo.post(PATH, data={"rid[0]": "news", "lead_email": "dead@example.com"})
    assert answer.status_code == 422
    assert "are bouncing" in answer.text


def test_every_refusal_of_an_enrolment_has_its_words() -> None:
    outcomes: set[type[Refusal]] = {
        groups.GroupNotFound,
        groups.GroupForbidden,
        groups.AddressUndeliverable,
        groups.BadEnrolment,
        BadContact,
    }
    assert outcomes < set(refusals.REFUSALS)


@pytest.mark.parametrize(
    ("fields", "heading"),
    [
        ({"rid[0]": "новости", "lead_email": "анна@пример.рф"}, "Проверьте почту"),
        ({"rid[0]": "новости", "lead_email": "анна"}, "Проверьте форму"),
    ],
)
async def test_a_russian_owner_speaks_russian(ruslan: httpx.AsyncClient, fields: dict[str, str], heading: str) -> None:
    answer = await ruslan.post(PATH, data=fields, headers={"accept-language": "en"})
    assert heading_of(answer.text) == heading
    assert '<html lang="ru">' in answer.text


async def test_what_was_typed_never_becomes_markup(demo: httpx.AsyncClient) -> None:
    evil = '"><script>alert(1)</script>'
    answer = await demo.post(PATH, data={"lead_email": evil, "lead_name": evil, "rid[0]": evil, evil: evil})
    assert answer.status_code == 422
    assert "<script" not in answer.text
    assert inputs_in(answer.text)[evil] == evil
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "body",
    [
        b"lead_email=a%00b",
        b"lead_email=%ff%fe",
        b"\xff=1",
        b"&".join(b"a%d=1" % number for number in range(2000)),
        b"a" + b"[b]" * 50 + b"=1",
    ],
)
async def test_what_cannot_be_read_is_a_friendly_400(demo: httpx.AsyncClient, body: bytes) -> None:
    answer = await demo.post(PATH, content=body, headers={"accept-language": "ru"})
    assert answer.status_code == 400
    assert heading_of(answer.text) == "Не удалось прочитать данные"
    query = body.decode("latin-1").encode("ascii", "ignore").decode()
    assert (await demo.get(f"{PATH}?{query}")).status_code in (400, 422)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"%", "application/x-www-form-urlencoded"),
        (b"lead_email=%zz%4", "application/x-www-form-urlencoded"),
        (b"=&=&&&", ""),
        (b"{}", "application/json"),
        (b"", "multipart/form-data; boundary=x"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"nonsense", "multipart/form-data"),
        (
            b'--x\r\nContent-Disposition: form-data; name="lead_email"\r\n\r\n\xff\r\n--x--',
            "multipart/form-data; boundary=x",
        ),
    ],
)
async def test_odd_bodies_are_the_senders_fault(demo: httpx.AsyncClient, body: bytes, content_type: str) -> None:
    answer = await demo.post(PATH, content=body, headers={"content-type": content_type})
    assert answer.status_code in (400, 422)
    assert "<h1>" in answer.text


@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_too_large_is_refused_with_a_page(demo: httpx.AsyncClient, announced: bool) -> None:
    async def pieces() -> object:
        for _ in range(3000):
            yield b"x" * 1024

    content = b"x" * 3_000_000 if announced else pieces()
    answer = await demo.post(PATH, content=content)  # type: ignore[arg-type]
    assert answer.status_code == 413
    assert heading_of(answer.text) == "Too much data"
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize("host", ["nobody.localhost", "closed.localhost", "localhost", "x" * 300, "a..b", "é"])
async def test_an_unknown_host_and_a_disabled_account_have_no_forms(door: Door, host: str) -> None:
    async with browser_of(door.app) as client:
        answer = await client.post(PATH, data={"rid[0]": "news"}, headers=[(b"host", host.encode("latin-1"))])
        assert answer.status_code == (404 if host.isascii() else 400)
        assert heading_of(answer.text) == "Page not found"


@pytest.mark.parametrize("reason", [Busy("full"), DatabaseAway("gone")])
async def test_when_busy_the_same_data_can_be_sent_again(
    door: Door, demo: httpx.AsyncClient, reason: Exception
) -> None:
    async def enrol(_: groups.Enrolment) -> groups.Enrolled:
        raise reason

    fields = {"lead_email": "patient@example.com", "lead_name": "Ann & Co", "tag": ""}
    async with browser_of(build(door.world, enrol)) as client:
        answer = await client.post(PATH + "?rid[0]=news&rid[1]=open", data=fields)
    assert answer.status_code == 503
    assert heading_of(answer.text) == "Please try again"
    assert answer.headers["retry-after"] == "5"
    kept = inputs_in(answer.text)
    assert kept == fields | {"rid[0]": "news", "rid[1]": "open"}
    assert heading_of((await demo.post(PATH, data=kept)).text) == "Check your email"
    assert await door.states("patient@example.com") == {"news": "waiting", "open": "active"}


async def test_without_any_database_one_is_asked_to_try_again_in_the_browsers_language(door: Door) -> None:
    async def enrol(_: groups.Enrolment) -> groups.Enrolled:
        raise AssertionError

    async with browser_of(build(AWAY, enrol), **{"accept-language": "ru-RU,ru;q=0.9"}) as client:
        answer = await client.post(PATH, data={"rid[0]": "news", "lead_email": "a@example.com"})
        assert answer.status_code == 503
        assert heading_of(answer.text) == "Попробуйте ещё раз"
        assert inputs_in(answer.text) == {"rid[0]": "news", "lead_email": "a@example.com"}
        form = await client.get("/form/news")
        assert (form.status_code, form.headers["retry-after"]) == (503, "5")


async def test_a_fault_of_ours_is_a_page_too(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    async def enrol(_: groups.Enrolment) -> groups.Enrolled:
        raise RuntimeError("boom")

    async with browser_of(build(door.world, enrol)) as client:
        answer = await client.post(PATH, data={"rid[0]": "news", "lead_email": "a@example.com"})
    assert answer.status_code == 500
    assert heading_of(answer.text) == "Something went wrong"
    assert "boom" not in answer.text
    assert "a page failed" in caplog.text


@pytest.mark.parametrize(("trusted", "ip"), [("", "127.0.0.1"), ("127.0.0.0/8", "203.0.113.9")])
async def test_the_address_behind_a_proxy_is_believed_only_of_trusted_ones(
    door: Door, world: World, trusted: str, ip: str
) -> None:
    seen: list[groups.Enrolment] = []

    async def enrol(wish: groups.Enrolment) -> groups.Enrolled:
        seen.append(wish)
        return groups.Enrolled(1, False)

    settings = read_settings({"ENLIST_TRUSTED_PROXIES": trusted})
    directory = accounts.Directory(world.database, VAULT, SETTINGS.domains)
    async with browser_of(build(world, enrol, settings, directory=directory)) as client:
        headers = {"x-forwarded-for": "198.51.100.1, 203.0.113.9"}
        await client.post(PATH, data={"rid[0]": "news", "lead_email": "a@example.com"}, headers=headers)
    assert [wish.origin.ip for wish in seen] == [ip]


async def test_a_hundred_clicks_at_once_are_one_subscription(door: Door, demo: httpx.AsyncClient) -> None:
    fields = {"rid[0]": "news", "lead_email": "eager@example.com"}
    letters = await door.letters()
    answers = await asyncio.gather(*(demo.post(PATH, data=fields) for _ in range(100)))
    assert {heading_of(answer.text) for answer in answers} == {"Check your email"}
    assert await door.letters() == letters + 1


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "OPTIONS"])
async def test_other_methods_do_nothing(door: Door, demo: httpx.AsyncClient, method: str) -> None:
    answer = await demo.request(method, PATH + "?rid[0]=open&lead_email=method@example.com")
    assert answer.status_code in (204, 405)
    assert await door.row("method@example.com") is None
