"""The SQL statements about profiles and subscriptions."""

from collections.abc import Collection, Iterable, Sequence
from typing import Final

import asyncpg

from enlist.domain.accounts import Site
from enlist.domain.profiles.model import (
    Identity,
    LockedSubscription,
    Marks,
    NewProfile,
    Subscription,
    birth_day,
    cut,
    kept_birth_date,
    texts,
)
from enlist.runtime.db import Tx, records

_PROFILE: Final = (
    "account_id", "site_id", "profile_id", "ip", "name", "gender", "birth_date", "born_on", "country", "region", "city",
    "time_zone",
)  # fmt: skip
_INSERT_PROFILES = """
INSERT INTO profiles (account_id, site_id, profile_id, created_at, ip, name, gender, birth_date, born_on,
                      country, region, city, time_zone)
SELECT account_id, site_id, profile_id, $2, ip, name, gender, birth_date, born_on, country, region, city, time_zone
FROM json_to_recordset($1::json)
     AS p (account_id bigint, site_id bigint, profile_id uuid, ip text, name text, gender text, birth_date bigint,
           born_on date, country text, region text, city text, time_zone text)
"""


async def insert_profiles(tx: Tx, new: Iterable[tuple[str, NewProfile]]) -> None:
    """Add profiles under their ids."""
    await tx.execute(_INSERT_PROFILES, records(_PROFILE, (_profile(*one) for one in new)), tx.now)


def _profile(profile_id: str, new: NewProfile) -> tuple[object, ...]:
    born = kept_birth_date(new.birth_date), birth_day(new.birth_date, new.site.time_zone)
    place = map(cut, (new.place.country, new.place.region, new.place.city, new.place.time_zone or new.site.time_zone))
    site = new.site.account_id, new.site.id
    return *site, profile_id, cut(new.ip), cut(new.name), cut(new.gender), *born, *place


async def known(tx: Tx, site: Site, profile_ids: Collection[str]) -> set[str]:
    """Tell which of some profile ids a site has profiles of."""
    rows = await tx.fetch(
        "SELECT profile_id FROM profiles WHERE account_id = $1 AND site_id = $2 AND profile_id = ANY($3::uuid[])",
        site.account_id,
        site.id,
        list(profile_ids),
    )
    return {row[0].hex for row in rows}


_KEY = "account_id, site_id, channel, address_key, profile_id"
_IDENTITY: Final = tuple(_KEY.split(", "))
_IDENTITIES = (
    "json_to_recordset($1::json)"
    " AS w (account_id bigint, site_id bigint, channel text, address_key text, profile_id uuid)"
)
_SAID: Final = (*_IDENTITY, "address", *Marks.__struct_fields__)
_WISHES = """json_to_recordset($1::json)
     AS w (account_id bigint, site_id bigint, channel text, address_key text, profile_id uuid, address text,
           reg_url text, refid text, refidm text, utm_source text, utm_medium text, utm_campaign text)"""


def _wishes(wishes: Iterable[Subscription]) -> str:
    return records(_SAID, ((*wish.identity, wish.address, *texts(wish.marks)) for wish in wishes))


def _identity(row: asyncpg.Record) -> Identity:
    return Identity(row[0], row[1], row[2], row[3], row[4].hex)


def _owners(identities: Iterable[Identity]) -> list[int]:
    return list({identity.account_id for identity in identities})


# Rows are written and locked in the order of their key, here and below, so that two batches cannot lock each other out.
_INSERT = f"""
INSERT INTO subscriptions ({_KEY}, address, active, reason, created_at, changed_at,
                           reg_url, refid, refidm, utm_source, utm_medium, utm_campaign)
SELECT {_KEY}, address, true, '', $2, $2, coalesce(reg_url, ''), coalesce(refid, ''),
       coalesce(refidm, ''), coalesce(utm_source, ''), coalesce(utm_medium, ''), coalesce(utm_campaign, '')
FROM {_WISHES}
WHERE EXISTS (SELECT 1 FROM profiles p WHERE p.account_id = ANY($3::bigint[]) AND p.account_id = w.account_id
              AND p.site_id = w.site_id AND p.profile_id = w.profile_id)
ORDER BY account_id, site_id, channel COLLATE "C", address_key COLLATE "C", profile_id
ON CONFLICT DO NOTHING RETURNING {_KEY}
"""  # noqa: S608


