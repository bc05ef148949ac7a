"""What a rule means, in plain Python: the yardstick for the compiler."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from msgspec import Struct

from enlist.domain.segments.rule import (
    Acted,
    Age,
    And,
    Channel,
    ChannelState,
    City,
    Country,
    Created,
    Gender,
    Not,
    Or,
    Region,
    Rule,
    Span,
    Subscribed,
    TimeZone,
)


class DoneAction(Struct, frozen=True):
    """An action as a rule sees it."""

    label: str
    tags: Sequence[str]
    article: str
    created_at: datetime


class HeldSubscription(Struct, frozen=True):
    """A subscription as a rule sees it."""

    channel: Channel
    active: bool
    created_at: datetime
    refid: str = ""
    refidm: str = ""
    utm_source: str = ""
    utm_medium: str = ""
    utm_campaign: str = ""


class Known(Struct, frozen=True):
    """A profile as a rule sees it, with all it did and is subscribed to."""

    created_at: datetime
    country: str = ""
    region: str = ""
    city: str = ""
    time_zone: str = ""
    gender: str = ""
    born_on: date | None = None
    subscriptions: Sequence[HeldSubscription] = ()
    actions: Sequence[DoneAction] = ()


def matches(rule: Rule, profile: Known, now: datetime) -> bool:
    """Tell whether a profile meets a rule at ``now``."""
    match rule:
        case And(rules=parts):
            return all(matches(part, profile, now) for part in parts)
        case Or(rules=parts):
            return any(matches(part, profile, now) for part in parts)
        case Not(rule=part):
            return not matches(part, profile, now)
        case Acted():
            return _acted(rule, profile, now)
        case Country(any_of=texts):
            return profile.country in texts
        case Region(any_of=texts):
            return profile.region in texts
        case City(any_of=texts):
            return profile.city in texts
        case TimeZone(any_of=texts):
            return profile.time_zone in texts
        case Gender(any_of=texts):
            return profile.gender in texts
        case Age():
            return _old_enough(rule, profile, now)
        case ChannelState():
            return _state(rule.channel, profile) == rule.state
        case Created():
            return _in_time(rule, profile.created_at, now)
        case Subscribed():
            return any(_subscribed(rule, held, now) for held in profile.subscriptions)


def age(born_on: date, today: date) -> int:
    """Count full years; whoever is born on 29 February has a birthday on 1 March in other years."""
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))


def _acted(rule: Acted, profile: Known, now: datetime) -> bool:
    count = sum(_counts(rule, action, now) for action in profile.actions)
    if rule.at_least is None and rule.at_most is None:
        return count >= 1
    enough = rule.at_least is None or count >= rule.at_least
    return enough and (rule.at_most is None or count <= rule.at_most)


def _counts(rule: Acted, action: DoneAction, now: datetime) -> bool:
    return (
        (not rule.labels or action.label in rule.labels)
        and (not rule.articles or action.article in rule.articles)
        and (not rule.tags or any(tag in rule.tags for tag in action.tags))
        and _within(rule.within, action.created_at, now)
    )


def _old_enough(rule: Age, profile: Known, now: datetime) -> bool:
    if profile.born_on is None:
        return False
    years = age(profile.born_on, now.astimezone(UTC).date())
    return (rule.at_least is None or years >= rule.at_least) and (rule.at_most is None or years <= rule.at_most)


def _state(channel: str, profile: Known) -> str:
    states = [held.active for held in profile.subscriptions if held.channel == channel]
    return "none" if not states else "active" if any(states) else "inactive"


def _subscribed(rule: Subscribed, held: HeldSubscription, now: datetime) -> bool:
    marks = ("refid", "refidm", "utm_source", "utm_medium", "utm_campaign")
    return (
        rule.channel in (None, held.channel)
        and rule.active in (None, held.active)
        and all(getattr(held, mark) in getattr(rule, mark) for mark in marks if getattr(rule, mark))
        and _in_time(rule, held.created_at, now)
    )


def _in_time(rule: Created | Subscribed, instant: datetime, now: datetime) -> bool:
    return (
        (rule.after is None or instant >= rule.after)
        and (rule.before is None or instant < rule.before)
        and _within(rule.within, instant, now)
    )


def _within(span: Span | None, instant: datetime, now: datetime) -> bool:
    return span is None or instant >= now - span.length
