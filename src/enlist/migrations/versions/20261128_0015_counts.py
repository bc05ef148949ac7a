"""Counts of contacts and memberships that cost the same however large an account is."""

from enlist.migrations.plain_sql import run_beside

revision = "20261128_0015"
down_revision = "20261128_0014"


def upgrade() -> None:
    """Make the tables, and have every account counted once by the first worker that starts."""
    run_beside(__file__)
