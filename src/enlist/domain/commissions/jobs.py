"""The job that tells a partner's analytics service of a paid order, once and again until it is heard."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from enlist.domain.commissions import postback_queries
from enlist.domain.commissions.events import SaleCharged
from enlist.domain.commissions.model import Conversion, Postback
from enlist.runtime import jobs
from enlist.runtime.db import Database, Tx
from enlist.runtime.jobs import Job

POST_BACK: Final = "partners.post_back"

Tell = Callable[[Postback, Conversion], Awaitable[None]]


async def queue_postbacks(tx: Tx, charged: Sequence[SaleCharged]) -> None:
    """Queue the telling of partners who want to be told (a reaction)."""
    wanted = await postback_queries.want_postbacks(tx, {(event.owner_id, event.partner_id) for event in charged})
    for event in charged:
        if (event.owner_id, event.partner_id) in wanted:
            await jobs.put(
                tx, POST_BACK, account_id=event.owner_id, order_id=event.order_id, partner_id=event.partner_id
            )


def post_back(database: Database, tell: Tell) -> Job:
    """Make the job; what ``tell`` raises has it run again later. No transaction is open while it tells."""

    async def run(account_id: int, order_id: int, partner_id: int) -> None:
        async with database.reading() as tx:
            wanted = await postback_queries.postback(tx, account_id, partner_id)
            told = await postback_queries.conversion(tx, account_id, order_id, partner_id)
        if wanted is not None and told is not None:
            await tell(wanted, told)

    return run
