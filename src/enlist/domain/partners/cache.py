"""Finding the partners whom clicks name, without asking the database each time."""

from collections.abc import Collection
from functools import partial
from typing import Final

from enlist.domain.partners import queries
from enlist.domain.partners.model import Member
from enlist.domain.partners.naming import find_named, keys_named
from enlist.runtime.cache import Cache
from enlist.runtime.db import Tx

CHANGED: Final = "partners_changed"  # with the number of the account

Names = Collection[tuple[int, str]]


class KnownPartners:
    """Active partners by account and login, kept until ``forget`` is called (the plan calls it on ``CHANGED``).

    That there is no such partner is never kept: they may have joined just now.
    """

    def __init__(self) -> None:
        self._known: Cache[tuple[int, str], Member] = Cache(lambda key, _: key[0])
        self.forget = self._known.forget

    async def find(self, tx: Tx, names: Names) -> dict[tuple[int, str], Member]:
        """Find active partners by (account, login or number as text); others are left out."""
        return await self._known.find_all(names, partial(_ask, tx))


async def _ask(tx: Tx, names: Names) -> dict[tuple[int, str], Member]:
    members = await queries.members(tx, [(account_id, key) for account_id, name in names for key in keys_named(name)])
    return {
        (account_id, name): member
        for account_id, name in names
        if (member := find_named(members.get(account_id, {}), name)) is not None
    }
