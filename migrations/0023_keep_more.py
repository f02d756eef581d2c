"""What can be kept beside the chosen version of a paid song: a purchase of its own, paid for or given by staff."""

STATEMENTS = """
CREATE TABLE extra_purchases (
    id text PRIMARY KEY,
    form_id text NOT NULL REFERENCES compose_forms (id),
    stripe_session_id text UNIQUE,
    idempotency_key text NOT NULL UNIQUE,
    amount integer NOT NULL CHECK (amount >= 0),
    currency char(3) NOT NULL,
    status varchar(20) NOT NULL DEFAULT 'open' CHECK (status IN (
        'open', 'paid', 'payment_pending', 'expired', 'payment_failed', 'fulfilled', 'partially_refunded', 'refunded',
        'disputed')),
    url text,
    payment_intent_id text UNIQUE,
    livemode boolean NOT NULL DEFAULT false,
    amount_paid integer CHECK (amount_paid >= 0),
    amount_refunded integer NOT NULL DEFAULT 0 CHECK (amount_refunded >= 0),
    refund_due varchar(20) CHECK (refund_due IN ('duplicate', 'late', 'undelivered', 'order_refunded')),
    dispute_status varchar(40),
    fulfilled_at timestamp,
    looked_at timestamp,
    consent_version text,
    consent_at timestamp,
    expires_at timestamp NOT NULL,
    created_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    updated_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    song_index integer NOT NULL CHECK (song_index BETWEEN 0 AND 2),
    what varchar(20) NOT NULL CHECK (what IN ('versions', 'instrumental')),
    task_ids jsonb NOT NULL DEFAULT '[]',
    key text,
    bytes bigint,
    duration_ms integer,
    peaks jsonb NOT NULL DEFAULT '[]',
    tries integer NOT NULL DEFAULT 0,
    CONSTRAINT no_more_back_than_came_extra CHECK (amount_refunded <= coalesce(amount_paid, amount_refunded)),
    CONSTRAINT consent_is_whole_extra CHECK ((consent_version IS NULL) = (consent_at IS NULL)),
    CONSTRAINT a_kept_extra_was_paid CHECK (fulfilled_at IS NULL OR amount_paid IS NOT NULL)
);
CREATE UNIQUE INDEX one_open_extra_of_a_kind ON extra_purchases (form_id, song_index, what) WHERE status = 'open';
CREATE UNIQUE INDEX one_kept_extra_of_a_kind ON extra_purchases (form_id, song_index, what)
    WHERE fulfilled_at IS NOT NULL AND status <> 'refunded';
CREATE INDEX extras_of_form ON extra_purchases (form_id);
CREATE INDEX extras_under_way ON extra_purchases (looked_at) WHERE status IN ('open', 'payment_pending');
CREATE INDEX extras_to_give_back ON extra_purchases (refund_due) WHERE refund_due IS NOT NULL;
CREATE INDEX extras_by_age ON extra_purchases (created_at) INCLUDE (currency, amount_paid, amount_refunded);
CREATE INDEX extras_to_make ON extra_purchases (updated_at) WHERE what = 'instrumental' AND key IS NULL;
"""


def up(migrator, db):
    """Run by `main.py migrate`, in one transaction, under an advisory lock."""
    db.execute_sql(STATEMENTS)
