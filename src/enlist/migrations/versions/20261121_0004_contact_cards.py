"""Contact cards with their history, managers, currencies."""

from enlist.migrations.plain_sql import run_beside

revision = "20261121_0004"
down_revision = "20261121_0003"


def upgrade() -> None:
    """Create everything."""
    run_beside(__file__)
