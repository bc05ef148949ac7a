"""What people know by a number is counted per account; numbers given out keep their values."""

from enlist.migrations.plain_sql import run_beside

revision = "20261128_0014"
down_revision = "20261128_0013"


def upgrade() -> None:
    """Make the counters, and have them fill the numbers."""
    run_beside(__file__)
