"""What staff tell the public of trouble: shown on /status."""


def up(migrator, db):
    """Run by `main.py migrate`, in one transaction, under an advisory lock."""
    db.execute_sql(
        "CREATE TABLE incidents (id bigserial PRIMARY KEY, text text NOT NULL, staff text NOT NULL,"
        " began_at timestamp NOT NULL, ended_at timestamp)"
    )
    db.execute_sql("CREATE INDEX incidents_began ON incidents (began_at)")
