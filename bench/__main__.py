"""Runs the benchmark and prints its tables: `make bench`, or `python -m bench --seconds 10 --rounds 3`."""

import argparse
import tempfile
from pathlib import Path
from statistics import median
from urllib.request import Request, urlopen

from bench.loading import TOKEN, Call, Measured, lead_statement, load, load_leads, load_pgbench, psql
from bench.processes import machine, memory_mb
from bench.server import KEY, LOGIN, FreshServer, fresh_server

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
    psql(server, "-f", str(Path(__file__).with_name("reference.sql")))


def _compare(
    server: FreshServer, folder: Path, group: str, asks: bool, clients: int, options: argparse.Namespace
) -> None:
    ours, theirs = [], []
    for round_ in range(options.rounds):
        ours.append(load_leads(server, folder, group, clients, options.seconds, f"{group}{clients}r{round_}"))
        theirs.append(load_pgbench(server, folder, lead_statement(group, asks, str(round_)), clients, options.seconds))
    rate, reference = median(run.rate for run in ours), median(theirs)
    p50, p99 = median(run.p50 for run in ours), median(run.p99 for run in ours)
    app, postgres = median(run.app_cpu for run in ours), median(run.postgres_cpu for run in ours)
    print(
        f"{clients:>3} {rate:>10.0f} {reference:>10.0f} {rate / reference:>6.2f} {p50:>8.1f} {p99:>7.1f}"
        f" {p99 / p50:>8.1f} {app:>17.0f} {postgres:>9.0f}",
        flush=True,
    )


def _compare_profiles(server: FreshServer, folder: Path, options: argparse.Namespace) -> None:
    """Measure leads, actions, subscriptions and pgbench's leads in turn, all with 64 clients."""
    server.command("site", "create", LOGIN, "main", "--token", TOKEN)
    juids = [_make_profile(server) for _ in range(200)]
    runs: dict[str, list[Measured]] = {"AddLeadToGroup": [], "action": [], "subscribe email": []}
    pgbench = []
    for round_ in range(options.rounds):
        count = options.seconds * 40_000
        actions = (
            f"juid={juids[n % 200]}&tags={n % 40}%2C{n % 7}&label=view&article=page{n % 500}" for n in range(count)
        )
        addresses = (
            f"juid={juids[n % 200]}&email=s{round_}.{n}%40example.com&refid=ch-{n % 200}" for n in range(count)
        )
        runs["AddLeadToGroup"].append(load_leads(server, folder, "open", 64, options.seconds, f"again{round_}"))
        runs["action"].append(load(server, folder, ACTION, actions, 64, options.seconds))
        runs["subscribe email"].append(load(server, folder, SUBSCRIPTION, addresses, 64, options.seconds))
        pgbench.append(
            load_pgbench(server, folder, lead_statement("open", False, f"again{round_}"), 64, options.seconds)
        )
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


main()
