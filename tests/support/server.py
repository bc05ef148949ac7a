"""A real server process with its own data folder, for the journeys."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from enlist.doors.justclick import signing

KEY = "the-key-of-the-journeys"


class Program:
    """The installed program on one data folder."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.data = data
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ENLIST_")}
        given = {"data": str(data), "port": "0", **settings}
        self.environment = clean | {f"ENLIST_{name.upper()}": value for name, value in given.items()}

    async def run(self, *words: str, expect: int = 0) -> str:
        """Run a command to its end; return what it printed (what it complained about, if it is to fail)."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "enlist.cli",
            *words,
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said, complained = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == expect, (said, complained)
        return (complained if expect else said).decode()

    async def ask(self, *words: str) -> Any:
        """Run a command with ``--json``; return its answer."""
        return json.loads(await self.run(*words, "--json"))

    @asynccontextmanager
    async def serving(self, command: str = "serve") -> AsyncIterator["Serving"]:
        """Run a server; it is stopped gently at the end, unless it was killed before."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "enlist.cli",
            command,
            "--json",
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=2**20,
        )
        assert process.stdout is not None
        assert process.stderr is not None
        log = asyncio.create_task(process.stderr.read())
        said = b""
        async with asyncio.timeout(60):
            while not said.endswith(b"}\n"):
                line = await process.stdout.readline()
                assert line, await log
                said += line
        rest = asyncio.create_task(process.stdout.read())
        serving = Serving(process, json.loads(said))
        try:
            yield serving
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(process.wait(), 30)
            await asyncio.gather(rest, log)
            serving.log = log.result().decode()


class Serving:
    """A running server."""

    def __init__(self, process: asyncio.subprocess.Process, said: dict[str, Any]) -> None:
        self.process, self.said = process, said
        self.address: str = said.get("listening", "")
        self.log = ""

    def client(self, login: str = "shop") -> httpx.AsyncClient:
        """A client that comes to the host of ``login``."""
        limits = httpx.Limits(max_connections=100)
        return httpx.AsyncClient(
            base_url=self.address, headers={"Host": f"{login}.localhost"}, timeout=20, limits=limits
        )

    def kill(self) -> None:
        """Kill the process on the spot."""
        self.process.kill()


async def call(
    client: httpx.AsyncClient, function: str, *pairs: tuple[str, str], login: str = "shop"
) -> dict[str, Any]:
    """Make a signed call."""
    answer = await client.post(
        f"/api/{function}",
        content=signing.sign(pairs, login, KEY),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    said: dict[str, Any] = answer.json()
    return said
