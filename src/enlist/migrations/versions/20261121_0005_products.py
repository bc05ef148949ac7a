"""Products, pin codes and coupons."""

from enlist.migrations.plain_sql import run_beside

revision = "20261121_0005"
down_revision = "20261121_0004"


def upgrade() -> None:
    """Create everything."""
    run_beside(__file__)
