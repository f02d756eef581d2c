"""The staff pages with a million forms: search, one order, every figure. Promises: pages p95 <= 150 ms, figures <= 100 ms each.

`python -m bench internal million` (else a hundred thousand) on a database of its own; the
pages are asked for over HTTP with a signed-in browser's cookie.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import requests

from bench.shared_stores import stack_on_stores
from tests.support.stack import Stack

DAYS = 365
ROUNDS = 40
# Orders of a year, many names, three of four submitted, one in four paid; recordings and timeline for the last 90 days.
FILL = """
INSERT INTO compose_forms (id, package_type, song_count, form_data, generated_lyrics, status, guest_email, created_at,
    expires_at, submitted_at, amount_paid, paid_at, story_removed_at, attention, updated_at)
SELECT 'form_' || (1765898400000 + n) || '_' || md5('x' || n), 'solo-serenade', 1,
    jsonb_build_object('senderName', 'given' || (n * 7919::bigint %% 1000) || ' family' || (n * 104729::bigint %% 5000),
        'senderEmail', 'p' || n || '@example.com', 'senderMessage', repeat('warm words ', 10),
        'songs', jsonb_build_array(jsonb_build_object('recipientName', 'name' || (n * 15485863::bigint %% 800),
            'relationship', 'sister', 'theme', 'birthday', 'favoriteMemory', repeat('we sang and sang ', 20)))),
    '["la la la"]', (ARRAY['created', 'variations_ready', 'delivered', 'variations_ready', 'variations_ready', 'delivered',
        'created', 'variations_ready'])[n %% 8 + 1], 'p' || n || '@example.com', at, localtimestamp + interval '7 days',
    CASE WHEN n %% 8 NOT IN (0, 6) THEN at END, CASE WHEN n %% 8 IN (2, 5) THEN 999 END,
    CASE WHEN n %% 8 IN (2, 5) THEN at + interval '9 min' END, CASE WHEN n %% 8 IN (2, 5) THEN at END,
    CASE WHEN n %% 5000 = 0 THEN 'mail_failed' END, at
FROM (SELECT n, localtimestamp - (n::float8 / {forms}) * interval '{days} days' AS at FROM generate_series(1, {forms}) n) x
"""
SONGS = """
INSERT INTO variations (id, form_id, song_index, variation, status, provider, provider_task_id, master_key,
    preview_key, duration_ms, submitted_at, ready_at, created_at, title, lyrics, peaks)
SELECT 'task_' || md5(f.id || v), f.id, 0, v, 'ready', 'studio', md5(f.id || v), 'm', 'p', 90000, f.created_at,
    f.created_at + (20 + (hashtext(f.id) & 31)) * interval '1 s', f.created_at, 'A song', 'la la',
    '{{"master": [10, 50, 90, 40], "preview": [1]}}'
FROM compose_forms f, generate_series(1, 3) v
WHERE f.submitted_at IS NOT NULL AND f.created_at > localtimestamp - interval '90 days'
    AND NOT EXISTS (SELECT 1 FROM variations o WHERE o.form_id = f.id)
"""
EVENTS = """
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why, at)
SELECT f.id, e.noun, f.id, NULL, e.to_status, e.by, e.why, f.created_at + e.after
FROM compose_forms f, (VALUES ('form', 'created', 'customer', '', interval '0'),
    ('form', 'prompts_generated', 'writer', '', '2 s'),
    ('variation', 'submitted', 'dispatch', 'studio', '3 s'), ('variation', 'submitted', 'dispatch', 'studio', '3 s'),
    ('variation', 'submitted', 'dispatch', 'studio', '4 s'), ('variation', 'ready', 'collect', '', '30 s'),
    ('form', 'variations_ready', 'settle', '', '31 s'), ('form', 'payment_completed', 'fulfil', '', '9 min'),
    ('form', 'delivered', 'send_email', '', '10 min')) AS e (noun, to_status, by, why, after)
WHERE f.submitted_at IS NOT NULL AND f.created_at > localtimestamp - interval '90 days' ORDER BY f.created_at
"""
PAYMENTS = """
INSERT INTO checkout_sessions (id, form_id, stripe_session_id, attempt, idempotency_key, amount, currency,
    selected_variations, selected_task_ids, status, payment_intent_id, amount_paid, fulfilled_at, expires_at, created_at)
