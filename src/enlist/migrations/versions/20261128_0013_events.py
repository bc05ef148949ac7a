"""Events have tables of their own; those of the version before stay for its servers."""

from enlist.migrations.plain_sql import run_beside

revision = "20261128_0013"
down_revision = "20261121_0012"


def upgrade() -> None:
    """Create."""
    run_beside(__file__)
