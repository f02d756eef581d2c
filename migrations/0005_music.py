"""What generation with real providers must store: shared submits, callbacks, deadlines, pauses, bonuses."""

COLUMNS = """
ALTER TABLE variations
    ADD COLUMN submit_leader text,
    ADD COLUMN callback_hash text,
    ADD COLUMN deadline_at timestamp,
    ADD COLUMN next_poll_at timestamp,
    ADD COLUMN not_before timestamp,
    ADD COLUMN uncertain_at timestamp,
    ADD COLUMN failures jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN collect_tries integer NOT NULL DEFAULT 0,
    ADD COLUMN clip jsonb,
    ADD COLUMN softened boolean NOT NULL DEFAULT false;
CREATE INDEX ON variations (submit_leader) WHERE status = 'submitted';
CREATE INDEX ON variations (callback_hash) WHERE callback_hash IS NOT NULL;
CREATE INDEX ON variations (provider, next_poll_at) WHERE status IN ('submitted', 'generating');

CREATE TABLE provider_pauses (
    provider text PRIMARY KEY,
    reason text NOT NULL,
    since timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    until timestamp NOT NULL
);

CREATE TABLE bonus_clips (
    id bigserial PRIMARY KEY,
    form_id text NOT NULL REFERENCES compose_forms (id) ON DELETE CASCADE,
    song_index integer NOT NULL,
    variation_id text NOT NULL,
    provider text NOT NULL,
    provider_task_id text NOT NULL,
    clip_index integer NOT NULL,
    why varchar(20) NOT NULL CHECK (why IN ('late', 'spare')),
    state varchar(20) NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'kept', 'gone')),
    master_key text,
    preview_key text,
    duration_ms integer,
    next_poll_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    created_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    UNIQUE (provider, provider_task_id, clip_index)
);
CREATE INDEX ON bonus_clips (next_poll_at) WHERE state = 'waiting';
"""


def up(migrator, db):
    """Run by `main.py migrate`, in one transaction, under an advisory lock."""
    db.execute_sql(COLUMNS)
