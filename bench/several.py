"""Measures one and several processes on one port: `python -m bench.several --seconds 6 --processes 1 2`."""

import argparse
import tempfile
from pathlib import Path

from bench.loading import load_leads
from bench.processes import cpu_seconds, machine, memory_mb
from bench.server import KEY, LOGIN, fresh_server


def main() -> None:
    """Measure leads at 64 clients, and print how the server's processes share the work."""
    parser = argparse.ArgumentParser(prog="bench.several")
    parser.add_argument("--seconds", type=int, default=6, help="length of each run")
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2], help="how many to measure")
    options = parser.parse_args()
    print(f"machine: {machine()}")
    print("AddLeadToGroup, new addresses, c = 64")
    print("  processes  leads/s  p50 ms  p99 ms  CPU us/lead: app  postgres  CPU and memory of each")
    for count in options.processes:
        _measure(count, options.seconds)


def _measure(count: int, seconds: int) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="enlist-bench-") as folder,
        fresh_server(Path(folder) / "data", smtp_url="smtp://127.0.0.1:9", processes=str(count)) as server,
    ):
        server.command("account", "create", LOGIN, "--api-key", KEY)
        server.command("group", "create", LOGIN, "open", "--no-confirmation")
        before = {pid: cpu_seconds(pid) for pid in server.app_pids()}
        run = load_leads(server, Path(folder), "open", 64, seconds, "m")
        shares = ", ".join(f"{cpu_seconds(pid) - used:.1f} s {memory_mb(pid):.0f} MB" for pid, used in before.items())
        rates = f"{run.rate:>8.0f} {run.p50:>7.1f} {run.p99:>7.1f} {run.app_cpu:>17.0f} {run.postgres_cpu:>9.0f}"
        print(f"  {count:>9} {rates}  {shares}", flush=True)


main()
