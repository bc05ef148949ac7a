"""Placing orders: the rule of CreateOrder and of the order pages, for a whole batch in one transaction."""

from collections.abc import Mapping, Sequence
from typing import Final

from enlist.domain import accounts, contacts, delivery, products
from enlist.domain.orders import crediting, expiring, fulfilling, queries, reading_queries
from enlist.domain.orders.checking import check
from enlist.domain.orders.drafting import Draft, Key, draw_up, without_coupon
from enlist.domain.orders.errors import BadOrder, OrderExists
from enlist.domain.orders.events import OrderPaid, OrderPlaced
from enlist.domain.orders.model import CancelledOrder, NewOrder, Order, Placed
from enlist.kit import money
from enlist.kit.errors import Refusal
from enlist.runtime import events
from enlist.runtime.db import Tx

Outcome = Placed | Refusal
People = Mapping[tuple[int, str], contacts.KnownContact]

_ROUNDS: Final = 5


async def place(tx: Tx, new: Sequence[NewOrder]) -> list[Outcome]:
    """Place orders; return one outcome per order, in order.

    An outcome is Placed, or a refusal: NoProducts, BadOrder, products.ProductNotFound (``product`` as it was sent),
    SumTooSmall, DeliveryDataMissing, CountryNotServed, OrderExists (readings.md#12); of orders on pages also
    products.CouponFails and delivery.TooManyLetters. The buyer becomes a contact, or fills the empty fields of the one
    they are, also when the same order exists; other refused orders change nothing. What costs nothing is paid at once.
    Sources: api-1.0.md §8, api-2.0.md §5.
    """
    drafts = await _draft(tx, new)
    wanted: dict[Key, Draft] = {}
    for one in drafts:
        if isinstance(one, Draft):
            wanted.setdefault(one.key, one)  # of the same orders in one batch the first is placed
    numbers, placed = await _place(tx, wanted) if wanted else ({}, {})
    return [_outcome(one, wanted, numbers, placed) if isinstance(one, Draft) else one for one in drafts]


async def _draft(tx: Tx, new: Sequence[NewOrder]) -> list[Draft | Refusal]:
    refusals = [check(one, tx.now) for one in new]
    fit = [one for one, refusal in zip(new, refusals, strict=True) if refusal is None]
    found = await products.find_all(tx, {(one.account.id, wanted.product) for one in fit for wanted in one.wanted})
    codes = {(one.account.id, one.coupon) for one in fit if one.coupon}
    coupons = await products.find_coupons(tx, codes) if codes else {}
    staff = {(one.account.id, one.manager_id) for one in fit if one.manager_id is not None}
    strangers = staff - await accounts.known_managers(tx, staff) if staff else staff
    drafts: list[Draft | Refusal] = []
    for one, refusal in zip(new, refusals, strict=True):
        if refusal is not None:
            drafts.append(refusal)
        elif (one.account.id, one.manager_id) in strangers:
            drafts.append(BadOrder(field="manager_id", reason="is no manager of the account"))
        else:
            drafts.append(draw_up(one, found, coupons, tx.now))
    return await _limit_strangers(tx, drafts)


async def _limit_strangers(tx: Tx, drafts: list[Draft | Refusal]) -> list[Draft | Refusal]:
    """Refuse orders on pages that cost nothing, beyond some: each brings a letter to whoever was named as its buyer."""
    free = {
        place: delivery.Cause(one.new.buyer.email.address, one.new.buyer.ip)
        for place, one in enumerate(drafts)
        if isinstance(one, Draft) and one.new.source == "page" and not one.total
    }
    if free:
        for place, may in zip(free, await delivery.allow_letters(tx, list(free.values())), strict=True):
            if not may:
                drafts[place] = delivery.TooManyLetters()
    return drafts


async def _place(tx: Tx, wanted: Mapping[Key, Draft]) -> tuple[dict[Key, int], dict[Key, Draft]]:
    """Place orders that all differ; return the numbers of these or of those that exist already, and the placed ones."""
    people = await _remember(tx, list(wanted.values()))
    # In the order of docs/locks.md: contacts, the counters of orders, orders, coupons, memberships, pin codes, the
    # partner locks.
    await queries.hold_numbers(tx, {key[0] for key in wanted})
    numbers, new, overdue = await _insert(tx, wanted, people)
    await expiring.announce(tx.by(expiring.DEADLINE), overdue)
    if not new:
        return numbers, {}
    placed = await _use_coupons(tx, {key: wanted[key] for key in new}, numbers)
    await queries.insert_items(
        tx, ((key[0], numbers[key], item) for key, draft in placed.items() for item in draft.items)
    )
    await events.publish(tx, [OrderPlaced(owner_id=key[0], order_id=numbers[key]) for key in placed])
    free = await _give_away(tx, [(key[0], numbers[key]) for key, draft in placed.items() if not draft.total])
    decisions = await crediting.credit(tx, [(draft, numbers[key]) for key, draft in placed.items()], people)
    for key, decision in zip(placed, decisions, strict=True):
        if decision.partner_id is not None and (order := free.get((key[0], numbers[key]))):
            await crediting.charge(tx, order)
    return numbers, placed


