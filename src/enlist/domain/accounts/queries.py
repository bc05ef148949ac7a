"""Every SQL statement about accounts."""

from collections.abc import Collection
from datetime import datetime
from ipaddress import ip_network

import asyncpg

from enlist.domain.accounts.model import Account, NewAccount, Owner
from enlist.runtime.db import Tx
from enlist.runtime.vault import Vault

# Networks go as text: for cidr[] the driver would look its type up, once on each new connection, for 10 ms.
_COLUMNS = (
    "id, login, api_key, confirms_always, time_zone, locale, allowed_networks::text[] AS allowed_networks, disabled_at,"
    " created_at, currency"
)


def sealed_for(account_id: int) -> str:
    """Name the place that a sealed API key belongs to, so that it cannot be moved to another account's row."""
    return f"account {account_id}"


def _account(row: asyncpg.Record, vault: Vault) -> Account:
    return Account(
        id=row["id"],
        login=row["login"],
        api_key=vault.open(row["api_key"], sealed_for(row["id"])),
        confirms_always=row["confirms_always"],
        time_zone=row["time_zone"],
        locale=row["locale"],
        networks=tuple(map(ip_network, row["allowed_networks"])),
        disabled_at=row["disabled_at"],
        created_at=row["created_at"],
        currency=row["currency"],
    )


async def insert(tx: Tx, new: NewAccount) -> int | None:
    """Add an account without a key; return its number, or None if the login is taken."""
    number: int | None = await tx.fetch_value(
        "INSERT INTO accounts (login, api_key, confirms_always, time_zone, locale, allowed_networks, created_at,"
        " currency)"
        " VALUES ($1, '', $2, $3, $4, $5::text[]::cidr[], $6, $7) ON CONFLICT DO NOTHING RETURNING id",
        new.login,
        new.confirms_always,
        new.time_zone,
        new.locale,
        list(map(str, new.networks)),
        tx.now,
        new.own_currency,
    )
    return number


async def set_key(tx: Tx, account_id: int, sealed: bytes) -> None:
    """Store an encrypted API key."""
    await tx.execute("UPDATE accounts SET api_key = $2 WHERE id = $1", account_id, sealed)


async def find_by_login(tx: Tx, login: str, vault: Vault) -> Account | None:
    """Find the account of ``login``, in whichever letter case."""
    row = await tx.fetch_row(f"SELECT {_COLUMNS} FROM accounts WHERE lower(login) = lower($1)", login)  # noqa: S608
    return _account(row, vault) if row else None


async def find_by_host(tx: Tx, login: str | None, domain: str, vault: Vault) -> Account | None:
    """Find the account of the lower-case ``login`` where there is one, else the one that has the custom ``domain``."""
    row = await tx.fetch_row(
        f"SELECT {_COLUMNS} FROM accounts WHERE lower(login) = $1"  # noqa: S608
        " OR id = (SELECT account_id FROM account_domains WHERE domain = $2)"
        " ORDER BY lower(login) IS NOT DISTINCT FROM $1 DESC LIMIT 1",
        login,
        domain,
    )
    return _account(row, vault) if row else None


async def list_all(tx: Tx, vault: Vault, after: str, limit: int) -> list[Account]:
    """List accounts by login, those after ``after``."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM accounts WHERE lower(login) > lower($1) ORDER BY lower(login) LIMIT $2",  # noqa: S608
        after,
        limit,
    )
    return [_account(row, vault) for row in rows]


async def domains_of(tx: Tx, account_ids: list[int]) -> dict[int, list[str]]:
    """Tell the custom domains of some accounts."""
    rows = await tx.fetch(
        "SELECT account_id, array_agg(domain ORDER BY domain) AS domains FROM account_domains"
        " WHERE account_id = ANY($1::bigint[]) GROUP BY account_id",
        account_ids,
    )
    return {row["account_id"]: row["domains"] for row in rows}


async def owners(tx: Tx, account_ids: Collection[int]) -> dict[int, Owner]:
    """Return by number what emails and pages need to know of accounts; unknown ones are left out."""
    rows = await tx.fetch(
        "SELECT id, login, locale, confirms_always, currency FROM accounts WHERE id = ANY($1::bigint[])",
        list(account_ids),
    )
    return {row["id"]: Owner(*row) for row in rows}


async def set_disabled(tx: Tx, login: str, disabled_at: datetime | None) -> int | None:
    """Disable or enable an account; one disabled before keeps that time. Return its number, None if there is none."""
    number: int | None = await tx.fetch_value(
        "UPDATE accounts SET disabled_at = CASE WHEN $2::timestamptz IS NULL THEN NULL"
        " ELSE coalesce(disabled_at, $2) END WHERE lower(login) = lower($1) RETURNING id",
        login,
        disabled_at,
    )
    return number


async def set_currency(tx: Tx, login: str, currency: str) -> int | None:
    """Replace the account's currency; return its number, None if there is none."""
    number: int | None = await tx.fetch_value(
        "UPDATE accounts SET currency = $2 WHERE lower(login) = lower($1) RETURNING id", login, currency
    )
    return number


async def insert_domain(tx: Tx, account_id: int, domain: str) -> int:
    """Add a custom domain unless somebody has it; return whose it is now."""
    await tx.execute(
        "INSERT INTO account_domains (domain, account_id, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        domain,
        account_id,
        tx.now,
    )
    owner: int = await tx.fetch_value("SELECT account_id FROM account_domains WHERE domain = $1", domain)
    return owner


async def remember_secret(tx: Tx, fingerprint: str) -> str:
    """Note under which secret this database is kept, the first time; return what is noted."""
    await tx.execute("INSERT INTO installation (secret_fingerprint) VALUES ($1) ON CONFLICT DO NOTHING", fingerprint)
    noted: str = await tx.fetch_value("SELECT secret_fingerprint FROM installation")
    return noted
