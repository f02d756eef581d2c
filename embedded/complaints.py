"""What may be wrong with the database that an operator command is sent to, each in one sentence without a password."""

from __future__ import annotations

import re
from pathlib import Path

from embedded.programs import StoreError

_HISTORY = "schema_migration"  # the table in which playhouse.migrations keeps the names of what it applied


def refuse_wrong_database(url: str, migrations: Path | None) -> None:
    """Raises StoreError unless the database answers, lets us in, and has had exactly these migrations (None: any)."""
    import psycopg2

    where = _place(url)
    try:
        link = psycopg2.connect(url, connect_timeout=3)
    except psycopg2.Error as error:
        raise StoreError(_why_not(str(error), where)) from None
    try:
        with link, link.cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s)", (_HISTORY,))
            has_tables = cursor.fetchone() != (None,)
            if has_tables:
                cursor.execute(f"SELECT name FROM {_HISTORY}")  # noqa: S608 our own name
            applied = {name for (name,) in cursor.fetchall()} if has_tables else set()
    except psycopg2.Error as error:
        raise StoreError(f"The database {where} could not be read: {_first_line(str(error))}.") from None
    finally:
        link.close()
    if migrations is not None:
        _refuse_other_version(applied, {path.stem for path in migrations.glob("[0-9]*.py")}, where)


def _refuse_other_version(applied: set[str], ours: set[str], where: str) -> None:
    if not applied:
        raise StoreError(f"The database {where} has no tables of Serenade yet: run `./serenade migrate`.")
    if newer := sorted(applied - ours):
        raise StoreError(f"The database {where} was migrated by a newer Serenade ({newer[-1]}): update this program.")
    if missing := sorted(ours - applied):
        raise StoreError(
            f"The database {where} is older than this program ({missing[0]} is missing): run `./serenade migrate`."
        )


def _place(url: str) -> str:
    """`name at host:port`, or the socket's folder; never the user's password. Raises StoreError for what is no such URL."""
    import psycopg2
    from psycopg2.extensions import parse_dsn

    is_one = url.startswith(("postgres://", "postgresql://")) and "#" not in url
    try:
        read = parse_dsn(url) if is_one else {}
    except psycopg2.ProgrammingError as error:  # what it quotes may be a password, unless it is the name of a parameter
        unknown = re.search(r'invalid URI query parameter: "(\w+)"', str(error))
        if unknown:
            raise StoreError(
                f"DATABASE_URL has the parameter {unknown[1]}, which PostgreSQL does not know: remove it."
            ) from None
        read = {}
    if not read or not all(port.isdigit() for port in read.get("port", "5432").split(",")):
        raise StoreError(
            "DATABASE_URL must look like postgresql://user:password@host:5432/name, with # / ? @ in a password percent-encoded."
        )
    host, name = read.get("host", ""), read.get("dbname", "postgres")
    return f"{name} on a local socket" if not host or host.startswith("/") else f"{name} at {host}:{read.get('port', 5432)}"


def _why_not(said: str, where: str) -> str:
    if "password" in said or "authentication" in said or ("role" in said and "does not exist" in said):
        return f"The database {where} refuses the user or the password of DATABASE_URL."
    if "database" in said and "does not exist" in said:
        return f"There is no database {where}: create it, or correct DATABASE_URL."
    return f"The database {where} does not answer (DATABASE_URL): {_first_line(said).rpartition('failed: ')[2]}."


def complaint_about(error: Exception) -> str:
    """What stopped a command that had begun, for whoever typed it."""
    import peewee
    import redis

    said = _first_line(str(error))
    if isinstance(error, peewee.OperationalError | peewee.InterfaceError):
        return f"the database broke off ({said}); run it again."
    if isinstance(error, redis.RedisError):
        return f"Redis does not answer (REDIS_URL; {error.__class__.__name__}); run it again."
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}{f': {error.filename}' if error.filename else ''}."
    return f"{error.__class__.__name__}: {said}."


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0].rstrip(".")
