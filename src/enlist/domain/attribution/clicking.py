"""Recording clicks, a whole batch in one transaction; robots and repeated clicks are told apart."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Literal

from enlist.domain.attribution import click_queries
from enlist.domain.attribution.model import (
    COUNTS_ONCE_WITHIN,
    LONGEST_TEXT,
    LONGEST_URL,
    Clicked,
    ClickRow,
    NewClick,
    cut,
)
from enlist.domain.attribution.robots import is_robot
from enlist.domain.partners import KnownPartners, Member
from enlist.runtime.db import Tx


async def record_clicks(tx: Tx, clicks: Sequence[NewClick], *, known: KnownPartners | None = None) -> list[Clicked]:
    """Keep clicks; return whose each was, in order (for ``runtime.batch.Batch``).

    Robots (also ``HeadlessChrome``) and pages fetched ahead are kept but not counted. Of one visitor's clicks on links
    of one partner the first counts, and then the first one that comes ten minutes or more after one that counted.
    ``known`` spares a busy caller a look at the partners each time.
    """
    members = await (known or KnownPartners()).find(tx, {(click.account_id, click.partner) for click in clicks})
    outcomes: list[Clicked] = []
    rows: list[ClickRow] = []
    seen: set[tuple[int, int]] = set()
    for place, click in enumerate(clicks):
        member = members.get((click.account_id, click.partner))
        outcomes.append(Clicked(member.id if member else None))
        if member is not None:
            rows.append(_row(place, click, member, seen))
    if rows:
        await click_queries.keep(tx, rows, COUNTS_ONCE_WITHIN)
    return outcomes


def _row(place: int, click: NewClick, member: Member, seen: set[tuple[int, int]]) -> ClickRow:
    """Describe a click; of those ``seen`` in this batch every further one of the same visitor is a repeated one."""
    agent = cut(click.agent, LONGEST_TEXT)
    outcome: Literal["repeated", "ahead", "robot"] | None = None
    visitor: int | None = None
    if click.ahead:
        outcome = "ahead"
    elif is_robot(agent):
        outcome = "robot"
    else:
        visitor = _digest(f"{member.id} {click.visitor}")
        key = (click.account_id, visitor)
        if key in seen:
            outcome, visitor = "repeated", None
        seen.add(key)
    return ClickRow(
        place,
        click.account_id,
        member.id,
        click.way,
        outcome,
        visitor,
        click.product_id,
        cut(click.page, LONGEST_URL),
        {cut(name): cut(mark) for name, mark in click.marks.items()} if click.marks else None,
        cut(click.ip, LONGEST_TEXT),
        agent,
    )


def _digest(visitor: str) -> int:
    return int.from_bytes(blake2b(visitor.encode(errors="replace"), digest_size=8).digest(), signed=True)
