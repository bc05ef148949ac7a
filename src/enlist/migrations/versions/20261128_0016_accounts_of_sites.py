"""What a site owns is keyed by the site's account first."""

from enlist.migrations.plain_sql import run_beside

revision = "20261128_0016"
down_revision = "20261128_0015"


def upgrade() -> None:
    """Write the tables anew, with their keys."""
    run_beside(__file__)
