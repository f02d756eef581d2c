"""The gift: what the giver decides about it, one link for all its songs, the recipient's replies, and e-mail."""

STATEMENTS = """
CREATE TABLE gifts (
    form_id text PRIMARY KEY REFERENCES compose_forms (id) ON DELETE CASCADE,
    message text CHECK (length(message) <= 500),
    downloads boolean NOT NULL DEFAULT true,
    name_in_preview boolean NOT NULL DEFAULT false,
    zone text,
    opens_on text,
    opens_at timestamp,
    recipient_email text,
    mail_on text,
    created_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    updated_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    CHECK (opens_at IS NULL OR (opens_on IS NOT NULL AND zone IS NOT NULL))
);

ALTER TABLE share_tokens ALTER COLUMN song_index DROP NOT NULL;
ALTER TABLE share_tokens ADD COLUMN opened_count integer NOT NULL DEFAULT 0;
ALTER TABLE share_tokens ADD COLUMN opened_at timestamp;
ALTER TABLE share_tokens ADD COLUMN played_count integer NOT NULL DEFAULT 0;
ALTER TABLE share_tokens ADD COLUMN played_at timestamp;
CREATE UNIQUE INDEX one_live_token_for_all_songs ON share_tokens (form_id) WHERE revoked_at IS NULL AND song_index IS NULL;

CREATE TABLE replies (
    id text PRIMARY KEY,
    form_id text NOT NULL REFERENCES compose_forms (id) ON DELETE CASCADE,
    token text NOT NULL,
    song_index integer,
    kind varchar(10) NOT NULL CHECK (kind IN ('heart', 'text', 'voice', 'report')),
    words text CHECK (length(words) <= 500),
    at_ms integer CHECK (at_ms >= 0),
    audio_key text,
    seconds real CHECK (seconds > 0),
    created_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    CHECK (kind <> 'text' OR words IS NOT NULL),
    CHECK (kind <> 'voice' OR (audio_key IS NOT NULL AND seconds IS NOT NULL))
);
CREATE INDEX ON replies (form_id, created_at);
CREATE INDEX ON replies (token, created_at);

ALTER TABLE emails DROP CONSTRAINT emails_status_check;
ALTER TABLE emails ADD CONSTRAINT emails_status_check CHECK (status IN ('queued', 'sent', 'failed', 'cancelled'));
ALTER TABLE emails ADD COLUMN bounced_at timestamp;
CREATE INDEX ON emails (lower(to_address), sent_at);

CREATE TABLE unsubscribed (
    address_sha256 text PRIMARY KEY,
    at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc')
);
"""


def up(migrator, db):
    """Run by `main.py migrate`, in one transaction, under an advisory lock."""
    db.execute_sql(STATEMENTS)
