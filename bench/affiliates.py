"""Measures the affiliate programme: `python -m bench.affiliates --seconds 6 --rounds 3 --clicks 10000000`.

How many clicks on partner links are recorded a second, beside leads, both through a proxy; and what a partner's
statistics cost behind a long history, compared with plain SQL over all of it.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlsplit

import msgspec

from bench.loading import Call, load, load_leads, psql
from bench.processes import machine, memory_mb
from bench.server import KEY, LOGIN, FreshServer, fresh_server
from enlist.doors.justclick import signing

CLICK = Call("/aff/sl/sales/", "clicks")
PARTNER, OTHER = "anna", "bob"
ZONE = "Asia/Kathmandu"
BEGIN, DAYS = date(2024, 1, 1), 730


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(prog="bench.affiliates")
    parser.add_argument("--seconds", type=int, default=6, help="length of each run")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each side, in turn")
    parser.add_argument("--clients", type=int, default=64, help="simultaneous clients")
    parser.add_argument("--clicks", type=int, default=10_000_000, help="the length of the history")
    options = parser.parse_args()
    print(f"machine: {machine()}")
    with (
        tempfile.TemporaryDirectory(prefix="enlist-bench-") as folder,
        # The mail server is away on purpose, as in the leads' benchmark.
        fresh_server(Path(folder) / "data", smtp_url="smtp://127.0.0.1:9", trusted_proxies="127.0.0.1/32") as server,
    ):
        _prepare(server)
        _click(server, Path(folder), options)
        _ask(server, options.clicks)


def _prepare(server: FreshServer) -> None:
    server.command("account", "create", LOGIN, "--api-key", KEY, "--time-zone", ZONE)
    server.command("group", "create", LOGIN, "open", "--no-confirmation")
    server.command(
        "product", "create", LOGIN, "sales", "--title", "Sales", "--price", "990.50",
        "--sales-url", "https://shop.example/sales",
    )  # fmt: skip
    for partner in (PARTNER, OTHER):
        server.command("partner", "create", LOGIN, partner)


def _click(server: FreshServer, folder: Path, options: argparse.Namespace) -> None:
    seconds, clients = options.seconds, options.clients
    clicks, leads = [], []
    for round_ in range(options.rounds):
        paths = _paths(round_, seconds * 40_000)
        clicks.append(load(server, folder, CLICK, paths, clients, seconds, post=False, run=round_))
        leads.append(load_leads(server, folder, "open", clients, seconds, f"aff{round_}", proxied=True))
    rate, lead = median(run.rate for run in clicks), median(run.rate for run in leads)
    p50, p99 = median(run.p50 for run in clicks), median(run.p99 for run in clicks)
    app, postgres = median(run.app_cpu for run in clicks), median(run.postgres_cpu for run in clicks)
    print(
        f"\nclicks on partner links, each another visitor's, c = {clients};"
        f" {options.rounds} rounds of {seconds} s, medians"
    )
    print("  clicks/s  leads/s  ratio   p50 ms  p99 ms  CPU us/click: app  postgres")
    print(f"  {rate:>8.0f} {lead:>8.0f} {rate / lead:>6.2f} {p50:>8.1f} {p99:>7.1f} {app:>18.0f} {postgres:>9.0f}")
    print(f"  app memory: peak {memory_mb(server.pid):.0f} MB")


def _paths(round_: int, count: int) -> Iterator[str]:
    for number in range(count):
        yield f"{PARTNER if number % 3 else OTHER}/?utm_campaign=c{round_}&utm_content={number % 50}"


# Two years of one partner's, and a tenth as much of another's. A lead is a tenth of the clicks, an order a hundredth;
# every order is paid an hour later, every tenth is given back, and 30 payouts have been made.
_HISTORY = """
DELETE FROM clicks; DELETE FROM click_visitors; DELETE FROM partner_days;

INSERT INTO clicks (account_id, partner_id, at, way, outcome, page, marks, ip, agent)
SELECT p.account_id, p.id, timestamptz '{begin}' + random() * interval '{days} days', 'link',
       CASE n / 10 % 10 WHEN 0 THEN 'repeated' WHEN 1 THEN 'robot' ELSE 'counted' END, '', NULL, '', ''
FROM partners p, generate_series(1, {clicks}) AS n WHERE p.login = 'anna' OR n % 10 = 0;

INSERT INTO partner_contacts (account_id, partner_id, contact_id, at)
SELECT p.account_id, p.id, n, timestamptz '{begin}' + random() * interval '{days} days'
FROM partners p, generate_series(1, {clicks} / 10) AS n WHERE p.login = 'anna' OR n % 10 = 0;

INSERT INTO sales (account_id, order_id, contact_id, created_at, partner_id, rule, money_back, charged_at)
SELECT p.account_id, n, n, made.at, p.id, 'last click', true, made.at + interval '1 hour'
FROM partners p, generate_series(1, {clicks} / 100) AS n
CROSS JOIN LATERAL (SELECT timestamptz '{begin}' + random() * interval '{days} days' + n * interval '0' AS at) AS made
WHERE p.login = CASE WHEN n % 10 = 0 THEN 'bob' ELSE 'anna' END;

INSERT INTO ledger (account_id, kind, debit, credit, partner_id, amount, order_id, place, level, at, recorded_at)
SELECT account_id, 'charge', 'commissions', 'partner', partner_id, 10 + order_id % 90, order_id, 0, 1, charged_at,
       charged_at
FROM sales;
INSERT INTO ledger (account_id, kind, debit, credit, partner_id, amount, order_id, place, level, at, recorded_at)
SELECT account_id, 'reversal', 'partner', 'commissions', partner_id, amount, order_id, 0, 1, at + interval '9 days', at
FROM ledger WHERE kind = 'charge' AND order_id % 10 = 3;

