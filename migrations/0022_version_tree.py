"""Who asked for which words of a song, what they were made from, and whose tune they keep."""

STATEMENTS = """
ALTER TABLE variations
    ADD COLUMN IF NOT EXISTS asked_by varchar(20),
    ADD COLUMN IF NOT EXISTS revised_from integer,
    ADD COLUMN IF NOT EXISTS tune jsonb
"""


def up(migrator, db):
    """Run by `main.py migrate`, in one transaction, under an advisory lock."""
    db.execute_sql(STATEMENTS)
