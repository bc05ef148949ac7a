"""Commissions: what partners earn by orders, what they are paid, and what they are told of it."""

from .charging import charge as charge
from .charging import reverse as reverse
from .crediting import credit_orders as credit_orders
from .crediting import decision_of as decision_of
from .crediting import fees as fees
from .errors import BadPostback as BadPostback
from .errors import PayoutImpossible as PayoutImpossible
from .events import PaidOut as PaidOut
from .events import SaleCharged as SaleCharged
from .events import SaleReversed as SaleReversed
from .jobs import (
    POST_BACK as POST_BACK,
)
from .jobs import (
    post_back as post_back,
)
from .jobs import (
    queue_postbacks as queue_postbacks,
)
from .model import (
    Conversion as Conversion,
)
from .model import (
    Day as Day,
)
from .model import (
    FeeRow as FeeRow,
)
from .model import (
    PartnerSale as PartnerSale,
)
from .model import (
    Payout as Payout,
)
from .model import (
    Postback as Postback,
)
from .model import (
    Sale as Sale,
)
from .model import (
    SaleItem as SaleItem,
)
from .model import (
    Statistics as Statistics,
)
from .paying_out import (
    announce_payouts as announce_payouts,
)
from .paying_out import (
    balance as balance,
)
from .paying_out import (
    list_payouts as list_payouts,
)
from .paying_out import (
    pay_out as pay_out,
)
from .posting_back import (
    POSTBACK_PARAMETERS as POSTBACK_PARAMETERS,
)
from .posting_back import (
    conversion as conversion,
)
from .posting_back import (
    postback as postback,
)
from .posting_back import (
    set_postback as set_postback,
)
from .reporting import (
    list_days as list_days,
)
from .reporting import (
    list_sales as list_sales,
)
from .reporting import (
    statistics as statistics,
)
