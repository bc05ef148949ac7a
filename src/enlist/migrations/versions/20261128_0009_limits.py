"""Limits that all processes share."""

from enlist.migrations.plain_sql import run_beside

revision = "20261128_0009"
down_revision = "20261121_0008"


def upgrade() -> None:
    """Create the table."""
    run_beside(__file__)
