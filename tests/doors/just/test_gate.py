"""The gate: paths in every spelling, methods, tokens, bodies too large, and what is said while the database is away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import httpx
import pytest

from enlist.domain import accounts
from enlist.doors import just
from enlist.doors.just import codes, paths
from enlist.kit.errors import Refusal
from enlist.runtime.batch import Busy
from enlist.runtime.db import Database, DatabaseAway
from enlist.runtime.http import App
from tests.doors.just import requests
from tests.doors.just.conftest import BASE, OTHER_TOKEN, SETTINGS, TOKEN, Door, services_on
from tests.doors.just.requests import PREFIX, create, said, send
from tests.support.wire import AppTransport
from tests.support.world import World

NOBODY = "de6f0132ea9e412599ae31262c45633b"
NOT_SAVED = (500, "Error save data")
NOT_QUERIED = (500, "Error query")

# Each call with the methods it takes, fields that pass its own checks, and what it says when nothing can be saved.
CALLS: list[tuple[str, tuple[str, ...], dict[str, str], tuple[int, str]]] = [
    ("subscription/create/profile", ("POST",), {}, NOT_SAVED),
    ("subscription/subscribe/email", ("POST",), {"juid": NOBODY, "email": "a@b.cd"}, NOT_SAVED),
    ("subscription/subscribe/sms", ("POST",), {"juid": NOBODY, "number": "12345"}, NOT_SAVED),
    ("subscription/unsubscribe/email", ("POST", "PUT"), {"juid": NOBODY, "email": "a@b.cd"}, NOT_SAVED),
    ("subscription/unsubscribe/sms", ("POST", "PUT"), {"juid": NOBODY, "number": "12345"}, NOT_SAVED),
    (
        "subscription/update/utm-metric/channel/email",
        ("POST", "PUT"),
        {"data": '{"email":"a@b.cd","refid":1}'},
        NOT_SAVED,
    ),
    ("subscription/update/utm-metric/channel/sms", ("POST", "PUT"), {"data": '{"number":12345,"refid":1}'}, NOT_SAVED),
    (
        "subscription/update/utm-metric/channel/push",
        ("POST", "PUT"),
        {"data": f'{{"juid":"{NOBODY}","refid":1}}'},
        NOT_SAVED,
    ),
    ("action", ("POST",), {"juid": NOBODY, "label": "login"}, NOT_SAVED),
    ("info/segments", ("GET", "HEAD", "POST"), {"juid": NOBODY}, NOT_QUERIED),
    ("info/segment", ("GET", "HEAD", "POST"), {"juid": NOBODY}, NOT_QUERIED),
    ("stat/get-count-refid/sms", ("GET", "HEAD"), {"startDate": "0", "endDate": "1"}, NOT_QUERIED),
    ("stat/get-count-refid/email", ("GET", "HEAD"), {"startDate": "0", "endDate": "1"}, NOT_QUERIED),
    ("stat/stat-by-refid/channel/sms", ("GET", "HEAD"), {"start": "0", "end": "1"}, NOT_QUERIED),
    ("stat/stat-by-refid/channel/email", ("GET", "HEAD"), {"start": "0", "end": "1"}, NOT_QUERIED),
    ("info/stat-by-refid/channel/sms", ("GET", "HEAD"), {"start": "0", "end": "1"}, NOT_QUERIED),
    ("info/stat-by-refid/channel/email", ("GET", "HEAD"), {"start": "0", "end": "1"}, NOT_QUERIED),
]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"]

every_call = pytest.mark.parametrize(("path", "methods", "fields", "failure"), CALLS, ids=[call[0] for call in CALLS])


@every_call
@pytest.mark.parametrize("slash", ["", "/", "//"])
async def test_a_path_takes_its_methods_and_names_them_to_the_others(
    client: httpx.AsyncClient, path: str, methods: tuple[str, ...], fields: dict[str, str], failure: Any, slash: str
) -> None:
    for method in METHODS:
        answer = await send(client, method, path + slash, fields, requests.query)
        if method in methods:
            assert answer.status_code in (200, 404, 422), answer.text
            assert answer.text not in ("Not found", "Method not allowed")
        else:
            assert answer.status_code == 405
            assert answer.headers["allow"] == ", ".join(methods)
            assert answer.text == ("" if method == "HEAD" else "Method not allowed")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "subscription",
        "subscription/create",
        "Subscription/create/profile",
        "subscription/create/profile/x",
        "subscription/subscribe/push",
        "subscription/unsubscribe/push",
        "subscription/subscribe",
        "subscription/update/utm-metric/channel",
        "subscription/update/utm-metric/channel/",
        "subscription/update/utm-metric/channel/email/x",
        "action/x",
        "actions",
        "info",
        "stat/get-count-refid",
        "stat/get-count-refid/",
        "stat/stat-by-refid/sms",
        "stat/segments",
        "%00",
        "%FF",
        "../../../etc/passwd",
        "a" * 50_000,
    ],
)
async def test_other_paths_are_not_found(client: httpx.AsyncClient, path: str) -> None:
    for method in ("GET", "POST", "PUT"):
        assert said(await client.request(method, PREFIX + path)) == (404, "Not found")


@every_call
@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({}, "Authentication Required"),
        ({"X-AUTH-TOKEN": ""}, "Authentication Required"),
        ({"X-AUTH-TOKEN": "wrong"}, "Invalid token"),
        ({"X-AUTH-TOKEN": TOKEN.lower()}, "Invalid token"),
        ({"X-AUTH-TOKEN": TOKEN + "x"}, "Invalid token"),
        ({"X-AUTH-TOKEN": f'"{TOKEN}"'}, "Invalid token"),
        ({"X-AUTH-TOKEN": "x" * 50_000}, "Invalid token"),
        ({"Authorization": f"Bearer {TOKEN}"}, "Authentication Required"),
        ({"Cookie": f"X-AUTH-TOKEN={TOKEN}"}, "Authentication Required"),
    ],
)
async def test_without_a_known_token_nothing_is_done(
    door: Door,
    path: str,
    methods: tuple[str, ...],
    fields: dict[str, str],
    failure: Any,
    headers: dict[str, str],
    message: str,
) -> None:
    async with door.client(None) as client:
        query = requests.query(fields | {"X-AUTH-TOKEN": TOKEN, "token": TOKEN})[0]
        answer = await client.request(methods[0], f"{PREFIX}{path}?{query}", headers=headers)
    assert (answer.status_code, answer.json()) == (401, {"message": message})
    assert answer.headers["content-type"] == "application/json"


async def test_a_token_is_one_of_bytes_and_its_header_of_any_letter_case(door: Door) -> None:
    async with door.client(None) as client:
        for name in (b"x-auth-token", b"X-Auth-Token"):
            answer = await client.post(PREFIX + "action", headers=[(name, TOKEN.encode())])
            assert answer.status_code == 200
        for value in (b"\xff\xfe", b"\xd0\x96", b"a\tb"):
            answer = await client.post(PREFIX + "action", headers=[(b"x-auth-token", value)])
            assert answer.status_code == 401


async def test_a_token_that_was_rotated_is_invalid_and_the_new_one_is_the_same_site(
    door: Door, client: httpx.AsyncClient
) -> None:
    juid = await create(client)
    async with door.world.transaction() as tx:
        await accounts.rotate_site_token(tx, door.site.account_id, door.site.name, "new")
    directory = accounts.SiteDirectory(door.world.database)
    assert await directory.find(TOKEN) is None
    assert await directory.find("new") == door.site
    assert len(juid) == 32


@every_call
@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_too_large_is_refused(
    client: httpx.AsyncClient,
    path: str,
    methods: tuple[str, ...],
    fields: dict[str, str],
    failure: Any,
    announced: bool,
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield bytes(1_000_000)

    for method in set(methods) - {"GET", "HEAD"}:
        answer = await client.request(method, PREFIX + path, content=bytes(11_000_000) if announced else pieces())
        assert said(answer) == (413, "Request body too large")
        assert answer.headers["connection"] == "close"


@every_call
async def test_hostile_bodies_get_an_answer_of_the_calls_own(
    client: httpx.AsyncClient, path: str, methods: tuple[str, ...], fields: dict[str, str], failure: tuple[int, str]
) -> None:
    words = {reply.body for reply in vars(codes).values() if isinstance(reply, codes.Reply)} | {b"[]"}
    multipart = "multipart/form-data; boundary=B"
    for body, content_type in (
        (b"[" * 900_000, "application/json"),
        (b'{"data":' * 100_000, "application/json"),
        (b'{"juid":' + b"9" * 900_000 + b',"data":{"email":' + b"9" * 50_000 + b"}}", "application/json"),
        (b'{"juid":"\\u0000","email":"\\ud800","label":"\\udc00"}', "application/json"),
        (b"juid=%00&email=%FF&number=\0", "application/x-www-form-urlencoded"),
        (b"&".join(b"%d=1" % number for number in range(100_000)), "application/x-www-form-urlencoded"),
        (b"juid[" * 1000 + b"=1", "application/x-www-form-urlencoded"),
        (b"--B\r\n" * 100_000, multipart),
        (b'--B\r\nContent-Disposition: form-data; name="juid"\r\n\r\n' + bytes(1000) + b"\r\n--B--", multipart),
        (b'--C\r\nContent-Disposition: form-data; name="juid"\r\n\r\na\r\n--C--', multipart),
        (b'--B\r\nContent-Disposition: form-data; name="juid"\r\n\r\na\r\n', multipart),
        (bytes(range(256)) * 1000, "image/png"),
    ):
        for method in set(methods) - {"GET", "HEAD"}:
            answer = await client.request(method, PREFIX + path, content=body, headers={"Content-Type": content_type})
            assert answer.status_code < 500, answer.text
            assert answer.content in words or path == "subscription/create/profile"


class _OneSite(accounts.SiteDirectory):
    """A directory that remembers one site, as while the database is away."""

    def __init__(self, site: accounts.Site) -> None:
        self._site = site

    async def find(self, token: str) -> accounts.Site | None:
        return self._site


async def ask(app: App, method: str, path: str, fields: dict[str, str]) -> httpx.Response:
    async with httpx.AsyncClient(transport=AppTransport(app), base_url=BASE) as client:
        client.headers["X-AUTH-TOKEN"] = TOKEN
        return await send(client, method, path, fields, requests.query)


@every_call
@pytest.mark.parametrize("knows_the_site", [True, False])
async def test_while_the_database_is_away_each_call_says_so_within_seconds(
    path: str, methods: tuple[str, ...], fields: dict[str, str], failure: tuple[int, str], knows_the_site: bool
) -> None:
    async with AsyncExitStack() as stack, asyncio.timeout(10):
        database = Database("postgresql://enlist@/none?host=/nowhere")
        site = accounts.Site(1, 1, "main", "UTC")
        directory = _OneSite(site) if knows_the_site else accounts.SiteDirectory(database)
        app = just.build(services_on(stack, World(database)), directory, SETTINGS)
        for method in set(methods) - {"HEAD"}:
            assert said(await ask(app, method, path, fields)) == failure


@every_call
@pytest.mark.parametrize(
    "reason", [Busy("x"), DatabaseAway("x"), RuntimeError("x")], ids=lambda reason: type(reason).__name__
)
async def test_a_failure_of_any_kind_is_said_in_the_words_of_the_call(
    door: Door,
    path: str,
    methods: tuple[str, ...],
    fields: dict[str, str],
    failure: tuple[int, str],
    reason: Exception,
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise reason

    away = _Failing(reason)
    services = just.Services(away, fail, fail, fail, door.services.find_place)  # type: ignore[arg-type]
    app = just.build(services, _OneSite(door.site), SETTINGS)
    assert said(await ask(app, methods[0], path, fields)) == failure


class _Failing(Database):
    """A database at which everything fails for one reason."""

    def __init__(self, reason: Exception) -> None:
        self._reason = reason

    def transaction(self) -> Any:
        raise self._reason

    def reading(self) -> Any:
        raise self._reason


async def test_an_unreadable_action_is_no_success_while_the_database_is_away(door: Door) -> None:
    services = just.Services(_Failing(DatabaseAway("x")), None, None, None, None)  # type: ignore[arg-type]
    app = just.build(services, _OneSite(door.site), SETTINGS)
    async with httpx.AsyncClient(transport=AppTransport(app), base_url=BASE) as client:
        answer = await client.post(PREFIX + "action", content=b"%00", headers={"X-AUTH-TOKEN": TOKEN})
    assert said(answer) == NOT_SAVED


async def test_storms_at_two_sites_stay_apart(door: Door) -> None:
    async with door.client() as one, door.client(OTHER_TOKEN) as two:
        juids = await asyncio.gather(*(create(client) for client in (one, two) * 40))
        assert len(set(juids)) == 80
        answers = await asyncio.gather(
            *(
                send(client, "POST", "subscription/subscribe/email", {"juid": juid, "email": "a@b.cd"})
                for juid in juids
                for client in (one, two)
            )
        )
    # The first juid is the first site's, the second the second's, and each is tried at both.
    expected = [(200, ""), (404, "User not found"), (404, "User not found"), (200, "")] * 40
    assert [said(answer) for answer in answers] == expected
    assert await door.world.count("subscriptions") == 80


def test_every_refusal_that_a_call_can_give_has_its_answer() -> None:
    routes = [*paths._FIXED.values(), *paths._BY_CHANNEL.values()]
    for route in routes:
        for refusal, reply in route.function.refusals.items():
            assert issubclass(refusal, Refusal)
            assert 400 <= reply.status < 500
        assert route.function.failure.status == 500


async def test_the_disputed_statuses_are_each_one_constant() -> None:
    assert (codes.ACCEPTED_STATUS, codes.REQUEST_ACCEPTED.status) == (200, 200)
    assert (codes.NO_SERVICE_STATUS, codes.NO_SERVICE.status) == (404, 404)


async def test_a_small_body_limit_holds_for_this_door_too(door: Door) -> None:
    app = just.build(door.services, _OneSite(door.site), replace(SETTINGS, body_limit=1024))
    async with httpx.AsyncClient(transport=AppTransport(app), base_url=BASE) as client:
        answer = await client.post(PREFIX + "action", content=bytes(1025), headers={"X-AUTH-TOKEN": TOKEN})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("tokens", "status"),
    [
        ([TOKEN], 200),
        ([f" {TOKEN}\t"], 200),
        ([TOKEN, TOKEN], 200),
        ([TOKEN, TOKEN, TOKEN], 200),
        ([TOKEN, OTHER_TOKEN], 401),
        ([OTHER_TOKEN, TOKEN], 401),
        (["x", TOKEN], 401),
        (["", TOKEN], 401),
        ([f"{TOKEN},{TOKEN}"], 401),
    ],
)
async def test_several_lines_of_the_token_count_only_if_they_are_equal(
    door: Door, tokens: list[str], status: int
) -> None:
    async with door.client(token=None) as client:
        headers = [("X-AUTH-TOKEN", token) for token in tokens]
        assert (await client.post(PREFIX + "subscription/create/profile", headers=headers)).status_code == status


async def test_an_offer_to_upgrade_loses_no_action(door: Door) -> None:
    async with door.client() as client:
        juid = await create(client)
        upgrade = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABk"}
        answer = await client.post(PREFIX + "action", data={"juid": juid, "label": "x"}, headers=upgrade)
    assert said(answer) == (200, "Request accepted")
    async with door.world.database.reading() as tx:
        assert await tx.fetch_value("SELECT count(*) FROM actions WHERE profile_id = $1", juid) == 1
