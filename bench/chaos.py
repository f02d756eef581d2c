"""`make chaos`: payments while events are lost, doubled and reordered, and every process dies at every crash point.

Real PostgreSQL, Valkey, web, clock and workers; Stripe is the sandbox in this process, so that it outlives them all. At the end
every payment was fulfilled exactly once or given back exactly once, every invariant holds, and every email went out once
(twice, under the same Message-ID, only where a process died between the mail server's 250 and our record of it).
The seed decides what customers do and how events are delivered; when a process dies depends on the operating system.
"""

from __future__ import annotations

import argparse
import collections
import os
import random
import shutil
import socket
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import redis

from bench.chaos_emails import MailServer
from bench.chaos_simulation import KEY, SCENARIOS, SECRET, Processes, Simulation
from tests.support.stack import free_port

AGING = """
UPDATE checkout_sessions SET created_at = created_at - interval '3 min', looked_at = looked_at - interval '3 min'
    WHERE status IN ('open', 'payment_pending');
UPDATE stripe_events SET next_try_at = next_try_at - interval '30 s' WHERE handled_at IS NULL;
UPDATE emails SET next_try_at = next_try_at - interval '10 s' WHERE status = 'queued';
UPDATE marks SET at = at - interval '5 min' WHERE name = 'catch_up_stripe_events';
"""


def unfinished(simulation: Simulation) -> list[str]:
    """Payments that are neither fulfilled nor refunded yet, events not handled or not caught up with yet, queued emails."""
    from jobs.payments.stripe_events import WATCHED
    from models import database

    with simulation.sandbox.book.transaction() as ledger:
        at_stripe = {one["id"] for one in ledger.newest("event", 100_000) if one["type"] in WATCHED}
    with database.connection_context():
        done = database.execute_sql(
            "SELECT s.stripe_session_id FROM checkout_sessions s JOIN compose_forms f ON f.id = s.form_id"
            " WHERE (s.status = 'fulfilled' AND f.status = 'delivered') OR s.status = 'refunded'"
        ).fetchall()
        here = database.execute_sql("SELECT id FROM stripe_events").fetchall()
        busy = database.execute_sql(
            "SELECT id FROM stripe_events WHERE handled_at IS NULL UNION ALL SELECT id FROM emails WHERE status = 'queued'"
        ).fetchall()
    open_payments, missed = {*simulation.paid} - {one for (one,) in done}, at_stripe - {one for (one,) in here}
    return sorted(open_payments) + sorted(missed) + [one for (one,) in busy]


def let_time_pass(simulation: Simulation, seconds: float) -> None:
    """Wait until nothing is unfinished while rows age quickly and nobody presses anything."""
    from jobs.queue_names import QUEUES
    from models import database

    valkey = redis.Redis.from_url(os.environ["REDIS_URL"])
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not unfinished(simulation):
            return
        time.sleep(1)
        if any(valkey.llen(f"rq:queue:{name}") for name in QUEUES):
            continue  # workers are busy: more queued jobs would only repeat their work
        with database.connection_context():
            database.execute_sql(AGING)
        for key in valkey.scan_iter("serenade:hint:*"):
            valkey.delete(key)


def broken_promises(simulation: Simulation, mail_server: MailServer, deaths_in_the_gap: int) -> list[str]:
    """Every broken promise."""
    from jobs.monitoring.invariants import findings, lost_songs
    from models import database, in_database

    wrong = [f"{one.name} {one.promise}: {one.ids}" for one in in_database(lambda: [*findings(), lost_songs()]) if one.count]
    wrong += [f"unfinished: {one}" for one in unfinished(simulation)]
    with simulation.sandbox.book.transaction() as ledger:
        things = {kind: ledger.newest(kind, 100_000) for kind in ("checkout.session", "refund")}
    at_stripe = {one["id"]: one for one in things["checkout.session"] if one["payment_status"] == "paid"}
    given_back = collections.Counter()
    for one in things["refund"]:
        given_back[one["payment_intent"]] += one["amount"]
    with database.connection_context():
        query = "SELECT stripe_session_id, form_id, status, amount_paid, fulfilled_at IS NOT NULL FROM checkout_sessions"
        rows = {row[0]: row[1:] for row in database.execute_sql(query).fetchall()}
    expected: collections.Counter[tuple[str, str]] = collections.Counter()
    for session_id, session in at_stripe.items():
        form_id, status, amount, counted = rows.get(session_id, (None, "no row", None, False))
        back = given_back[session["payment_intent"]]
        fulfilled = (status, amount, back) == ("fulfilled", 999, 0) and counted
        refunded = (status, amount, back) == ("refunded", 999, 999) and not counted
        if fulfilled == refunded:
            wrong.append(f"{session_id}: {status}, paid {amount}, back {back}, counted {counted}")
        expected[(f"{form_id}@example.com", "delivery" if fulfilled else "refund")] += 1
    return wrong + mail_server.wrong(expected, deaths_in_the_gap)


