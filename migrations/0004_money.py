"""Money: what arrived and what went back, who was alerted, and how far the reconciler has read."""

CHANGES = """
ALTER TABLE checkout_sessions
    ADD COLUMN amount_paid integer CHECK (amount_paid >= 0),
    ADD COLUMN amount_refunded integer NOT NULL DEFAULT 0 CHECK (amount_refunded >= 0),
    ADD COLUMN refund_due varchar(20) CHECK (refund_due IN ('duplicate', 'late', 'undelivered')),
    ADD COLUMN dispute_status varchar(40),
    ADD COLUMN fulfilled_at timestamp,
    ADD COLUMN looked_at timestamp,
    ADD COLUMN consent_version text,
    ADD COLUMN consent_at timestamp,
    ADD CONSTRAINT no_more_back_than_came CHECK (amount_refunded <= coalesce(amount_paid, amount_refunded)),
    ADD CONSTRAINT consent_is_whole CHECK ((consent_version IS NULL) = (consent_at IS NULL));
UPDATE checkout_sessions SET fulfilled_at = updated_at, amount_paid = amount
    WHERE status IN ('fulfilled', 'partially_refunded', 'refunded', 'disputed') AND fulfilled_at IS NULL;
CREATE UNIQUE INDEX one_fulfilled_session_per_form ON checkout_sessions (form_id) WHERE fulfilled_at IS NOT NULL;
CREATE INDEX ON checkout_sessions (looked_at) WHERE status IN ('open', 'payment_pending');
CREATE INDEX ON checkout_sessions (refund_due) WHERE refund_due IS NOT NULL;

ALTER TABLE stripe_events
    ADD COLUMN next_try_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    ADD COLUMN given_up_at timestamp;

ALTER TABLE emails ADD COLUMN facts jsonb NOT NULL DEFAULT '{}';

CREATE TABLE alerts (
    id bigserial PRIMARY KEY,
    kind varchar(40) NOT NULL,
    about text NOT NULL,
    form_id text,
    detail text NOT NULL DEFAULT '',
    raised_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    next_try_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    sent_at timestamp,
    UNIQUE (kind, about)
);
CREATE INDEX ON alerts (next_try_at) WHERE sent_at IS NULL;

CREATE TABLE marks (
    name text PRIMARY KEY,
    at timestamp NOT NULL
);
"""


def up(migrator, db):
    """Run by `main.py migrate`, in one transaction, under an advisory lock."""
    db.execute_sql(CHANGES)
