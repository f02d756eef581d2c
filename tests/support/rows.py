"""How tests forget rows: deleted, for a TRUNCATE gives every table and index a new file, 95 ms of a processor for a shop."""

from __future__ import annotations

from models import database

# These tables (all, where none is named) and whatever refers to them.
_NAMES = """
WITH RECURSIVE found AS (
    SELECT oid FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname NOT LIKE '%%migration%%'
    AND (cardinality(%(roots)s::text[]) = 0 OR relname = ANY(%(roots)s::text[]))
    UNION SELECT c.conrelid FROM pg_constraint c JOIN found ON c.confrelid = found.oid WHERE c.contype = 'f')
SELECT oid::regclass::text FROM found ORDER BY 1
"""


def forget_rows(*roots: str) -> None:
    """Delete every row, in the open connection. Whoever is writing is awaited first, 20 s at most, and nothing of it stays."""
    names = [name for (name,) in database.execute_sql(_NAMES, {"roots": list(roots)}).fetchall()]
    if not names:
        return
    deletes = ", ".join(f"gone_{number} AS (DELETE FROM {name})" for number, name in enumerate(names))
    with database.atomic():
        database.execute_sql("SET LOCAL lock_timeout = '20s'")
        database.execute_sql(f"LOCK TABLE {', '.join(names)} IN EXCLUSIVE MODE")
        database.execute_sql(f"WITH {deletes} SELECT")  # one statement: who refers to whom is checked at its end