INSERT INTO payouts (account_id, partner_id, amount, at, recorded_at, note, actor)
SELECT account_id, id, 90000.50, timestamptz '{begin}' + n * interval '24 days', now(), '', 'owner'
FROM partners, generate_series(1, 30) AS n WHERE login = 'anna';
INSERT INTO ledger (account_id, kind, debit, credit, partner_id, amount, payout_id, at, recorded_at)
SELECT account_id, 'payout', 'partner', 'payouts', partner_id, amount, id, at, recorded_at FROM payouts;

INSERT INTO partner_days (account_id, partner_id, day, clicks, contacts, orders, paid_orders, recruits, earned, paid)
SELECT account_id, partner_id, (at AT TIME ZONE '{zone}')::date, sum(clicks), sum(contacts), sum(orders),
       sum(paid_orders), 0, sum(earned), sum(paid)
FROM (
    SELECT account_id, partner_id, at, 1 AS clicks, 0 AS contacts, 0 AS orders, 0 AS paid_orders, 0 AS earned, 0 AS paid
    FROM clicks WHERE outcome = 'counted'
    UNION ALL SELECT account_id, partner_id, at, 0, 1, 0, 0, 0, 0 FROM partner_contacts
    UNION ALL SELECT account_id, partner_id, created_at, 0, 0, 1, 0, 0, 0 FROM sales
    UNION ALL SELECT account_id, partner_id, charged_at, 0, 0, 0, 1, 0, 0 FROM sales
    UNION ALL SELECT account_id, partner_id, at, 0, 0, 0, 0, amount, 0 FROM ledger WHERE kind = 'charge'
    UNION ALL SELECT r.account_id, r.partner_id, c.at, 0, 0, 0, 0, -r.amount, 0
              FROM ledger r JOIN ledger c USING (account_id, order_id, place, level)
              WHERE r.kind = 'reversal' AND c.kind = 'charge'
    UNION ALL SELECT account_id, partner_id, at, 0, 0, 0, 0, 0, amount FROM ledger WHERE kind = 'payout'
) AS events GROUP BY 1, 2, 3;

VACUUM ANALYZE clicks, partner_contacts, sales, ledger, partner_days;
"""

_PLAIN = """
WITH span AS (SELECT timestamp '{since}' AT TIME ZONE '{zone}' AS since,
                     (timestamp '{until}' + interval '1 day') AT TIME ZONE '{zone}' AS until,
                     (SELECT id FROM partners WHERE login = 'anna') AS partner),
     charged AS (SELECT c.at, c.amount - coalesce(sum(r.amount), 0) AS amount
                 FROM span, ledger c LEFT JOIN ledger r
                   ON r.kind = 'reversal'
                   AND (r.account_id, r.order_id, r.place, r.level) = (c.account_id, c.order_id, c.place, c.level)
                 WHERE c.kind = 'charge' AND c.partner_id = span.partner GROUP BY c.id, c.account_id, c.at, c.amount)
SELECT (SELECT count(*) FROM clicks WHERE partner_id = partner AND outcome = 'counted' AND at >= since AND at < until),
       (SELECT count(*) FROM partner_contacts WHERE partner_id = partner AND at >= since AND at < until),
       (SELECT count(*) FROM sales WHERE partner_id = partner AND charged_at >= since AND charged_at < until),
       (SELECT coalesce(sum(amount), 0) FROM charged WHERE at >= since AND at < until)
FROM span
"""


def _ask(server: FreshServer, clicks: int) -> None:
    begun = time.monotonic()
    for statement in _HISTORY.format(begin=BEGIN, days=DAYS, clicks=clicks, zone=ZONE).split(";\n"):
        if statement.strip():
            psql(server, "-c", statement)
    print(f"\nGetPartnerStats behind {clicks:,} clicks, {clicks // 10:,} leads, {clicks // 100:,} orders (made in"
          f" {time.monotonic() - begun:.0f} s), 200 calls each; milliseconds")  # fmt: skip
    print(f"  {'span':<24} {'median':>8} {'p99':>8} {'plain SQL':>10}  equal")
    for what, days in (("a day", 1), ("a month", 30), ("half a year", 182), ("two years", DAYS)):
        since = BEGIN + timedelta(days=random.Random(days).randrange(DAYS - days + 1))
        until = since + timedelta(days=days - 1)
        pairs = [("partner", PARTNER), ("date_from", str(since)), ("date_to", str(until))]
        times = []
        for _ in range(200):
            begun = time.perf_counter()
            answer = _call(server, pairs)
            times.append((time.perf_counter() - begun) * 1e3)
        begun = time.perf_counter()
        plain = psql(server, "-At", "-c", _PLAIN.format(since=since, until=until, zone=ZONE)).strip()
        plainly = (time.perf_counter() - begun) * 1e3
        result = msgspec.json.decode(answer)["result"]
        told = "|".join(str(result[key]) for key in ("clicks_total", "leads_total", "bills_total", "earned_total"))
        if told != plain:
            raise RuntimeError(f"{what}: {told} told, {plain} counted")
        p99 = quantiles(times, n=100)[98]
        print(f"  {what:<24} {median(times):>8.1f} {p99:>8.1f} {plainly:>10.0f}  yes")


def _call(server: FreshServer, pairs: list[tuple[str, str]]) -> bytes:
    connection = HTTPConnection(urlsplit(server.address).netloc)
    connection.request(
        "POST", "/api/GetPartnerStats", signing.sign(pairs, LOGIN, KEY),
        {"Host": f"{LOGIN}.localhost", "Content-Type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    return connection.getresponse().read()


main()
