"""Who wrote the lyrics of each song, a chat model or the built-in lyricist, and why. An older process leaves it empty."""

STATEMENTS = "ALTER TABLE compose_forms ADD COLUMN IF NOT EXISTS lyric_authors jsonb NOT NULL DEFAULT '[]'"


def up(migrator, db):
    """Run by `main.py migrate`, in one transaction, under an advisory lock."""
    db.execute_sql(STATEMENTS)
