"""Staff: what they did and why, what they heard, presets; and the indexes by which any order is found among millions."""

TABLES = """
CREATE TABLE staff_actions (
    id bigserial PRIMARY KEY,
    press text NOT NULL UNIQUE,
    at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    staff text NOT NULL,
    role varchar(20) NOT NULL CHECK (role IN ('viewer', 'support', 'admin')),
    action varchar(40) NOT NULL,
    form_id text,
    about text NOT NULL DEFAULT '',
    reason text NOT NULL DEFAULT '',
    outcome text
);
CREATE INDEX actions_of_form ON staff_actions (form_id, id) WHERE form_id IS NOT NULL;

CREATE TABLE presets (
    id text PRIMARY KEY,
    name text NOT NULL UNIQUE,
    form_data jsonb NOT NULL,
    columns jsonb NOT NULL,
    made_by text NOT NULL,
    at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc')
);

ALTER TABLE compose_forms ADD COLUMN IF NOT EXISTS purpose varchar(20);
ALTER TABLE compose_forms ADD COLUMN IF NOT EXISTS released_at timestamp;
ALTER TABLE variations
    ADD COLUMN verdict varchar(20) CHECK (verdict IN ('approved', 'flagged')),
    ADD COLUMN checks jsonb NOT NULL DEFAULT '{}';
"""

# The words that people are searched by: lower case, without accents, whole or as beginnings. Full text search is in every
# PostgreSQL; pg_trgm, which would forgive typing mistakes too, is not in the embedded one.
WORDS = r"""
CREATE FUNCTION serenade_words(mail text, told jsonb) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT to_tsvector('pg_catalog.simple', regexp_replace(normalize(lower(
        coalesce(mail, '') || ' ' || coalesce(told ->> 'senderName', '') || ' ' || coalesce(told ->> 'senderEmail', '')
        || ' ' || coalesce(told ->> 'recipientName', '') || ' '
        || jsonb_path_query_array(told, '$.songs[*].recipientName')::text
    ), NFD), U&'[\0300-\036f]', '', 'g'))
$$;
CREATE INDEX forms_by_words ON compose_forms USING gin (serenade_words(guest_email, form_data));
CREATE INDEX forms_by_address ON compose_forms (lower(guest_email) text_pattern_ops);
CREATE INDEX forms_by_beginning ON compose_forms (id text_pattern_ops);
CREATE INDEX forms_by_age ON compose_forms (created_at DESC, id DESC);
CREATE INDEX forms_by_status ON compose_forms (status, created_at DESC, id DESC);
CREATE INDEX forms_that_call ON compose_forms (created_at DESC, id DESC) WHERE attention IS NOT NULL;
DROP INDEX IF EXISTS compose_forms_status_created_at_idx;
CREATE INDEX forms_on_purpose ON compose_forms (created_at DESC) WHERE purpose IS NOT NULL;
CREATE INDEX variations_to_hear ON variations (ready_at DESC) WHERE status = 'ready' AND verdict IS NULL;
CREATE INDEX checkouts_by_beginning ON checkout_sessions (id text_pattern_ops);
CREATE INDEX checkouts_of_form ON checkout_sessions (form_id);
CREATE INDEX checkouts_by_age ON checkout_sessions (created_at) INCLUDE (currency, amount_paid, amount_refunded)
    WHERE amount_paid > 0;
CREATE INDEX alerts_of_form ON alerts (form_id) WHERE form_id IS NOT NULL;
CREATE INDEX events_by_time ON form_events USING brin (at) WITH (pages_per_range = 32, autosummarize = on);
"""


def up(migrator, db):
    """Run by `main.py migrate`, in one transaction, under an advisory lock."""
    db.execute_sql(TABLES)
    db.execute_sql(WORDS)
