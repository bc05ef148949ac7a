"""What the account of the transcripts has besides its groups, created anew for every test."""

from decimal import Decimal

from enlist.domain import accounts, products
from enlist.runtime.db import Tx

# What a test may leave behind; accounts and the groups of the fixtures stay for the whole module.
_KEPT = ("accounts", "account_domains", "groups", "installation", "sites", "alembic_version", "number_counters")
_GROUPS = ("all contacts", "news", "open", "super", "group1", "group2")


async def clear(tx: Tx) -> None:
    """Empty all tables but the kept ones, begin all numbers anew, and delete groups that a test made."""
    rows = await tx.fetch(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
        " AND relnamespace = 'public'::regnamespace AND relname <> ALL ($1) AND relname NOT LIKE 'procrastinate%'"
        " AND relname NOT LIKE 'segment%' AND relname NOT LIKE 'action%'",
        list(_KEPT),
    )
    await tx.execute(f"TRUNCATE {', '.join(row[0] for row in rows)} RESTART IDENTITY")
    await tx.execute("DELETE FROM groups WHERE name <> ALL ($1)", list(_GROUPS))
    await tx.execute("UPDATE number_counters SET last = 0 WHERE kind <> 'groups'")


async def prepare(tx: Tx, account: accounts.Account) -> None:
    """Create what the calls read or name: two managers, a category, two coupons."""
    await accounts.create_manager(tx, account.id, "Olga Petrova", email="olga@example.com")
    await accounts.create_manager(tx, account.id, "Борис Иванов")
    await products.create_category(tx, account.id, "Courses")
    for code in ("SPRING", "Весна"):
        await products.create_coupon(tx, account.id, products.NewCoupon(code=code, discount_percent=Decimal(10)))
