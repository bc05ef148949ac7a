"""Runs a step's plain SQL, the file of the same name beside it."""

from pathlib import Path

from alembic import op


def run_beside(step: str, *more: str) -> None:
    """Run the ``.sql`` file beside the step's own file, then the texts in ``more``; each may hold many statements."""
    cursor = op.get_bind().connection.cursor()
    for text in (Path(step).with_suffix(".sql").read_text(), *more):
        cursor.execute(text)
