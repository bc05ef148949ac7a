"""What the partners of the transcripts' account brought: `my_partner_login` in two years, `idle` nothing."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from enlist.domain import accounts, attribution, commissions, partners
from enlist.runtime.db import Tx

PERSON = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
COMMISSIONS = (partners.Commission(percent=Decimal(10)), partners.Commission(sum=Decimal("1.50")))
# The first and the last moment of the official sample's span, and the first one after it.
MOMENTS = (
    datetime(2016, 8, 1, tzinfo=UTC),
    datetime(2016, 9, 22, 23, 59, 59, tzinfo=UTC),
    datetime(2016, 9, 23, tzinfo=UTC),
)


async def prepare_partners(tx: Tx, account: accounts.Account) -> None:
    """Create the partners; the orders they brought are mere numbers, none of the shop's."""
    await partners.set_programme(tx, account.id, partners.Programme(commissions=COMMISSIONS))
    then = replace(tx, now=datetime(2016, 1, 1, tzinfo=UTC))
    for login in ("my_partner_login", "idle"):
        await partners.create(then, account.id, partners.NewPartner(login=login))
    for number, at in enumerate(MOMENTS):
        await _bring(replace(tx, now=at), account, 900_001 + number, Decimal("123.45") * (number + 1))
    recruit = partners.NewPartner(login="recruit", recruited_by="my_partner_login")
    await partners.create(replace(tx, now=MOMENTS[1]), account.id, recruit)
    await commissions.pay_out(replace(tx, now=MOMENTS[2]), account.id, "my_partner_login", Decimal("20.00"))


async def _bring(tx: Tx, account: accounts.Account, number: int, sum_: Decimal) -> None:
    """Let a visitor click and subscribe, order and pay at one moment."""
    marks = {"utm_medium": "affiliate", "utm_source": "my_partner_login"}
    touch = attribution.Touch(tx.now, marks, "cookie")
    click = attribution.NewClick(
        account_id=account.id, partner="my_partner_login", visitor=str(number), agent=PERSON, marks=marks
    )
    sale = commissions.Sale(
        account_id=account.id,
        order_id=number,
        contact_id=number,
        created_at=tx.now,
        touches=(touch,),
        items=(commissions.SaleItem(0, 900_000, sum_),),
    )
    await attribution.record_clicks(tx, [click])
    await attribution.credit_leads(tx, [attribution.Lead(account_id=account.id, contact_id=number, touches=(touch,))])
    await commissions.credit_orders(tx, [sale])
    await commissions.charge(tx, account.id, number, tx.now)
