"""`make chaos-faults`: orders from the form to the gift, fifty at once, while one fault after another strikes every part.

The faults: every wire of the product (PostgreSQL, Valkey, Stripe, the music vendor, the mail server, the web process itself)
refuses, hangs, delays, drips, is cut, is reset; every process is killed; the process dies at the crash points; stores are
emptied and restarted; the disk is full, or slow; the clock jumps. Promise: everything goes on within two minutes without
hands, no form is lost, nobody pays twice, no song is bought twice, every invariant holds, every email comes once.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import time
from collections.abc import Sequence

from bench.chaos import broken_promises, let_time_pass
from bench.chaos_machine import VENDOR, Machine, machine
from bench.chaos_nemesis import PROMISE, Nemesis, Outcome, table
from bench.chaos_orders import Customers
from tests.support.stack import wait_for


def run(made: Machine, asked: argparse.Namespace) -> tuple[Customers, list[Outcome]]:
    """Customers come and faults strike; then nobody comes any more, and everything is finished."""
    customers = Customers(made, asked.orders)
    try:
        nemesis = Nemesis(made, customers, asked.seed, asked.only)
        outcomes: list[Outcome] = []
        until = time.monotonic() + 60 * asked.minutes
        wait_for(lambda: customers.steps["orders"], "the first of so many orders to be done", 1800)
        print(f"{len(nemesis.all)} faults in the deck, all of them drawn before one comes again", flush=True)
        while len(outcomes) < asked.faults and time.monotonic() < until and made.stack.process.poll() is None:
            outcomes.append(one := nemesis.strike())
            healed = "never came about" if one.healed is None else f"goes on after {one.healed:.1f} s"
            print(
                f"{len(outcomes):4} {one.fault.group}, {one.fault.name}: {healed}; {customers.steps['orders']} orders",
                flush=True,
            )
    finally:
        customers.closing.set()
    until = time.monotonic() + 1800
    while not customers.are_gone() and time.monotonic() < until:
        let_time_pass(made.simulation, 5)
        time.sleep(2)
    let_time_pass(made.simulation, 600)
    return customers, outcomes


def judged(made: Machine, customers: Customers, outcomes: list[Outcome]) -> list[str]:
    """Every broken promise; prints what was counted on the way."""
    wrong = [f"{one.fault.group}, {one.fault.name}: {one.healed:.0f} s" for one in outcomes if (one.healed or 0) > PROMISE]
    delivered = {form_id for (form_id,) in made.ask("SELECT id FROM compose_forms WHERE status = 'delivered'")}
    lost = [form_id for form_id in customers.forms if form_id not in delivered]
    wrong += [f"form lost: {form_id}" for form_id in lost] + customers.unhappy
    doubles, possible = _submits(made)
    wrong += [f"{doubles} submits too many"] if doubles else []
    books = broken_promises(made.simulation, made.mail, made.repeats_allowed)
    print(f"forms: {len(customers.forms)}, lost {len(lost)}; payments: {len(made.simulation.paid)}")
    print(f"submits: {made.vendor.submits} reached the vendor, {doubles} too many, {possible} possible ones beside")
    emails = made.mail.summary(len(made.simulation.paid), made.repeats_allowed)
    print(emails.replace("after", "allowed:").replace("deaths", "faults"))
    print("customers:", ", ".join(f"{count} {name}" for name, count in sorted(customers.steps.items())))
    print("answers that were none:", dict(customers.refused))
    return wrong + books


def _submits(made: Machine) -> tuple[int, int]:
    """Tasks at the vendor that no current version came from, without those that were repeated; and those.

    A task that we knew, for one of its clips is kept, was given up: no repeated submit excuses it.
    """
    query = f"SELECT DISTINCT provider_task_id FROM {{}} WHERE provider = '{VENDOR}' AND provider_task_id IS NOT NULL"
    used, kept = ({task_id for (task_id,) in made.ask(query.format(table))} for table in ("variations", "bonus_clips"))
    late = {task_id for (task_id,) in made.ask("SELECT provider_task_id FROM bonus_clips WHERE why = 'late'")}
    possible = int(made.ask("SELECT count(*) FROM repeated_submits")[0][0])
    unused = made.vendor.tasks.keys() - used
    given_up = unused & (kept - late)
    return len(given_up) + max(0, len(unused - given_up) - possible), possible


def main(words: Sequence[str]) -> int:
    """One run; 1 if any promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=50, help="how many are under way at once")
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--minutes", type=float, default=600, help="no fault begins later than this")
    parser.add_argument("--only", nargs="+", default=[], help="groups of faults, as the table names them")
    asked = parser.parse_args(words)
    began = time.monotonic()
    with machine(asked.seed) as made:
        print(f"seed {asked.seed}; load {os.getloadavg()[0]:.1f}; {made.scratch}", flush=True)
        print(f"disk faults: {made.disk.is_mounted}; clock jumps: {made.clock.is_ours}", flush=True)
        customers, outcomes = run(made, asked)
        wrong = judged(made, customers, outcomes)
        shutil.copy(made.stack.log, made.scratch / "stack.log")
    print(*table(outcomes), sep="\n")
    for one in wrong[:40]:
        print("WRONG", one)
    print(f"{time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.1f};", f"{len(wrong)} promises broken")
    if not wrong:
        shutil.rmtree(made.scratch, ignore_errors=True)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
