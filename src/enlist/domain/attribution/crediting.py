"""Crediting leads and orders to partners, whole batches in one transaction, with what was decided and why."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from enlist.domain import partners
from enlist.domain.attribution import click_queries, lead_queries
from enlist.domain.attribution.attributing import decide, explain, keys_of, tidy
from enlist.domain.attribution.history import History, keep, load
from enlist.domain.attribution.model import (
    AFFILIATE,
    Attribution,
    Decision,
    Key,
    Lead,
    NewBroughtContact,
    Purchase,
    Touch,
)
from enlist.domain.partners import Count, Member, Programme
from enlist.runtime.db import Tx

NOBODY: Final = Decision(None, "no click")
_UNSET: Final = Programme()


async def credit_leads(tx: Tx, leads: Sequence[Lead]) -> list[Decision]:
    """Decide who brought these contacts, keep their clicks and the decisions; return one decision per lead, in order.

    Call last: it takes the partner locks (docs/locks.md).
    """
    if not leads:
        return []
    histories = await load(tx, {_contact(lead) for lead in leads if lead.known_since is not None})
    carried = [tidy(lead.touches, tx.now) for lead in leads]
    members = await partners.members(tx, _keys_in(leads, carried, histories))
    programmes = await partners.programmes(tx, members) if members else {}
    decisions: list[tuple[Key, Decision]] = []
    for lead, touches in zip(leads, carried, strict=True):
        history = histories.setdefault(_contact(lead), History())
        history.add(touches)
        decision = decide(
            programmes.get(lead.account_id, _UNSET),
            history.all,
            members.get(lead.account_id, {}),
            known_since=lead.known_since,
            now=tx.now,
        )
        decisions.append((_contact(lead), decision))
    await keep(tx, histories)
    if worth_keeping := [pair for pair in decisions if pair[1].rule != "no click"]:
        await lead_queries.add_lead_decisions(tx, worth_keeping)
    brought = [
        NewBroughtContact(account_id, decision.partner_id, contact_id, tx.now, _marks(decision))
        for (account_id, contact_id), decision in decisions
        if decision.partner_id is not None
    ]
    await partners.tally(tx, await _bring(tx, brought))
    return [decision for _, decision in decisions]


async def attribute(tx: Tx, purchases: Sequence[Purchase]) -> list[Attribution]:
    """Decide who is credited with these orders on both levels, and keep the clicks that came with them.

    Returns one attribution per order, in order. The contact's clicks that came with earlier leads and orders count,
    too. Costs nothing for new contacts without touches, coupon partner and affiliates, and one statement if nothing is
    known of anybody. What is decided is the caller's to keep, and ``count_attributed`` counts it.
    """
    histories = await load(tx, {_contact(one) for one in purchases if one.known_since is not None})
    known = set(histories)
    known |= {_contact(one) for one in purchases if one.touches}  # also for what follows in the same batch
    matter = [
        one for one in purchases if _contact(one) in known or one.coupon_partner_id is not None or any(one.affiliates)
    ]
    decided = {(one.purchase.account_id, one.purchase.order_id): one for one in await _attribute(tx, matter, histories)}
    return [decided.get((one.account_id, one.order_id)) or Attribution(one, NOBODY, None, _UNSET) for one in purchases]


async def _attribute(tx: Tx, purchases: Sequence[Purchase], histories: dict[Key, History]) -> Sequence[Attribution]:
    if not purchases:
        return ()
    carried = [tidy(one.touches, one.created_at) for one in purchases]
    members = await partners.members(tx, [*_keys_in(purchases, carried, histories), *_keys_named(purchases)])
    programmes = await partners.programmes(tx, members) if members else {}
    attributed: list[Attribution] = []
    for one, touches in zip(purchases, carried, strict=True):
        own = members.setdefault(one.account_id, {})
        history = histories.setdefault(_contact(one), History())
        history.add(touches)
        programme = programmes.get(one.account_id, _UNSET)
        decision = decide(
            programme,
            history.all,
            own,
            coupon_partner=one.coupon_partner_id,
            named=_nth(one.affiliates, 0),
            known_since=one.known_since,
            now=one.created_at,
        )
        if decision.rule == "coupon":
            history.add([_coupon_touch(one, own)])
        attributed.append(Attribution(one, decision, _second(one, decision, own), programme))
    await keep(tx, histories)
    return attributed


def _second(purchase: Purchase, decision: Decision, members: Mapping[str, Member]) -> int | None:
    """Tell who earns on the second level: whoever is named for it, else the recruiter of the partner credited."""
    second = None if decision.rule == "coupon" else partners.find_named(members, _nth(purchase.affiliates, 1))
    if second is not None:
        number: int | None = second.id
    else:
        number = next((member.recruiter_id for member in members.values() if member.id == decision.partner_id), None)
    return number if number != decision.partner_id else None


def _coupon_touch(purchase: Purchase, members: dict[str, Member]) -> Touch:
    """Make the click that an order with a partner's coupon is (justclick/product.md §2)."""
    member = members[partners.number_key(purchase.coupon_partner_id or 0)]
    members[member.login.lower()] = member
    return Touch(purchase.created_at, {"utm_medium": AFFILIATE, "utm_source": member.login}, "coupon")


