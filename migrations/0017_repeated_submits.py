"""Submits whose answer was lost and that were repeated by themselves: each may have been bought twice.

An older process that runs beside us does not know the column and the table; its rows keep the default, and it repeats nothing.
"""

STATEMENTS = """
ALTER TABLE variations ADD COLUMN IF NOT EXISTS may_repeat boolean NOT NULL DEFAULT true;
CREATE TABLE repeated_submits (
    id bigserial PRIMARY KEY,
    form_id text NOT NULL REFERENCES compose_forms (id) ON DELETE CASCADE,
    leader text NOT NULL,
    attempt integer NOT NULL,
    variations integer NOT NULL CHECK (variations > 0),
    provider text NOT NULL,
    callback_hash text,
    task_id text,
    at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    UNIQUE (leader, attempt)
);
CREATE INDEX ON repeated_submits (at);
CREATE INDEX ON repeated_submits (form_id);
CREATE INDEX ON repeated_submits (callback_hash);
"""


def up(migrator, db):
    """Run by `main.py migrate`, in one transaction, under an advisory lock."""
    db.execute_sql(STATEMENTS)
