"""Orders, their items and payments, payment channels."""

from enlist.migrations.plain_sql import run_beside

revision = "20261121_0006"
down_revision = "20261121_0005"


def upgrade() -> None:
    """Create everything."""
    run_beside(__file__)
