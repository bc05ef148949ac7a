"""A shop as the tests of the order and payment pages meet it: an English owner, a Russian one, what they sell."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from enlist.domain import accounts, groups, orders, products
from enlist.doors.web.addresses import BILL, VISIT, payment_path
from enlist.kit.email import normalise
from enlist.runtime.batch import Batch, Busy
from enlist.runtime.http import App
from tests.doors.web.helpers import LINKS_KEY, SETTINGS, build
from tests.support.world import VAULT, World

NOTE = '<p>#PRODUCT# costs #PRICE# (#USD#).#IMAGE#</p><script>alert(1)</script><img src="https://cdn.example/pay.png">'


@dataclass
class Shop:
    """All that a test of these pages needs: the app, its owners, and what is behind it."""

    app: App
    world: World
    demo: accounts.Account
    ruslan: accounts.Account
    closed: accounts.Account
    wishes: list[orders.NewOrder]
    busy: list[Exception]

    async def order(self, email: str, *names: str, account: accounts.Account | None = None, **said: Any) -> int:
        """Place an order by itself; return its number."""
        address = normalise(email)
        assert address is not None
        buyer = said.pop("buyer", {})
        wish = orders.NewOrder(
            account=account or self.demo,
            buyer=orders.Buyer(email=address, **buyer),
            wanted=tuple(orders.Wanted(name) for name in names),
            **said,
        )
        async with self.world.transaction() as tx:
            (outcome,) = await orders.place(tx, [wish])
        assert isinstance(outcome, orders.Placed), outcome
        return outcome.order_id

    async def find(self, order_id: int, account: accounts.Account | None = None) -> orders.Order:
        """Look up an order."""
        async with self.world.reading() as tx:
            return await orders.get(tx, (account or self.demo).id, order_id)

    async def pay(self, order_id: int, amount: str | None = None, account: accounts.Account | None = None) -> None:
        """Record a payment by hand."""
        sum_ = None if amount is None else Decimal(amount)
        async with self.world.transaction() as tx:
            await orders.pay(tx, (account or self.demo).id, order_id, sum_, channel="manual")

    async def payments(self, order_id: int) -> list[tuple[str, str, str]]:
        """List the payments of an order: kind, amount, channel."""
        async with self.world.reading() as tx:
            found = await orders.payments_of(tx, self.demo.id, order_id)
        return [(payment.kind, str(payment.amount), payment.channel) for payment in found]

    def path(self, order_id: int, account: accounts.Account | None = None, *, visitor: bool = False) -> str:
        """Name the path of an order's payment page; with ``visitor``, for who may be somebody else than the buyer."""
        return payment_path(LINKS_KEY, VISIT if visitor else BILL)((account or self.demo).id, order_id)


@asynccontextmanager
async def a_shop(
    world: World, channels: Mapping[str, orders.PaymentChannel] = MappingProxyType({})
) -> AsyncIterator[Shop]:
    """Open a shop."""
    async with world.transaction() as tx:
        demo = await accounts.create(tx, accounts.NewAccount(login="demo", time_zone="Europe/Riga"), VAULT)
        ruslan = await accounts.create(
            tx, accounts.NewAccount(login="ruslan", locale="ru", currency="RUB", time_zone="Europe/Moscow"), VAULT
        )
        closed = await accounts.create(tx, accounts.NewAccount(login="closed"), VAULT)
        await accounts.add_domain(tx, "demo", "shop.example.com", VAULT)
        await _stock(world, tx, demo.id, ruslan.id)
        await accounts.disable(tx, "closed")
    wishes: list[orders.NewOrder] = []
    busy: list[Exception] = []
    batch: Batch[orders.NewOrder, orders.Placed] = Batch("shop test", world.database, orders.place)

    async def place(wish: orders.NewOrder) -> orders.Placed:
        wishes.append(wish)
        if busy:
            raise busy[0]
        return await batch.put(wish)

    async def enrol(_: groups.Enrolment) -> groups.Enrolled:
        raise Busy("no forms here")

    app = build(world, enrol, SETTINGS, place_order=place, payment_channels=channels)
    yield Shop(app, world, demo, ruslan, closed, wishes, busy)
    await batch.close()


async def _stock(world: World, tx: Any, demo: int, ruslan: int) -> None:
    made = (
        a_product("course", "The <Course> & more", "1500.50", payment_text=NOTE, thanks_url="https://demo.site/thanks"),
        a_product("book", "Book", "20", kind="physical", cash_on_delivery=True, countries=("LVA", "RUS")),
        a_product("gift", "Gift", "0", thanks_url="https://demo.site/gift"),
        a_product("free-will", "As you like", "5", kind="floating"),
        a_product("short", "Short", "9.99", short_address=True),
        a_product("slow", "Slow", "300", least_payment=Decimal(100), deadline=timedelta(hours=3)),
        a_product("tiny", "Tiny", "10", least_payment=Decimal(15)),
        a_product("кружка", "Кружка", "7"),
    )
    for product in made:
        await products.create(tx, demo, product)
    await products.create(
        tx, ruslan, a_product("kurs", "Курс «Мастерская»", "1500", payment_text="<p>Карта: #PRICE#</p>")
    )
    for coupon in (
        products.NewCoupon(code="TEN", discount_percent=Decimal(10)),
        products.NewCoupon(code="once", discount_sum=Decimal(5), products=("short",), most_uses=1),
        products.NewCoupon(code="over", discount_sum=Decimal(5), valid_until=world.now - timedelta(days=1)),
    ):
        await products.create_coupon(tx, demo, coupon)


def a_product(name: str, title: str, price: str, **said: Any) -> products.NewProduct:
    """Build a product, digital if nothing else is said."""
    return products.NewProduct(name=name, title=title, price=Decimal(price), **({"kind": "digital"} | said))
