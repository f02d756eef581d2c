"""People: how long things are kept, who is logged in, and what credits were given and spent. `user` is left as it is."""

STEPS = """
ALTER TABLE compose_forms ADD COLUMN IF NOT EXISTS extended_count integer NOT NULL DEFAULT 0;
ALTER TABLE compose_forms ADD COLUMN IF NOT EXISTS purged_at timestamp;
ALTER TABLE compose_forms ADD COLUMN IF NOT EXISTS story_removed_at timestamp;
ALTER TABLE compose_forms ADD COLUMN IF NOT EXISTS adopted_at timestamp;
CREATE INDEX IF NOT EXISTS forms_that_expire ON compose_forms (expires_at) WHERE status IN (
    'created', 'prompts_generated', 'variations_generating', 'variations_ready', 'payment_initiated');
CREATE INDEX IF NOT EXISTS forms_to_purge ON compose_forms (id) WHERE status = 'expired' AND purged_at IS NULL;
CREATE INDEX IF NOT EXISTS stories_to_remove ON compose_forms (paid_at)
    WHERE paid_at IS NOT NULL AND story_removed_at IS NULL AND purged_at IS NULL;
CREATE INDEX IF NOT EXISTS forms_by_guest ON compose_forms (guest_email);
CREATE INDEX IF NOT EXISTS events_by_object ON stripe_events (object_id);

CREATE TABLE logins (
    id text PRIMARY KEY,
    token_hash text NOT NULL UNIQUE,
    email text NOT NULL,
    next_path text NOT NULL DEFAULT '/library',
    message_id text NOT NULL UNIQUE,
    attempts integer NOT NULL DEFAULT 0,
    next_try_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    mailed_at timestamp,
    expires_at timestamp NOT NULL,
    used_at timestamp,
    created_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc')
);
CREATE INDEX logins_to_mail ON logins (next_try_at) WHERE mailed_at IS NULL;
CREATE INDEX logins_that_end ON logins (expires_at);

CREATE TABLE login_sessions (
    token_hash text PRIMARY KEY,
    user_id text NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    created_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    expires_at timestamp NOT NULL
);
CREATE INDEX sessions_of_user ON login_sessions (user_id);
CREATE INDEX sessions_that_end ON login_sessions (expires_at);

CREATE TABLE credit_moves (
    id bigserial PRIMARY KEY,
    user_id text NOT NULL,
    form_id text,
    amount integer NOT NULL CHECK (amount <> 0),
    why text NOT NULL,
    at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc')
);
CREATE INDEX moves_of_user ON credit_moves (user_id, id);
CREATE UNIQUE INDEX one_credit_payment_per_form ON credit_moves (form_id) WHERE form_id IS NOT NULL;
"""


def up(migrator, db):
    """Run by `main.py migrate`, in one transaction, under an advisory lock."""
    db.execute_sql(STEPS)
