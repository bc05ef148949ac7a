"""Measures the shop: `python -m bench.shop --seconds 6 --rounds 3 --orders 1000000`.

How many orders with two products are created a second, beside pgbench and beside leads; and what reading orders costs
in an account with a long history, with the plans of the statements behind it.
"""

import argparse
import re
import tempfile
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlsplit

import msgspec

from bench.loading import Call, load, load_leads, load_pgbench, psql
from bench.processes import machine, memory_mb
from bench.server import KEY, LOGIN, FreshServer, fresh_server
from enlist.doors.justclick import signing

ORDER = Call("/api/CreateOrder", "orders")
QUIET_MONTH = 1_000
BUYERS = 300_000


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(prog="bench.shop")
    parser.add_argument("--seconds", type=int, default=6, help="length of each run")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each side, in turn")
    parser.add_argument("--clients", type=int, default=64, help="simultaneous clients")
    parser.add_argument("--orders", type=int, default=1_000_000, help="the length of the history")
    parser.add_argument("--plans", action="store_true", help="show the plans of the reading statements")
    options = parser.parse_args()
    print(f"machine: {machine()}")
    with (
        tempfile.TemporaryDirectory(prefix="enlist-bench-") as folder,
        # The mail server is away on purpose, as in the leads' benchmark.
        fresh_server(Path(folder) / "data", smtp_url="smtp://127.0.0.1:9") as server,
    ):
        _prepare(server)
        _create_orders(server, Path(folder), options)
        _read_orders(server, options)


def _prepare(server: FreshServer) -> None:
    server.command("account", "create", LOGIN, "--api-key", KEY)
    server.command("group", "create", LOGIN, "open", "--no-confirmation")
    for name, price in (("invoice", "1500"), ("sales", "990.50")):
        server.command("product", "create", LOGIN, name, "--title", name.title(), "--price", price)
    for reference in ("reference.sql", "reference_order.sql"):
        psql(server, "-f", str(Path(__file__).with_name(reference)))


def _create_orders(server: FreshServer, folder: Path, options: argparse.Namespace) -> None:
    seconds, clients = options.seconds, options.clients
    orders, leads, reference = [], [], []
    for round_ in range(options.rounds):
        orders.append(load(server, folder, ORDER, _orders(round_, seconds * 8_000), clients, seconds))
        statement = (
            f"SELECT bench.purchase('{LOGIN}', 'invoice', 'sales', 'p{round_}.' || :n || '@example.com', 'Анна',"
            " '+7900' || :n);"
        )
        reference.append(load_pgbench(server, folder, statement, clients, seconds))
        leads.append(load_leads(server, folder, "open", clients, seconds, f"shop{round_}"))
    rate, lead = median(run.rate for run in orders), median(run.rate for run in leads)
    print(f"\nCreateOrder, two products, new buyers, c = {clients}; {options.rounds} rounds of {seconds} s, medians")
    print("  enlist/s  pgbench/s  ratio  to leads   p50 ms  p99 ms  CPU us/order: app  postgres")
    p50, p99 = median(run.p50 for run in orders), median(run.p99 for run in orders)
    app, postgres = median(run.app_cpu for run in orders), median(run.postgres_cpu for run in orders)
    theirs = median(reference)
    print(
        f"  {rate:>8.0f} {theirs:>10.0f} {rate / theirs:>6.2f} {rate / lead:>9.2f} {p50:>8.1f} {p99:>7.1f}"
        f" {app:>18.0f} {postgres:>9.0f}"
    )
    print(f"  app memory: peak {memory_mb(server.pid):.0f} MB")


def _orders(round_: int, count: int) -> Iterator[str]:
    for number in range(count):
        pairs = [
            ("goods[0][good_name]", "invoice"),
            ("goods[1][good_name]", "sales"),
            ("bill_email", f"buyer{round_}.{number}@example.com"),
            ("bill_first_name", "Анна"),
            ("bill_phone", f"+7900{number:07}"),
        ]
        yield signing.sign(pairs, LOGIN, KEY)


