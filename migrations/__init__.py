"""The migrations, in order of their numbers, and the lock under which they run."""

from __future__ import annotations

from pathlib import Path

from playhouse.migrations import Runner

from models import database

LOCK = 7_301_000


def migrate_database() -> list[str]:
    """Apply what is missing; the names of what was applied. Safe to call from several processes at once."""
    with database.connection_context():
        database.execute_sql("SET statement_timeout = 0; SET lock_timeout = '60s'")
        database.execute_sql("SELECT pg_advisory_lock(%s)", (LOCK,))
        try:
            return [str(done) for done in Runner(database, str(Path(__file__).parent)).up() or []]
        finally:
            database.execute_sql("SELECT pg_advisory_unlock(%s)", (LOCK,))
            database.execute_sql("RESET statement_timeout; RESET lock_timeout")


def pending() -> list[str]:
    """Names of migrations that this database lacks."""
    runner = Runner(database, str(Path(__file__).parent))
    applied = runner.applied()
    return [step.name for step in runner.migrations() if step.name not in applied]
