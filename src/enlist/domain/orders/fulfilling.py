"""Giving buyers what they paid for: places in groups, pin codes, one letter for each item."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol

from msgspec.structs import replace

from enlist.domain import accounts, contacts, delivery, groups, products
from enlist.domain.orders import pin_queries, queries
from enlist.domain.orders.model import Item, Order
from enlist.kit.email import normalise
from enlist.kit.errors import Refusal
from enlist.runtime.actors import Actor
from enlist.runtime.db import Tx

ORDER_LETTER: Final = "orders.purchase"

PURCHASE: Final = Actor("system", "purchase")
_GROUPS_AT_ONCE: Final = 100
_ITEMS_AT_ONCE: Final = 500

Key = tuple[int, int]
Place = tuple[int, int, int]  # account, order, place of the item in it
Sold = Mapping[Key, products.Product]


async def fulfil(tx: Tx, paid: Sequence[Order]) -> None:
    """Give the buyers of orders that were just paid in full what is theirs; to be called once for each order.

    The orders and their contacts are locked.
    """
    sold = await products.get_all(tx, {(order.account_id, item.product_id) for order in paid for item in order.items})
    await _enrol(tx, paid, sold)
    pins, awaiting = await _issue(tx, paid)
    await delivery.queue(
        tx,
        [
            _letter(order.account_id, order.id, item.place, order.email)
            for order, item in _items(paid)
            if (order.account_id, order.id, item.place) in pins
            or (
                (order.account_id, order.id, item.place) not in awaiting
                and _is_written_about(sold.get((order.account_id, item.product_id)))
            )
        ],
    )


class _PinCodesAdded(Protocol):
    """What of products.PinCodesAdded matters here."""

    @property
    def owner_id(self) -> int: ...

    @property
    def product_id(self) -> int: ...


async def hand_out(tx: Tx, events: Sequence[_PinCodesAdded]) -> None:
    """React to products.PinCodesAdded: whoever paid while the stock was empty gets the pin code now, by email."""
    for account_id, product_id in sorted({(event.owner_id, event.product_id) for event in events}):
        while await _hand_out(tx, account_id, product_id) == _ITEMS_AT_ONCE:
            pass


async def _hand_out(tx: Tx, account_id: int, product_id: int) -> int:
    waiting = await pin_queries.lock_awaiting(tx, account_id, product_id, _ITEMS_AT_ONCE)
    if not waiting:
        return 0
    await pin_queries.lock_stocks(tx, [(account_id, product_id)])
    pins = await products.issue_pin_codes(
        tx, [(account_id, product_id, order_id, place) for _, order_id, place, _, _ in waiting]
    )
    if pins:
        await pin_queries.write_pins(tx, [(*item, pin) for item, pin in pins.items()])
        await queries.note(tx.by(PURCHASE), [(account_id, order_id, "pin_code", {}) for _, order_id, _ in pins])
    await delivery.queue(
        tx,
        [
            _letter(account_id, order_id, place, email)
            for _, order_id, place, _, email in waiting
            if (account_id, order_id, place) in pins
        ],
    )
    return len(pins)


async def _enrol(tx: Tx, paid: Sequence[Order], sold: Sold) -> None:
    names: dict[Key, list[str]] = {}
    for order in paid:
        products_of = [sold[key] for item in order.items if (key := (order.account_id, item.product_id)) in sold]
        wanted = dict.fromkeys(name for product in products_of for name in product.groups)
        if wanted:
            names[order.account_id, order.id] = list(wanted)
    if not names:
        return
    known = await _groups(tx, {(key[0], name) for key, wanted in names.items() for name in wanted})
    owners = await accounts.owners(tx, {key[0] for key in names})
    wishes: list[tuple[Order, groups.Enrolment]] = []
    for order in paid:
        wanted_here = [
            name for name in names.get((order.account_id, order.id), ()) if (order.account_id, name) in known
        ]
        for wish in _wishes(owners[order.account_id], order, wanted_here):
            wishes.append((order, wish))
    await _enrol_all(tx, wishes)


def _wishes(owner: accounts.Owner, order: Order, names: Sequence[str]) -> Iterable[groups.Enrolment]:
    address = normalise(order.email)
    if address is None:
        return
    for begin in range(0, len(names), _GROUPS_AT_ONCE):
        yield groups.Enrolment(
            account=owner,
            person=contacts.Person(address),
            groups=tuple(names[begin : begin + _GROUPS_AT_ONCE]),
        )


async def _enrol_all(tx: Tx, wishes: Sequence[tuple[Order, groups.Enrolment]]) -> None:
    """Enrol; of a wish that fails because of one group, the others are fulfilled one by one, and the failure noted."""
    outcomes = await groups.enrol(tx, [wish for _, wish in wishes])
    alone: list[tuple[Order, groups.Enrolment]] = []
    for (order, wish), outcome in zip(wishes, outcomes, strict=True):
        if not isinstance(outcome, Refusal) or isinstance(outcome, groups.AlreadyMember):
            continue
        if len(wish.groups) > 1:
            alone += [(order, replace(wish, groups=(name,))) for name in wish.groups]
        else:
            said = {"reason": "not_enrolled", "refusal": outcome.code, **{k: str(v) for k, v in outcome.fields.items()}}
            await queries.note(tx.by(PURCHASE), [(order.account_id, order.id, "attention", said)])
    if alone:
        await _enrol_all(tx, alone)


async def _groups(tx: Tx, names: set[tuple[int, str]]) -> set[tuple[int, str]]:
    """Tell which groups, by (account, name), buyers can be put into; those that are missing are made."""
    known = await groups.KnownGroups().find(tx, names)
    for account_id, name in sorted(names - known.keys()):
        try:
            await groups.create(tx, account_id, name, confirmation=False)
        except groups.GroupTaken:
            pass  # somebody was faster
        except groups.BadGroup:
            names = names - {(account_id, name)}
    return {key for key in names if key not in known or not known[key].fills_itself}


async def _issue(tx: Tx, paid: Sequence[Order]) -> tuple[Mapping[Place, str], set[Place]]:
    """Hand out pin codes; return them by (account, order, place), and those items that have to wait for theirs."""
    with_pins = await products.has_pin_codes(tx, {(order.account_id, item.product_id) for order, item in _items(paid)})
    wanted = [
        (order.account_id, item.product_id, order.id, item.place)
        for order, item in _items(paid)
        if (order.account_id, item.product_id) in with_pins
    ]
    if not wanted:
        return {}, set()
    items = [(account_id, order_id, place) for account_id, _, order_id, place in wanted]
    await pin_queries.lock_stocks(tx, with_pins)
    pins = await products.issue_pin_codes(tx, wanted)
    await pin_queries.write_pins(
        tx,
        [(*item, pins.get(item, "")) for item in items],
    )
    return pins, {item for item in items if item not in pins}


def _items(paid: Sequence[Order]) -> Iterable[tuple[Order, Item]]:
    return ((order, item) for order in paid for item in order.items)


def _is_written_about(product: products.Product | None) -> bool:
    return product is not None and bool(product.letter_text or product.letter_html or product.download_url)


def _letter(account_id: int, order_id: int, place: int, email: str) -> delivery.Letter:
    return delivery.Letter(account_id, ORDER_LETTER, email, {"order_id": order_id, "place": place})
