"""The first tables. Tables that may exist already are adopted: `user` as it is, `compose_forms` with what it lacks."""

TABLES = """
CREATE TABLE IF NOT EXISTS "user" (
    id text PRIMARY KEY,
    name text NOT NULL,
    email text NOT NULL UNIQUE,
    email_verified boolean NOT NULL DEFAULT false,
    image text,
    credits integer NOT NULL DEFAULT 0,
    created_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    updated_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc')
);

CREATE TABLE IF NOT EXISTS compose_forms (
    id text PRIMARY KEY,
    package_type varchar(50) NOT NULL,
    song_count integer NOT NULL CHECK (song_count BETWEEN 1 AND 5),
    form_data jsonb NOT NULL,
    generated_prompts jsonb NOT NULL DEFAULT '[]',
    generated_titles jsonb NOT NULL DEFAULT '[]',
    generated_lyrics jsonb NOT NULL DEFAULT '[]',
    music_styles jsonb NOT NULL DEFAULT '[]',
    variation_styles jsonb NOT NULL DEFAULT '[]',
    variation_task_ids jsonb NOT NULL DEFAULT '{}',
    variation_audio_urls jsonb NOT NULL DEFAULT '{}',
    variation_lyrics jsonb NOT NULL DEFAULT '{}',
    variation_titles jsonb NOT NULL DEFAULT '{}',
    selected_variations jsonb NOT NULL DEFAULT '{}',
    status varchar(50) NOT NULL DEFAULT 'created' CHECK (status IN (
        'created', 'prompts_generated', 'variations_generating', 'variations_ready', 'payment_initiated',
        'payment_completed', 'delivered', 'expired', 'refunded')),
    stripe_session_id text,
    stripe_payment_intent_id text,
    amount_paid integer CHECK (amount_paid >= 0),
    paid_at timestamp,
    user_id text REFERENCES "user" (id),
    guest_email text,
    created_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    updated_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    expires_at timestamp DEFAULT (now() AT TIME ZONE 'utc' + interval '7 days'),
    submitted_at timestamp,
    lease_until timestamp,
    attention text,
    CHECK (status NOT IN ('payment_completed', 'delivered') OR (amount_paid IS NOT NULL AND paid_at IS NOT NULL))
);
CREATE INDEX ON compose_forms (status, created_at);
CREATE INDEX ON compose_forms (user_id);
CREATE INDEX ON compose_forms (stripe_session_id);
CREATE INDEX ON compose_forms (submitted_at) WHERE status = 'created' AND submitted_at IS NOT NULL;

CREATE TABLE variations (
    id text PRIMARY KEY,
    form_id text NOT NULL REFERENCES compose_forms (id) ON DELETE CASCADE,
    song_index integer NOT NULL CHECK (song_index BETWEEN 0 AND 4),
    variation integer NOT NULL CHECK (variation BETWEEN 1 AND 3),
    revision integer NOT NULL DEFAULT 1,
    attempt integer NOT NULL DEFAULT 1,
    status varchar(20) NOT NULL DEFAULT 'queued'
        CHECK (status IN ('queued', 'submitted', 'generating', 'ready', 'failed')),
    provider text,
    provider_task_id text,
    clip_index integer NOT NULL DEFAULT 0,
    progress integer CHECK (progress BETWEEN 0 AND 100),
    stage text,
    eta_seconds real,
    error_code text,
    lease_until timestamp,
    title text,
    lyrics text,
    style text,
    timed_lyrics jsonb NOT NULL DEFAULT '[]',
    sections jsonb NOT NULL DEFAULT '[]',
    peaks jsonb NOT NULL DEFAULT '{}',
    master_key text,
    preview_key text,
    master_bytes bigint,
    master_sha256 text,
    duration_ms integer,
    preview_ms integer,
    loudness_lufs real,
    queued_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    submitted_at timestamp,
    ready_at timestamp,
    created_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    updated_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    UNIQUE (form_id, song_index, variation, revision),
    UNIQUE (provider, provider_task_id, clip_index),
    CHECK (status <> 'ready' OR (master_key IS NOT NULL AND preview_key IS NOT NULL AND duration_ms > 0)),
    CHECK (status <> 'failed' OR error_code IS NOT NULL)
);
CREATE INDEX ON variations (queued_at) WHERE status = 'queued';
CREATE INDEX ON variations (provider, submitted_at) WHERE status IN ('submitted', 'generating');
CREATE INDEX ON variations (provider, ready_at) WHERE status = 'ready';

CREATE TABLE checkout_sessions (
    id text PRIMARY KEY,
    form_id text NOT NULL REFERENCES compose_forms (id),
    stripe_session_id text UNIQUE,
    attempt integer NOT NULL,
    idempotency_key text NOT NULL UNIQUE,
    amount integer NOT NULL CHECK (amount > 0),
    currency char(3) NOT NULL,
    selected_variations jsonb NOT NULL,
    selected_task_ids jsonb NOT NULL,
    status varchar(20) NOT NULL DEFAULT 'open' CHECK (status IN (
        'open', 'paid', 'payment_pending', 'expired', 'payment_failed', 'fulfilled', 'partially_refunded', 'refunded',
        'disputed')),
    url text,
    payment_intent_id text UNIQUE,
    livemode boolean NOT NULL DEFAULT false,
    expires_at timestamp NOT NULL,
    created_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    updated_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    UNIQUE (form_id, attempt)
);
CREATE UNIQUE INDEX one_open_session_per_form ON checkout_sessions (form_id) WHERE status = 'open';

CREATE TABLE stripe_events (
    id text PRIMARY KEY,
    type text NOT NULL,
    livemode boolean NOT NULL,
    api_version text,
    object_id text,
    payload jsonb NOT NULL,
    received_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    handled_at timestamp,
    attempts integer NOT NULL DEFAULT 0,
    error text
);
CREATE INDEX ON stripe_events (received_at) WHERE handled_at IS NULL;

CREATE TABLE share_tokens (
    token text PRIMARY KEY,
    form_id text NOT NULL REFERENCES compose_forms (id) ON DELETE CASCADE,
    song_index integer NOT NULL,
    created_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    revoked_at timestamp
);
CREATE UNIQUE INDEX one_live_token_per_song ON share_tokens (form_id, song_index) WHERE revoked_at IS NULL;

CREATE TABLE emails (
    id text PRIMARY KEY,
    form_id text NOT NULL REFERENCES compose_forms (id) ON DELETE CASCADE,
    kind varchar(40) NOT NULL,
    sequence integer NOT NULL DEFAULT 1,
    to_address text NOT NULL,
    message_id text NOT NULL UNIQUE,
    status varchar(20) NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'sent', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    next_try_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    sent_at timestamp,
    error text,
    created_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    updated_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    UNIQUE (form_id, kind, sequence)
);
CREATE INDEX ON emails (next_try_at) WHERE status = 'queued';

CREATE TABLE form_events (
    id bigserial PRIMARY KEY,
    form_id text NOT NULL,
    noun varchar(20) NOT NULL,
    noun_id text NOT NULL,
    from_status text,
    to_status text,
    moved_by text NOT NULL,
    why text NOT NULL DEFAULT '',
    at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc')
);
CREATE INDEX ON form_events (form_id, id);
"""


