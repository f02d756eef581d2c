"""The demo: forms that only show how it works. They are marked, belong to one browser, and are deleted after a day."""

STATEMENTS = """
ALTER TABLE compose_forms ADD COLUMN IF NOT EXISTS demo boolean NOT NULL DEFAULT false;
CREATE INDEX IF NOT EXISTS demo_forms ON compose_forms (id) WHERE demo;

CREATE TABLE demos (
    form_id text PRIMARY KEY REFERENCES compose_forms (id) ON DELETE CASCADE,
    visitor_sha256 text NOT NULL,
    scene varchar(40) NOT NULL,
    told jsonb NOT NULL DEFAULT '{}',
    speed real NOT NULL CHECK (speed BETWEEN 1 AND 20),
    rushed boolean NOT NULL DEFAULT false,
    events_received integer NOT NULL DEFAULT 0,
    created_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc')
);
CREATE INDEX ON demos (visitor_sha256, created_at);
CREATE INDEX ON demos (created_at);
"""


def up(migrator, db):
    """Run by `main.py migrate`, in one transaction, under an advisory lock."""
    db.execute_sql(STATEMENTS)
