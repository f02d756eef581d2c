"""The composition root and the command line: `python main.py` starts everything; `main.py web` and friends start one part."""

from __future__ import annotations

import signal

if __name__ == "__main__":  # until a part has its own way to stop, Ctrl-C ends without a traceback
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import logging
import os
import re
import sys
import threading
import time
from collections.abc import Callable
from inspect import signature
from types import FrameType

from settings import SettingsError

USAGE = """python main.py            everything, on embedded PostgreSQL and Valkey where no URL is set
python main.py run /demo  the same, and the page opens in the browser (make demo)
python main.py web        the web process
python main.py worker     one worker
python main.py clock      the clock: polls and sweeps
python main.py studio     the embedded music engine
python main.py demo       music and jobs of /demo, apart from real orders and giving way to them
python main.py migrate    bring the database up to date
python main.py forget EMAIL        remove everything that is held about somebody
python main.py export EMAIL FILE   write everything that is held about somebody into a zip file
python main.py evidence FORM_ID FILE  write what answers a dispute into a zip file: consent, mails, payments, use of the gift
python main.py grant EMAIL NUMBER  give credits, one pays for one song
python main.py bounced    a mail server's report that a letter came back, from standard input (see the README)
python main.py doctor     every invariant with counts and ids; exit code 1 when one is broken
python main.py reconcile [DAYS]        Stripe against our rows, both ways (default: 7 days)
python main.py refund FORM_ID [3.00]   give money back: all that is left, or an amount"""


def run(page: str = "") -> int:
    """Supervise every part until Ctrl-C; the stores are embedded unless DATABASE_URL and REDIS_URL name others.

    With a page ("/demo") that page is announced and, where this machine has a browser, opened.
    """
    from embedded.supervisor import supervise
    from settings import settings

    me = [sys.executable, os.path.abspath(__file__)]
    children = {"web": [*me, "web"], "clock": [*me, "clock"]}
    children |= {f"worker-{number}": [*me, "worker"] for number in range(1, settings.workers + 1)}
    if "studio" in settings.music_providers:
        children["studio"] = [*me, "studio"]
    if settings.demo:
        children["demo"] = [*me, "demo"]
    return supervise(
        children,
        os.environ,
        data_dir=settings.data_dir,
        first={"migrate": [*me, "migrate"]},
        url=settings.public_url + page,
        opens_browser=bool(page),
        probe_url=settings.local_url,
    )


def web() -> int:
    """Serve pages, API and media until SIGTERM."""
    import uvicorn

    from settings import settings
    from ui.app import create_app

    uvicorn.run(
        create_app(mount_api=_mount_api),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
        proxy_headers=False,
        server_header=False,
        ws_max_size=1_000_000,
    )
    return 0


def _mount_api(app: object) -> None:
    """The API beside the pages: only here may the two meet."""
    from fastapi import FastAPI

    from api import create_api
    from api.health import router as health
    from api.media import router as media
    from api.metrics import router as metrics
    from settings import settings

    assert isinstance(app, FastAPI)  # noqa: S101 typed as object to keep fastapi out of the other commands
    app.include_router(health)
    app.include_router(media)
    app.include_router(metrics)
    if settings.is_sandbox:
        from integrations.payments.sandbox import sandbox_of, sandbox_router

        sandbox = sandbox_of(settings)
        app.include_router(sandbox_router(sandbox))
        sandbox.start_delivery()  # events that an earlier run could not deliver are still owed
    if settings.demo:
        from integrations.payments.sandbox import demo_sandbox, demo_sandbox_router
        from ui.components.theme import script_tags

        demo_sandbox().page_scripts = lambda: script_tags("demo-director.js")
        app.include_router(demo_sandbox_router())
        demo_sandbox().start_delivery()
    app.mount("/api", create_api())


def worker() -> int:
    """Run one RQ worker."""
    from jobs.worker import work

    work()
    return 0


def clock() -> int:
    """Tick until SIGTERM."""
    from jobs.clock import run_clock

    run_clock(_stop_event())
    return 0


def studio() -> int:
    """Run the music engine until SIGTERM; a task that ends asks for a status read at once, as a provider's callback would."""
    from integrations.music import State
    from integrations.music.studio import Studio, run_studio
    from jobs.generation.polling import look_now
    from models import in_database

    engine = Studio()

    def changed(task_id: str) -> None:
        if engine.statuses([task_id])[task_id].state in (State.SUCCEEDED, State.FAILED):
            in_database(look_now, task_id)

    run_studio(_stop_event(), on_change=changed)
    return 0


