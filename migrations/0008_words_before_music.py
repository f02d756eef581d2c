"""What the lyrics step stores: which answer each line came from, which lines must stay, and who asked to be mailed."""

COLUMNS = """
ALTER TABLE compose_forms
    ADD COLUMN IF NOT EXISTS lyric_sources jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN IF NOT EXISTS lyric_kept jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN IF NOT EXISTS mail_asked_at timestamp;
"""


def up(migrator, db):
    """Run by `main.py migrate`, in one transaction, under an advisory lock."""
    db.execute_sql(COLUMNS)
