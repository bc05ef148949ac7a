"""Finding the groups that enrolments name, without asking the database each time."""

from collections.abc import Collection
from typing import Final

from enlist.domain.groups import queries
from enlist.domain.groups.model import Group
from enlist.runtime.cache import Cache
from enlist.runtime.db import Tx

CHANGED: Final = "groups_changed"  # with the number of the account

Key = tuple[int, str]


class KnownGroups:
    """Groups by account and name, kept until ``forget`` is called (the plan calls it on the signal ``CHANGED``).

    That a group does not exist is never kept: it may have been made just now.
    """

    def __init__(self) -> None:
        self._known: Cache[Key, Group] = Cache(lambda key, _: key[0], room=50_000)
        self.forget = self._known.forget

    async def find(self, tx: Tx, names: Collection[Key]) -> dict[Key, Group]:
        """Find groups by (account, name); unknown ones are left out."""

        async def ask(missing: Collection[Key]) -> dict[Key, Group]:
            return await queries.groups_named(tx, list(missing))

        return await self._known.find_all(names, ask)
