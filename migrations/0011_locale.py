"""The language that a giver reads, so that e-mails use it too. None where it is unknown: then English."""

STATEMENTS = """
ALTER TABLE compose_forms ADD COLUMN IF NOT EXISTS locale varchar(8);
ALTER TABLE logins ADD COLUMN IF NOT EXISTS locale varchar(8);
"""


def up(migrator, db):
    """Run by `main.py migrate`, in one transaction, under an advisory lock."""
    db.execute_sql(STATEMENTS)
