"""Partners' sessions: begun by a link that works once, ended by signing out, by suspending, or by themselves."""

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Final

from enlist.domain.partners import session_queries
from enlist.domain.partners.model import Partner
from enlist.runtime.db import Tx

LINK_LIVES: Final = timedelta(hours=1)
SESSION_LIVES: Final = timedelta(days=14)

_SEEN_EVERY: Final = timedelta(minutes=10)  # how exactly it is known when a session was last seen
_PORTION: Final = 5_000


async def issue_link(tx: Tx, partner: Partner) -> str:
    """Make what a link carries that signs a partner in once, within ``LINK_LIVES``; only its hash is kept.

    It is for the address that ``partner`` was read with, and signs nobody in if they have another one by now.
    """
    token = _new_token()
    await session_queries.insert_link(tx, partner, _hash(token), tx.now + LINK_LIVES)
    return token


async def find_by_link(tx: Tx, account_id: int, link: str) -> Partner | None:
    """Find whom a link would sign in to this account, without using it up; None: nobody (any more)."""
    return await session_queries.partner_of_link(tx, account_id, _hash(link))


async def sign_in(tx: Tx, account_id: int, link: str) -> str | None:
    """Use a link up; return the token of the session that it began, None if it begins none (any more).

    Partners who wait for approval and suspended ones are let in as well: they see what they earned.
    """
    token = _new_token()
    begun = await session_queries.begin_session(tx, account_id, _hash(link), _hash(token), tx.now + SESSION_LIVES)
    return token if begun is not None else None


async def find_by_session(tx: Tx, account_id: int, session: str) -> Partner | None:
    """Find who is signed in to this account by the token of a session; None: nobody (any more). One statement."""
    return await session_queries.see_session(tx, account_id, _hash(session), tx.now - _SEEN_EVERY)


async def sign_out(tx: Tx, account_id: int, session: str) -> None:
    """End the session of this token."""
    await session_queries.delete_session(tx, account_id, _hash(session))


async def sign_out_everywhere(tx: Tx, partner: Partner) -> None:
    """End all sessions of a partner; links to sign in that were sent do not work any more either."""
    await session_queries.delete_all(tx, partner.account_id, partner.id)


async def prune_sessions(tx: Tx) -> int:
    """Delete some of the sessions and links that expired; return how many.

    Call it again, each time in a transaction of its own, until it returns 0.
    """
    return await session_queries.delete_expired(tx, _PORTION)


def _new_token() -> str:
    return secrets.token_urlsafe(32)


def _hash(token: str) -> bytes:
    """Hash what a browser says, whatever it is: 256 random bits need no salt and no slow hash."""
    return sha256(token.encode(errors="surrogatepass")).digest()
