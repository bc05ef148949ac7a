"""Finding the site whose token a caller shows, thousands of times a second."""

from collections import OrderedDict
from datetime import timedelta
from time import monotonic
from typing import Final

from enlist.domain.accounts import site_queries as queries
from enlist.domain.accounts.model import LONGEST_TOKEN, Site
from enlist.runtime.db import Database, DatabaseAway

FRESH: Final = timedelta(seconds=2)
ROOM: Final = 10_000


class SiteDirectory:
    """Sites by token, remembered for a moment, and for longer while the database is away.

    What is remembered is never the last word: it is asked for anew after two seconds, and at once when ``forget`` is
    called (the plan calls it on the signals ``SITES_CHANGED`` and ``CHANGED``). The sites of a disabled account are
    not found.
    """

    def __init__(self, database: Database) -> None:
        """Look up tokens in ``database``."""
        self._database = database
        self._known: OrderedDict[str, tuple[Site | None, float]] = OrderedDict()

    def forget(self, _message: str = "") -> None:
        """Take nothing that is remembered for fresh any more."""
        for token, (site, _) in self._known.items():
            self._known[token] = (site, 0.0)

    async def find(self, token: str) -> Site | None:
        """Find the site of ``token``.

        While the database is away the answer is the last one known. Raises DatabaseAway when none is.
        """
        if not token or len(token) > LONGEST_TOKEN or not token.isascii():
            return None
        known = self._known.get(token)
        if known is not None and monotonic() - known[1] < FRESH.total_seconds():
            return known[0]
        if known is not None:
            # One caller asks; those who come meanwhile are served what is known, instead of asking all at once.
            self._known[token] = (known[0], monotonic())
        try:
            async with self._database.reading() as tx:
                site = await queries.find_by_token(tx, token)
        except DatabaseAway:
            if known is None or known[0] is None:
                raise
            return known[0]
        self._known[token] = (site, monotonic())
        if len(self._known) > ROOM:
            self._known.popitem(last=False)
        return site