def _await_first_visitor() -> None:
    """Until a first job waits in the demo's queue, this process is less than half as large: most days nobody shows a demo."""
    import redis

    from settings import settings

    wire = redis.Redis.from_url(settings.redis_url, socket_timeout=1, retry=None)
    while True:
        try:
            if wire.exists("rq:queue:demo"):
                return
        except redis.RedisError:
            pass  # the supervisor looks after it; we only wait
        time.sleep(0.5)


def demo() -> int:
    """Everything that demo forms need beside the web process: their engine in a thread, their jobs here. 20 visitors wait
    for each other in here, and a real order for none of them."""
    _await_first_visitor()
    from integrations.music import State
    from integrations.music.demo import DemoStudio, demo_spool
    from integrations.music.studio import run_studio
    from integrations.music.studio.giving_way import give_way
    from jobs.generation.polling import look_now
    from jobs.queue_names import DEMO
    from jobs.worker import work_for_demo
    from models import in_database
    from settings import settings

    engine, stop = DemoStudio(), threading.Event()

    def changed(task_id: str) -> None:
        if engine.statuses([task_id])[task_id].state in (State.SUCCEEDED, State.FAILED):
            in_database(look_now, task_id, DEMO)

    give_way(10)  # inherited by the renderers, which add nine
    music = threading.Thread(
        target=run_studio, args=(stop, changed, settings.demo_renderings, demo_spool(), 9), name="demo studio"
    )
    music.start()
    try:
        work_for_demo()
    finally:
        stop.set()
        demo_spool().ring()
        music.join(5)
    return 0


def migrate() -> int:
    """Apply what is missing, under a lock: several processes may try at once."""
    from migrations import migrate_database

    for name in migrate_database():
        sys.stdout.write(f"applied {name}\n")
    return 0


def forget(email: str) -> int:
    """1 while something must wait: a payment under way, a worker in the middle. Repeat it then."""
    from jobs.privacy.personal_data import forget
    from models import in_database

    removed, waiting = in_database(forget, email)
    sys.stdout.write(f"{removed} orders removed, {waiting} wait for a payment or a recording to end: run it again later\n")
    sys.stdout.write("Stripe keeps its own record of payments; ask it separately.\n")
    return 1 if waiting else 0


def export(email: str, target: str) -> int:
    """Give somebody what is theirs."""
    from pathlib import Path

    from jobs.privacy.personal_data import export
    from models import in_database

    sys.stdout.write(f"{in_database(export, email, Path(target))} orders written to {target}\n")
    return 0


def evidence(form_id: str, target: str) -> int:
    """What a bank may ask for when a buyer disputes the payment."""
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


def grant(email: str, number: str) -> int:
    """Staff give credits; a negative number takes them back."""
    from jobs.payments.credits import TooFewCreditsError, grant
    from models import in_database

    try:
        left = in_database(grant, email, int(number))
    except (ValueError, TooFewCreditsError):
        sys.stderr.write("NUMBER must be a whole number, and nobody can have fewer than 0 credits\n")
        return 2
    sys.stdout.write(f"{left} credits now\n")
    return 0


def bounced() -> int:
    """What a mail alias pipes in. Always 0: a mail server must never bounce a bounce."""
    from jobs.mail.bounces import MOST, hear_bounce
    from models import in_database

    known = in_database(hear_bounce, sys.stdin.buffer.read(MOST))
    sys.stdout.write("marked\n" if known else "no letter of ours, or not final\n")
    return 0


def doctor() -> int:
    """Print every invariant; 1 when one is broken."""
    from jobs.monitoring.invariants import findings, lost_songs, torn_timelines, waiting_jobs
    from models import in_database

    found = in_database(lambda: [*findings(), lost_songs(), waiting_jobs(), torn_timelines()])
    for one in found:
        sys.stdout.write(f"{'broken' if one.count else 'ok':7} {one.name:14} {one.count:6} {one.promise}\n")
        for row_id in one.ids:
            sys.stdout.write(f"{'':30} {row_id}\n")
    return int(any(one.count for one in found))


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


def _stop_event() -> threading.Event:
    stop = threading.Event()

    def ask(signum: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    return stop


COMMANDS: dict[str, Callable[..., int]] = {
    "run": run,
    "web": web,
    "worker": worker,
    "clock": clock,
    "studio": studio,
    "demo": demo,
    "migrate": migrate,
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
    """Form ids, task ids and share tokens are keys: whatever line or traceback holds one shows only its beginning."""

    KEYS = re.compile(r"((?:form_\d{1,16}|task|checkout|mail)_\w{5})\w{4,}|(/(?:s|embed)/[\w-]{4})[\w-]{6,}")

    def format(self, record: logging.LogRecord) -> str:
        """The line as always, keys cut."""
        return self.KEYS.sub(lambda found: f"{found[1] or found[2]}…", super().format(record))


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
    return COMMANDS[name](*more)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except SettingsError as problem:
        sys.exit(f"Serenade cannot start:\n{problem}")
