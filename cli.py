"""The command line: what operators type, and what they read back."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable
from inspect import signature

import processes
from embedded.attach import run_command

USAGE = """python main.py            everything, on embedded PostgreSQL and Valkey where no URL is set
python main.py run /demo  the same, and the page opens in the browser (make demo)
python main.py web        the web process
python main.py worker     one worker
python main.py clock      the clock: polls and sweeps
python main.py studio     the embedded music engine
python main.py demo       music and jobs of /demo, apart from real orders and giving way to them
./serenade migrate    bring the database up to date
./serenade forget EMAIL        remove everything that is held about somebody
./serenade export EMAIL FILE   write everything that is held about somebody into a zip file
./serenade evidence FORM_ID FILE  write what answers a dispute into a zip file: consent, mails, payments, use of the gift
./serenade grant EMAIL NUMBER  give credits, one pays for one song
./serenade bounced    a mail server's report that an email bounced, from standard input (see the README)
./serenade doctor [--json]    the configuration tried, every invariant counted; exit code 1 when something is broken
./serenade reconcile [DAYS]        Stripe against our rows, both ways (default: 7 days)
./serenade refund FORM_ID [3.00]   give money back: all that is left, or an amount"""


def main(arguments: list[str]) -> int:
    """The exit code of one command."""
    logging.basicConfig(level=logging.INFO)
    for outlet in logging.getLogger().handlers:
        outlet.setFormatter(KeylessFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    for noisy in ("rq", "urllib3", "stripe", "watchfiles", "nicegui"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    name, *more = arguments or ["run"]
    try:
        signature(COMMANDS[name]).bind(*more)
    except (KeyError, TypeError):
        sys.stderr.write(USAGE + "\n")
        return 2
    return run_command([name, *more], lambda: COMMANDS[name](*more))


def doctor(option: str = "") -> int:
    """Print what the configuration and the invariants are like; 1 when something is broken."""
    if option not in ("", "--json"):
        sys.stderr.write("The only option of doctor is --json\n")
        return 2
    from jobs.monitoring.doctor import examine

    found = examine()
    if option:
        sys.stdout.write(json.dumps(found.as_json(), indent=2) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in found.lines())
    return int(found.is_broken)


def refund(form_id: str, amount: str | None = None) -> int:
    """Give money back. The amount is written with two decimals ("3.00"), so that nobody confuses dollars with cents."""
    import re

    from integrations.payments import PaymentsError
    from jobs.payments.refunds import refund_form
    from models import NotFoundError, WrongMomentError

    if amount is not None and not re.fullmatch(r"[0-9]{1,6}\.[0-9]{2}", amount):
        sys.stderr.write("The amount must look like 3.00\n")
        return 2
    try:
        given = refund_form(form_id, int(amount.replace(".", "")) if amount else None)
    except (NotFoundError, WrongMomentError, PaymentsError) as error:
        sys.stderr.write(f"Nothing was given back: {error}\n")
        return 1
    sys.stdout.write(f"{given // 100}.{given % 100:02} on its way back\n")
    return 0


def reconcile(days: str = "7") -> int:
    """Print where Stripe and our rows differed; 1 when something could not be healed."""
    from integrations.payments import PaymentsError
    from jobs.payments.reconciliation import compare

    if not (days.isascii() and days.isdigit()):
        sys.stderr.write("DAYS must be a whole number\n")
        return 2
    try:
        found = list(compare(int(days)))
    except PaymentsError as error:
        sys.stderr.write(f"Stripe could not be asked: {error.reason}\n")
        return 2
    for one in found:
        sys.stdout.write(f"{'healed' if one.healed else 'OPEN':7} {one.kind:26} {one.about}\n")
    sys.stdout.write(f"{len(found)} differences in {int(days)} days, {sum(not one.healed for one in found)} open\n")
    return int(any(not one.healed for one in found))


def grant(email: str, number: str) -> int:
    """Give credits; a negative number takes them back."""
    from jobs.payments.credits import TooFewCreditsError, grant
    from models import in_database

    try:
        left = in_database(grant, email, int(number))
    except (ValueError, TooFewCreditsError):
        sys.stderr.write("NUMBER must be a whole number, and nobody can have fewer than 0 credits\n")
        return 2
    sys.stdout.write(f"{left} credits now\n")
    return 0


def evidence(form_id: str, target: str) -> int:
    """Write what a bank may ask for when a buyer disputes the payment."""
    from pathlib import Path

    from jobs.payments.dispute_evidence import write_evidence
    from models import NotFoundError, in_database

    try:
        in_database(write_evidence, form_id, Path(target))
    except NotFoundError:
        sys.stderr.write("There is no such order.\n")
        return 1
    sys.stdout.write(f"written to {target}\n")
    return 0


def export(email: str, target: str) -> int:
    """Write everything that is held about somebody into a zip file."""
    from pathlib import Path

    from jobs.privacy.personal_data import export
    from models import in_database

    sys.stdout.write(f"{in_database(export, email, Path(target))} orders written to {target}\n")
    return 0


def forget(email: str) -> int:
    """Remove what is held about somebody; 1 while a payment or a job is under way: repeat it then."""
    from jobs.privacy.personal_data import forget
    from models import in_database

    removed, waiting = in_database(forget, email)
    sys.stdout.write(f"{removed} orders removed, {waiting} wait for a payment or a recording to end: run it again later\n")
    sys.stdout.write("Stripe keeps its own record of payments; ask it separately.\n")
    return 1 if waiting else 0


def bounced() -> int:
    """Record a bounce that a mail alias pipes in. Always 0: a mail server must never bounce a bounce."""
    from jobs.mail.bounces import MOST_BOUNCE_BYTES, record_bounce
    from models import in_database

    known = in_database(record_bounce, sys.stdin.buffer.read(MOST_BOUNCE_BYTES))
    sys.stdout.write("marked\n" if known else "no email of ours, or not final\n")
    return 0


COMMANDS: dict[str, Callable[..., int]] = {
    "run": processes.run,
    "web": processes.web,
    "worker": processes.worker,
    "clock": processes.clock,
    "studio": processes.studio,
    "demo": processes.demo,
    "migrate": processes.migrate,
    "forget": forget,
    "export": export,
    "evidence": evidence,
    "grant": grant,
    "bounced": bounced,
    "doctor": doctor,
    "reconcile": reconcile,
    "refund": refund,
}


class KeylessFormatter(logging.Formatter):
    """Form ids, task ids and share tokens are keys: log lines and tracebacks show only their beginning."""

    KEYS = re.compile(r"((?:form_\d{1,16}|task|checkout|mail)_\w{5})\w{4,}|(/(?:s|embed)/[\w-]{4})[\w-]{6,}")

    def format(self, record: logging.LogRecord) -> str:
        """The formatted line, keys shortened."""
        return self.KEYS.sub(lambda found: f"{found[1] or found[2]}…", super().format(record))