def run(payments: int, seed: int, seconds: float) -> int:
    """One run of chaos; the exit code."""
    scratch = Path(tempfile.mkdtemp(prefix="serenade-chaos-"))
    scratch.chmod(0o755)
    listener, mail_server = socket.create_server(("127.0.0.1", 0)), MailServer()
    port = free_port()
    os.environ |= _environment(scratch, port, listener.getsockname()[1], mail_server.url)
    (scratch / "data").mkdir()
    from embedded.stores import start_stores

    stores = start_stores(scratch / "stores", True, True)
    os.environ |= {"DATABASE_URL": str(stores.database_url), "REDIS_URL": str(stores.redis_url)}
    from jobs.crash_points import POINTS

    crash_log = scratch / "crashes"
    processes = Processes({**os.environ, "CRASH_AT": ",".join(POINTS), "CRASH_LOG": str(crash_log)})
    simulation = Simulation(scratch, f"http://127.0.0.1:{port}", seed)
    server = simulation.serve(listener)
    began = time.monotonic()
    mail_server.server.start()
    try:
        wrong = _run_customers(simulation, processes, payments, seconds)
        crashes = collections.Counter(crash_log.read_text().split()) if crash_log.exists() else collections.Counter[str]()
        wrong += broken_promises(simulation, mail_server, crashes["mail_sent"])
        wrong += [f"crash point never passed: {point}" for point in POINTS if not crashes[point]] if payments >= 200 else []
    finally:
        processes.stop()
        server.should_exit = server.force_exit = True
        simulation.sandbox.stop_delivery()
        mail_server.server.stop()
        stores.stop()
    print(f"seed {seed}: {len(simulation.paid)} payments of {len(simulation.forms)} forms in {time.monotonic() - began:.0f} s")
    _tell(simulation, processes, crashes, len(POINTS))
    print(mail_server.summary(len(simulation.paid), crashes["mail_sent"]))
    return _verdict(wrong, scratch)


def _environment(scratch: Path, port: int, stripe_port: int, mail_url: str) -> dict[str, str]:
    return {
        "ENV": "development",
        "DATA_DIR": str(scratch / "data"),
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "STRIPE_SECRET_KEY": KEY,
        "STRIPE_WEBHOOK_SECRET": SECRET,
        "STRIPE_API_BASE": f"http://127.0.0.1:{stripe_port}/sandbox/stripe",
        "SMTP_URL": mail_url,
    }


def _tell(simulation: Simulation, processes: Processes, crashes: collections.Counter[str], points: int) -> None:
    scenarios = collections.Counter(simulation.forms.values())
    print("customers:", ", ".join(f"{name} {count}" for name, count in scenarios.most_common()))
    print("processes killed or died:", dict(processes.deaths))
    print(f"crash points: {sum(crashes.values())} deaths at {len(crashes)} of {points} points:", dict(crashes.most_common()))


def _verdict(wrong: list[str], scratch: Path) -> int:
    """The exit code. What was in order leaves nothing behind."""
    for one in wrong[:40]:
        print("WRONG", one)
    if wrong:
        print(f"{len(wrong)} promises broken; log in {scratch}")
        return 1
    print("every payment was fulfilled once or given back once")
    shutil.rmtree(scratch, ignore_errors=True)
    return 0


def _run_customers(simulation: Simulation, processes: Processes, payments: int, seconds: float) -> list[str]:
    """Customers come until so many payments are made, while processes die; then time passes. What went wrong on the way."""
    from migrations import migrate_database
    from tests.support.shop import ready_form

    migrate_database()
    processes.start()
    began = time.monotonic()
    names = simulation.dice.choices(list(SCENARIOS), list(SCENARIOS.values()), k=payments)
    forms = [(ready_form(), name) for name in names]
    from models import database

    with database.connection_context():
        database.execute_sql("UPDATE compose_forms SET guest_email = id || '@example.com'")
    wrong: list[str] = []

    def visit(form: tuple[str, str]) -> None:
        try:
            if len(simulation.paid) < payments:
                simulation.visit(*form)
        except Exception as error:
            wrong.append(f"a customer met {error!r}")

    with ThreadPoolExecutor(8) as customers:
        visits = [customers.submit(visit, form) for form in forms]
        while not all(one.done() for one in visits):
            time.sleep(5)
            processes.kill(simulation.dice.choice(("worker-1", "worker-2", "clock")))
    print(f"{len(simulation.paid)} payments made after {time.monotonic() - began:.0f} s; now the rest is finished", flush=True)
    let_time_pass(simulation, seconds)
    return wrong


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("payments", type=int, nargs="?", default=1000)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--seconds", type=float, default=600, help="how long it may take until nothing is unfinished")
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    sys.exit(run(asked.payments, asked.seed, asked.seconds))
