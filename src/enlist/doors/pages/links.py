"""The links in letters: made here, and read here when somebody follows them."""

from collections.abc import Sequence
from typing import Final

import msgspec

from enlist.domain import accounts, groups
from enlist.domain.accounts import AccountSettings
from enlist.doors.web.desk import Desk, NoSuchPage
from enlist.kit import tokens
from enlist.runtime.db import Tx

CONFIRM: Final = "confirm"
LEAVE: Final = "leave"


class Target(msgspec.Struct, frozen=True):
    """What a link is about."""

    account_id: int
    contact_id: int
    group_ids: tuple[int, ...]


def links(key: bytes, settings: AccountSettings) -> groups.Links:
    """Make what makes the addresses in letters, signed with ``key``."""

    def confirm(account_id: int, contact_id: int, group_ids: Sequence[int]) -> str:
        token = tokens.issue(key, CONFIRM, (account_id, contact_id, *group_ids), hidden=True)
        return f"{settings.public_url}/confirm/{token}"

    def leave(account_id: int, contact_id: int, group_ids: Sequence[int]) -> str:
        token = tokens.issue(key, LEAVE, (account_id, contact_id, *group_ids), hidden=True)
        return f"{settings.public_url}/unsubscribe/{token}"

    return groups.Links(confirm=confirm, leave=leave)


def follow(desk: Desk, purpose: str, token: str) -> Target:
    """Read what a link is about. Raises NoSuchPage for one that we did not make for this purpose."""
    numbers = tokens.read(desk.links_key, purpose, token)
    if numbers is None or len(numbers) < 3:
        raise NoSuchPage(link=True)
    return Target(numbers[0], numbers[1], numbers[2:])


async def owner_of(tx: Tx, target: Target) -> accounts.Owner:
    """Return whose letter the link stood in. Raises NoSuchPage if he is gone."""
    found = await accounts.owners(tx, [target.account_id])
    if target.account_id not in found:
        raise NoSuchPage(link=True)
    return found[target.account_id]