async def count_attributed(tx: Tx, attributed: Sequence[Attribution]) -> None:
    """Count orders by days for the partners credited with them, and the contacts that are theirs by that.

    An order with a partner's coupon is a click, too. Call last: it takes the partner locks (docs/locks.md).
    """
    counts: list[Count] = []
    brought: list[NewBroughtContact] = []
    clicks: list[Key] = []
    for one in attributed:
        order, partner_id = one.purchase, one.decision.partner_id
        if partner_id is None:
            continue
        counts.append(Count(order.account_id, partner_id, order.created_at, orders=1))
        marks = dict(one.decision.touch.marks) if one.decision.touch else None
        brought.append(NewBroughtContact(order.account_id, partner_id, order.contact_id, order.created_at, marks))
        if one.decision.rule == "coupon":
            counts.append(Count(order.account_id, partner_id, tx.now, clicks=1))
            clicks.append((order.account_id, partner_id))
    if clicks:
        await click_queries.insert_of_coupons(tx, clicks)
    await partners.tally(tx, [*counts, *await _bring(tx, brought)])


async def _bring(tx: Tx, brought: Sequence[NewBroughtContact]) -> list[Count]:
    """Note who brought whom; return what is to be counted of it: each contact once for each partner."""
    first: dict[tuple[int, int, int], NewBroughtContact] = {}
    for one in brought:
        first.setdefault(one[:3], one)
    new = await lead_queries.bring(tx, first.values()) if first else set()
    return [Count(one.account_id, one.partner_id, one.at, contacts=1) for key, one in first.items() if key in new]


def _contact(wish: Lead | Purchase) -> Key:
    return wish.account_id, wish.contact_id


def _nth(affiliates: Sequence[str], place: int) -> str:
    return affiliates[place].strip() if place < len(affiliates) else ""


def _keys_in(
    wishes: Sequence[Lead | Purchase], carried: Sequence[Sequence[Touch]], histories: Mapping[Key, History]
) -> set[tuple[int, str]]:
    keys = {(account_id, key) for (account_id, _), history in histories.items() for key in history.names}
    for wish, touches in zip(wishes, carried, strict=True):
        keys |= {(wish.account_id, key) for touch in touches for key in keys_of(touch.marks)}
    return keys


def _keys_named(purchases: Iterable[Purchase]) -> Iterable[tuple[int, str]]:
    for one in purchases:
        if one.coupon_partner_id is not None:
            yield one.account_id, partners.number_key(one.coupon_partner_id)
        for name in one.affiliates[:2]:
            for key in partners.keys_named(name.strip()):
                yield one.account_id, key


def _marks(decision: Decision) -> Mapping[str, str] | None:
    return decision.touch.marks if decision.touch else None


async def decisions_about(tx: Tx, account_id: int, contact_id: int, *, limit: int = 100) -> list[str]:
    """Say in sentences who was credited with bringing a contact, or why nobody, the latest first."""
    found = await lead_queries.lead_decisions(tx, account_id, contact_id, limit)
    return [f"{at:%Y-%m-%d %H:%M:%S} UTC: {said(login, decision)}" for login, at, decision in found]


def said(login: str, decision: Decision) -> str:
    """Say in a sentence that the partner of ``login`` (empty: nobody) was credited, and why."""
    return f"{login or 'nobody'}: {explain(decision)}"
