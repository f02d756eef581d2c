"""The composition root and the command line: `python main.py` starts everything; `main.py web` and friends start one part."""

from __future__ import annotations

import signal

if __name__ == "__main__":  # until a part has its own way to stop, Ctrl-C ends without a traceback
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import logging
import os
import sys
import threading
from collections.abc import Callable
from types import FrameType

from settings import SettingsError

USAGE = """python main.py            everything, on embedded PostgreSQL and Valkey where no URL is set
python main.py web        the web process
python main.py worker     one worker
python main.py clock      the clock: polls and sweeps
python main.py studio     the embedded music engine
python main.py migrate    bring the database up to date"""


def run() -> int:
    """Supervise every part until Ctrl-C; the stores are embedded unless DATABASE_URL and REDIS_URL name others."""
    from embedded.supervisor import supervise
    from settings import settings

    me = [sys.executable, os.path.abspath(__file__)]
    children = {"web": [*me, "web"], "clock": [*me, "clock"]}
    children |= {f"worker-{number}": [*me, "worker"] for number in range(1, settings.workers + 1)}
    if "studio" in settings.music_providers:
        children["studio"] = [*me, "studio"]
    return supervise(
        children,
        os.environ,
        data_dir=settings.data_dir,
        first={"migrate": [*me, "migrate"]},
        url=settings.public_url,
        probe_url=settings.local_url,
    )


def web() -> int:
    """Serve pages, API and media until SIGTERM."""
    import uvicorn

    from settings import settings
    from ui.web import create_app

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
    from settings import settings

    assert isinstance(app, FastAPI)  # noqa: S101 typed as object to keep fastapi out of the other commands
    app.include_router(health)
    app.include_router(media)
    if settings.is_sandbox:
        from integrations.payments.sandbox import sandbox_of, sandbox_router

        sandbox = sandbox_of(settings)
        app.include_router(sandbox_router(sandbox))
        sandbox.start_delivery()  # events that an earlier run could not deliver are still owed
    app.mount("/api", create_api())


def worker() -> int:
    """Run one RQ worker."""
    from jobs.queue import work

    work()
    return 0


def clock() -> int:
    """Tick until SIGTERM."""
    from jobs.sweep import run_clock

    run_clock(_stop_event())
    return 0


def studio() -> int:
    """Run the music engine until SIGTERM; a task that ends asks for a status read at once, as a provider's callback would."""
    from integrations.music import State
    from integrations.music.studio import Studio, run_studio
    from jobs.polling import look_now
    from models import in_database

    engine = Studio()

    def changed(task_id: str) -> None:
        if engine.statuses([task_id])[task_id].state in (State.SUCCEEDED, State.FAILED):
            in_database(look_now, task_id)

    run_studio(_stop_event(), on_change=changed)
    return 0


def migrate() -> int:
    """Apply what is missing, under a lock: several processes may try at once."""
    from migrations import migrate_database

    for name in migrate_database():
        sys.stdout.write(f"applied {name}\n")
    return 0


def _stop_event() -> threading.Event:
    stop = threading.Event()

    def ask(signum: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    return stop


COMMANDS: dict[str, Callable[[], int]] = {
    "run": run,
    "web": web,
    "worker": worker,
    "clock": clock,
    "studio": studio,
    "migrate": migrate,
}


def main(arguments: list[str]) -> int:
    """The exit code of one command."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for noisy in ("rq", "urllib3", "stripe", "watchfiles", "nicegui"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    command = COMMANDS.get(arguments[0] if arguments else "run")
    if command is None or len(arguments) > 1:
        sys.stderr.write(USAGE + "\n")
        return 2
    return command()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except SettingsError as problem:
        sys.exit(f"Serenade cannot start:\n{problem}")
