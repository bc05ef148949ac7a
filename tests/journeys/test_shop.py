"""A shop in a real process: from the order form to the paid order, its group and letter; the same order a hundred times
at once; deadlines; a kill; a partner's link, from the click to the payout and the postback.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx

from tests.support.mail import Mailbox, mail_server
from tests.support.server import KEY, Program, call

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"}
LICENCE = "licence-1234"


async def becomes_true(test: Callable[[], Awaitable[bool]], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not await test():
            await asyncio.sleep(0.1)


async def a_shop(program: Program, folder: Path) -> None:
    await program.ask("account", "create", "shop", "--api-key", KEY)
    await program.ask(
        "product", "create", "shop", "course", "--title", "The course", "--price", "1500", "--group", "buyers",
        "--download-url", "https://files.example/course.zip",
    )  # fmt: skip
    await program.ask("product", "create", "shop", "licence", "--title", "A licence", "--price", "20.50")
    codes = folder / "codes.txt"
    codes.write_text(f"{LICENCE}\n")
    await program.ask("product", "pins", "add", "shop", "licence", str(codes))


async def test_from_the_form_to_the_paid_order_its_group_and_its_letters(tmp_path: Path) -> None:
    async with mail_server() as (mailbox, smtp_url):
        program = Program(tmp_path / "data", smtp_url=smtp_url)
        await a_shop(program, tmp_path)
        async with program.serving() as server, server.client() as client:
            shown = await client.get("/order/course/")
            assert "The course" in shown.text
            sent = {"good_name": "course", "bill_email": "anna@example.com", "bill_first_name": "Anna"}
            ordered = await client.post("/order/confirm/course/", data=sent)
            assert ordered.status_code == 303
            bill = urlsplit(ordered.headers["location"]).path
            assert "1,500" in (await client.get(bill)).text

            said = await call(client, "getOrdersWithGoods")
            (order,) = said["result"]
            assert (order["pay_status"], order["bill_sum_topay"]) == ("waiting", "1500.00")
            number = ("bill_id", str(order["id"]))
            await program.ask("order", "pay", "shop", number[1], "--sum", "500")
            assert (await call(client, "getOrderDetails", number))["result"]["bill_sum_topay"] == "1000.00"
            await program.ask("order", "pay", "shop", number[1])
            assert (await call(client, "getOrderDetails", number))["result"]["pay_status"] == "paid"

            letter = await mailbox.letter_to("anna@example.com")
            assert "https://files.example/course.zip" in _text(mailbox, "anna@example.com")
            assert letter["Message-ID"]
            said = await call(client, "GetLeadGroupStatuses", ("email", "anna@example.com"))
            assert [row["rass_name"] for row in said["result"]] == ["buyers"]
            said = await call(client, "GetBills", ("email", "anna@example.com"), ("pay_status", "paid"))
            assert [name["good_name"] for bill in said["result"].values() for name in bill.values()] == ["course"]

            made = await call(
                client, "CreateOrder", ("goods[0][good_name]", "licence"), ("bill_email", "b@example.com")
            )
            paid = ("bill_id", str(made["result"]["bill_id"])), ("status", "paid"), ("date", "1750000000")
            for _ in range(2):  # saying it twice hands out one pin code by one letter
                assert (await call(client, "UpdateOrderStatus", *paid))["error_text"] == "order status changed"
            await mailbox.letter_to("b@example.com")
            assert LICENCE in _text(mailbox, "b@example.com")
            await asyncio.sleep(1)
            assert len([letter for letter in mailbox.letters if "b@example.com" in str(letter["To"])]) == 1
        assert "Traceback" not in server.log, server.log


def _text(mailbox: Mailbox, recipient: str) -> str:
    (letter,) = [letter for letter in mailbox.letters if recipient in str(letter["To"])]
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


async def test_a_hundred_simultaneous_identical_orders_are_one_by_two_servers(tmp_path: Path) -> None:
    program = Program(tmp_path / "data", smtp_url="smtp://127.0.0.1:9")
    await a_shop(program, tmp_path)
    wanted = (("goods[0][good_name]", "course"), ("goods[1][good_name]", "licence"), ("bill_email", "Anna@example.com"))
    async with (
        program.serving() as one,
        program.serving() as other,
        one.client() as first,
        other.client() as second,
    ):
        answers = await asyncio.gather(
            *(call((first, second)[turn % 2], "CreateOrder", *wanted) for turn in range(100))
        )
        orders = (await call(first, "getOrdersWithGoods"))["result"]
    assert sorted(answer["error_code"] for answer in answers) == [0] + [601] * 99
    assert {answer["result"]["bill_id"] for answer in answers} == {orders[0]["id"]}
    assert [order["good_count"] for order in orders] == [2]


async def test_an_order_is_cancelled_at_its_deadline_unless_something_was_paid(tmp_path: Path) -> None:
    program = Program(tmp_path / "data", smtp_url="smtp://127.0.0.1:9")
    await a_shop(program, tmp_path)
    async with program.serving() as server, server.client() as client:
        now = int(time.time())
        numbers = []
        for name, kill in (("a", str(now + 2)), ("b", str(now + 2)), ("c", "0")):
            wanted = ("goods[0][good_name]", "course"), ("bill_email", f"{name}@example.com"), ("bill_timer_kill", kill)
            numbers.append(str((await call(client, "CreateOrder", *wanted))["result"]["bill_id"]))
        await program.ask("order", "pay", "shop", numbers[1], "--sum", "1")

        async def cancelled() -> bool:
            said = await call(client, "getOrderDetails", ("bill_id", numbers[0]))
            return bool(said["result"]["pay_status"] == "cancel")

        await becomes_true(cancelled, 30)
        for number in numbers[1:]:
            said = await call(client, "getOrderDetails", ("bill_id", number))
            assert said["result"]["pay_status"] == "waiting"
        said = await call(client, "UpdateOrderStatus", ("bill_id", numbers[0]), ("status", "paid"), ("date", str(now)))
        assert said["error_code"] == 0  # the buyer was late, his money is not lost


async def test_every_order_that_was_answered_survives_a_kill(tmp_path: Path) -> None:
    program = Program(tmp_path / "data", smtp_url="smtp://127.0.0.1:9")
    await a_shop(program, tmp_path)
    answered: dict[int, str] = {}

    async def order(worker: int, client: httpx.AsyncClient) -> None:
        with suppress(httpx.HTTPError, ValueError):
            for number in range(100_000):
                email = f"buyer{worker}.{number}@example.com"
                said = await call(client, "CreateOrder", ("goods[0][good_name]", "course"), ("bill_email", email))
                answered[said["result"]["bill_id"]] = email

    async with program.serving() as serving, serving.client() as client:
        workers = [asyncio.create_task(order(worker, client)) for worker in range(16)]
        while len(answered) < 300:
            await asyncio.sleep(0.01)
        serving.kill()
        await asyncio.gather(*workers)
    async with program.serving() as serving, serving.client() as client:
        kept = {order["id"]: order["email"] for order in (await call(client, "getOrdersWithGoods"))["result"]}
    assert answered.items() <= kept.items()
    assert len(set(kept.values())) == len(kept)


async def test_a_partners_link_brings_a_buyer_a_fee_a_postback_and_a_payout(tmp_path: Path) -> None:
    async with mail_server() as (mailbox, smtp_url), receiver() as (told, address):
        program = Program(tmp_path / "data", smtp_url=smtp_url, outbound_networks="127.0.0.0/8")
        await a_shop(program, tmp_path)
        await program.ask("product", "change", "shop", "course", "--for-partners")
        await program.ask("programme", "set", "shop", "--percent-1", "20", "--percent-2", "5", "--money-back")
        await program.ask("partner", "create", "shop", "eve", "--email", "eve@example.com")
        await program.ask("partner", "create", "shop", "bob", "--email", "bob@example.com", "--recruited-by", "eve")
        async with program.serving() as server, server.client() as client:
            client.headers.update(BROWSER)
            await sign_in(client, mailbox, "bob@example.com")
            saved = await client.post(
                "/partner/postback/",
                data={"url": f"{address}/heard?key=1", "with_bill": "1", "with_profit": "1", "with_aff_source": "1"},
                headers={"Origin": "http://shop.localhost"},
            )
            assert saved.status_code == 303

            visitor = server.client()
            async with visitor:
                visitor.headers.update(BROWSER)
                clicked = await visitor.get("/aff/sl/course/bob/?aff_source=blog")
                landing = urlsplit(clicked.headers["location"])
                assert dict(parse_qsl(landing.query)).items() >= {
                    ("utm_medium", "affiliate"), ("utm_source", "bob"), ("aff_source", "blog"),
                }  # fmt: skip
                sent = {"good_name": "course", "bill_email": "anna@example.com", "bill_first_name": "Anna"}
                ordered = await visitor.post("/order/confirm/course/", data=sent, headers=_cookies(visitor))
                assert ordered.status_code == 303
            (order,) = (await call(client, "getOrdersWithGoods"))["result"]
            await program.ask("order", "pay", "shop", str(order["id"]))
            shown = await program.run("order", "show", "shop", str(order["id"]))
            assert "bob" in shown
            assert "click" in shown
            partners = (await call(client, "getOrderDetails", ("bill_id", str(order["id"]))))["result"]["items"][0]
            assert [(row["partner_name"], row["partner_fee"]) for row in partners["partners"]] == [
                ("bob", "300.00"), ("eve", "75.00"),
            ]  # fmt: skip

            async def heard() -> bool:
                return bool(told)

            await becomes_true(heard)
            query = dict(parse_qsl(urlsplit(told[0]).query))
            assert query == {"key": "1", "bill": str(order["id"]), "profit": "300.00", "aff_source": "blog"}

            said = await call(client, "GetPartnerStats", ("partner", "bob"))
            assert said["result"] == {
                "earned_total": "300.00", "topay_total": "300.00", "clicks_total": 1, "leads_total": 1,
                "bills_total": 1, "partners_total": 0,
            }  # fmt: skip
            assert (await call(client, "GetPartnerStats", ("partner", "eve")))["result"]["partners_total"] == 1
            await program.ask("partner", "payout", "shop", "bob", "100")
            await program.ask("order", "refund", "shop", str(order["id"]))
            said = await call(client, "GetPartnerStats", ("partner", "bob"))
            assert (said["result"]["earned_total"], said["result"]["topay_total"]) == ("0.00", "-100.00")
            cabinet = await client.get("/partner/", headers=_cookies(client))
            assert cabinet.status_code == 200
        assert "Traceback" not in server.log, server.log


def _cookies(client: httpx.AsyncClient) -> dict[str, str]:
    # The jar knows the address, the server the host: the cookies are handed over as a browser would.
    return {"Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.cookies.jar)}


async def sign_in(client: httpx.AsyncClient, mailbox: Mailbox, email: str) -> None:
    written = await client.post("/partner/sign-in/", data={"email": email})
    assert written.status_code in (200, 303)
    letter = await mailbox.letter_to(email)
    part = letter.get_body(("plain",))
    assert part is not None
    (link,) = re.findall(r"http\S+/partner/enter/\S+", part.get_content())
    opened = await client.get(urlsplit(link).path)
    assert opened.headers["location"] == "/partner/enter/"
    entered = await client.post("/partner/enter/", headers=_cookies(client))
    assert entered.status_code == 303
    client.headers.update(_cookies(client))


@asynccontextmanager
async def receiver() -> AsyncIterator[tuple[list[str], str]]:
    """Run a web server that notes what it is asked for; give its notes and its address."""
    told: list[str] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = (await reader.readline()).decode()
        told.append(line.split(" ")[1])
        while (await reader.readline()).strip():
            pass
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    try:
        yield told, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()
