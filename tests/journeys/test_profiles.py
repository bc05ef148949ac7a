"""The Just API through a real process: from a profile to its segment, two processes at once, a kill in a storm."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from tests.support.server import Program, Serving

TOKEN = "cLH6gah9CVp1j9kNoGrvl0i1rzLXSWDS"
API = "/api/user/v1"
LOGGED_IN = '{"type": "action", "labels": ["login"]}'


def visitor_of(serving: Serving) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=100)
    return httpx.AsyncClient(base_url=serving.address, headers={"X-AUTH-TOKEN": TOKEN}, timeout=20, limits=limits)


async def a_site(program: Program) -> None:
    await program.ask("account", "create", "shop")
    await program.ask("group", "create", "shop", "readers")
    made = await program.ask(
        "site", "create", "shop", "main", "--token", TOKEN, "--time-zone", "Europe/Moscow", "--group", "readers"
    )
    assert made["token"] == TOKEN


async def segments_become(client: httpx.AsyncClient, juid: str, wanted: list[int], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while (await client.get(f"{API}/info/segment/", params={"juid": juid})).json() != wanted:
            await asyncio.sleep(0.05)


async def test_a_profile_is_made_subscribed_sorted_counted_and_enrolled(tmp_path: Path) -> None:
    program = Program(tmp_path / "data", smtp_url="smtp://127.0.0.1:9")
    async with program.serving() as serving, visitor_of(serving) as client:
        await a_site(program)
        made = await program.ask("segment", "create", "shop/main", "Logged in", LOGGED_IN)
        assert made["id"] == 1
        juid = (await client.post(f"{API}/subscription/create/profile", data={"ip": "8.8.8.8", "name": "Bob"})).text
        assert len(juid) == 32
        said = await client.post(
            f"{API}/subscription/subscribe/email", data={"juid": juid, "email": "bob@example.com", "refid": "ch-direct"}
        )
        assert (said.status_code, said.content) == (200, b"")
        said = await client.post(f"{API}/action/", data={"juid": juid, "tags": "1,2", "label": "login"})
        assert (said.status_code, said.text) == (200, "Request accepted")
        await segments_become(client, juid, [1], seconds=10)
        counted = await client.get(f"{API}/stat/get-count-refid/email?startDate=1600000000&endDate=4000000000")
        assert counted.json() == [{"subscount": 1, "refid": "ch-direct"}]
        # The site names a group: its subscriptions wait there for their confirmation.
        async with asyncio.timeout(10):
            while not await rows(program, "SELECT FROM memberships WHERE state = 'waiting'"):
                await asyncio.sleep(0.05)
        # Commands see and change the same, while the server runs.
        assert (await program.ask("segment", "show", "shop/main", "1"))["members"] == 1
        await client.post(f"{API}/action/", data={"juid": "nonsense", "tags": "1", "label": "login"})
        (line,) = await program.ask("site", "diagnostics", "shop/main")
        assert line["sent"]["profile_id"] == "nonsense"
        rotated = await program.ask("site", "rotate-token", "shop", "main")
        assert (await client.get(f"{API}/info/segment/", params={"juid": juid})).status_code == 401
        client.headers["X-AUTH-TOKEN"] = rotated["token"]
        assert (await client.get(f"{API}/info/segment/", params={"juid": juid})).json() == [1]
    assert TOKEN not in serving.log
    assert "Traceback" not in serving.log, serving.log


async def test_no_accepted_action_is_lost_in_a_kill_and_two_processes_stay_exact(tmp_path: Path) -> None:
    program = Program(tmp_path / "data", smtp_url="smtp://127.0.0.1:9")
    await a_site(program)
    accepted: list[str] = []
    subscribed: list[str] = []
    async with program.serving() as doomed, program.serving() as other:
        async with visitor_of(other) as client:
            juid = (await client.post(f"{API}/subscription/create/profile")).text
        workers = [
            asyncio.create_task(storm(serving, juid, f"{n}.{worker}", accepted, subscribed))
            for n, serving in enumerate((doomed, other))
            for worker in range(8)
        ]
        while len(accepted) < 600:
            await asyncio.sleep(0.01)
        doomed.kill()
        await asyncio.sleep(0.3)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        kept = {row["label"] for row in await rows(program, "SELECT label FROM actions")}
        assert kept >= set(accepted)
        addresses = {row["address"] for row in await rows(program, "SELECT address FROM subscriptions")}
        assert addresses >= set(subscribed)
        async with visitor_of(other) as client:
            said = await client.get(f"{API}/stat/get-count-refid/email?startDate=1600000000&endDate=4000000000")
        assert said.json() == [{"subscount": len(addresses), "refid": "storm"}]


async def storm(serving: Serving, juid: str, mark: str, accepted: list[str], subscribed: list[str]) -> None:
    """Send actions and subscriptions until the server is gone; note those that were answered well."""
    async with visitor_of(serving) as client:
        with suppress(httpx.HTTPError):
            for number in range(100_000):
                label = f"{mark}.{number}"
                said = await client.post(f"{API}/action/", data={"juid": juid, "tags": "1", "label": label})
                if said.text == "Request accepted":
                    accepted.append(label)
                email = f"{label}@example.com"
                said = await client.post(
                    f"{API}/subscription/subscribe/email", data={"juid": juid, "email": email, "refid": "storm"}
                )
                if said.status_code == 200:
                    subscribed.append(email)


async def rows(program: Program, sql: str) -> list[Any]:
    """Ask the private database of a running program."""
    connection = await asyncpg.connect(host=str(program.data / "postgres"), user="enlist", database="enlist")
    try:
        return list(await connection.fetch(sql))
    finally:
        await connection.close()
