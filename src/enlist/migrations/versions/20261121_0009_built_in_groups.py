"""An account cannot be made without its built-in group."""

from enlist.migrations.plain_sql import run_beside

revision = "20261121_0009"
down_revision = "20261121_0008"


def upgrade() -> None:
    """Add the trigger, and the group where it is missing."""
    run_beside(__file__)