# An older system's table: the 18 published columns (docs/api.md), or the wider table of its last version. It is not touched.
ADOPT = """
ALTER TABLE compose_forms
    ADD COLUMN IF NOT EXISTS package_type varchar(50) NOT NULL DEFAULT 'solo-serenade',
    ADD COLUMN IF NOT EXISTS song_count integer NOT NULL DEFAULT 1,
    ADD COLUMN IF NOT EXISTS form_data jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN IF NOT EXISTS generated_prompts jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN IF NOT EXISTS generated_titles jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN IF NOT EXISTS generated_lyrics jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN IF NOT EXISTS music_styles jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN IF NOT EXISTS variation_styles jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN IF NOT EXISTS variation_task_ids jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN IF NOT EXISTS variation_audio_urls jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN IF NOT EXISTS variation_lyrics jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN IF NOT EXISTS variation_titles jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN IF NOT EXISTS selected_variations jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN IF NOT EXISTS status varchar(50) NOT NULL DEFAULT 'created',
    ADD COLUMN IF NOT EXISTS stripe_session_id text,
    ADD COLUMN IF NOT EXISTS stripe_payment_intent_id text,
    ADD COLUMN IF NOT EXISTS amount_paid integer,
    ADD COLUMN IF NOT EXISTS paid_at timestamp,
    ADD COLUMN IF NOT EXISTS user_id text REFERENCES "user" (id),
    ADD COLUMN IF NOT EXISTS guest_email text,
    ADD COLUMN IF NOT EXISTS created_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    ADD COLUMN IF NOT EXISTS updated_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    ADD COLUMN IF NOT EXISTS expires_at timestamp,
    ADD COLUMN IF NOT EXISTS submitted_at timestamp,
    ADD COLUMN IF NOT EXISTS lease_until timestamp,
    ADD COLUMN IF NOT EXISTS attention text,
    ADD COLUMN IF NOT EXISTS adopted_at timestamp DEFAULT (now() AT TIME ZONE 'utc');
ALTER TABLE compose_forms ALTER COLUMN adopted_at DROP DEFAULT;
"""


def up(migrator, db):
    """Run by `main.py migrate`, in one transaction, under an advisory lock."""
    if db.execute_sql("SELECT to_regclass('compose_forms')").fetchone()[0]:
        db.execute_sql(ADOPT)
    db.execute_sql(TABLES)
