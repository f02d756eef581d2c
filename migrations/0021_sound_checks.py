"""The sound check of a version: when a recogniser hears it, whether somebody played it, and the one that was made instead."""

STATEMENTS = """
ALTER TABLE variations
    ADD COLUMN IF NOT EXISTS hear_at timestamp,
    ADD COLUMN IF NOT EXISTS hear_tries integer NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS played_at timestamp,
    ADD COLUMN IF NOT EXISTS remade_for varchar(20),
    ADD COLUMN IF NOT EXISTS remade_at timestamp,
    ADD COLUMN IF NOT EXISTS replaces text,
    ADD COLUMN IF NOT EXISTS withheld boolean NOT NULL DEFAULT false;
CREATE INDEX variations_to_transcribe ON variations (hear_at) WHERE hear_at IS NOT NULL;
CREATE INDEX variations_remade ON variations (remade_at) WHERE remade_at IS NOT NULL;
"""


def up(migrator, db):
    """Run by `main.py migrate`, in one transaction, under an advisory lock."""
    db.execute_sql(STATEMENTS)
