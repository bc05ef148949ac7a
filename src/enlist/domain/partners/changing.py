"""Changing the programme: its rules, its commissions, and the rates of single partners."""

from enlist.domain.partners import finding, queries
from enlist.domain.partners.errors import BadProgramme
from enlist.domain.partners.model import Commission, Programme, check_commission, check_programme
from enlist.runtime.db import Tx


async def set_programme(tx: Tx, account_id: int, wanted: Programme) -> None:
    """Replace the settings; what was decided before stays as it was. Refuses with BadProgramme."""
    check_programme(wanted)
    await queries.write_programme(tx, account_id, wanted)


async def set_rate(
    tx: Tx, account_id: int, login: str, level: int, commission: Commission | None, *, product_id: int | None = None
) -> None:
    """Give a partner a rate of their own, for one product or for all; None takes it away.

    Their rate for the product goes before their rate for all; then come the product's own and the programme's.
    Refuses with PartnerNotFound or BadProgramme.
    """
    if level not in (1, 2):
        raise BadProgramme(field="level", reason="must be 1 or 2")
    if commission is not None:
        if not commission.said:
            raise BadProgramme(field="commission", reason="must be a sum, a percentage, or both")
        check_commission(commission)
    partner = await finding.get(tx, account_id, login)
    await queries.write_rate(tx, partner, product_id, level, commission)
