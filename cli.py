"""The command line: what operators type, and what they read back."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING

import logs
import processes
from embedded.attach import run_command
from settings_checks import Environment, log_format

if TYPE_CHECKING:
    from integrations.payments import PaymentsError

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
./serenade backup FILE         the database and a list of its files in a zip
./serenade restore FILE        a backup into an empty database
./serenade grant EMAIL NUMBER  give credits, one pays for one song
./serenade signout EMAIL       end all sessions of somebody, and links to sign in that are not used yet
./serenade bounced    a mail server's report that an e-mail bounced, from standard input (see docs/operations.md)
./serenade sing TEXT  a song without stores or keys: sing --help shows the rest
./serenade doctor [--json]    the configuration tried, every invariant counted; exit code 1 when something is broken
./serenade reconcile [DAYS]        Stripe against our rows, both ways (default: 7 days)
./serenade refund FORM_ID [3.00]   give money back: all that is left, or an amount"""


def main(arguments: list[str]) -> int:
    """The exit code of one command."""
    name, *more = arguments or ["run"]
    logs.set_up(as_json=log_format(Environment.cleaned(os.environ)) == "json", process=name)
    try:
        signature(COMMANDS[name]).bind(*more)
    except (KeyError, TypeError):
        sys.stderr.write(USAGE + "\n")
        return 2
    return run_command([name, *more], lambda: COMMANDS[name](*more), keep_bounce if name == "bounced" else None)


def run_everything(page: str = "") -> int:
    """Every part, until Ctrl-C."""
    return processes.run(main, page)


def sing_text(*arguments: str) -> int:
    """Sing a text into an MP3; see integrations/music/studio/sing_command.py."""
    from integrations.music.studio.sing_command import sing_to_file

    return sing_to_file(arguments)


def doctor(option: str = "") -> int:
    """Print what the configuration and the invariants are like; 1 when something is broken."""
    if option not in ("", "--json"):
        return _refuse("The only option of doctor is --json")
    from jobs.monitoring.doctor import examine

    found = examine()
    if option:
        sys.stdout.write(json.dumps(found.as_json(), indent=2) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in found.lines())
    return int(found.is_broken)


def refund_command(form_id: str, amount: str | None = None) -> int:
    """Give money back. The amount is written with two decimals ("3.00"), so that nobody confuses dollars with cents."""
    from integrations.payments import PaymentsError
    from jobs.payments.refunds import refund_form
    from models import NotFoundError, WrongMomentError

    if amount is not None and not re.fullmatch(r"[0-9]{1,6}\.[0-9]{2}", amount):
        return _refuse("AMOUNT must look like 3.00")
    try:
        given = refund_form(form_id, int(amount.replace(".", "")) if amount else None)
    except NotFoundError:
        return _refuse(f"Nothing was given back: {_no_order(form_id)}", 1)
    except WrongMomentError as error:
        return _refuse(f"Nothing was given back: {error.code}.", 1)
    except PaymentsError as error:
        return _refuse(
            f"{'Maybe nothing' if error.reason == 'unavailable' else 'Nothing'} was given back: {_at_stripe(error)}", 1
        )
    sys.stdout.write(f"{given // 100}.{given % 100:02} on its way back\n")
    return 0


def _refuse(sentence: str, code: int = 2) -> int:
    sys.stderr.write(f"{sentence}\n")
    return code


def _no_order(form_id: str) -> str:
    shown = form_id[:24] + ("…" if len(form_id) > 24 else "")  # an id is a key
    return f"No order has the id {shown!r}."


def _at_stripe(error: PaymentsError) -> str:
    return {
        "auth": "Stripe refuses our key (STRIPE_SECRET_KEY).",
        "missing": "Stripe does not know this payment: the key may be of another account, or of the other mode (test, live).",
        "unavailable": "Stripe does not answer. Type the same again: nothing is given back twice.",
        "rejected": f"Stripe refuses it ({error.detail}).",
    }.get(error.reason, "Stripe answered something that cannot be read.")


def backup(target: str) -> int:
    """Write the database, and a list of the files that it names, into a zip that only this user may read."""
    from jobs.monitoring.backup import BackupError, back_up
    from models import in_database

    try:
        files, missing = in_database(back_up, Path(target))
    except (BackupError, OSError) as error:
        return _refuse(f"Nothing was backed up: {error}")
    sys.stdout.write(f"{target}: the database, and a list of {files} files in the storage ({missing} missing there now)\n")
    return 0


def restore_command(source: str) -> int:
    """Fill an empty database from a backup, bring it up to date, and name the files that are missing; 1 when some are."""
    from jobs.monitoring.backup import BackupError
    from jobs.monitoring.backup import restore_backup as fill
    from models import in_database

    try:
        missing = in_database(fill, Path(source))
    except (BackupError, OSError) as error:
        return _refuse(f"Nothing was restored: {error}")
    processes.migrate()
    sys.stdout.writelines(f"missing in the storage: {key[:32]}\n" for key in missing[:20])
    sys.stdout.write(f"restored, {len(missing)} files missing; start, and then: ./serenade reconcile 30\n")
    return int(bool(missing))


