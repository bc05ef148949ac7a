"""The affiliate programme."""

from enlist.migrations.plain_sql import run_beside

revision = "20261121_0007"
down_revision = "20261121_0006"


def upgrade() -> None:
    """Create everything."""
    run_beside(__file__)
