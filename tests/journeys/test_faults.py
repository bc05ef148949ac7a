"""Faults on the way: a killed server, a killed database, a backup carried to another machine."""

import asyncio
import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from enlist.runtime import postgres
from tests.support.server import KEY, Program, Serving, call


async def a_shop(program: Program) -> None:
    await program.ask("account", "create", "shop", "--api-key", KEY)
    await program.ask("group", "create", "shop", "news")


async def rows(program: Program, sql: str) -> list[Any]:
    """Ask the private database of a running program."""
    connection = await asyncpg.connect(host=str(program.data / "postgres"), user="enlist", database="enlist")
    try:
        return list(await connection.fetch(sql))
    finally:
        await connection.close()


async def pour(serving: Serving, answered: list[str], worker: int) -> None:
    """Add new leads one after the other until the server is gone; note those that were answered well."""
    async with serving.client() as client:
        with suppress(httpx.HTTPError, ValueError):
            for number in range(100_000):
                email = f"lead{worker}.{number}@example.com"
                said = await call(client, "AddLeadToGroup", ("rid[0]", "news"), ("lead_email", email))
                assert said["error_code"] == 0, said
                answered.append(email)


async def test_every_lead_that_was_answered_survives_a_kill_and_has_one_letter(tmp_path: Path) -> None:
    # Nobody listens there: letters stay queued.
    program = Program(tmp_path / "data", smtp_url="smtp://127.0.0.1:9")
    await a_shop(program)
    answered: list[str] = []
    async with program.serving() as serving:
        workers = [asyncio.create_task(pour(serving, answered, worker)) for worker in range(16)]
        while len(answered) < 1000:
            await asyncio.sleep(0.01)
        serving.kill()
        await asyncio.gather(*workers)
    async with program.serving():
        found = await rows(
            program,
            "SELECT c.email, m.state, (SELECT count(*) FROM letters l WHERE l.recipient = c.email) AS letters"
            " FROM contacts c LEFT JOIN memberships m ON m.contact_id = c.id",
        )
    assert {row["email"] for row in found} >= set(answered)
    assert {(row["state"], row["letters"]) for row in found} == {("waiting", 1)}


async def test_a_stopped_database_is_answered_within_seconds_and_the_server_recovers_by_itself(tmp_path: Path) -> None:
    program = Program(tmp_path / "data", smtp_url="smtp://127.0.0.1:9")
    await a_shop(program)
    lead = (("rid[0]", "news"), ("lead_email", "anna@example.com"))
    async with program.serving() as serving, serving.client() as client:
        assert (await call(client, "GetAllGroups"))["error_code"] == 0
        postmaster = int((program.data / "postgres" / "postmaster.pid").read_text().split()[0])
        # A hanging database first: its processes stop, all sockets stay open.
        hung = [postmaster, *children_of(postmaster)]
        for pid in hung:
            os.kill(pid, signal.SIGSTOP)
        began = time.monotonic()
        said = await call(client, "AddLeadToGroup", *lead)
        assert (said["error_code"], said["error_text"]) == (8, "service busy, try again later")
        assert time.monotonic() - began < 12
        for pid in hung:
            os.kill(pid, signal.SIGCONT)
        await eventually(client, "AddLeadToGroup", *lead)
        # Then a dead one.
        os.kill(postmaster, signal.SIGQUIT)
        async with asyncio.timeout(10):
            while (await client.get("/health/ready")).status_code != 503:
                await asyncio.sleep(0.1)
        began = time.monotonic()
        said = await call(client, "AddLeadToGroup", *lead)
        assert said["error_code"] == 8
        assert time.monotonic() - began < 5
        # Whoever comes next starts it again; the server that was there all the time goes on.
        await program.ask("account", "list")
        await eventually(client, "GetAllGroups")
        assert (await client.get("/health/ready")).status_code == 200


