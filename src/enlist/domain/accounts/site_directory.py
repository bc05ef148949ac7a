"""Finding the site whose token a caller shows, thousands of times a second."""

from enlist.domain.accounts import site_queries as queries
from enlist.domain.accounts.model import LONGEST_TOKEN, Site
from enlist.runtime.db import Database
from enlist.runtime.remembered import Remembered


class SiteDirectory:
    """Sites by token, remembered for a moment, and for longer while the database is away.

    What is remembered is never the last word: it is asked for anew after two seconds, and at once when ``forget`` is
    called (the plan calls it on the signals ``SITES_CHANGED`` and ``CHANGED``). The sites of a disabled account are
    not found.
    """

    def __init__(self, database: Database) -> None:
        """Look up tokens in ``database``."""
        self._database = database
        self._known = Remembered(self._ask)
        self.forget = self._known.forget

    async def find(self, token: str) -> Site | None:
        """Find the site of ``token``.

        While the database is away the answer is the last one known. Raises DatabaseAway when none is.
        """
        if not token or len(token) > LONGEST_TOKEN or not token.isascii():
            return None
        return await self._known.find(token)

    async def _ask(self, token: str) -> Site | None:
        async with self._database.reading() as tx:
            return await queries.find_by_token(tx, token)