SELECT 'checkout_' || md5(id), id, 'cs_test_' || md5(id), 1, 'k' || id, 999, 'usd', '{{}}', '{{}}', 'fulfilled',
    'pi_' || md5(id), 999, paid_at, paid_at, created_at FROM compose_forms WHERE paid_at IS NOT NULL
"""


def main() -> None:
    """Print the table."""
    forms = 1_000_000 if "million" in sys.argv else 100_000
    with stack_on_stores(RATE_LIMITS="waiting=100000") as stack:  # no browser comes for the pages that are asked for here
        measure(stack, forms)


def measure(stack: Stack, forms: int, rounds: int = ROUNDS) -> None:
    """So many forms, and everything that staff look at."""
    fill(forms)
    form_id = ids(forms // 7)
    figures(min(rounds, 10))
    searches(form_id, min(rounds, 20))
    pages(stack, form_id, rounds)


def fill(forms: int) -> None:
    """A year of orders."""
    from models import database

    began = time.perf_counter()
    with database.connection_context():
        with database.atomic():
            database.execute_sql("SET LOCAL statement_timeout = 0")
            for statement in (FILL, SONGS, EVENTS, PAYMENTS):
                database.cursor().execute(statement.format(forms=forms, days=DAYS).replace("%%", "%"))
        for table in ("compose_forms", "variations", "form_events", "checkout_sessions"):
            database.execute_sql(f"VACUUM ANALYZE {table}")
    print(f"filled with {forms} orders in {time.perf_counter() - began:.0f} s", flush=True)


def ids(number: int) -> str:
    """One order in the middle that was paid."""
    from tests.support.forms import sql

    return str(
        sql("SELECT id FROM compose_forms WHERE paid_at IS NOT NULL ORDER BY created_at DESC LIMIT 1 OFFSET %s", number // 8)[
            0
        ][0]
    )


def timed(work: Callable[[], Any], rounds: int) -> tuple[float, float]:
    """(p95, fastest) in milliseconds, the first round not counted. On a busy machine only the fastest tells of us."""
    work()
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        took.append(1000 * (time.perf_counter() - began))
    return statistics.quantiles(took, n=20)[18], min(took)


def figures(rounds: int) -> None:
    """Every query of the dashboard, for a day and for a week."""
    from jobs.staff.dashboard import SECTIONS
    from models import database

    with database.connection_context():
        for hours in (24, 168):
            for name, look in SECTIONS.items():
                _row(f"figure {name}, {hours} h", timed(lambda look=look, hours=hours: look(hours), rounds), "<= 100 ms")


def searches(form_id: str, rounds: int) -> None:
    """What staff type."""
    from jobs.staff.search import find
    from models import database

    asked: dict[str, dict[str, Any]] = {
        "newest": {}, "a status": {"status": "delivered"}, "a rare status": {"status": "refunded"},
        "attention": {"attention": True}, "an id": {"term": form_id}, "an address": {"term": "p777@example.com"},
        "the beginning of an address": {"term": "p77@"}, "a given name": {"term": "given77"}, 
        "two names": {"term": "given77 name8"},
        "a name nobody has": {"term": "zebedee"}, "a common beginning": {"term": "given"},
        "a Stripe id": {"term": "pi_3nothing"}, "a name and a status": {"term": "family42", "status": "delivered"},
    }  # fmt: skip
    with database.connection_context():
        for name, what in asked.items():
            _row(f"find by {name}", timed(lambda what=what: find(**what), rounds), "<= 100 ms")
        page, depth = find(), 0
        while page.after and depth < 200:
            page, depth = find(after=page.after), depth + 1
        _row("find, page 200", timed(lambda: find(after=page.after), rounds), "<= 100 ms")


def pages(stack: Stack, form_id: str, rounds: int) -> None:
    """The pages as a browser asks for them, until the HTML is there."""
    from tests.support.staff import session_of

    browser = requests.Session()
    browser.cookies.set("serenade_session", session_of("admin"))
    for name, path in {"find": "/internal", "one order": f"/internal/order/{form_id}", "listen": "/internal/listen",
                       "health": "/internal/health"}.items():  # fmt: skip

        def get(path: str = path) -> None:
            answer = browser.get(stack.url + path, timeout=30)
            assert answer.status_code == 200, stack.read_log()[-2000:]

        _row(f"page {name}", timed(get, rounds), "<= 150 ms")


def _row(what: str, took: tuple[float, float], promise: str) -> None:
    print(f"{what:40} p95 {took[0]:7.1f} ms  fastest {took[1]:7.1f} ms   {promise}", flush=True)