async def insert_subscriptions(tx: Tx, wishes: Collection[Subscription]) -> set[Identity]:
    """Add the subscriptions that do not exist yet, of profiles that do; return the added ones."""
    owners = _owners(wish.identity for wish in wishes)
    return {_identity(row) for row in await tx.fetch(_INSERT, _wishes(wishes), tx.now, owners)}


_SUBSCRIPTION: Final = ", ".join(f"s.{column}" for column in _IDENTITY)
_HELD = f"{_SUBSCRIPTION}, s.address, s.active, s.created_at, s.refid"


def _held(row: asyncpg.Record) -> LockedSubscription:
    return LockedSubscription(_identity(row), *row[5:])


async def lock_subscriptions(tx: Tx, identities: Collection[Identity]) -> list[LockedSubscription]:
    """Return and lock subscriptions that exist."""
    rows = await tx.fetch(
        f"SELECT {_HELD} FROM subscriptions s JOIN {_IDENTITIES} USING ({_KEY})"  # noqa: S608
        f" WHERE s.account_id = ANY($2::bigint[]) ORDER BY {_SUBSCRIPTION} FOR UPDATE OF s",
        records(_IDENTITY, identities),
        _owners(identities),
    )
    return [_held(row) for row in rows]


async def lock_matching(
    tx: Tx, site: Site, channel: str, key: str | None, profile_id: str | None
) -> list[LockedSubscription]:
    """Return and lock the subscriptions of a channel with an address, of a profile, or with both."""
    conditions = {"address_key": key, "profile_id": profile_id}
    found = [(name, value) for name, value in conditions.items() if value is not None]
    where = "".join(f" AND s.{name} = ${place}" for place, (name, _) in enumerate(found, 4))
    rows = await tx.fetch(
        f"SELECT {_HELD} FROM subscriptions s WHERE s.account_id = $1 AND s.site_id = $2 AND s.channel = $3{where}"  # noqa: S608
        f" ORDER BY {_SUBSCRIPTION} FOR UPDATE",
        site.account_id,
        site.id,
        channel,
        *(value for _, value in found),
    )
    return [_held(row) for row in rows]


_OVERWRITE = ", ".join(f"{mark} = coalesce(w.{mark}, s.{mark})" for mark in Marks.__struct_fields__)
_SAME: Final = ", ".join(f"w.{column}" for column in _IDENTITY)
_RENEW = f"""
UPDATE subscriptions s SET active = true, reason = '', address = w.address, changed_at = $2, {_OVERWRITE}
FROM {_WISHES}
WHERE s.account_id = ANY($3::bigint[]) AND ({_SUBSCRIPTION}) = ({_SAME})
"""  # noqa: S608


async def renew(tx: Tx, wishes: Collection[Subscription]) -> None:
    """Make subscriptions active (again), and overwrite the marks that were sent."""
    await tx.execute(_RENEW, _wishes(wishes), tx.now, _owners(wish.identity for wish in wishes))


_REMARK = f"""
UPDATE subscriptions s SET {_OVERWRITE}
FROM {_WISHES}
WHERE s.account_id = ANY($2::bigint[]) AND ({_SUBSCRIPTION}) = ({_SAME})
"""  # noqa: S608


async def set_marks(tx: Tx, held: Sequence[LockedSubscription], marks: Marks) -> None:
    """Overwrite the marks that were sent."""
    rows = ((*one.identity, None, *texts(marks)) for one in held)
    await tx.execute(_REMARK, records(_SAID, rows), _owners(one.identity for one in held))


async def deactivate(tx: Tx, held: LockedSubscription, reason: str) -> None:
    """Make a subscription inactive."""
    await tx.execute(
        "UPDATE subscriptions SET active = false, reason = $6, changed_at = $7"
        " WHERE account_id = $1 AND site_id = $2 AND channel = $3 AND address_key = $4 AND profile_id = $5",
        *held.identity,
        reason,
        tx.now,
    )


async def note_changes(tx: Tx, held: Iterable[LockedSubscription], *, active: bool, reason: str = "") -> None:
    """Keep in the history that subscriptions became active or inactive."""
    await tx.execute(
        f"INSERT INTO subscription_changes ({_KEY}, active, reason, changed_at)"  # noqa: S608
        f" SELECT {_KEY}, $2, $3, $4 FROM {_IDENTITIES}",
        records(_IDENTITY, (one.identity for one in held)),
        active,
        reason,
        tx.now,
    )
