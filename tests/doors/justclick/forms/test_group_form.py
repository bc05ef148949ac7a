"""The hosted form of a group, the front page, the helper scripts, and everything that is not there."""

import httpx
import pytest

from tests.doors.web.helpers import Door, browser_of, heading_of, inputs_in


async def test_a_group_has_a_form_that_works(door: Door, demo: httpx.AsyncClient) -> None:
    page = await demo.get("/form/news")
    assert (page.status_code, heading_of(page.text)) == (200, "News & <Views>")
    assert '<html lang="en">' in page.text
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    fields = inputs_in(page.text)
    assert fields == {"rid[0]": "news", "lead_name": "", "lead_email": "", "lead_phone": ""}
    answer = await demo.post("/subscribe/process", data=fields | {"lead_email": "form@example.com"})
    assert heading_of(answer.text) == "Check your email"
    assert await door.states("form@example.com") == {"news": "waiting"}


@pytest.mark.parametrize("name", ["lead_name", "lead_email", "lead_phone"])
async def test_every_input_has_its_label_and_tells_the_browser_what_it_is(demo: httpx.AsyncClient, name: str) -> None:
    page = (await demo.get("/form/news")).text
    assert f'<label for="{name}">' in page
    attributes = page.split(f'id="{name}"')[1].split(">")[0]
    assert "autocomplete=" in attributes
    assert ("required" in attributes) == (name == "lead_email")


async def test_what_stands_in_the_forms_address_is_filled_in_or_carried_along(demo: httpx.AsyncClient) -> None:
    query = "?lead_name=Anna+%3Cb%3E&tag=x&utm[utm_source]=bob&doneurl2=/thanks&rid[0]=other&lead_city=Riga"
    page = await demo.get("/form/1473249885.2899961004" + query)
    assert inputs_in(page.text) == {
        "rid[0]": "1473249885.2899961004",
        "tag": "x",
        "utm[utm_source]": "bob",
        "doneurl2": "/thanks",
        "lead_name": "Anna <b>",
        "lead_email": "",
        "lead_phone": "",
        "lead_city": "Riga",
    }


async def test_a_russian_form(ruslan: httpx.AsyncClient) -> None:
    page = await ruslan.get("/form/новости")
    assert (page.status_code, heading_of(page.text)) == (200, "Новости")
    assert "Подписаться" in page.text


@pytest.mark.parametrize("name", ["nowhere", "allleads", "%00", "%FF", "a" * 3000, "' OR 1=1"])
async def test_a_group_that_takes_nobody_has_no_form(ruslan: httpx.AsyncClient, name: str) -> None:
    answer = await ruslan.get(f"/form/{name}")
    assert answer.status_code == 404
    assert heading_of(answer.text) == "Такой страницы нет"


async def test_a_damaged_query_is_a_friendly_400(demo: httpx.AsyncClient) -> None:
    assert (await demo.get("/form/news?a=%ff")).status_code == 400


@pytest.mark.parametrize("host", ["nobody.localhost", "closed.localhost", "localhost"])
async def test_forms_live_on_their_owners_host(door: Door, host: str) -> None:
    async with browser_of(door.app, host) as client:
        assert (await client.get("/form/news")).status_code == 404


@pytest.mark.parametrize(
    ("host", "status", "heading"),
    [
        ("localhost:8080", 200, "Hello"),
        ("shops.example", 200, "Hello"),
        ("demo.localhost", 200, "Hello"),
        ("shop.example.com", 200, "Hello"),
        ("ruslan.localhost", 200, "Здравствуйте"),
        ("closed.localhost", 404, "Page not found"),
        ("nobody.localhost", 404, "Page not found"),
        ("elsewhere.example", 404, "Page not found"),
    ],
)
async def test_the_front_page_tells_nothing_private(door: Door, host: str, status: int, heading: str) -> None:
    async with browser_of(door.app, host) as client:
        answer = await client.get("/")
    assert (answer.status_code, heading_of(answer.text)) == (status, heading)
    assert "News" not in answer.text


@pytest.mark.parametrize(
    "path", ["/nothing", "/confirm", "/subscribe", "/form", "/../etc/passwd", "//", "/%00", "/form/a/b"]
)
async def test_anything_else_is_not_there(demo: httpx.AsyncClient, path: str) -> None:
    answer = await demo.get(path, headers={"accept-language": "ru;q=0.5, en;q=0.4"})
    if path != "//":
        assert (answer.status_code, heading_of(answer.text)) == (404, "Такой страницы нет")


async def test_a_wrong_method_is_told_the_right_ones(demo: httpx.AsyncClient) -> None:
    answer = await demo.post("/form/news")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("path", ["/media/subscribe/helper2.js.php", "/constructor/editor/scripts/common-forms.js"])
@pytest.mark.parametrize("host", ["demo.localhost", "localhost", "nobody.localhost"])
async def test_the_helper_scripts_are_served_everywhere(door: Door, path: str, host: str) -> None:
    async with browser_of(door.app, host) as client:
        answer = await client.get(path + "?rid=1&callback=%3Cscript%3E")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/javascript; charset=utf-8"
    assert "function jc_chkscrfrm(" in answer.text
    assert "function jc_setfrmfld(" in answer.text
