"""Connections to PostgreSQL, also where a pooler in between gives every transaction another session (PgBouncer, Neon, ...).

Nothing is set at the start of a connection or for a session: a pooler refuses the one, and gives the other to somebody else.
Each transaction says for itself what it needs, in the same message as its first statement.
"""

from __future__ import annotations

import select
import time
from typing import Any

import psycopg2
import psycopg2.extensions
from playhouse.pool import PooledPostgresqlDatabase

# A black-holed PostgreSQL must not hang a request for ever: every wait has an end. By `serenade.knows_steps` the database knows
# us from a process of the release before, which wrote our steps into `stage` (migration 0014).
NEEDS = (
    "SET LOCAL statement_timeout = 5000; SET LOCAL lock_timeout = 3000; SET LOCAL idle_in_transaction_session_timeout = 15000; "
    "SET LOCAL timezone = 'UTC'; SET LOCAL serenade.knows_steps = 'on'; "
)
MOMENT = 5.0  # seconds; whatever drops idle connections without a word waits for minutes
_READ_ONLY = "25006"  # https://www.postgresql.org/docs/current/errcodes-appendix.html
_ROWS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")  # what may be a transaction of its own; VACUUM and its like may not


class _Cursor(psycopg2.extensions.cursor):
    """Sets what a transaction needs where it begins. What the database refuses may be a customer's story: only the first line
    of its error reaches a log.
    """

    def execute(self, query: Any, vars: Any = None) -> None:
        try:
            super().execute(self._with_needs(query), vars)
        except psycopg2.Error as error:
            error.args = (str(error).partition("\n")[0],)
            if error.pgcode == _READ_ONLY:  # a failover made a replica of it: the next connection may lead to the new primary
                self.connection.close()
                raise psycopg2.OperationalError(*error.args) from None
            raise

    def _with_needs(self, query: Any) -> Any:
        """Several statements in one message are one transaction, which SET LOCAL is for (PostgreSQL, "Simple Query")."""
        if self.connection.get_transaction_status() != psycopg2.extensions.TRANSACTION_STATUS_IDLE or not isinstance(
            query, str
        ):
            return query
        if query == "BEGIN":
            return f"BEGIN; {NEEDS}"
        return NEEDS + query if query.lstrip(" \n(").startswith(_ROWS) else query


class Pool(PooledPostgresqlDatabase):  # type: ignore[misc] # Peewee has no types
    """Peewee's pool. Before it hands out an idle connection it asks the server whether it still lives: a round trip, in which
    nobody else gets a connection. One that was in use a moment ago is asked only if something has come in on it meanwhile: to
    an idle connection a server says nothing but its end.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        self._left_at: dict[int, float] = {}  # by id(connection): when it was given back
        super().__init__(*args, **options)

    def _can_reuse(self, conn: Any) -> bool:
        self._left_at[id(conn)] = time.monotonic()
        return bool(super()._can_reuse(conn))

    def _is_closed(self, conn: Any) -> bool:
        idle = time.monotonic() - self._left_at.pop(id(conn), 0.0)
        if idle < MOMENT and not conn.closed and not _has_news(conn):
            return False
        return bool(super()._is_closed(conn))

    def cursor(self, named_cursor: Any = None) -> Any:
        """A connection that was lost in the middle is a database that is away (OperationalError), which everybody expects;
        to psycopg2 the next question is a mistake of ours (InterfaceError), the rollback too.
        """
        try:
            return super().cursor(named_cursor)
        except psycopg2.InterfaceError as error:
            raise psycopg2.OperationalError(str(error)) from error


def _has_news(connection: Any) -> bool:
    """Whether something has come in on an idle connection: its end, or what else the server had to say."""
    news = select.poll()
    news.register(connection.fileno(), select.POLLIN)
    return bool(news.poll(0))


def connect_options(url: str) -> dict[str, Any]:
    """How to connect. What the operator's URL says wins, its `options` too; libpq itself reads it, so that it knows several
    hosts and every parameter of libpq. Raises psycopg2.ProgrammingError for others.
    """
    ours = {"connect_timeout": 3, "tcp_user_timeout": 5000, "keepalives_idle": 60, "keepalives_interval": 10}
    asked = psycopg2.extensions.parse_dsn(url or "postgresql://postgres@/postgres")
    return {**ours, "dbname": "postgres", **asked, "cursor_factory": _Cursor}
