"""Changes of a membership's state stay within its page."""

from enlist.migrations.plain_sql import run_beside

revision = "20261128_0017"
down_revision = "20261128_0016"


def upgrade() -> None:
    """Drop the index that holds the state; keep room in pages."""
    run_beside(__file__)
