"""Limits that all processes share."""

from enlist.migrations.plain_sql import run_beside

revision = "20261121_0010"
down_revision = "20261121_0009"


def upgrade() -> None:
    """Create the table."""
    run_beside(__file__)
