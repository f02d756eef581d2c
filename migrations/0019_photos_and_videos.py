"""Photos that the giver adds to a gift, and the videos that are made of it."""

STATEMENTS = """
CREATE TABLE photos (
    id text PRIMARY KEY,
    form_id text NOT NULL REFERENCES compose_forms (id) ON DELETE CASCADE,
    position integer NOT NULL,
    alt text NOT NULL DEFAULT '' CHECK (length(alt) <= 200),
    song_index integer,
    start_ms integer CHECK (start_ms >= 0),
    key text NOT NULL,
    width integer NOT NULL CHECK (width > 0),
    height integer NOT NULL CHECK (height > 0),
    bytes integer NOT NULL,
    created_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    CHECK (start_ms IS NULL OR song_index IS NOT NULL)
);
CREATE INDEX ON photos (form_id, position);

CREATE TABLE videos (
    id text PRIMARY KEY,
    form_id text NOT NULL REFERENCES compose_forms (id) ON DELETE CASCADE,
    song_index integer NOT NULL,
    format varchar(10) NOT NULL CHECK (format IN ('tall', 'wide', 'teaser')),
    fingerprint text NOT NULL,
    progress integer NOT NULL DEFAULT 0,
    attempt integer NOT NULL DEFAULT 0,
    error_code varchar(20),
    key text,
    bytes bigint,
    lease_until timestamp,
    next_try_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    created_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    updated_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    UNIQUE (form_id, song_index, format)
);
CREATE INDEX videos_to_make ON videos (next_try_at) WHERE key IS NULL AND error_code IS NULL;
"""


def up(migrator, db):
    """Run by `main.py migrate`, in one transaction, under an advisory lock."""
    db.execute_sql(STATEMENTS)
