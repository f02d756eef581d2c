"""The invariants: what must be true of the rows at every moment, as SQL. Doctor, /metrics and the clock ask them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import redis
from rq import Queue
from rq.serializers import JSONSerializer

from integrations.storage import StorageError
from jobs.alerts import raise_alert
from jobs.gifts.gift import missing_songs
from jobs.monitoring.timeline_check import contradictions
from jobs.queue_names import QUEUES
from jobs.registry import job
from models import ComposeForm, database, now
from pubsub import connection
from settings import settings

LONGEST_WAIT = timedelta(minutes=10)


@dataclass(frozen=True)
class Invariant:
    """`query` gives the ids of the rows that break it."""

    name: str
    promise: str
    query: str


@dataclass(frozen=True)
class Finding:
    """How often an invariant is broken, and where first."""

    name: str
    promise: str
    count: int
    ids: tuple[str, ...]


PAYMENTS = " UNION ALL ".join(
    f"SELECT id, status, amount_paid, amount_refunded, dispute_status, fulfilled_at, refund_due, updated_at FROM {table}"  # noqa: S608 our own names
    for table in ("checkout_sessions", "extra_purchases")
)
# Numbered as in docs/reliability.md. I8 and I14 read the storage and Redis (below), I15 is `./serenade reconcile`.
INVARIANTS = (
    Invariant(
        "I1",
        "a form that counts as paid has exactly one counted payment, of the right amount and currency",
        """SELECT f.id FROM compose_forms f LEFT JOIN checkout_sessions s ON s.form_id = f.id AND s.fulfilled_at IS NOT NULL
        WHERE (f.status IN ('payment_completed', 'delivered', 'refunded') OR f.amount_paid IS NOT NULL)
        AND f.adopted_at IS NULL AND NOT EXISTS (SELECT 1 FROM credit_moves c WHERE c.form_id = f.id)
        AND NOT EXISTS (SELECT 1 FROM form_events e WHERE e.form_id = f.id AND e.moved_by = 'trusted'
            AND e.to_status = 'payment_completed') GROUP BY f.id
        HAVING count(s.id) <> 1 OR bool_or(f.amount_paid IS DISTINCT FROM s.amount_paid
            OR f.stripe_session_id IS DISTINCT FROM s.stripe_session_id OR s.amount_paid > s.amount
            OR f.stripe_payment_intent_id IS DISTINCT FROM s.payment_intent_id)""",
    ),
    Invariant(
        "I2",
        "a payment's refunded amount agrees with its status, and never exceeds what was paid",
        f"""SELECT id FROM ({PAYMENTS}) AS p WHERE amount_refunded > coalesce(amount_paid, 0)
        OR (status = 'partially_refunded' AND NOT amount_refunded BETWEEN 1 AND amount_paid - 1)
        OR (status = 'refunded' AND amount_refunded <> amount_paid AND coalesce(dispute_status, '') <> 'lost')
        OR (status IN ('paid', 'fulfilled') AND amount_refunded <> 0)""",  # noqa: S608 our own text
    ),
    Invariant(
        "I3",
        "no payment is kept that buys nothing: a duplicate is refunded or about to be",
        f"""SELECT id FROM ({PAYMENTS}) AS p WHERE fulfilled_at IS NULL AND amount_paid > 0 AND (
            (refund_due IS NULL AND status NOT IN ('refunded', 'disputed'))
            OR (refund_due IS NOT NULL AND updated_at < localtimestamp - interval '15 min'))""",  # noqa: S608 our own text
    ),
    Invariant(
        "I4",
        "nothing is paid and undelivered for more than 15 minutes",
        """SELECT id FROM compose_forms WHERE status = 'payment_completed' AND paid_at < localtimestamp - interval '15 min'
        AND attention IS DISTINCT FROM 'to_release'""",
    ),
    Invariant(
        "I5",
        "no Stripe event waits for more than 5 minutes",
        """SELECT id FROM stripe_events WHERE handled_at IS NULL
        AND (given_up_at IS NOT NULL OR next_try_at < localtimestamp - interval '5 min')""",
    ),
    Invariant(
        "I6",
        "no e-mail is overdue for more than 5 minutes, and none was given up",
        """SELECT e.id FROM emails e JOIN compose_forms f ON f.id = e.form_id
        WHERE (e.status = 'queued' AND e.next_try_at < localtimestamp - interval '5 min')
        OR (e.status = 'failed' AND NOT (e.kind = 'delivery' AND f.status NOT IN ('payment_completed', 'delivered')))""",
    ),
    Invariant(
        "I7",
        "no submit has lost its worker for more than a minute",
        """SELECT id FROM variations WHERE status = 'submitted' AND provider_task_id IS NULL
        AND step IS DISTINCT FROM 'uncertain' AND lease_until < localtimestamp - interval '60 s'""",
    ),
    Invariant(
        "I9",
        "nothing unpaid is kept longer than promised, and what was removed is empty",
        """SELECT id FROM compose_forms f
        WHERE status IN ('created', 'prompts_generated', 'variations_generating', 'variations_ready', 'payment_initiated')
            AND expires_at < localtimestamp - interval '1 hour'
            AND coalesce(adopted_at + interval '7 days', '-infinity') < localtimestamp
            AND NOT EXISTS (SELECT 1 FROM checkout_sessions s WHERE s.form_id = f.id
                AND s.status IN ('open', 'payment_pending', 'paid', 'disputed'))
        UNION ALL SELECT id FROM compose_forms
        WHERE status = 'expired' AND purged_at IS NULL AND updated_at < localtimestamp - interval '1 hour'
        UNION ALL SELECT id FROM compose_forms WHERE status IN ('expired', 'delivered', 'refunded')
            AND created_at > localtimestamp - interval '60 days'
            AND purged_at IS NOT NULL AND (form_data <> '{}' OR guest_email IS NOT NULL)""",
    ),
    Invariant(
        "I10",
        "every delivered form has a delivery e-mail",
        """SELECT id FROM compose_forms f WHERE status = 'delivered'
        AND purged_at IS NULL AND adopted_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM emails e WHERE e.form_id = f.id AND e.kind = 'delivery')""",
    ),
    Invariant(
        "I11",
        "the timeline replays to the status of every form, payment and e-mail",
        """WITH moves AS (SELECT noun, noun_id, from_status, to_status,
            lag(to_status) OVER w AS before, row_number() OVER (PARTITION BY noun, noun_id ORDER BY id DESC) AS back
            FROM form_events WHERE noun IN ('form', 'checkout_session', 'extra_purchase', 'email') AND to_status IS NOT NULL
            WINDOW w AS (PARTITION BY noun, noun_id ORDER BY id)),
        now_is AS (SELECT id, status FROM compose_forms UNION ALL SELECT id, status FROM checkout_sessions
            UNION ALL SELECT id, status FROM extra_purchases UNION ALL SELECT id, status FROM emails)
        SELECT DISTINCT m.noun_id FROM moves m JOIN now_is n ON n.id = m.noun_id
        WHERE (m.before IS NOT NULL AND m.from_status IS DISTINCT FROM m.before) OR (m.back = 1 AND m.to_status <> n.status)""",
    ),
    Invariant(
        "I12",
        "a form has at most one open session",
        "SELECT form_id FROM checkout_sessions WHERE status = 'open' GROUP BY form_id HAVING count(*) > 1",
    ),
    Invariant(
        "I13",
        "a share link is active exactly where a song is paid for and not refunded",
        """SELECT f.id FROM compose_forms f WHERE
        (f.status IN ('payment_completed', 'delivered') AND f.purged_at IS NULL AND f.song_count <>
            (SELECT count(*) FROM share_tokens t WHERE t.form_id = f.id AND t.revoked_at IS NULL AND t.song_index IS NOT NULL)
            AND NOT EXISTS (SELECT 1 FROM form_events e WHERE e.form_id = f.id AND e.why = 'links_off'))
        OR (f.status NOT IN ('payment_completed', 'delivered', 'SHARED')
            AND EXISTS (SELECT 1 FROM share_tokens t WHERE t.form_id = f.id AND t.revoked_at IS NULL))""".replace(
            "SHARED", "refunded" if settings.share_after_refund else ""
        ),
    ),
    Invariant(
        "chosen",
        "every chosen variation is ready, is the current one of its cell, and has the lyrics that are shown with it",
        """SELECT f.id FROM compose_forms f CROSS JOIN LATERAL jsonb_each_text(
            CASE WHEN jsonb_typeof(f.selected_variations) = 'object' THEN f.selected_variations ELSE '{}' END
        ) AS chosen (song, number)
        LEFT JOIN variations v ON v.form_id = f.id AND v.shown
            AND v.song_index::text = chosen.song AND v.variation::text = chosen.number
        WHERE f.purged_at IS NULL AND f.adopted_at IS NULL AND f.status <> 'expired' AND (v.status IS DISTINCT FROM 'ready'
            OR f.variation_task_ids -> chosen.song ->> (v.variation - 1) <> v.id
            OR f.variation_lyrics -> chosen.song ->> chosen.number <> coalesce(v.lyrics, '')
            OR f.generated_lyrics ->> v.song_index <> v.asked_lyrics)""",
    ),
    Invariant(
        "sung",
        "the current variations of a song have the same lyrics, and the paid one is among them",
        """SELECT form_id FROM variations WHERE shown GROUP BY form_id, song_index HAVING count(DISTINCT revision) > 1
        UNION SELECT s.form_id FROM checkout_sessions s JOIN compose_forms f ON f.id = s.form_id
        CROSS JOIN LATERAL jsonb_each_text(s.selected_task_ids) AS paid (song, task)
        LEFT JOIN variations v ON v.id = paid.task AND v.form_id = f.id AND v.shown
        WHERE s.fulfilled_at IS NOT NULL AND f.purged_at IS NULL AND f.status IN ('payment_completed', 'delivered')
            AND f.selected_variations ->> paid.song IS DISTINCT FROM v.variation::text""",
    ),
    Invariant(
        "kept",
        "what is kept beside an order was paid for or given, its order is paid, and its recordings are there",
        """SELECT e.id FROM extra_purchases e JOIN compose_forms f ON f.id = e.form_id
        WHERE e.fulfilled_at IS NOT NULL AND (e.amount_paid IS NULL OR e.amount_paid > e.amount
            OR (e.amount > 0 AND (e.consent_at IS NULL OR (e.amount_paid > 0 AND e.payment_intent_id IS NULL)))
            OR (e.status IN ('fulfilled', 'partially_refunded') AND e.refund_due IS NULL AND (
                f.status NOT IN ('payment_completed', 'delivered')
                OR (f.purged_at IS NULL AND (e.task_ids = '[]' OR EXISTS (
                    SELECT 1 FROM jsonb_array_elements_text(e.task_ids) AS task (id) LEFT JOIN variations v
                    ON v.id = task.id AND v.form_id = e.form_id AND v.song_index = e.song_index
                    AND v.status = 'ready' AND v.master_key IS NOT NULL WHERE v.id IS NULL)))
                OR (f.purged_at IS NULL AND e.what = 'instrumental' AND e.key IS NULL
                    AND e.fulfilled_at < localtimestamp - interval '1 hour')))
            OR (e.refund_due IS NOT NULL AND e.updated_at < localtimestamp - interval '15 min'))""",
    ),
    Invariant(
        "expired_money",
        "no form expired while a payment was pending",
        """SELECT f.id FROM compose_forms f JOIN checkout_sessions s ON s.form_id = f.id
        WHERE f.status = 'expired' AND s.status IN ('open', 'payment_pending')""",
    ),
)


# Demos involve no money: no figure and no alert counts them.
DEMO_ROWS = """SELECT id FROM compose_forms WHERE demo
UNION ALL SELECT s.id FROM checkout_sessions s JOIN compose_forms f ON f.id = s.form_id WHERE f.demo
UNION ALL SELECT e.id FROM emails e JOIN compose_forms f ON f.id = e.form_id WHERE f.demo"""


def findings() -> list[Finding]:
    """Every invariant with its count of violations, 0 where all is well. Needs a connection."""
    found = []
    for one in INVARIANTS:
        query = f"SELECT id FROM ({one.query}) AS found (id) WHERE id NOT IN ({DEMO_ROWS})"  # noqa: S608 our own text
        ids = [str(row[0]) for row in database.execute_sql(query).fetchall()]
        found.append(Finding(one.name, one.promise, len(ids), tuple(ids[:20])))
    return found


def lost_songs() -> Finding:
    """I8 for paid songs: every delivered song is in our storage. It reads the storage, so /metrics leaves it out.

    What somebody asked to be forgotten is gone on purpose.
    """
    ids = []
    kept = ComposeForm.purged_at.is_null() & ~ComposeForm.demo
    for form in ComposeForm.select().where(ComposeForm.status.in_(("payment_completed", "delivered")), kept).iterator():
        try:
            if missing_songs(form):
                ids.append(form.id)
        except StorageError:
            ids.append(form.id)
    return Finding("I8", "every song that was paid for is in our storage", len(ids), tuple(ids[:20]))


def waiting_jobs() -> Finding:
    """I14. It reads Redis; an unreachable Redis counts as a violation, as no job can begin."""
    ids = []
    try:
        for name in QUEUES:
            for one in Queue(name, connection=connection(), serializer=JSONSerializer).get_jobs(0, 20):
                if one.enqueued_at and one.enqueued_at.replace(tzinfo=None) < now() - LONGEST_WAIT:
                    ids.append(f"{one.func_name} in {name}")
    except redis.RedisError as error:
        ids.append(error.__class__.__name__)
    return Finding("I14", "no job waits for more than ten minutes", len(ids), tuple(ids))


def torn_timelines() -> Finding:
    """I11 for every noun, variations included: it reads the whole timeline, so /metrics leaves it out."""
    found = contradictions()
    return Finding("replay", "the timeline tells how every row came to be where it is", len(found), tuple(found[:20]))


@job("watch_invariants")
def watch_invariants() -> None:
    """Job, every five minutes: a violation becomes an alert, once for each invariant and first row."""
    for one in findings():
        if one.count:
            raise_alert(f"broken_{one.name}", one.ids[0], f"{one.count} violations: {one.promise}")
