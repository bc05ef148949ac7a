"""The language of segment rules, as plain data; `docs/segments.md` shows it by examples."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Literal, Union

import msgspec
from msgspec import Meta

Text = Annotated[str, Meta(max_length=1024)]
Texts = Annotated[tuple[Text, ...], Meta(min_length=1, max_length=1000)]
Filter = Annotated[tuple[Text, ...], Meta(max_length=1000)]
Times = Annotated[int, Meta(ge=1, le=1_000_000)]
AtMost = Annotated[int, Meta(ge=0, le=1_000_000)]
Years = Annotated[int, Meta(ge=0, le=200)]
Instant = Annotated[datetime, Meta(tz=True)]
CountryCode = Annotated[str, Meta(pattern="^([A-Z]{2})?$")]
Channel = Literal["email", "sms", "push"]


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Something that is read strictly, and written without what is left at its default."""


class _Node(_Strict, frozen=True, tag_field="type"):
    """A part of a rule; its JSON object names its kind under ``type``."""


class Span(_Strict, frozen=True):
    """A length of time up to now: days and hours together."""

    days: Annotated[int, Meta(ge=0, le=3660)] = 0
    hours: Annotated[int, Meta(ge=0, le=87840)] = 0

    def __post_init__(self) -> None:
        if not self.days and not self.hours:
            raise ValueError("must be at least one hour or one day long")

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return timedelta(days=self.days, hours=self.hours)


class And(_Node, frozen=True, tag="and"):
    """All of ``rules`` apply."""

    rules: Annotated[tuple["Rule", ...], Meta(min_length=1, max_length=100)]


class Or(_Node, frozen=True, tag="or"):
    """At least one of ``rules`` applies."""

    rules: Annotated[tuple["Rule", ...], Meta(min_length=1, max_length=100)]


class Not(_Node, frozen=True, tag="not"):
    """``rule`` does not apply."""

    rule: "Rule"


class Acted(_Node, frozen=True, tag="action"):
    """The profile did something of this kind, so many times, within such a time.

    An action counts if its label is one of ``labels``, one of its tags one of ``tags`` and its article one of
    ``articles``; an empty list asks for nothing. Without ``at_least`` and ``at_most`` once is enough; with ``at_most``
    alone never is fine, too.
    """

    labels: Filter = ()
    tags: Filter = ()
    articles: Filter = ()
    at_least: Times | None = None
    at_most: AtMost | None = None
    within: Span | None = None

    def __post_init__(self) -> None:
        if self.at_least is not None and self.at_most is not None and self.at_most < self.at_least:
            raise ValueError("at_most is less than at_least")


class Country(_Node, frozen=True, tag="country"):
    """The profile's country is one of these two-letter codes; an empty text stands for not known."""

    any_of: Annotated[tuple[CountryCode, ...], Meta(min_length=1, max_length=1000)]


class Region(_Node, frozen=True, tag="region"):
    """The profile's region is one of these; an empty text stands for not known."""

    any_of: Texts


class City(_Node, frozen=True, tag="city"):
    """The profile's city is one of these; an empty text stands for not known."""

    any_of: Texts


class TimeZone(_Node, frozen=True, tag="time_zone"):
    """The profile's time zone is one of these, such as Europe/Moscow."""

    any_of: Texts


class Gender(_Node, frozen=True, tag="gender"):
    """The profile's gender, as it was sent, is one of these; an empty text stands for not known."""

    any_of: Texts


class Age(_Node, frozen=True, tag="age"):
    """The profile's age in full years lies in between, both ends included; without a date of birth it does not."""

    at_least: Years | None = None
    at_most: Years | None = None

    def __post_init__(self) -> None:
        if self.at_least is None and self.at_most is None:
            raise ValueError("needs at_least or at_most")
        if self.at_least is not None and self.at_most is not None and self.at_most < self.at_least:
            raise ValueError("at_most is less than at_least")


class ChannelState(_Node, frozen=True, tag="channel"):
    """How the profile can be reached on a channel.

    active: at least one active subscription; inactive: subscriptions, none of them active; none: no subscription.
    """

    channel: Channel
    state: Literal["active", "inactive", "none"]


class _Dated(_Node, frozen=True):
    """A date at or after ``after``, before ``before``, and within a span up to now."""

    after: Instant | None = None
    before: Instant | None = None
    within: Span | None = None

    def __post_init__(self) -> None:
        for instant in (self.after, self.before):
            if instant is not None and not 1900 <= instant.year <= 2500:
                raise ValueError("a date must lie between the years 1900 and 2500")


class Created(_Dated, frozen=True, tag="created"):
    """When the profile was created."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.after is None and self.before is None and self.within is None:
            raise ValueError("needs after, before or within")


class Subscribed(_Dated, frozen=True, tag="subscription"):
    """The profile has one subscription to which all of this applies: channel, state, marks, when it was created."""

    channel: Channel | None = None
    active: bool | None = None
    refid: Filter = ()
    refidm: Filter = ()
    utm_source: Filter = ()
    utm_medium: Filter = ()
    utm_campaign: Filter = ()


Rule = Union[  # noqa: UP007  (a union of strings cannot be written with a bar)
    And, Or, Not, Acted, Country, Region, City, TimeZone, Gender, Age, ChannelState, Created, Subscribed
]


def conditions(rule: Rule) -> Iterator[Rule]:
    """Go through all conditions of a rule: everything but and, or, not."""
    if isinstance(rule, And | Or):
        for part in rule.rules:
            yield from conditions(part)
    elif isinstance(rule, Not):
        yield from conditions(rule.rule)
    else:
        yield rule


def follows_time(rule: Rule) -> bool:
    """Tell whether profiles can enter or leave just because time passes."""
    return any(isinstance(part, Age) or getattr(part, "within", None) is not None for part in conditions(rule))


def concerns(rule: Rule, label: str | None) -> bool:
    """Tell whether an action with ``label`` can matter to the rule; without a label: a change of the profile itself."""
    if label is None:
        return True
    return any(isinstance(part, Acted) and (not part.labels or label in part.labels) for part in conditions(rule))
