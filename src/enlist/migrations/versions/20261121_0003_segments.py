"""Segments: actions in parts by time, their diagnostics, segments with their members, and what is to be sorted."""

from enlist.migrations.plain_sql import run_beside

revision = "20261121_0003"
down_revision = "20261121_0002"


def upgrade() -> None:
    """Create everything."""
    run_beside(__file__)
