"""Stored words of one protocol become ours: when people are asked to confirm, and the group of all contacts."""

from enlist.migrations.plain_sql import run_beside

revision = "20261121_0011"
down_revision = "20261121_0010"


def upgrade() -> None:
    """Add what the new words need, and let what an older server writes have both."""
    run_beside(__file__)
