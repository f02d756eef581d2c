"""When a session was used last: one of staff ends after an hour without (docs/security.md)."""


def up(migrator, db):
    """Run by `main.py migrate`, in one transaction, under an advisory lock."""
    db.execute_sql("ALTER TABLE login_sessions ADD COLUMN seen_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc')")
