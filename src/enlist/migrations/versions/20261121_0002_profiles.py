"""Profiles: sites and the groups they fill, profiles, their subscriptions, the packed counts per refid."""

from enlist.migrations.plain_sql import run_beside

revision = "20261121_0002"
down_revision = "20261121_0001"


def upgrade() -> None:
    """Create everything."""
    run_beside(__file__)
