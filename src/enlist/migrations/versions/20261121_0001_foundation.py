"""The foundation: accounts, groups, contacts, memberships, letters, facts, and the job queue's own tables."""

from procrastinate.schema import SchemaManager

from enlist.migrations.plain_sql import run_beside

revision = "20261121_0001"
down_revision = None


def upgrade() -> None:
    """Create everything."""
    run_beside(__file__, SchemaManager.get_schema())