async def _remember(tx: Tx, drafts: Sequence[Draft]) -> People:
    said: dict[tuple[int, str], contacts.Person] = {}
    for draft in drafts:
        buyer, before = draft.new.buyer, said.get(draft.person)
        said[draft.person] = contacts.Person(
            email=buyer.email,
            name=(before and before.name) or buyer.first_name,
            phone=(before and before.phone) or buyer.phone,
            city=(before and before.city) or buyer.city,
        )
    people = await contacts.add_or_fill(tx, [(key[0], person) for key, person in said.items()])
    await contacts.fill_names(
        tx,
        [
            (draft.person[0], people[draft.person].id, draft.new.buyer.last_name, draft.new.buyer.middle_name)
            for draft in drafts
        ],
    )
    return people


async def _insert(
    tx: Tx, wanted: Mapping[Key, Draft], people: People
) -> tuple[dict[Key, int], set[Key], list[CancelledOrder]]:
    """Add orders that do not wait already; return all their numbers, which are new, and those cancelled for it.

    An order that waits, but should have been cancelled by now, makes room for the new one.
    """
    numbers: dict[Key, int] = {}
    new: set[Key] = set()
    cancelled: list[CancelledOrder] = []
    for _ in range(_ROUNDS):
        missing = [key for key in wanted if key not in numbers]
        added = await _add(tx, [(wanted[key], people[wanted[key].person].id) for key in missing])
        numbers |= added
        new |= added.keys()
        missing = [key for key in missing if key not in added]
        if not missing:
            return numbers, new, cancelled
        # What stood in the way may have been paid or cancelled meanwhile: then there is room now.
        waiting = await queries.open_orders(tx, missing)
        overdue = [(key[0], number) for key, (number, at) in waiting.items() if at is not None and at <= tx.now]
        if overdue:
            cancelled += await queries.cancel_if_overdue(tx, overdue)
        numbers |= {key: number for key, (number, _) in waiting.items() if (key[0], number) not in overdue}
        if len(numbers) == len(wanted):
            return numbers, new, cancelled
    raise RuntimeError("the same orders came and went all the time")


class _SomeWait(Exception):
    """Some of the orders wait already."""


async def _add(tx: Tx, drafts: Sequence[tuple[Draft, int]]) -> dict[Key, int]:
    """Add the orders as if all were new, which they nearly always are; if some wait, undo that and leave them out."""
    try:
        async with tx.savepoint():
            added = await queries.insert(tx, drafts)
            if len(added) < len(drafts):
                raise _SomeWait
            return added
    except _SomeWait:
        return await queries.insert_new(tx, drafts)


async def _use_coupons(tx: Tx, drafts: Mapping[Key, Draft], numbers: Mapping[Key, int]) -> dict[Key, Draft]:
    """Count the uses of coupons; an order for which there was none left costs what it costs without."""
    placed = dict(drafts)
    used = [(key, draft.coupon) for key, draft in drafts.items() if draft.coupon is not None]
    allowed = await products.use_coupons(tx, [(key[0], coupon.id) for key, coupon in used])
    for (key, _), fine in zip(used, allowed, strict=True):
        if not fine:
            placed[key] = without_coupon(drafts[key])
            await queries.take_coupon(tx, key[0], numbers[key], placed[key])
    return placed


async def _give_away(tx: Tx, keys: Sequence[tuple[int, int]]) -> Mapping[tuple[int, int], Order]:
    if not keys:
        return {}
    await queries.mark_free(tx, keys)
    free = await reading_queries.get_all(tx, keys)
    await queries.note(tx.by(fulfilling.PURCHASE), [(*key, "paid", {"free": "yes"}) for key in free])
    await fulfilling.fulfil(tx, list(free.values()))
    await events.publish(tx, [OrderPaid(owner_id=key[0], order_id=key[1], amount=money.ZERO) for key in free])
    return free


def _outcome(
    one: Draft, wanted: Mapping[Key, Draft], numbers: Mapping[Key, int], placed: Mapping[Key, Draft]
) -> Outcome:
    if one.key in placed and wanted[one.key] is one:
        return Placed(numbers[one.key])
    return OrderExists(order_id=numbers[one.key])
