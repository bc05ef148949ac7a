"""Making and disabling coupons, and counting how often they are used."""

from collections import Counter
from collections.abc import Collection, Sequence

from enlist.domain.products import coupon_queries, finding
from enlist.domain.products.checking import check_coupon
from enlist.domain.products.errors import CouponNotFound, CouponTaken, ProductNotFound
from enlist.domain.products.model import Coupon, NewCoupon, as_number, code_key
from enlist.kit.text import can_be_kept
from enlist.runtime.db import Tx


async def create_coupon(tx: Tx, account_id: int, new: NewCoupon) -> Coupon:
    """Make a coupon. Refuses with BadCoupon, CouponTaken or ProductNotFound."""
    check_coupon(new)
    found = await finding.find_all(tx, {(account_id, product) for product in new.products})
    for product in new.products:
        if (account_id, product) not in found:
            raise ProductNotFound(product=product)
    product_ids = dict.fromkeys(found[account_id, product].id for product in new.products)
    coupon = await coupon_queries.insert_coupon(tx, account_id, new, code_key(new.code), list(product_ids))
    if coupon is None:
        raise CouponTaken(coupon=new.code)
    return coupon


async def disable_coupon(tx: Tx, account_id: int, code: str) -> None:
    """Let a coupon, named by its code or number as text, apply to no order any more. Refuses with CouponNotFound."""
    coupon = (await find_coupons(tx, [(account_id, code)])).get((account_id, code))
    if coupon is None:
        raise CouponNotFound(coupon=code)
    await coupon_queries.set_disabled(tx, account_id, coupon.id)


async def find_coupons(tx: Tx, wanted: Collection[tuple[int, str]]) -> dict[tuple[int, str], Coupon]:
    """Find coupons by (account, code in whichever letter case, or number as text), in one statement; the code wins.

    Unknown ones are left out, disabled ones are not: ``applies`` knows them. Nothing is locked.
    """
    asked = [(account_id, text, code_key(text), as_number(text)) for account_id, text in wanted if can_be_kept(text)]
    return await coupon_queries.find_coupons(tx, asked) if asked else {}


async def use_coupon(tx: Tx, account_id: int, coupon_id: int) -> bool:
    """Count a use of the coupon; tell whether its limit allowed it."""
    return (await use_coupons(tx, [(account_id, coupon_id)]))[0]


async def use_coupons(tx: Tx, wanted: Sequence[tuple[int, int]]) -> list[bool]:
    """Count uses of coupons, each given as (account, number); tell for each in order whether the limit allowed it."""
    if not wanted:
        return []
    left = await coupon_queries.lock_uses(tx, set(wanted))
    used: Counter[tuple[int, int]] = Counter()
    allowed: list[bool] = []
    for key in wanted:
        most = left.get(key, 0)
        allowed.append(most is None or used[key] < most)
        used[key] += allowed[-1]
    await coupon_queries.add_uses(tx, [(*key, uses) for key, uses in used.items() if uses])
    return allowed


async def release_coupons(tx: Tx, used: Sequence[tuple[int, int]]) -> None:
    """Take back uses of coupons, each given as (account, number)."""
    if used:
        await coupon_queries.lock_uses(tx, set(used))
        await coupon_queries.add_uses(tx, [(*key, -uses) for key, uses in Counter(used).items()])
