"""History keeps who acted, and what happened, as codes and fields."""

from enlist.migrations.plain_sql import run_beside

revision = "20261121_0012"
down_revision = "20261121_0011"


def upgrade() -> None:
    """Add the columns, and read into them what was kept in words."""
    run_beside(__file__)
