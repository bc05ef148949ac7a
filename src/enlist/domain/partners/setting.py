"""Setting the programme: its rules, its commissions, and single partners' own rates."""

from enlist.domain.partners import finding, queries
from enlist.domain.partners.errors import BadProgramme
from enlist.domain.partners.model import Commission, Programme, Rate, check_commission, check_programme
from enlist.runtime.db import Tx


async def programme(tx: Tx, account_id: int) -> Programme:
    """Return the settings of an account's programme; those of a fresh one if nobody has set any."""
    return (await queries.programmes(tx, [account_id]))[account_id]


async def set_programme(tx: Tx, account_id: int, wanted: Programme) -> None:
    """Replace the settings; what was decided before stays as it was. Refuses with BadProgramme."""
    check_programme(wanted)
    await queries.write_programme(tx, account_id, wanted)


async def set_rate(
    tx: Tx, account_id: int, login: str, level: int, commission: Commission | None, *, product_id: int | None = None
) -> None:
    """Give a partner a rate of his own, for one product or for all; None takes it away.

    His rate for the product goes before his rate for all, that before the product's own, that before the programme's.
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


async def list_rates(tx: Tx, account_id: int, login: str) -> list[Rate]:
    """List a partner's own rates, those for single products first. Refuses with PartnerNotFound."""
    partner = await finding.get(tx, account_id, login)
    return (await queries.rates(tx, [(account_id, partner.id)])).get((account_id, partner.id), [])