@pytest.mark.parametrize("how", ["dead", "hanging"])
@pytest.mark.parametrize("command", ["serve", "work"])
async def test_a_program_that_is_told_to_stop_ends_within_seconds_while_its_database_is_away(
    tmp_path: Path, how: str, command: str
) -> None:
    program = Program(tmp_path / "data", smtp_url="smtp://127.0.0.1:9")
    await a_shop(program)
    # Whoever leaves last stops the private server, and would wait for one that hangs: here that is the test.
    server = await postgres.join(program.data)
    async with program.serving(command) as serving:
        postmaster = int((program.data / "postgres" / "postmaster.pid").read_text().split()[0])
        processes = [postmaster, *children_of(postmaster)]
        if how == "dead":
            os.kill(postmaster, signal.SIGQUIT)
        else:
            for pid in processes:
                os.kill(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(4)  # by now every loop has noticed, and waits or asks again
            began = time.monotonic()
            serving.process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(serving.process.wait(), 60)
            # A dead one refuses at once; one that hangs is waited for until every limit has passed.
            assert time.monotonic() - began < (10 if how == "dead" else 20)
        finally:
            if how == "hanging":
                for pid in processes:
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGCONT)
                with suppress(ProcessLookupError):
                    os.kill(postmaster, signal.SIGQUIT)
    await server.leave()
    assert serving.log.count("background work waits") <= 1


async def eventually(client: httpx.AsyncClient, function: str, *pairs: tuple[str, str]) -> None:
    async with asyncio.timeout(30):
        while (await call(client, function, *pairs))["error_code"] not in (0, 102):
            await asyncio.sleep(0.2)


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


async def test_a_backup_brings_everything_back_elsewhere_with_its_secret(tmp_path: Path) -> None:
    program, elsewhere = Program(tmp_path / "data"), Program(tmp_path / "other")
    await a_shop(program)
    async with program.serving():
        await program.ask("backup", str(tmp_path / "enlist.dump"))
    assert (tmp_path / "enlist.dump.secret").stat().st_mode & 0o777 == 0o600
    await elsewhere.ask("restore", str(tmp_path / "enlist.dump"))
    assert (await elsewhere.run("account", "show-key", "shop")).strip() == KEY
    complaint = await program.run("restore", str(tmp_path / "enlist.dump"), expect=1)
    assert "--replace" in complaint or "replace" in complaint
    await program.ask("group", "create", "shop", "late")
    await program.ask("restore", str(tmp_path / "enlist.dump"), "--replace")
    assert [group["name"] for group in await program.ask("group", "list", "shop")] == ["all contacts", "news"]


async def test_another_secret_is_refused_with_a_clear_sentence(tmp_path: Path) -> None:
    program = Program(tmp_path / "data")
    await a_shop(program)
    stranger = Program(tmp_path / "data", secret="x" * 32)
    assert "ENLIST_SECRET" in await stranger.run("account", "list", expect=1)
    (tmp_path / "data" / "secret").unlink()
    assert "made under another secret" in await program.run("account", "list", expect=1)


async def test_two_servers_and_a_worker_share_one_folder_and_start_at_once(tmp_path: Path) -> None:
    program = Program(tmp_path / "data", smtp_url="smtp://127.0.0.1:9")
    async with program.serving() as first, program.serving() as second, program.serving("work"):
        await a_shop(program)
        async with first.client() as one, second.client() as two:
            said = await call(one, "AddLeadToGroup", ("rid[0]", "news"), ("lead_email", "anna@example.com"))
            assert said["error_code"] == 0
            said = await call(two, "GetLeadGroupStatuses", ("email", "anna@example.com"))
            assert said["result"][0]["rass_status"] == "STATUS_WAIT"
            # A key changed by a command is changed in every process at once.
            await program.ask("account", "rotate-key", "shop")
            for client in (one, two):
                assert (await call(client, "GetAllGroups"))["error_code"] == 4
    assert not (program.data / "postgres" / "postmaster.pid").exists()
