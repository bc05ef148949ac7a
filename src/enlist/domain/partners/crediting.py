"""Crediting leads and orders to partners, whole batches in one transaction, with what was decided and why."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from enlist.domain.partners import click_queries, credit_queries, queries, tallying
from enlist.domain.partners.attributing import decide, explain, find_named, keys_named, keys_of, number_key, tidy
from enlist.domain.partners.credit_queries import Brought, NewFee, NewSale
from enlist.domain.partners.earning import fees_of
from enlist.domain.partners.history import History, Key, keep, load
from enlist.domain.partners.model import (
    AFFILIATE,
    Decision,
    FeeRow,
    Lead,
    Member,
    Programme,
    Sale,
    Touch,
)
from enlist.domain.partners.tallying import Count
from enlist.runtime.db import Tx

NOTHING: Final = Decision(None, "no click")
FRESH: Final = Programme()


async def credit_leads(tx: Tx, leads: Sequence[Lead]) -> list[Decision]:
    """Decide who brought these contacts, keep their clicks and the decisions; return one decision per lead, in order.

    To be called behind everything else that locks rows.
    """
    if not leads:
        return []
    histories = await load(tx, {_contact(lead) for lead in leads if lead.known_since is not None})
    carried = [tidy(lead.touches, tx.now) for lead in leads]
    members = await queries.members(tx, _keys_in(leads, carried, histories))
    programmes = await queries.programmes(tx, members) if members else {}
    decisions: list[tuple[Key, Decision]] = []
    for lead, touches in zip(leads, carried, strict=True):
        history = histories.setdefault(_contact(lead), History())
        history.add(touches)
        decision = decide(
            programmes.get(lead.account_id, FRESH),
            history.all,
            members.get(lead.account_id, {}),
            known_since=lead.known_since,
            now=tx.now,
        )
        decisions.append((_contact(lead), decision))
    await keep(tx, histories)
    if worth_keeping := [pair for pair in decisions if pair[1].rule != "no click"]:
        await credit_queries.add_lead_decisions(tx, worth_keeping)
    brought = [
        Brought(account_id, decision.partner_id, contact_id, tx.now, _marks(decision))
        for (account_id, contact_id), decision in decisions
        if decision.partner_id is not None
    ]
    await tallying.tally(tx, await _bring(tx, brought))
    return [decision for _, decision in decisions]


async def credit_orders(tx: Tx, sales: Sequence[Sale]) -> list[Decision]:
    """Decide who is credited with these orders, and what he and his recruiter earn once they are paid.

    Decisions, expected fees and clicks are kept; returns one decision per sale, in order. The contact's clicks that
    came with earlier leads and orders count, too. Costs nothing for new contacts without touches, coupon partner and
    affiliates, and one statement if nothing is known of anybody. To be called behind everything else that locks rows.
    """
    histories = await load(tx, {_contact(sale) for sale in sales if sale.known_since is not None})
    known = set(histories)
    known |= {_contact(sale) for sale in sales if sale.touches}  # also for what follows in the same batch
    matter = [
        sale for sale in sales if _contact(sale) in known or sale.coupon_partner_id is not None or any(sale.affiliates)
    ]
    if not matter:
        return [NOTHING] * len(sales)
    decided = await _credit(tx, matter, histories)
    return [decided.get((sale.account_id, sale.order_id), NOTHING) for sale in sales]


async def _credit(tx: Tx, sales: Sequence[Sale], histories: dict[Key, History]) -> dict[Key, Decision]:
    carried = [tidy(sale.touches, sale.created_at) for sale in sales]
    members = await queries.members(tx, [*_keys_in(sales, carried, histories), *_keys_named(sales)])
    programmes = await queries.programmes(tx, members) if members else {}
    credited: list[NewSale] = []
    for sale, touches in zip(sales, carried, strict=True):
        own = members.setdefault(sale.account_id, {})
        history = histories.setdefault(_contact(sale), History())
        history.add(touches)
        programme = programmes.get(sale.account_id, FRESH)
        decision = decide(
            programme,
            history.all,
            own,
            coupon_partner=sale.coupon_partner_id,
            named=_nth(sale.affiliates, 0),
            known_since=sale.known_since,
            now=sale.created_at,
        )
        if decision.rule == "coupon":
            history.add([_coupon_touch(sale, own)])
        credited.append(_sale(sale, decision, own, money_back=programme.money_back))
    partners = {(sale.account_id, who) for sale in credited for who in (sale.partner_id, sale.second_id) if who}
    rates = await queries.rates(tx, partners) if partners else {}
    fees: list[NewFee] = []
    for sale, new in zip(sales, credited, strict=True):
        for level, partner_id in ((1, new.partner_id), (2, new.second_id)):
            own_rates = rates.get((new.account_id, partner_id or 0), [])
            fees += fees_of(sale, level, partner_id, own_rates, programmes.get(new.account_id, FRESH))
    await keep(tx, histories)
    if worth_keeping := [new for new in credited if new.rule != "no click" or new.second_id]:
        await credit_queries.insert_sales(tx, worth_keeping, fees)
        await _count(tx, worth_keeping)
    return {(new.account_id, new.order_id): _decision(new) for new in credited}


def _sale(sale: Sale, decision: Decision, members: Mapping[str, Member], *, money_back: bool) -> NewSale:
    return NewSale(
        account_id=sale.account_id,
        order_id=sale.order_id,
        contact_id=sale.contact_id,
        created_at=sale.created_at,
        partner_id=decision.partner_id,
        second_id=_second(sale, decision, members),
        rule=decision.rule,
        touch=decision.touch,
        money_back=money_back,
    )


def _second(sale: Sale, decision: Decision, members: Mapping[str, Member]) -> int | None:
    """Tell who earns on the second level: who is named for it, else the recruiter of him who is credited."""
    second = None if decision.rule == "coupon" else find_named(members, _nth(sale.affiliates, 1))
    if second is not None:
        number: int | None = second.id
    else:
        number = next((member.recruiter_id for member in members.values() if member.id == decision.partner_id), None)
    return number if number != decision.partner_id else None


def _coupon_touch(sale: Sale, members: dict[str, Member]) -> Touch:
    """Make the click that an order with a partner's coupon is (justclick/product.md §2)."""
    member = members[number_key(sale.coupon_partner_id or 0)]
    members[member.login.lower()] = member
    return Touch(sale.created_at, {"utm_medium": AFFILIATE, "utm_source": member.login}, "coupon")


