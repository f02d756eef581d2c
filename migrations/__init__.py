"""The migrations, in order of their numbers, and the lock under which they run."""

from __future__ import annotations

import time
from pathlib import Path

from peewee import OperationalError, ProgrammingError
from playhouse.migrations import Runner

from models import database

LOCK = 7_301_000
_HERE = str(Path(__file__).parent)
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_NOT_ALLOWED, _NO_SCHEMA, _LOCKED, _DEADLOCK = "42501", "3F000", "55P03", "40P01"
# Whoever asks for a table behind a migration that waits for it, waits too: web processes of the release before, whose own
# patience is 3 s (records/connections.py). So it waits for a table no longer than this, and tries again.
WAIT, PAUSE, PATIENCE = "1s", 1.0, 600.0


class MigrationRefusedError(Exception):
    """The database lets our role not change its tables. The message is one sentence that says what to grant."""


def migrate_database() -> list[str]:
    """Apply what is missing; the names of what was applied. Safe to call from several processes at once, and beside those that
    serve.

    Raises MigrationRefusedError.
    """
    done: list[str] = []
    until = time.monotonic() + PATIENCE
    with database.connection_context():
        while True:
            try:
                if not (name := _apply_next()):
                    return done
                done.append(name)
            except ProgrammingError as error:
                raise _in_a_sentence(error) from error
            except OperationalError as error:
                if _code(error) not in (_LOCKED, _DEADLOCK) or time.monotonic() > until:
                    raise
                time.sleep(PAUSE)  # somebody reads for long (a backup): no lock tells when it is over without being waited for


def _apply_next() -> str | None:
    """Apply the first one that is missing, in a transaction that holds the lock; its name."""
    with database.atomic():
        database.execute_sql("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '60s'")
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        missing = pending()
        if missing:
            database.execute_sql(f"SET LOCAL lock_timeout = '{WAIT}'")
            Runner(database, _HERE).up(missing[0])
    return missing[0] if missing else None


def pending() -> list[str]:
    """Names of migrations that this database lacks."""
    runner = Runner(database, _HERE)
    applied = runner.applied()
    return [step.name for step in runner.migrations() if step.name not in applied]


def _code(error: Exception) -> str:
    return str(getattr(getattr(error, "orig", None), "pgcode", ""))


def _in_a_sentence(error: ProgrammingError) -> Exception:
    """What to grant, where that is what is wrong; the error itself otherwise."""
    code = _code(error)
    if code not in (_NOT_ALLOWED, _NO_SCHEMA):
        return error
    names = "SELECT quote_ident(current_user), quote_ident(current_schema()), quote_ident(current_database())"
    role, schema, name = database.execute_sql(names).fetchone()
    own = f"CREATE SCHEMA {role} AUTHORIZATION {role}"
    if code == _NO_SCHEMA:
        return MigrationRefusedError(
            f"Database {name} has none of the schemas in the search_path of role {role}: create one ({own};)."
        )
    return MigrationRefusedError(
        f"Database {name} refuses role {role} ({error}): as the database's owner run "
        f"`GRANT USAGE, CREATE ON SCHEMA {schema} TO {role};` or give the role a schema of its own, `{own};`. "
        f"Tables that are there already must belong to the role."
    )
