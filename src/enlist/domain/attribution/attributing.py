"""Attributing: whose contact or buyer this is, decided from a history of clicks and the programme's settings alone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from enlist.domain import partners
from enlist.domain.attribution.model import AFFILIATE, Decision, Rule, Source, Touch, cut
from enlist.domain.partners import Member, Programme

# Of clicks at the same instant: what was kept came before what the address says, that before the form, the coupon last
# (justclick/product.md §2, order of clicks inside one order).
_ORDER: Final[Mapping[Source, int]] = {"cookie": 0, "address": 1, "request": 2, "form": 2, "named": 3, "coupon": 4}
_MARKS: Final = frozenset(
    {*(f"{kind}_{part}" for kind in ("utm", "aff") for part in ("medium", "source", "campaign", "content", "term"))}
    | {"aff", "ad"}
)

MOST_CARRIED: Final = 50  # clicks that one request may bring along
MOST_KEPT: Final = 100
_FIRST_KEPT: Final = 20


def decide(
    programme: Programme,
    touches: Iterable[Touch],
    members: Mapping[str, Member],
    *,
    coupon_partner: int | None = None,
    named: str = "",
    known_since: datetime | None = None,
    now: datetime,
) -> Decision:
    """Decide who is credited at the instant ``now``.

    ``members`` are the active partners by what may name them: lower-case login, and ``#`` with the number. The partner
    of a valid coupon goes before everything, then one who is ``named`` outright; none of the settings holds for these
    two. Else it is the first or last click of the history that names a member and that the settings let count: not
    followed by a click that is no member's, where such a one cancels; not on somebody known before it, where only new
    contacts count; not older than the period. Sources: justclick/product.md §2, readings.md#13.
    """
    if coupon_partner is not None and (member := members.get(partners.number_key(coupon_partner))):
        return Decision(member.id, "coupon")
    if member := partners.find_named(members, named):
        return Decision(member.id, "named")
    seen = [touch for touch in in_order(touches) if touch.at <= now]
    clicks = [(touch, member) for touch in seen if (member := member_of(members, touch.marks))]
    if not clicks:
        return Decision(None, "no member" if any(keys_of(touch.marks) for touch in seen) else "no click")
    rule: Rule = "cancelled"
    if programme.other_click_cancels:
        clicks = _behind_others(seen, members)
    if clicks and programme.new_contacts_only and known_since is not None:
        rule = "known before"
        clicks = [click for click in clicks if click[0].at <= known_since]
    if clicks and programme.fee_days is not None:
        rule = "period over"
        clicks = [click for click in clicks if now - click[0].at <= timedelta(days=programme.fee_days)]
    if not clicks:
        return Decision(None, rule)
    touch, member = clicks[0] if programme.which == "first" else clicks[-1]
    return Decision(member.id, "first click" if programme.which == "first" else "last click", touch)


def _behind_others(seen: Sequence[Touch], members: Mapping[str, Member]) -> list[tuple[Touch, Member]]:
    clicks: list[tuple[Touch, Member]] = []
    for touch in seen:
        if member := member_of(members, touch.marks):
            clicks.append((touch, member))
        else:
            clicks.clear()
    return clicks


def explain(decision: Decision) -> str:
    """Say in a sentence why it was decided so, such as for ``enlist order show``."""
    said = _SENTENCES[decision.rule]
    if decision.touch is None:
        return said
    at = f"{decision.touch.at:%Y-%m-%d %H:%M:%S} UTC"
    return f"{said}, of {at}, known from {_PLACES[decision.touch.source]}"


_SENTENCES: Final[Mapping[Rule, str]] = {
    "coupon": "the coupon is the partner's, which goes before everything",
    "named": "the order names the partner outright",
    "first click": "the first partner's click that counts decides",
    "last click": "the last partner's click that counts decides",
    "no click": "no click on a partner's link is known",
    "no member": "the clicks name nobody who is in the programme",
    "known before": "the contact was known before the click, and the programme counts new contacts only",
    "period over": "the click is longer ago than the programme counts",
    "cancelled": "a later click that was no partner's cancels it",
}
_PLACES: Final[Mapping[Source, str]] = {
    "address": "the page's address",
    "form": "the form",
    "cookie": "the cookie",
    "request": "the request",
    "coupon": "an earlier coupon",
    "named": "the order",
}


def keys_of(marks: Mapping[str, str]) -> list[str]:
    """Return what may name a partner in ``marks``, as keys of members, the likelier first; none if nothing does.

    Only the medium ``affiliate``, exactly, makes the source a partner's login (api-1.0.md §2), or the number, as in
    links that name partners by number; else the old number counts.
    """
    if marks.get("utm_medium") == AFFILIATE:
        return partners.keys_named(marks.get("utm_source", ""))
    number = partners.number_key_in(marks.get("aff", ""))
    return [number] if number else []


def member_of(members: Mapping[str, Member], marks: Mapping[str, str]) -> Member | None:
    """Find the member whom ``marks`` name."""
    return next((members[key] for key in keys_of(marks) if key in members), None)


def in_order(touches: Iterable[Touch]) -> list[Touch]:
    """Put clicks in the order in which they happened."""
    return sorted(touches, key=lambda touch: (touch.at, _ORDER[touch.source]))


def tidy(touches: Sequence[Touch], now: datetime) -> list[Touch]:
    """Return what can be kept of clicks that a request brought along: the latest, none in the future, known marks."""
    tidied = [
        Touch(
            min(touch.at, now),
            {name: text for name, value in touch.marks.items() if name in _MARKS and (text := cut(value))},
            touch.source,
        )
        for touch in touches
    ]
    return in_order(tidied)[-MOST_CARRIED:]


def remember(kept: Sequence[Touch], new: Sequence[Touch]) -> tuple[list[Touch], list[Touch]]:
    """Tell which of the ``new`` clicks to add to those ``kept`` of a contact, and which of these to give up for them.

    The first and the latest ones matter most.
    """
    known = {(touch.at, touch.source) for touch in kept}
    fresh = {(touch.at, touch.source): touch for touch in new if (touch.at, touch.source) not in known}
    together = in_order([*kept, *fresh.values()])
    if len(together) <= MOST_KEPT:
        return list(fresh.values()), []
    given_up = {(touch.at, touch.source) for touch in together[_FIRST_KEPT : _FIRST_KEPT - MOST_KEPT]}
    return (
        [touch for key, touch in fresh.items() if key not in given_up],
        [touch for touch in kept if (touch.at, touch.source) in given_up],
    )
