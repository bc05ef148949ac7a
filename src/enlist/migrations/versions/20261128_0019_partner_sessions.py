"""Partners' sessions, and the links that begin one, are rows."""

from enlist.migrations.plain_sql import run_beside

revision = "20261128_0019"
down_revision = "20261128_0018"


def upgrade() -> None:
    """Make the tables of sessions and of links to sign in."""
    run_beside(__file__)
