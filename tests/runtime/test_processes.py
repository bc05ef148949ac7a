"""Processes that serve together: begun, begun again, stopped; here each is a few lines that answer with their place."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from enlist.runtime.http.listening import bind
from enlist.runtime.processes import Processes, ProcessesFailed

CHILD = """
import argparse, asyncio, os, socket, sys
from enlist.runtime.processes import Link

async def main():
    options = argparse.ArgumentParser()
    for name in ("place", "link", "sockets"): options.add_argument("--" + name)
    options = options.parse_args()
    if os.path.exists({broken!r}): sys.exit(7)
    count = 0
    link = Link(lambda: b"# HELP calls Calls\\n# TYPE calls counter\\ncalls %d\\n" % count)
    await link.open(int(options.link))
    over = asyncio.Event()
    async def answer(reader, writer):
        nonlocal count
        asked = await reader.readline()
        count += asked == b"count\\n"
        writer.write((await link.figures()) if asked == b"figures\\n" else b"%s %d" % (options.place.encode(), os.getpid()))
        await writer.drain()
        writer.close()
    server = await asyncio.start_server(answer, sock=socket.socket(fileno=int(options.sockets)))
    link.on_stop(over.set)
    link.ready()
    await over.wait()
    server.close()
    if os.path.exists({deaf!r}): await asyncio.sleep(100)
    await link.close()

asyncio.run(main())
"""


class Stage:
    """Running processes, and questions to them."""

    def __init__(self, processes: Processes, port: int, folder: Path) -> None:
        self.processes, self.port, self.folder = processes, port, folder
        self.task: asyncio.Task[None]

    async def ask(self, what: str = "who") -> str:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(f"{what}\n".encode())
        async with asyncio.timeout(10):
            said = await reader.read()
        writer.close()
        return said.decode()

    async def pids(self) -> dict[str, int]:
        """Ask until each place has answered."""
        found: dict[str, int] = {}
        async with asyncio.timeout(10):
            while len(found) < 2:
                with suppress(ConnectionError, ValueError):
                    place, pid = (await self.ask()).split()
                    found[place] = int(pid)
        return found


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[Stage]]]:
    running: list[Stage] = []

    async def start(**bounds: Any) -> Stage:
        script = tmp_path / "child.py"
        script.write_text(CHILD.format(broken=str(tmp_path / "broken"), deaf=str(tmp_path / "deaf")))
        sets = bind("127.0.0.1", 0, copies=2)
        processes = Processes([sys.executable, str(script)], sets, **{"pause": 0.05, **bounds})
        stage = Stage(processes, sets[0][0].getsockname()[1], tmp_path)
        ready = asyncio.Event()
        stage.task = asyncio.create_task(processes.run(ready.set))
        async with asyncio.timeout(20):
            await ready.wait()
        running.append(stage)
        return stage

    yield start
    for stage in running:
        stage.processes.stop()
        with suppress(ProcessesFailed):
            await asyncio.wait_for(stage.task, 10)


Start = Callable[..., Awaitable[Stage]]


async def test_all_places_answer_on_one_port_and_one_that_is_killed_is_begun_again(start: Start) -> None:
    stage = await start()
    before = await stage.pids()
    os.kill(before["1"], signal.SIGKILL)
    async with asyncio.timeout(20):
        while (after := await stage.pids()) == before:
            pass
    assert after["0"] == before["0"]
    assert after["1"] != before["1"]


async def test_what_waits_at_the_socket_of_a_killed_process_is_answered_by_the_next_one(start: Start) -> None:
    stage = await start()
    killed = (await stage.pids())["0"]
    os.kill(killed, signal.SIGKILL)
    with suppress(ProcessLookupError):
        while True:  # until it is really gone
            os.kill(killed, 0)
            await asyncio.sleep(0.005)
    answers = await asyncio.gather(*(stage.ask() for _ in range(30)))
    assert {answer.split()[0] for answer in answers} == {"0", "1"}
    assert str(killed) not in {answer.split()[1] for answer in answers}


async def test_figures_of_all_are_told_by_each_and_counted_on_after_an_end(start: Start) -> None:
    stage = await start()
    for _ in range(20):
        await stage.ask("count")
    assert "calls 20.0" in await stage.ask("figures")
    pids = await stage.pids()
    os.kill(pids["0"], signal.SIGKILL)
    async with asyncio.timeout(20):
        while (await stage.pids())["0"] == pids["0"]:
            pass
    told = {(await stage.ask("figures")).splitlines()[-1] for _ in range(20)}
    assert told == {"calls 20.0"}


async def test_a_process_that_ends_again_and_again_ends_all_of_them(start: Start) -> None:
    stage = await start(most_failures=3)
    pids = await stage.pids()
    (stage.folder / "broken").touch()
    os.kill(pids["0"], signal.SIGKILL)
    with pytest.raises(ProcessesFailed, match=r"process 0 of the server ended 3 times .* \(code 7\)"):
        await asyncio.wait_for(stage.task, 20)
    with pytest.raises(ProcessLookupError):
        os.kill(pids["1"], 0)


async def test_told_to_stop_all_end_and_one_that_does_not_is_killed(start: Start) -> None:
    stage = await start(patience=0.5)
    (stage.folder / "deaf").touch()
    pids = await stage.pids()
    stage.processes.stop()
    await asyncio.wait_for(stage.task, 10)
    for pid in pids.values():
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_told_to_hurry_all_are_killed(start: Start) -> None:
    stage = await start()
    (stage.folder / "deaf").touch()
    await stage.pids()
    stage.processes.stop()
    await asyncio.sleep(0.2)
    assert not stage.task.done()
    stage.processes.hurry()
    await asyncio.wait_for(stage.task, 5)
