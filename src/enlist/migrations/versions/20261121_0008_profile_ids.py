"""A profile is named by a profile id inside; the foreign word for it stays at its door."""

from enlist.migrations.plain_sql import run_beside

revision = "20261121_0008"
down_revision = "20261121_0007"


def upgrade() -> None:
    """Rename."""
    run_beside(__file__)