_HISTORY = """
WITH owner AS (SELECT id, currency FROM accounts WHERE login = '{login}')
INSERT INTO contacts (account_id, email, email_key, name, phone, city, tags, created_at)
SELECT owner.id, 'old' || n || '@example.com', 'old' || n || '@example.com', 'Anna', '', '', '{{}}', '2016-01-01'
FROM owner, generate_series(1, {buyers}) AS n;

-- A long history before 2022, nothing in the first half of that year but one quiet month: May.
WITH owner AS (SELECT id, currency FROM accounts WHERE login = '{login}'),
     people AS (SELECT account_id, id, email, row_number() OVER (ORDER BY id) AS nth FROM contacts
                WHERE email LIKE 'old%')
INSERT INTO orders (account_id, id, contact_id, state, email, first_name, last_name, middle_name, phone, country,
    region, city, address, postal_code, ip, currency, total, received, coupon, tag, comment, domain, source,
    payment_method, created_at, paid_at)
SELECT owner.id, counter.last + n, people.id, CASE WHEN n % 3 = 0 THEN 'paid' ELSE 'cancelled' END, people.email,
    'Anna', '', '', '', '', '', '', '', '', '', owner.currency, 2490.50,
    CASE WHEN n % 3 = 0 THEN 2490.50 ELSE 0 END, '', '', '', '', 'api',
    '', made.at, CASE WHEN n % 3 = 0 THEN made.at + interval '1 hour' END
FROM owner JOIN number_counters AS counter ON counter.account_id = owner.id AND counter.kind = 'orders'
CROSS JOIN generate_series(1, {orders}) AS n
CROSS JOIN LATERAL (SELECT CASE WHEN n <= {quiet} THEN timestamptz '2022-05-01' + n * interval '40 minutes'
                           ELSE timestamptz '2016-01-01' + n * (interval '6 years' / {orders}) END AS at) AS made
JOIN people ON people.nth = n % {buyers} + 1;

UPDATE number_counters SET last = last + {orders}
WHERE kind = 'orders' AND account_id = (SELECT id FROM accounts WHERE login = '{login}');

INSERT INTO order_items (account_id, order_id, place, product_id, name, title, price, sum)
SELECT o.account_id, o.id, p.nth - 1, p.id, p.name, p.title, p.price, p.price
FROM orders o JOIN (SELECT *, row_number() OVER (ORDER BY id) AS nth FROM products) AS p USING (account_id)
WHERE o.email LIKE 'old%';

VACUUM ANALYZE contacts, orders, order_items;
"""


def _read_orders(server: FreshServer, options: argparse.Namespace) -> None:
    history = _HISTORY.format(login=LOGIN, buyers=BUYERS, orders=options.orders, quiet=QUIET_MONTH)
    for statement in history.split(";\n"):
        if statement.strip():
            psql(server, "-c", statement)
    number = psql(server, "-Atc", "SELECT min(id) FROM orders WHERE email = 'old7@example.com'").strip()
    calls = {
        "getOrdersWithGoods, a month with 1,000": (
            "getOrdersWithGoods", [("begin_date", "01.05.2022"), ("end_date", "31.05.2022")], QUIET_MONTH),
        "the same, paid ones only": (
            "getOrdersWithGoods",
            [("begin_date", "01.05.2022"), ("end_date", "31.05.2022"), ("paid", "true")], QUIET_MONTH // 3),
        "GetBills": ("GetBills", [("email", "old7@example.com")], options.orders // BUYERS),
        "getOrderDetails": ("getOrderDetails", [("bill_id", number)], 1),
    }  # fmt: skip
    print(f"\nreading with {options.orders:,} orders, one client, 100 calls each; milliseconds")
    print(f"  {'call':<40} {'found':>6} {'median':>8} {'p99':>8}  kB")
    for what, (function, pairs, least) in calls.items():
        found, size, times = _time(server, function, pairs)
        if found < least:
            raise RuntimeError(f"{what}: {found} found instead of {least}")
        print(f"  {what:<40} {found:>6} {median(times):>8.1f} {quantiles(times, n=100)[98]:>8.1f}  {size / 1e3:.0f}")
    if options.plans:
        _show_plans(server, [(function, pairs) for function, pairs, _ in calls.values()])


def _time(server: FreshServer, function: str, pairs: list[tuple[str, str]]) -> tuple[int, int, list[float]]:
    times = []
    for _ in range(100):
        begun = time.perf_counter()
        answer = _call(server, function, pairs)
        times.append((time.perf_counter() - begun) * 1e3)
    result = msgspec.json.decode(answer)["result"]
    return (1 if "id" in result else len(result)), len(answer), times


def _call(server: FreshServer, function: str, pairs: list[tuple[str, str]]) -> bytes:
    connection = HTTPConnection(urlsplit(server.address).netloc)
    connection.request(
        "POST", f"/api/{function}", signing.sign(pairs, LOGIN, KEY),
        {"Host": f"{LOGIN}.localhost", "Content-Type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    return connection.getresponse().read()


def _show_plans(server: FreshServer, calls: list[tuple[str, list[tuple[str, str]]]]) -> None:
    """Let PostgreSQL write the plans of everything it runs into its log, and print those of each call."""
    for setting in (
        "session_preload_libraries = 'auto_explain'",
        "auto_explain.log_min_duration = 0",
        "auto_explain.log_analyze = on",
        "auto_explain.log_buffers = on",
    ):
        psql(server, "-c", f"ALTER DATABASE enlist SET {setting}")
    psql(server, "-c", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                       " AND backend_type = 'client backend'")  # fmt: skip
    time.sleep(3)
    log = server.data / "postgres.log"
    for function, pairs in calls:
        _call(server, function, pairs)  # connects anew
        begun = log.stat().st_size
        _call(server, function, pairs)
        time.sleep(0.5)
        text = log.read_bytes()[begun:].decode()
        for plan in re.split(r"^.*?LOG: ", text, flags=re.MULTILINE):
            if "plan:" in plan and re.search(r" on (orders|order_items|payments)", plan):
                print(f"\n{function} {dict(pairs)}\n{plan.strip()}")


main()
