"""How Alembic connects: one transaction for all missing steps, one process at a time."""

from typing import Any

import psycopg
from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

# Any fixed number that nobody else takes on this database.
MIGRATING = 7_270_402


def _connect() -> Any:
    return psycopg.connect(context.config.attributes["dsn"])


engine = create_engine("postgresql+psycopg://", creator=_connect, poolclass=NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, transactional_ddl=True)
    with context.begin_transaction():
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATING})")
        # A busy server is not to stand still behind a step that waits for a lock.
        connection.exec_driver_sql("SET LOCAL lock_timeout = '15s'")
        context.run_migrations()
    connection.commit()
