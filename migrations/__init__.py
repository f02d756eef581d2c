"""The migrations, in order of their numbers, and the lock under which they run."""

from __future__ import annotations

from pathlib import Path

from peewee import ProgrammingError
from playhouse.migrations import Runner

from models import database

LOCK = 7_301_000
_HERE = str(Path(__file__).parent)
_NOT_ALLOWED, _NO_SCHEMA = "42501", "3F000"  # https://www.postgresql.org/docs/current/errcodes-appendix.html


class MigrationRefusedError(Exception):
    """The database lets our role not change its tables. The message is one sentence that says what to grant."""


def migrate_database() -> list[str]:
    """Apply what is missing; the names of what was applied. Safe to call from several processes at once.

    Raises MigrationRefusedError.
    """
    done = []
    with database.connection_context():
        try:
            while name := _apply_next():
                done.append(name)
        except ProgrammingError as error:
            raise _in_a_sentence(error) from error
    return done


def _apply_next() -> str | None:
    """Apply the first one that is missing, in a transaction that holds the lock; its name."""
    with database.atomic():
        database.execute_sql("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '60s'")
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        missing = pending()
        if missing:
            Runner(database, _HERE).up(missing[0])
    return missing[0] if missing else None


def pending() -> list[str]:
    """Names of migrations that this database lacks."""
    runner = Runner(database, _HERE)
    applied = runner.applied()
    return [step.name for step in runner.migrations() if step.name not in applied]


def _in_a_sentence(error: ProgrammingError) -> Exception:
    """What to grant, where that is what is wrong; the error itself otherwise."""
    code = getattr(getattr(error, "orig", None), "pgcode", "")
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
