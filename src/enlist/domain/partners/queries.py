"""The SQL statements about the programme's settings, partners and their rates."""

from collections.abc import Collection, Iterable

import asyncpg

from enlist.domain.partners.model import Commission, Member, NewPartner, Partner, Programme, Rate, State
from enlist.runtime.db import Tx, columns, records

_COMMISSIONS = "commission_1_sum, commission_1_percent, commission_2_sum, commission_2_percent"
_SETTINGS = (
    "fee_days, which, new_contacts_only, other_click_cancels, money_back, open_registration, auto_approval,"
    " store_name, payout_ways, instructions"
)
_PARTNER = "account_id, id, login, name, email, recruited_by, state, created_at, joined_at"


def _partner(row: asyncpg.Record) -> Partner:
    return Partner(**dict(row.items()))


async def programmes(tx: Tx, account_ids: Collection[int]) -> dict[int, Programme]:
    """Return the settings of programmes by account; fresh ones where nobody has set any."""
    rows = await tx.fetch(
        f"SELECT account_id, {_COMMISSIONS}, {_SETTINGS} FROM programmes"  # noqa: S608
        " WHERE account_id = ANY($1::bigint[])",
        list(account_ids),
    )
    found = {row["account_id"]: _programme(row) for row in rows}
    return {account_id: found.get(account_id) or Programme() for account_id in account_ids}


def _programme(row: asyncpg.Record) -> Programme:
    said = dict(row.items())
    first = Commission(said["commission_1_sum"], said["commission_1_percent"])
    second = Commission(said["commission_2_sum"], said["commission_2_percent"])
    return Programme(
        commissions=(first, second), **{name: said[name] for name in Programme.__struct_fields__ if name in said}
    )


async def write_programme(tx: Tx, account_id: int, wanted: Programme) -> None:
    """Replace the settings of a programme."""
    names = f"{_COMMISSIONS}, {_SETTINGS}".split(", ")
    first, second = wanted.commissions
    values = {
        "commission_1_sum": first.sum,
        "commission_1_percent": first.percent,
        "commission_2_sum": second.sum,
        "commission_2_percent": second.percent,
    }
    places = ", ".join(f"${place}" for place in range(2, len(names) + 2))
    changes = ", ".join(f"{name} = excluded.{name}" for name in names)
    await tx.execute(
        f"INSERT INTO programmes (account_id, {', '.join(names)}) VALUES ($1, {places})"  # noqa: S608
        f" ON CONFLICT (account_id) DO UPDATE SET {changes}",
        account_id,
        *(values[name] if name in values else getattr(wanted, name) for name in names),
    )


async def insert_partner(
    tx: Tx, account_id: int, new: NewPartner, recruited_by: int | None, state: State
) -> Partner | None:
    """Add a partner; None if the login is taken."""
    row = await tx.fetch_row(
        f"INSERT INTO partners ({_PARTNER.replace(' id,', '')})"  # noqa: S608
        " VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $6 = 'active' THEN $7::timestamptz END)"
        f" ON CONFLICT DO NOTHING RETURNING {_PARTNER}",
        account_id,
        new.login,
        new.name.strip(),
        new.email.strip(),
        recruited_by,
        state,
        tx.now,
    )
    return _partner(row) if row else None


async def find_partner(tx: Tx, account_id: int, login: str) -> Partner | None:
    """Find a partner by login, in whichever letter case."""
    row = await tx.fetch_row(
        f"SELECT {_PARTNER} FROM partners WHERE account_id = $1 AND lower(login) = lower($2)",  # noqa: S608
        account_id,
        login,
    )
    return _partner(row) if row else None


async def lock_partner(tx: Tx, account_id: int, login: str) -> Partner | None:
    """Find a partner by login, and keep others from changing them until the end of the transaction."""
    row = await tx.fetch_row(
        f"SELECT {_PARTNER} FROM partners"  # noqa: S608
        " WHERE account_id = $1 AND lower(login) = lower($2) FOR NO KEY UPDATE",
        account_id,
        login,
    )
    return _partner(row) if row else None


async def set_state(tx: Tx, partner: Partner, state: State) -> Partner:
    """Change a partner's state; the first time that they are active they have joined."""
    row = await tx.fetch_row(
        "UPDATE partners SET state = $3,"  # noqa: S608
        " joined_at = CASE WHEN $3 = 'active' THEN coalesce(joined_at, $4) ELSE joined_at END"
        " WHERE account_id = $1 AND id = $2"
        f" RETURNING {_PARTNER}",
        partner.account_id,
        partner.id,
        state,
        tx.now,
    )
    assert row is not None
    return _partner(row)


async def set_email(tx: Tx, partner: Partner, email: str) -> Partner:
    """Change where a partner is written to."""
    row = await tx.fetch_row(
        f"UPDATE partners SET email = $3 WHERE account_id = $1 AND id = $2 RETURNING {_PARTNER}",  # noqa: S608
        partner.account_id,
        partner.id,
        email,
    )
    assert row is not None
    return _partner(row)


