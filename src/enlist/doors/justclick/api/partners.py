"""The function about partners (api-1.0.md §16)."""

import re
from datetime import date
from typing import Final

from enlist.domain import commissions, partners
from enlist.doors.justclick.api import codes
from enlist.doors.justclick.api.calls import EITHER, Call, Function, always
from enlist.doors.justclick.api.codes import Reply
from enlist.kit import money

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


async def get_partner_stats(call: Call) -> Reply:
    """GetPartnerStats: what a partner brought and earned, ever or in a span of days, both ends included."""
    try:
        since, until = _day(call.form.text("date_from")), _day(call.form.text("date_to"))
    except ValueError:
        return codes.WRONG_DATA
    async with call.services.database.reading() as tx:
        found = await commissions.statistics(tx, call.account.id, call.form.text("partner").strip(), since, until)
    return Reply(
        0,
        "ok",
        {
            "earned_total": money.write(found.earned),
            "topay_total": money.write(found.to_pay),
            "clicks_total": found.clicks,
            "leads_total": found.contacts,
            "bills_total": found.paid_orders,
            "partners_total": found.recruits,
        },
    )


def _day(text: str) -> date | None:
    """Read a day such as 2016-08-01; an empty text is no bound. Raises ValueError."""
    plain = text.strip()
    if not plain:
        return None
    if not _DAY.fullmatch(plain):
        raise ValueError("must look like 2016-08-01")
    return date.fromisoformat(plain)


FUNCTIONS: Final = (
    # readings.md#13: the protocol has no code for an unknown partner.
    Function(
        "GetPartnerStats",
        get_partner_stats,
        {partners.PartnerNotFound: always(codes.WRONG_DATA)},
        generations=EITHER,
    ),
)
