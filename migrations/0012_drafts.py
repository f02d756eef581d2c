"""The lyrics of a song while they are being written, so that every open page can display them."""

STATEMENTS = "ALTER TABLE compose_forms ADD COLUMN IF NOT EXISTS lyric_drafts jsonb NOT NULL DEFAULT '[]'"


def up(migrator, db):
    """Run by `main.py migrate`, in one transaction, under an advisory lock."""
    db.execute_sql(STATEMENTS)
