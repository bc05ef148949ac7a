"""A fresh server for the benchmark: its own data folder, its own process, its own PostgreSQL."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.processes import children_of, command_of

LOGIN = "bench"
KEY = "0123456789abcdef0123456789abcdef"


@dataclass(frozen=True)
class FreshServer:
    """A running server: where it listens, what its processes are, how to reach its database."""

    data: Path
    environment: dict[str, str]
    address: str
    pid: int

    def command(self, *words: str) -> Any:
        """Run an `enlist` command on this server's data; return its JSON answer."""
        done = subprocess.run(
            [sys.executable, "-m", "enlist.cli", *words, "--json"],
            env=self.environment,
            check=True,
            capture_output=True,
        )
        return json.loads(done.stdout)

    @property
    def socket(self) -> str:
        """The directory of the private PostgreSQL's socket."""
        return str(self.data / "postgres")

    def app_pids(self) -> list[int]:
        """The processes of the server itself: one, or a parent and those that serve for it."""
        return [self.pid, *(pid for pid in children_of(self.pid) if b"serve-part" in command_of(pid))]

    def postgres_pids(self) -> list[int]:
        """The processes of the private PostgreSQL."""
        postmaster = int((self.data / "postgres" / "postmaster.pid").read_text().split()[0])
        return [postmaster, *children_of(postmaster)]


@contextmanager
def fresh_server(data: Path, **settings: str) -> Iterator[FreshServer]:
    """Serve on a free port from an empty ``data`` folder; settings are ENLIST_ variables in lower case."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ENLIST_")}
    environment |= {"ENLIST_DATA": str(data), "ENLIST_PORT": "0", "ENLIST_LOG_LEVEL": "warning"}
    environment |= {f"ENLIST_{name.upper()}": value for name, value in settings.items()}
    process = subprocess.Popen(
        [sys.executable, "-m", "enlist.cli", "serve", "--json"], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        said = ""
        while not said.endswith("}\n"):
            line = process.stdout.readline()
            if not line:
                raise RuntimeError("the server did not start")
            said += line
        yield FreshServer(data, environment, json.loads(said)["listening"], process.pid)
    finally:
        process.terminate()
        process.wait(30)
