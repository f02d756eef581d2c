"""Revisions: a row says whether it is current in its place, and which lyrics it was asked to sing."""

# Until now one more recording of the same lyrics counted as a revision; from now on a revision is a text, and a take one of
# its recordings (docs/decisions/0030).
COLUMNS = """
ALTER TABLE variations
    ADD COLUMN take integer NOT NULL DEFAULT 1 CHECK (take >= 1),
    ADD COLUMN shown boolean NOT NULL DEFAULT true,
    ADD COLUMN asked_title text,
    ADD COLUMN asked_lyrics text;
ALTER TABLE variations DROP CONSTRAINT variations_form_id_song_index_variation_revision_key;
UPDATE variations SET take = revision, revision = 1 WHERE revision > 1;
UPDATE variations v SET shown = false WHERE EXISTS (SELECT 1 FROM variations o WHERE o.form_id = v.form_id
    AND o.song_index = v.song_index AND o.variation = v.variation AND o.take > v.take);
ALTER TABLE variations
    ADD CONSTRAINT one_row_per_take UNIQUE (form_id, song_index, variation, revision, take);
CREATE UNIQUE INDEX one_shown_in_each_place ON variations (form_id, song_index, variation) WHERE shown;
"""


def up(migrator, db):
    """Run by `main.py migrate`, in one transaction, under an advisory lock."""
    db.execute_sql(COLUMNS)
