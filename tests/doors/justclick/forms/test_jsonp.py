"""A script on somebody's page calls the form's endpoint by a script tag."""

import json
import re

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.domain import groups
from enlist.doors.justclick.forms import jsonp
from enlist.runtime.batch import Busy
from tests.doors.web.helpers import Door, browser_of, build, heading_of

PATH = "/subscribe/process/"


def told(answer: httpx.Response, function: str) -> dict[str, str]:
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/javascript; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    found = re.fullmatch(rf"/\*\*/{re.escape(function)}\((\{{.*\}})\);", answer.text)
    assert found, answer.text
    values: dict[str, str] = json.loads(found[1])
    return values


async def test_the_outcome_is_told_to_the_script(demo: httpx.AsyncClient) -> None:
    fields = {"rid[0]": "open", "lead_email": "script@example.com", "doneurl": "/ok", "callback": "jQuery17_1.done"}
    assert told(await demo.get(PATH, params=fields), "jQuery17_1.done") == {
        "status": "ok",
        "code": "active",
        "message": "We’ll write to script@example.com.",
        "redirect": "http://demo.localhost:8080/ok",
    }
    assert told(await demo.get(PATH, params=fields), "jQuery17_1.done")["code"] == "already_member"
    fields |= {"rid[0]": "news"}
    assert told(await demo.get(PATH, params=fields), "jQuery17_1.done")["code"] == "waiting"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"rid[0]": "open"}, "email_missing"),
        ({"rid[0]": "open", "lead_email": "x"}, "email_malformed"),
        ({"rid[0]": "nowhere", "lead_email": "a@example.com"}, "group_not_found"),
        ({"rid[0]": "allleads", "lead_email": "a@example.com"}, "group_forbidden"),
        ({"rid[0]": "open", "lead_email": "a@example.com", "lead_name": "x" * 300}, "bad_contact"),
    ],
)
async def test_a_refusal_is_told_to_the_script(demo: httpx.AsyncClient, fields: dict[str, str], code: str) -> None:
    values = told(await demo.get(PATH, params=fields | {"callback": "f"}), "f")
    assert (values["status"], values["code"], values["redirect"]) == ("error", code, "")
    assert values["message"]


async def test_a_busy_service_is_told_to_the_script(door: Door) -> None:
    async def enrol(_: groups.Enrolment) -> groups.Enrolled:
        raise Busy("full")

    async with browser_of(build(door.world, enrol)) as client:
        answer = await client.get(PATH, params={"rid[0]": "open", "lead_email": "a@example.com", "callback": "f"})
    assert told(answer, "f")["code"] == "busy"


async def test_russian_is_written_in_ascii(ruslan: httpx.AsyncClient) -> None:
    answer = await ruslan.get(PATH, params={"callback": "f"})
    assert answer.content.isascii()
    assert told(answer, "f")["message"] == "Пожалуйста, укажите адрес электронной почты."


async def test_a_hostile_value_cannot_leave_its_string(demo: httpx.AsyncClient) -> None:
    evil = "</script><script>alert(1)//\u2028"
    fields = {"rid[0]": "open", "lead_email": "evil@example.com", "doneurl": f"/{evil[:-1]}", "callback": "f"}
    answer = await demo.get(PATH, params=fields)
    assert "<" not in answer.text
    told(answer, "f")


@pytest.mark.parametrize(
    "name", ["", "alert(1)", "a b", "1a", "a.", ".a", "a..b", "a-b", "f\n", "ф", "a" * 101, "a[0]"]
)
async def test_a_bad_name_is_as_good_as_none(demo: httpx.AsyncClient, name: str) -> None:
    assert jsonp.callback(name) == ""
    answer = await demo.get(PATH, params={"rid[0]": "news", "lead_email": "name@example.com", "callback": name})
    assert answer.headers["content-type"].startswith("text/html")
    assert heading_of(answer.text) == "Check your email"


async def test_a_posted_name_is_as_good_as_none(demo: httpx.AsyncClient) -> None:
    fields = {"rid[0]": "news", "lead_email": "name@example.com", "callback": "f"}
    assert (await demo.post(PATH, data=fields)).headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("name", ["f", "$", "_", "a.b.c", "jQuery1710_1234", "window.app.$done", "a" * 100])
def test_a_good_name(name: str) -> None:
    assert jsonp.callback(name) == name


@given(st.text(max_size=120) | st.text("ab$_.1([;\n ", max_size=30))
def test_no_name_holds_more_than_names_and_dots(name: str) -> None:
    taken = jsonp.callback(name)
    assert taken in ("", name)
    assert all(part and not part[0].isdigit() for part in taken.split(".")) or not taken
    assert re.fullmatch(r"[A-Za-z0-9_$.]{0,100}", taken)


@given(st.dictionaries(st.sampled_from(["status", "code", "message"]), st.text()))
def test_whatever_is_told_is_one_plain_object(values: dict[str, str]) -> None:
    script = jsonp.answer("f", **values).content
    assert script.isascii()
    assert "<" not in script
    assert json.loads(script[len("/**/f(") : -len(");")]) == values