async def get_all(tx: Tx, keys: Collection[tuple[int, int]]) -> dict[tuple[int, int], Partner]:
    """Return partners by (account, number); unknown ones are left out."""
    if not keys:
        return {}
    rows = await tx.fetch(
        f"SELECT {_PARTNER} FROM partners"  # noqa: S608
        " JOIN unnest($1::bigint[], $2::bigint[]) AS w (account_id, id) USING (account_id, id)",
        *columns(list(keys), 2),
    )
    return {(row["account_id"], row["id"]): _partner(row) for row in rows}


async def with_email(tx: Tx, account_id: int, email: str, limit: int) -> list[Partner]:
    """Find partners by e-mail address, by number upwards."""
    rows = await tx.fetch(
        f"SELECT {_PARTNER} FROM partners"  # noqa: S608
        " WHERE account_id = $1 AND lower(email) = lower($2) AND email <> '' ORDER BY id LIMIT $3",
        account_id,
        email,
        limit,
    )
    return [_partner(row) for row in rows]


async def list_(tx: Tx, account_id: int, *, after: str = "", limit: int = 100) -> list[Partner]:
    """List at most ``limit`` partners by login, starting after the login ``after``."""
    rows = await tx.fetch(
        f"SELECT {_PARTNER} FROM partners WHERE account_id = $1 AND lower(login) > lower($2)"  # noqa: S608
        " ORDER BY lower(login) LIMIT $3",
        account_id,
        after,
        limit,
    )
    return [_partner(row) for row in rows]


# A recruiter earns only while in the programme, too.
_BY_LOGIN = """
SELECT w.account_id, w.key, p.id, p.login, r.id AS recruiter_id
FROM json_to_recordset($1::json) AS w (account_id bigint, key text)
JOIN partners p ON p.account_id = w.account_id AND lower(p.login) = w.key AND p.state = 'active'
LEFT JOIN partners r ON r.account_id = p.account_id AND r.id = p.recruited_by AND r.state = 'active'
"""
_BY_NUMBER = """
SELECT w.account_id, '#' || w.number AS key, p.id, p.login, r.id AS recruiter_id
FROM json_to_recordset($1::json) AS w (account_id bigint, number bigint)
JOIN partners p ON p.account_id = w.account_id AND p.id = w.number AND p.state = 'active'
LEFT JOIN partners r ON r.account_id = p.account_id AND r.id = p.recruited_by AND r.state = 'active'
"""


async def members(tx: Tx, keys: Iterable[tuple[int, str]]) -> dict[int, dict[str, Member]]:
    """Find active partners by account, and key there: a lower-case login, or ``#`` and the number."""
    wanted = sorted(set(keys))
    logins = [key for key in wanted if not key[1].startswith("#")]
    numbers = [(account_id, int(key[1:])) for account_id, key in wanted if key.startswith("#")]
    rows = await tx.fetch(_BY_LOGIN, records(("account_id", "key"), logins)) if logins else []
    if numbers:
        rows += await tx.fetch(_BY_NUMBER, records(("account_id", "number"), numbers))
    found: dict[int, dict[str, Member]] = {}
    for account_id, key, *properties in rows:
        found.setdefault(account_id, {})[key] = Member(*properties)
    return found


async def write_rate(
    tx: Tx, partner: Partner, product_id: int | None, level: int, commission: Commission | None
) -> None:
    """Write a partner's rate for a product (None: for all), or take it away."""
    key = (partner.account_id, partner.id, product_id or 0, level)
    if commission is None:
        await tx.execute(
            "DELETE FROM partner_rates WHERE (account_id, partner_id, product_id, level) = ($1, $2, $3, $4)", *key
        )
        return
    await tx.execute(
        "INSERT INTO partner_rates (account_id, partner_id, product_id, level, sum, percent)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account_id, partner_id, product_id, level)"
        " DO UPDATE SET sum = excluded.sum, percent = excluded.percent",
        *key,
        commission.sum,
        commission.percent,
    )


async def rates(tx: Tx, partners: Collection[tuple[int, int]]) -> dict[tuple[int, int], list[Rate]]:
    """Tell by (account, partner) the rates that partners have of their own, those for single products first."""
    rows = await tx.fetch(
        "SELECT account_id, partner_id, nullif(product_id, 0), level, sum, percent FROM partner_rates"
        " JOIN unnest($1::bigint[], $2::bigint[]) AS w (account_id, partner_id) USING (account_id, partner_id)"
        " ORDER BY account_id, partner_id, product_id = 0, product_id, level",
        *columns(list(partners), 2),
    )
    found: dict[tuple[int, int], list[Rate]] = {}
    for account_id, partner_id, product_id, level, fixed, percent in rows:
        rate = Rate(product_id, level, Commission(fixed, percent))
        found.setdefault((account_id, partner_id), []).append(rate)
    return found
