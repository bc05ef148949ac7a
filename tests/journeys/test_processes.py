"""The server in several processes, and what it says when it cannot listen."""

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

import httpx

from enlist.runtime.http.listening import bind
from tests.journeys.test_faults import a_shop, rows
from tests.support.server import Program, Serving, call


def parts_of(serving: Serving) -> list[int]:
    """Find the processes that serve, by their places."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == serving.process.pid and b"serve-part" in words:
                found.append((words[words.index(b"--place") + 1], int(folder.name)))
    return [pid for _, pid in sorted(found)]


async def pour(serving: Serving, answered: list[str], worker: int, over: asyncio.Event) -> None:
    """Add new leads until all is over, connecting anew when a process is gone; note those that were answered."""
    number = 0
    while not over.is_set():
        async with serving.client() as client:
            with suppress(httpx.HTTPError):
                while not over.is_set():
                    number += 1
                    email = f"lead{worker}.{number}@example.com"
                    said = await call(client, "AddLeadToGroup", ("rid[0]", "news"), ("lead_email", email))
                    assert said["error_code"] == 0, said
                    answered.append(email)


async def test_two_processes_serve_and_the_end_of_one_loses_no_answered_lead(tmp_path: Path) -> None:
    program = Program(tmp_path / "data", smtp_url="smtp://127.0.0.1:9", processes="2")
    await a_shop(program)
    answered: list[str] = []
    over = asyncio.Event()
    async with program.serving() as serving:
        before = parts_of(serving)
        assert len(before) == 2
        # The worker is the first one's alone; it says so a moment after the server answers.
        async with asyncio.timeout(30):
            while not (workers := await rows(program, "SELECT FROM procrastinate_workers")):
                await asyncio.sleep(0.1)
        assert len(workers) == 1
        pouring = [asyncio.create_task(pour(serving, answered, worker, over)) for worker in range(16)]
        for place in (1, 0):
            goal = len(answered) + 300
            while len(answered) < goal:
                await asyncio.sleep(0.01)
            os.kill(parts_of(serving)[place], signal.SIGKILL)
            goal = len(answered) + 100  # the other one goes on
            while len(answered) < goal:
                await asyncio.sleep(0.01)
            async with asyncio.timeout(60):
                while len(parts_of(serving)) < 2:
                    await asyncio.sleep(0.05)
        over.set()
        await asyncio.gather(*pouring)
        assert not set(parts_of(serving)) & set(before)
        figures = []
        for _ in range(6):
            async with serving.client() as client:
                figures.append((await client.get("/metrics")).text)
        counted = {
            float(line.split()[-1])
            for text in figures
            for line in text.splitlines()
            if line.startswith("enlist_calls_total") and "AddLeadToGroup" in line
        }
        assert len(counted) == 1  # whichever process is asked
        found = await rows(program, "SELECT email FROM contacts")
        assert {row["email"] for row in found} >= set(answered)
    assert serving.process.returncode == 0
    assert serving.log.count("ended with code -9; it is begun again") == 2
    assert "Traceback" not in serving.log


async def test_a_port_that_is_taken_is_one_sentence_and_opens_nothing(tmp_path: Path) -> None:
    ((taken,),) = bind("127.0.0.1", 0)
    taken.listen()
    port = taken.getsockname()[1]
    sentence = f"port {port} is taken; choose another one with --port"
    for processes in ("1", "2"):
        program = Program(tmp_path / "data", port=str(port), processes=processes)
        said = await program.run("serve", expect=1)
        assert said.strip().endswith(sentence)
        assert len(said.strip().splitlines()) == 1
        assert not (tmp_path / "data").exists()
    said = await Program(tmp_path / "data", host="192.0.2.1").run("serve", expect=1)
    assert said.strip().endswith("this machine has no address 192.0.2.1; choose another one with --host")
    taken.close()


async def test_two_servers_of_several_processes_do_not_share_a_port(tmp_path: Path) -> None:
    program = Program(tmp_path / "data", smtp_url="smtp://127.0.0.1:9", processes="2")
    async with program.serving() as serving:
        port = serving.address.rpartition(":")[2]
        said = await Program(tmp_path / "other", port=port, processes="2").run("serve", expect=1)
        assert f"port {port} is taken" in said