def reconcile(days: str = "7") -> int:
    """Print where Stripe and our rows differed; 1 when something could not be healed."""
    from integrations.payments import PaymentsError
    from jobs.payments.reconciliation import differences_with_stripe

    if not re.fullmatch("[0-9]{1,4}", days):
        return _refuse("DAYS must be a whole number of at most four digits")
    try:
        found = list(differences_with_stripe(int(days)))
    except PaymentsError as error:
        return _refuse(_at_stripe(error))
    for one in found:
        sys.stdout.write(f"{'healed' if one.healed else 'OPEN':7} {one.kind:26} {one.about}\n")
    sys.stdout.write(f"{len(found)} differences in {int(days)} days, {sum(not one.healed for one in found)} open\n")
    return int(any(not one.healed for one in found))


def grant_command(email: str, number: str) -> int:
    """Give credits; a negative number takes them back."""
    from jobs.payments.credits import TooFewCreditsError, grant_credits
    from models import in_database

    if not _is_email(email):
        return _refuse(_EMAIL)
    if not re.fullmatch("[+-]?[0-9]{1,6}", number):
        return _refuse("NUMBER must be a whole number, such as 3 or -1")
    try:
        left = in_database(grant_credits, email, int(number))
    except TooFewCreditsError:
        return _refuse("Nobody can have fewer than 0 credits: fewer are left than NUMBER takes back", 1)
    sys.stdout.write(f"{left} credits now\n")
    return 0


def signout(email: str) -> int:
    """End all sessions of somebody, staff or customer."""
    from jobs.accounts.login import end_sessions
    from models import in_database

    if not _is_email(email):
        return _refuse(_EMAIL)
    sys.stdout.write(f"{in_database(end_sessions, email)} sessions ended\n")
    return 0


_EMAIL = "EMAIL must be one address, such as ann@example.com"


def _is_email(text: str) -> bool:
    return bool(re.fullmatch(r"[^@\s]+@[^@\s]+", text))


def evidence(form_id: str, target: str) -> int:
    """Write what a bank may ask for when a buyer disputes the payment."""
    from jobs.payments.dispute_evidence import write_evidence
    from models import NotFoundError, in_database

    try:
        in_database(write_evidence, form_id, Path(target))
    except NotFoundError:
        return _refuse(_no_order(form_id), 1)
    sys.stdout.write(f"written to {target}\n")
    return 0


def export_command(email: str, target: str) -> int:
    """Write everything that is held about somebody into a zip file."""
    from jobs.privacy.personal_data import export_person
    from models import in_database

    if not _is_email(email):
        return _refuse(_EMAIL)
    sys.stdout.write(f"{in_database(export_person, email, Path(target))} orders written to {target}\n")
    return 0


def forget_command(email: str) -> int:
    """Remove what is held about somebody; 1 while a payment or a job is under way: repeat it then."""
    from jobs.privacy.personal_data import forget_person
    from models import in_database

    if not _is_email(email):
        return _refuse(_EMAIL)
    removed, waiting = in_database(forget_person, email)
    later = " for a payment, a recording or the storage: run it again later" if waiting else ""
    sys.stdout.write(f"{removed} orders removed, {waiting} wait{later}\n")
    sys.stdout.write("Stripe keeps its own record of payments; ask it separately.\n")
    return 1 if waiting else 0


def keep_bounce() -> None:
    """Store what a mail alias pipes in, before the database is looked for: it may be away, or not know the e-mail yet."""
    from jobs.mail.bounce_spool import MOST_BOUNCE_BYTES, keep, read_bounce

    try:
        bounce = read_bounce(sys.stdin.buffer.read(MOST_BOUNCE_BYTES))
        if bounce and not keep(bounce):
            sys.stderr.write("Too many bounces wait already (DATA_DIR/bounces): this one is not kept.\n")
    except OSError as error:
        sys.stderr.write(f"The bounce is not kept, DATA_DIR/bounces cannot be written: {error.strerror}\n")
    except Exception as error:  # a message that no parser understands is no report
        sys.stderr.write(f"Unreadable: {error.__class__.__name__}\n")


def bounced() -> int:
    """Mark the e-mails of the bounces that wait. Always 0: a mail server must never bounce a bounce."""
    from jobs.mail.bounce_spool import how_many
    from jobs.mail.bounces import take_up_bounces
    from models import in_database

    marked, left = in_database(take_up_bounces), how_many()
    sys.stdout.write(f"{marked} marked\n" if marked else "no email of ours, or not final\n")
    if left:
        sys.stdout.write(f"{left} wait for their email, at most three days\n")
    return 0


COMMANDS: dict[str, Callable[..., int]] = {
    "run": run_everything,
    "web": processes.web,
    "worker": processes.worker,
    "clock": processes.clock,
    "studio": processes.studio,
    "demo": processes.demo,
    "migrate": processes.migrate,
    "forget": forget_command,
    "export": export_command,
    "evidence": evidence,
    "grant": grant_command,
    "backup": backup,
    "restore": restore_command,
    "bounced": bounced,
    "doctor": doctor,
    "reconcile": reconcile,
    "refund": refund_command,
    "signout": signout,
    "sing": sing_text,
}