async def _count(tx: Tx, sales: Sequence[NewSale]) -> None:
    counts: list[Count] = []
    brought: list[Brought] = []
    clicks: list[Key] = []
    for sale in sales:
        if sale.partner_id is None:
            continue
        counts.append(Count(sale.account_id, sale.partner_id, sale.created_at, orders=1))
        marks = dict(sale.touch.marks) if sale.touch else None
        brought.append(Brought(sale.account_id, sale.partner_id, sale.contact_id, sale.created_at, marks))
        if sale.rule == "coupon":
            counts.append(Count(sale.account_id, sale.partner_id, tx.now, clicks=1))
            clicks.append((sale.account_id, sale.partner_id))
    if clicks:
        await click_queries.insert_of_coupons(tx, clicks)
    await tallying.tally(tx, [*counts, *await _bring(tx, brought)])


async def _bring(tx: Tx, brought: Sequence[Brought]) -> list[Count]:
    """Note who brought whom; return what is to be counted of it: each contact once for each partner."""
    first: dict[tuple[int, int, int], Brought] = {}
    for one in brought:
        first.setdefault(one[:3], one)
    new = await credit_queries.bring(tx, first.values()) if first else set()
    return [Count(one.account_id, one.partner_id, one.at, contacts=1) for key, one in first.items() if key in new]


def _contact(wish: Lead | Sale) -> Key:
    return wish.account_id, wish.contact_id


def _nth(affiliates: Sequence[str], place: int) -> str:
    return affiliates[place].strip() if place < len(affiliates) else ""


def _keys_in(
    wishes: Sequence[Lead | Sale], carried: Sequence[Sequence[Touch]], histories: Mapping[Key, History]
) -> set[tuple[int, str]]:
    keys = {(account_id, key) for (account_id, _), history in histories.items() for key in history.names}
    for wish, touches in zip(wishes, carried, strict=True):
        keys |= {(wish.account_id, key) for touch in touches for key in keys_of(touch.marks)}
    return keys


def _keys_named(sales: Iterable[Sale]) -> Iterable[tuple[int, str]]:
    for sale in sales:
        if sale.coupon_partner_id is not None:
            yield sale.account_id, number_key(sale.coupon_partner_id)
        for name in sale.affiliates[:2]:
            for key in keys_named(name.strip()):
                yield sale.account_id, key


def _marks(decision: Decision) -> Mapping[str, str] | None:
    return decision.touch.marks if decision.touch else None


def _decision(sale: NewSale) -> Decision:
    return Decision(sale.partner_id, sale.rule, sale.touch)


async def fees(tx: Tx, keys: Collection[Key]) -> dict[Key, tuple[FeeRow, ...]]:
    """Tell by (account, order) what partners earn by orders, by place and level; orders without fees are left out.

    A partner who is credited stands there also when he earns nothing by an item.
    """
    return await credit_queries.fees(tx, keys) if keys else {}


async def decision_of(tx: Tx, account_id: int, order_id: int) -> str:
    """Say in a sentence who was credited with an order, or why nobody."""
    found = await credit_queries.sale_decision(tx, account_id, order_id)
    if found is None:
        return f"nobody: {explain(NOTHING)}"
    first, second, decision = found
    return _said(first, decision) + (f"; second level: {second}" if second else "")


async def decisions_about(tx: Tx, account_id: int, contact_id: int, *, limit: int = 100) -> list[str]:
    """Say in sentences who was credited with bringing a contact, or why nobody, the latest first."""
    found = await credit_queries.lead_decisions(tx, account_id, contact_id, limit)
    return [f"{at:%Y-%m-%d %H:%M:%S} UTC: {_said(login, decision)}" for login, at, decision in found]


def _said(login: str, decision: Decision) -> str:
    return f"{login or 'nobody'}: {explain(decision)}"
