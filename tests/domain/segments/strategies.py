"""Rules and people as hypothesis makes them up: few values, so that they meet, and hostile ones among them."""

import random
from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import strategies as st

from enlist.domain.segments.matching import DoneAction, HeldSubscription, Known
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
from tests.domain.segments.helpers import NOW

HOSTILE = ["it's", "a,b", "{x}", '"q"', "$1", "%s", "\\", "Ж", "x' OR true --", "NULL", ""]
LABELS = ["login", "buy", "it's"]
TAGS = ["1", "2", "a,b", '"q"', "NULL"]
ARTICLES = ["", "{x}", "item"]
COUNTRIES = ["", "RU", "KZ"]
REGIONS = ["", "x' OR true --", "$1"]
ZONES = ["Europe/Moscow", "Asia/Almaty"]
GENDERS = ["", "m", "Ж"]
MARKS = ["", "ch-direct", "\\"]
CHANNELS: list[Channel] = ["email", "sms", "push"]

# Instants at and beside the edges of the spans that the rules below use.
SPANS = [Span(hours=1), Span(days=1), Span(days=30), Span(days=1, hours=1)]
_EDGES = [NOW - span.length for span in SPANS]
INSTANTS = sorted({NOW, *(edge + timedelta(seconds=off) for edge in _EDGES for off in (-1, 0, 1))})
BIRTHDAYS = [date(2000, 11, 21), date(2000, 11, 22), date(2000, 11, 20), date(1996, 2, 29), date(1950, 1, 1)]


def some(texts: Sequence[str], least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from([*texts, *HOSTILE[:2]]), min_size=least, max_size=3, unique=True).map(tuple)


spans = st.none() | st.sampled_from(SPANS)
instants = st.none() | st.sampled_from(INSTANTS)
times = st.none() | st.integers(1, 3)


@st.composite
def acted(draw: st.DrawFn) -> Rule:
    if draw(st.booleans()):
        return Acted(labels=draw(some(LABELS)), within=draw(spans))
    least = draw(times)
    most = draw(st.none() | st.integers(least or 0, 3))
    return Acted(labels=draw(some(LABELS)), tags=draw(some(TAGS)), articles=draw(some(ARTICLES)), at_least=least,
                 at_most=most, within=draw(spans))  # fmt: skip


@st.composite
def aged(draw: st.DrawFn) -> Rule:
    least = draw(st.none() | st.sampled_from([0, 25, 26, 27]))
    most = draw(st.sampled_from([26, 27, 76]) if least is None else st.none() | st.just(least + 1))
    return Age(at_least=least, at_most=most)


KINDS: dict[str, st.SearchStrategy[Rule]] = {
    "action": acted(),
    "age": aged(),
    "country": st.builds(Country, any_of=st.lists(st.sampled_from(COUNTRIES), min_size=1, max_size=2).map(tuple)),
    "region": st.builds(Region, any_of=some(REGIONS, 1)),
    "city": st.builds(City, any_of=some(REGIONS, 1)),
    "time_zone": st.builds(TimeZone, any_of=some(ZONES, 1)),
    "gender": st.builds(Gender, any_of=some(GENDERS, 1)),
    "channel": st.builds(
        ChannelState, channel=st.sampled_from(CHANNELS), state=st.sampled_from(["active", "inactive", "none"])
    ),
    "created": st.builds(Created, after=instants, before=instants, within=st.sampled_from(SPANS))
    | st.builds(Created, before=st.sampled_from(INSTANTS))
    | st.builds(Created, within=st.sampled_from(SPANS)),
    "subscription": st.builds(
        Subscribed,
        channel=st.none() | st.sampled_from(CHANNELS),
        active=st.none() | st.booleans(),
        refid=some(MARKS),
        refidm=some(MARKS),
        utm_source=some(MARKS),
        utm_medium=some(MARKS),
        utm_campaign=some(MARKS),
        after=instants,
        before=instants,
        within=spans,
    )
    | st.builds(Subscribed, channel=st.sampled_from(CHANNELS), active=st.none() | st.booleans(), within=spans)
    | st.builds(Subscribed, active=st.booleans(), refid=some(MARKS), before=instants, within=spans),
}
conditions: st.SearchStrategy[Rule] = st.one_of(*KINDS.values())
rules = st.recursive(
    conditions,
    lambda inner: (
        st.builds(And, rules=st.lists(inner, min_size=1, max_size=3).map(tuple))
        | st.builds(Or, rules=st.lists(inner, min_size=1, max_size=3).map(tuple))
        | st.builds(Not, rule=inner)
    ),
    max_leaves=6,
)
actions = st.builds(
    DoneAction, label=st.sampled_from(LABELS), tags=st.lists(st.sampled_from(TAGS), max_size=3, unique=True),
    article=st.sampled_from(ARTICLES), created_at=st.sampled_from(INSTANTS),
)  # fmt: skip
subscriptions = st.builds(
    HeldSubscription, channel=st.sampled_from(CHANNELS), active=st.booleans(), created_at=st.sampled_from(INSTANTS),
    refid=st.sampled_from(MARKS), refidm=st.sampled_from(MARKS), utm_source=st.sampled_from(MARKS),
    utm_medium=st.sampled_from(MARKS), utm_campaign=st.sampled_from(MARKS),
)  # fmt: skip
people = st.builds(
    Known, created_at=st.sampled_from(INSTANTS), country=st.sampled_from(COUNTRIES), region=st.sampled_from(REGIONS),
    city=st.sampled_from(REGIONS), time_zone=st.sampled_from(ZONES), gender=st.sampled_from(GENDERS),
    born_on=st.none() | st.sampled_from(BIRTHDAYS), subscriptions=st.lists(subscriptions, max_size=2),
    actions=st.lists(actions, max_size=4),
)  # fmt: skip


def a_crowd(size: int) -> list[Known]:
    """Build many people at once, the same ones at each run."""
    dice = random.Random(7)

    def held() -> HeldSubscription:
        marks = dice.choices(MARKS, k=5)
        return HeldSubscription(dice.choice(CHANNELS), dice.random() < 0.6, dice.choice(INSTANTS), *marks)

    def done() -> DoneAction:
        tags = dice.sample(TAGS, dice.randint(0, 3))
        return DoneAction(dice.choice(LABELS), tags, dice.choice(ARTICLES), dice.choice(INSTANTS))

    return [
        Known(
            dice.choice(INSTANTS),
            dice.choice(COUNTRIES),
            dice.choice(REGIONS),
            dice.choice(REGIONS),
            dice.choice(ZONES),
            dice.choice(GENDERS),
            dice.choice([None, *BIRTHDAYS]),
            [held() for _ in range(dice.randint(0, 2))],
            [done() for _ in range(dice.randint(0, 3))],
        )
        for _ in range(size)
    ]
