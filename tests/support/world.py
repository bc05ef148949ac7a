"""One object through which tests act: a database, the accounts in it, and what is done and asked there."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, Concatenate, ParamSpec, TypeVar

from enlist.domain import accounts, contacts, delivery, groups, orders, products
from enlist.kit.email import EmailAddress, normalise
from enlist.runtime.db import Database, Tx, utc_now
from enlist.runtime.vault import Vault

VAULT = Vault(b"a secret that only the tests know" * 2)
KEY = "aB#9=v&d?[s]}|2;x5)|L%4+tV6::wJ-~!*'"

P = ParamSpec("P")
R = TypeVar("R")

_logins = count(1)


class Clock:
    """A clock that stands until the test sets it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        """Let time pass, such as ``hours=1``."""
        self.now += timedelta(**span)


@dataclass(frozen=True)
class Kept:
    """An event or a queued message as the database keeps it."""

    kind: str
    body: dict[str, Any]
    recipient: str = ""


class World:
    """A database with what tests need to act in it; each act is a transaction of its own."""

    vault = VAULT

    def __init__(self, database: Database) -> None:
        self.database = database

    @classmethod
    @asynccontextmanager
    async def open(cls, dsn: str, clock: Callable[[], datetime] = utc_now, **options: Any) -> AsyncIterator["World"]:
        """Open a database as another process would: with a pool, and maybe a clock, of its own."""
        database = Database(dsn, clock=clock, **options)
        await database.open()
        try:
            yield cls(database)
        finally:
            await database.close()

    async def close(self) -> None:
        """Close a database that was opened by hand."""
        await self.database.close()

    @property
    def now(self) -> datetime:
        """The instant that the database takes for now."""
        return self.database.clock()

    def transaction(self) -> AbstractAsyncContextManager[Tx]:
        """Open a transaction, for tests of what happens inside one."""
        return self.database.transaction()

    def reading(self) -> AbstractAsyncContextManager[Tx]:
        """Give a connection for single statements."""
        return self.database.reading()

    async def do(self, act: Callable[Concatenate[Tx, P], Awaitable[R]], *args: P.args, **named: P.kwargs) -> R:
        """Call a function of a porch in a transaction."""
        async with self.database.transaction() as tx:
            return await act(tx, *args, **named)

    async def ask(self, question: Callable[Concatenate[Tx, P], Awaitable[R]], *args: P.args, **named: P.kwargs) -> R:
        """Call a function of a porch that only reads."""
        async with self.database.reading() as tx:
            return await question(tx, *args, **named)

    async def account(self, login: str = "", **properties: Any) -> accounts.Account:
        """Create an account, with a login of its own and the tests' key."""
        new = accounts.NewAccount(login=login or f"school{next(_logins)}", api_key=KEY, **properties)
        return await self.do(accounts.create, new, VAULT)

    async def group(self, account: accounts.Account, name: str, *, asks: bool = True) -> groups.Group:
        """Create a group; one that ``asks`` wants confirmation."""
        return await self.do(groups.create, account.id, name, title=f"Group {name}", confirmation=asks)

    async def product(
        self, account: accounts.Account, name: str, price: str = "100", **properties: Any
    ) -> products.Product:
        """Create a product, digital unless said otherwise."""
        said = {"kind": "digital", "title": f"Product {name}", **properties}
        return await self.do(products.create, account.id, products.NewProduct(name=name, price=Decimal(price), **said))

    async def coupon(self, account: accounts.Account, code: str, **properties: Any) -> products.Coupon:
        """Create a coupon, of ten per cent unless said otherwise."""
        said = properties if "discount_sum" in properties else {"discount_percent": Decimal(10), **properties}
        return await self.do(products.create_coupon, account.id, products.NewCoupon(code=code, **said))

    async def site(self, account: accounts.Account | None = None, name: str = "main", **said: Any) -> accounts.Site:
        """Create a site, in an account of its own unless one is given."""
        site, _ = await self.do(accounts.create_site, (account or await self.account()).id, name, **said)
        return site

    async def enrol(self, *wishes: groups.Enrolment) -> list[Any]:
        """Enrol people together; return the outcomes."""
        return list(await self.do(groups.enrol, wishes))

    async def place(self, *new: orders.NewOrder) -> list[Any]:
        """Place orders together; return the outcomes."""
        return list(await self.do(orders.place, new))

    async def order(self, new: orders.NewOrder) -> orders.Order:
        """Place an order that is not refused; return it."""
        (outcome,) = await self.place(new)
        assert isinstance(outcome, orders.Placed), outcome
        return await self.ask(orders.get, new.account.id, outcome.order_id, hidden=True)

    async def count(self, table: str, account_id: int | None = None) -> int:
        """Count the rows of a table; of one account if given. For tests of how often something is kept."""
        mine = "" if account_id is None else f" WHERE account_id = {account_id}"
        async with self.database.reading() as tx:
            number: int = await tx.fetch_value(f"SELECT count(*) FROM {table}{mine}")
        return number

    async def states(self, account: accounts.Account, email: str) -> dict[str, str]:
        """Tell in which groups somebody is, and how."""
        found = await self.ask(groups.list_memberships, account.id, address(email))
        return {membership.group_name: membership.state for membership in found}

    async def bounce(self, account: accounts.Account, contact_id: int, *group_ids: int) -> None:
        """Let the mail that asks a contact about these groups come back for good."""
        asked = {"contact_id": contact_id, "group_ids": list(group_ids)}
        refused = delivery.RecipientRefused(
            owner_id=account.id, letter_id=1, kind=groups.CONFIRMATION_LETTER, recipient="", reason="550", data=asked
        )
        await self.do(groups.mark_undeliverable, [refused])

    async def events(self, account_id: int, beginning: str = "") -> list[Kept]:
        """List the events of an account that are kept, in order; those whose kind begins so."""
        async with self.database.reading() as tx:
            rows = await tx.fetch("SELECT kind, body FROM events WHERE owner_id = $1 ORDER BY id", account_id)
        return [Kept(row["kind"], json.loads(row["body"])) for row in rows if row["kind"].startswith(beginning)]

    async def messages(self, account_id: int | None = None, recipient: str = "") -> list[Kept]:
        """List the messages that were queued, in order; of one account, to one recipient if given."""
        async with self.database.reading() as tx:
            rows = await tx.fetch(
                "SELECT kind, data, recipient FROM letters WHERE account_id = coalesce($1, account_id)"
                " AND lower(recipient) = coalesce(nullif(lower($2), ''), lower(recipient)) ORDER BY id",
                account_id,
                recipient,
            )
        return [Kept(row["kind"], json.loads(row["data"]), row["recipient"]) for row in rows]


def address(email: str) -> EmailAddress:
    """Read an address that is right."""
    read = normalise(email)
    assert read is not None
    return read


def an_enrolment(
    account: accounts.Account, email: str, names: Sequence[str], *, confirm: bool = False, **said: Any
) -> groups.Enrolment:
    """Build an enrolment."""
    return groups.Enrolment(
        account=account, person=contacts.Person(email=address(email), **said), groups=tuple(names), confirm=confirm
    )


def an_order(
    account: accounts.Account, email: str, *wanted: str | tuple[str, str], buyer: Any = (), **properties: Any
) -> orders.NewOrder:
    """Build an order of products by name, or by name and sum."""
    named = (one if isinstance(one, tuple) else (one, None) for one in wanted)
    return orders.NewOrder(
        account=account,
        buyer=orders.Buyer(email=address(email), **dict(buyer)),
        wanted=tuple(orders.Wanted(name, None if sum_ is None else Decimal(sum_)) for name, sum_ in named),
        **properties,
    )
