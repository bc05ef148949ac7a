"""Compiling rules to SQL: however a rule is nested, one pass over the actions, one over the subscriptions, one join.

Every value is bound, never written into the text. What a rule means is said by `matching.py`; a property test holds
the two together.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from msgspec import Struct

from enlist.domain.segments.model import SiteKey
from enlist.domain.segments.rule import (
    Acted,
    Age,
    And,
    ChannelState,
    City,
    Country,
    Created,
    Gender,
    Not,
    Or,
    Region,
    Rule,
    Subscribed,
    TimeZone,
    conditions,
)

_MARKS: Final = ("refid", "refidm", "utm_source", "utm_medium", "utm_campaign")


class Compiled(Struct, frozen=True):
    """A query as text, and the values bound in it."""

    sql: str
    values: list[object]


def compile_rules(
    rules: Mapping[int, Rule], site: SiteKey, now: datetime, profile_ids: Sequence[str | UUID] | None = None
) -> Compiled:
    """Compile the rules of some segments (by number) to one query: rows of (profile_id, segment_id) for all who match.

    ``now`` is where spans end; with ``profile_ids`` only these profiles are looked at.
    """
    making = _Query(site, now, profile_ids)
    chosen = ", ".join(f"({making.bind(number, 'integer')}, {making.rule(rule)})" for number, rule in rules.items())
    sql = (
        f"SELECT p.profile_id, w.segment_id FROM profile_facts p{making.actions()}{making.subscriptions()}"  # noqa: S608
        f" CROSS JOIN LATERAL (VALUES {chosen}) AS w (segment_id, matches)"
        f" WHERE {making.scope('p')} AND w.matches"
    )
    return Compiled(sql, making.values)


def compile_passed(rule: Rule, site: SiteKey, since: datetime, until: datetime) -> Compiled | None:
    """Compile a query for the profiles (profile_id) for which the mere passing of time may have changed the answer.

    They are those with an edge of one of the rule's spans, or a birthday that counts, after ``since`` and not after
    ``until``. None if there cannot be any.
    """
    making = _Query(site, until, None)
    found = [sql for part in conditions(rule) for sql in making.passed(part, since, until)]
    return Compiled(" UNION ".join(dict.fromkeys(found)), making.values) if found else None


def born_by(today: date, years: int) -> date:
    """Tell the last day of birth of those who are ``years`` old; whoever is born on 29 February waits for 1 March."""
    year = max(today.year - years, 1)
    try:
        return today.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


class _Query:
    """A query in the making: values bound so far, and what has to be known of actions and subscriptions."""

    def __init__(self, site: SiteKey, now: datetime, profile_ids: Sequence[str | UUID] | None) -> None:
        self.values: list[object] = []
        self._places: dict[tuple[str, str], str] = {}
        self._now = now
        self._account, self._site = self.bind(site.account_id, "bigint"), self.bind(site.id, "bigint")
        self._profile_ids = None if profile_ids is None else self.bind(list(profile_ids), "uuid[]")
        self._actions: dict[str, str] = {}
        self._windows: list[datetime | None] = []
        self._subscriptions: dict[str, str] = {}

    def bind(self, value: object, kind: str) -> str:
        """Bind a value once, however often it occurs; return how the text speaks of it."""
        key = repr(value), kind
        if key not in self._places:
            self.values.append(value)
            self._places[key] = f"${len(self.values)}::{kind}"
        return self._places[key]

    def scope(self, table: str) -> str:
        """Confine a table to the site, and to the profiles in question."""
        profile_ids = "" if self._profile_ids is None else f" AND {table}.profile_id = ANY({self._profile_ids})"
        return f"{table}.account_id = {self._account} AND {table}.site_id = {self._site}{profile_ids}"

    def rule(self, rule: Rule) -> str:
        """Return a boolean expression, never null, over p (the profile), a (its actions) and s (its subscriptions)."""
        match rule:
            case And(rules=parts):
                return "(" + " AND ".join(self.rule(part) for part in parts) + ")"
            case Or(rules=parts):
                return "(" + " OR ".join(self.rule(part) for part in parts) + ")"
            case Not(rule=part):
                return f"(NOT {self.rule(part)})"
            case Acted():
                return self._acted(rule)
            case Country(any_of=texts):
                return self._any_of("p.country", texts)
            case Region(any_of=texts):
                return self._any_of("p.region", texts)
            case City(any_of=texts):
                return self._any_of("p.city", texts)
            case TimeZone(any_of=texts):
                return self._any_of("p.time_zone", texts)
            case Gender(any_of=texts):
                return self._any_of("p.gender", texts)
            case Age():
                return self._age(rule)
            case ChannelState():
                return self._channel(rule)
            case Created():
                return "(" + " AND ".join(self._dated("p.created_at", rule)) + ")"
            case Subscribed():
                return self._has_subscription(" AND ".join(self._subscribed(rule)) or "true")

    def actions(self) -> str:
        """Return the join that counts actions, if any rule asks for them."""
        if not self._actions:
            return ""
        counts = ", ".join(f"count(*) FILTER (WHERE {sql}) AS {name}" for sql, name in self._actions.items())
        where = [self.scope("x")]
        if "true" not in self._actions:
            where.append("(" + " OR ".join(f"({sql})" for sql in self._actions) + ")")
        starts = [start for start in self._windows if start is not None]
        if len(starts) == len(self._windows):  # parts of the table that lie before all windows need no look
            where.append(f"x.created_at >= {self.bind(min(starts), 'timestamptz')}")
        return (
            f" LEFT JOIN (SELECT x.profile_id, {counts} FROM actions x"  # noqa: S608
            f" WHERE {' AND '.join(where)} GROUP BY x.profile_id) a"
            " ON a.profile_id = p.profile_id"
        )

    def subscriptions(self) -> str:
        """Return the join that looks through subscriptions, if any rule asks for them."""
        if not self._subscriptions:
            return ""
        answers = ", ".join(f"bool_or({sql}) AS {name}" for sql, name in self._subscriptions.items())
        return (
            f" LEFT JOIN (SELECT y.profile_id, {answers} FROM subscription_facts y"  # noqa: S608
            f" WHERE {self.scope('y')} GROUP BY y.profile_id) s ON s.profile_id = p.profile_id"
        )

    def passed(self, part: Rule, since: datetime, until: datetime) -> list[str]:
        """Return queries for the profiles that passed an edge of this condition between two instants."""
        if isinstance(part, Age):
            return self._birthdays(part, since, until)
        if isinstance(part, Acted) and part.within:
            return [self._edge("actions", part.within.length, since, until, self._kind_of_action(part))]
        if isinstance(part, Created) and part.within:
            return [self._edge("profile_facts", part.within.length, since, until, [])]
        if isinstance(part, Subscribed) and part.within:
            plain = Subscribed(**{field: getattr(part, field) for field in ("channel", *_MARKS)})
            return [self._edge("subscription_facts", part.within.length, since, until, self._subscribed(plain, "x"))]
        return []

    def _edge(self, table: str, length: object, since: datetime, until: datetime, more: list[str]) -> str:
        start, end = since - length, until - length  # type: ignore[operator]
        where = [
            self.scope("x"),
            f"x.created_at >= {self.bind(start, 'timestamptz')}",
            f"x.created_at < {self.bind(end, 'timestamptz')}",
            *more,
        ]
        return f"SELECT x.profile_id FROM {table} x WHERE {' AND '.join(where)}"  # noqa: S608

    def _birthdays(self, part: Age, since: datetime, until: datetime) -> list[str]:
        before, today = since.astimezone(UTC).date(), until.astimezone(UTC).date()
        if before == today:
            return []
        edges = [part.at_least, None if part.at_most is None else part.at_most + 1]
        return [
            f"SELECT x.profile_id FROM profile_facts x WHERE {self.scope('x')}"  # noqa: S608
            f" AND x.born_on > {self.bind(born_by(before, years), 'date')}"
            f" AND x.born_on <= {self.bind(born_by(today, years), 'date')}"
            for years in edges
            if years is not None
        ]

    def _any_of(self, column: str, texts: Sequence[str]) -> str:
        if len(texts) == 1:
            return f"{column} = {self.bind(texts[0], 'text')}"
        return f"{column} = ANY({self.bind(list(texts), 'text[]')})"

    def _acted(self, part: Acted) -> str:
        start = self._now - part.within.length if part.within else None
        where = self._kind_of_action(part)
        if start is not None:
            where.append(f"x.created_at >= {self.bind(start, 'timestamptz')}")
        self._windows.append(start)
        name = self._actions.setdefault(" AND ".join(where) or "true", f"n{len(self._actions)}")
        count = f"coalesce(a.{name}, 0)"
        least = 1 if part.at_least is None and part.at_most is None else part.at_least
        bounds = [f"{count} >= {self.bind(least, 'bigint')}"] if least is not None else []
        if part.at_most is not None:
            bounds.append(f"{count} <= {self.bind(part.at_most, 'bigint')}")
        return "(" + " AND ".join(bounds) + ")"

    def _kind_of_action(self, part: Acted) -> list[str]:
        where = []
        if part.labels:
            where.append(self._any_of("x.label", part.labels))
        if part.articles:
            where.append(self._any_of("x.article", part.articles))
        if part.tags:
            where.append(f"x.tags && {self.bind(list(part.tags), 'text[]')}")
        return where

    def _age(self, part: Age) -> str:
        today = self._now.astimezone(UTC).date()
        bounds = ["p.born_on IS NOT NULL"]
        if part.at_least is not None:
            bounds.append(f"p.born_on <= {self.bind(born_by(today, part.at_least), 'date')}")
        if part.at_most is not None:
            bounds.append(f"p.born_on > {self.bind(born_by(today, part.at_most + 1), 'date')}")
        return "(" + " AND ".join(bounds) + ")"

    def _channel(self, part: ChannelState) -> str:
        there = f"y.channel = {self.bind(part.channel, 'text')}"
        if part.state == "active":
            return self._has_subscription(f"{there} AND y.active")
        if part.state == "none":
            return f"(NOT {self._has_subscription(there)})"
        return f"({self._has_subscription(there)} AND NOT {self._has_subscription(f'{there} AND y.active')})"

    def _has_subscription(self, where: str) -> str:
        name = self._subscriptions.setdefault(where, f"b{len(self._subscriptions)}")
        return f"coalesce(s.{name}, false)"

    def _subscribed(self, part: Subscribed, table: str = "y") -> list[str]:
        where = []
        if part.channel is not None:
            where.append(f"{table}.channel = {self.bind(part.channel, 'text')}")
        if part.active is not None:
            where.append(f"{table}.active = {self.bind(part.active, 'boolean')}")
        where += [self._any_of(f"{table}.{mark}", texts) for mark in _MARKS if (texts := getattr(part, mark))]
        return where + self._dated(f"{table}.created_at", part)

    def _dated(self, column: str, part: Created | Subscribed) -> list[str]:
        where = []
        if part.after is not None:
            where.append(f"{column} >= {self.bind(part.after, 'timestamptz')}")
        if part.before is not None:
            where.append(f"{column} < {self.bind(part.before, 'timestamptz')}")
        if part.within is not None:
            where.append(f"{column} >= {self.bind(self._now - part.within.length, 'timestamptz')}")
        return where
