"""The child process: reads the database's address from standard input and runs the missing steps."""

import sys
from pathlib import Path

from alembic import command
from alembic.config import Config


def main() -> None:
    """Bring the database whose address stands on standard input to the newest step."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["dsn"] = sys.stdin.read().strip()
    command.upgrade(config, "head")


main()
