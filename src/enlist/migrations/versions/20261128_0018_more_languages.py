"""Accounts may speak any language that has a catalogue."""

from enlist.migrations.plain_sql import run_beside

revision = "20261128_0018"
down_revision = "20261128_0017"


def upgrade() -> None:
    """Widen the check."""
    run_beside(__file__)
