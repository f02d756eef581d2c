"""The processes that a Procfile names: web, worker, clock, studio, demo, and the migrations before them.

Each imports only what it needs: a worker never loads the pages.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import uvicorn

    from embedded.programs import Command

# Of 10 looks at young garbage one goes further, of 100 of these (Python: 10) one goes through everything: with a thousand open
# pages that takes half a second, in which no page is told anything.
LOOKED_FOR = 700, 10, 100
# Idle connections are kept for longer than a proxy keeps them (nginx: 60 s; uvicorn by itself: 5). Whoever hangs up first does
# so sometimes while the next request is on its way: nginx then asks another process, which does not know the page of a socket
# (and the page is loaded anew), and answers a POST by a 502.
_IDLE_SECONDS = 75
_MAIN = str(Path(__file__).with_name("main.py"))


@contextlib.contextmanager
def importing() -> Iterator[None]:
    """Garbage is not looked for: imports make none, and the looking takes an eighth of a start. What was imported is not looked
    at later either, so that a child of a fork shares its memory."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def run(run_part: Callable[[list[str]], int], page: str = "") -> int:
    """Supervise every part until Ctrl-C; the stores are embedded unless DATABASE_URL and REDIS_URL name others.

    `run_part` is what `main.py` does with a part's name. With a page ("/demo") that page is announced and, where this machine
    has a browser, opened.
    """
    from embedded.forked import CAN_FORK
    from embedded.supervisor import supervise
    from settings import settings

    def part(name: str) -> Command:
        return partial(run_part, [name]) if CAN_FORK else [sys.executable, _MAIN, name]

    children = {"web": part("web"), "clock": part("clock")}
    children |= {f"worker-{number}": part("worker") for number in range(1, settings.workers + 1)}
    if "studio" in settings.music_providers:
        children["studio"] = part("studio")
    if settings.demo:
        children["demo"] = part("demo")
    return supervise(
        children,
        {**os.environ, "DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url},
        data_dir=settings.data_dir,
        first={"migrate": part("migrate")},
        meanwhile=_import_what_all_share if CAN_FORK else lambda database_url, redis_url: None,
        url=settings.public_url + page,
        opens_browser=bool(page),
        probe_url=settings.local_url,
        listens=(settings.host, settings.port),
        young_seconds=settings.young_seconds,
    )


def _import_what_all_share(database_url: str, redis_url: str) -> None:
    """While PostgreSQL starts: what is imported here is loaded once, and is in memory once."""
    from settings import settings

    settings.use_stores(database_url, redis_url)
    with importing():
        for name in ("jobs.worker", "jobs.clock", "migrations"):
            import_module(name)
        sys.modules["jobs.worker"].import_jobs()


def web() -> int:
    """Serve pages, API and media until SIGTERM."""
    import uvicorn

    import observability
    from embedded.listening import listening_socket, refuse_port
    from settings import settings

    observability.start_reporting("web")

    refuse_port(settings.host, settings.port)
    gc.set_threshold(*LOOKED_FOR)
    with importing():
        from ui.app import create_app  # 2 s of imports, after what may end this

        app = create_app()
    mine = listening_socket(settings.host, settings.port)
    server = uvicorn.Server(server_config(app))
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[mine] if mine else None)
    return 0 if server.started else 1


def server_config(app: Callable[..., Any]) -> uvicorn.Config:
    """How the application is served."""
    import uvicorn

    from settings import settings

    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,  # its lines take the one way that all of them take
        access_log=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=_IDLE_SECONDS,
        proxy_headers=False,
        server_header=False,
        ws_max_size=1_000_000,
        ws_per_message_deflate=False,  # 0.3 MB for each open page, to halve messages of a kilobyte
    )


def worker() -> int:
    """Run one RQ worker."""
    import observability

    observability.start_reporting("worker")
    with importing():
        from jobs.worker import import_jobs, run_worker

        import_jobs()
    run_worker()
    return 0


def clock() -> int:
    """Tick until SIGTERM."""
    import observability

    observability.start_reporting("clock")
    with importing():
        from jobs.clock import run_clock
    run_clock(_stop_event())
    return 0


def studio() -> int:
    """Run the music engine until SIGTERM; a task that ends asks for a status read at once, as a provider's callback would."""
    import observability
    from integrations.music import State
    from integrations.music.studio import Studio, run_studio
    from jobs.generation.polling import look_now
    from models import in_database

    observability.start_reporting("studio")
    engine = Studio()

    def changed(task_id: str) -> None:
        if engine.statuses([task_id])[task_id].state in (State.SUCCEEDED, State.FAILED):
            in_database(look_now, task_id)

    run_studio(_stop_event(), on_change=changed)
    return 0


def demo() -> int:
    """Everything that demo forms need beside the web process: their engine in a thread, their jobs here. 20 visitors queue
    behind each other in here, and a real order behind none of them."""
    _await_first_visitor()
    import observability
    from integrations.music import State
    from integrations.music.demo import DemoStudio, demo_spool
    from integrations.music.studio import run_studio
    from integrations.music.studio.giving_way import give_way
    from jobs.generation.polling import look_now
    from jobs.queue_names import DEMO_PROVIDER
    from jobs.worker import work_for_demo
    from models import in_database
    from settings import settings

    observability.start_reporting("demo")
    engine, stop = DemoStudio(), threading.Event()

    def changed(task_id: str) -> None:
        if engine.statuses([task_id])[task_id].state in (State.SUCCEEDED, State.FAILED):
            in_database(look_now, task_id, DEMO_PROVIDER)

    give_way(10)  # inherited by the renderers, which add 9
    music = threading.Thread(
        target=run_studio, args=(stop, changed, settings.demo_renderings, demo_spool(), 9), name="demo studio"
    )
    music.start()
    try:
        work_for_demo()
    finally:
        stop.set()
        demo_spool().wake()
        music.join(5)
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
            pass  # the supervisor restarts it; this process only waits
        time.sleep(0.5)


def migrate() -> int:
    """Apply what is missing, under a lock: several processes may try at once."""
    from migrations import MigrationRefusedError, migrate_database

    try:
        applied = migrate_database()
    except MigrationRefusedError as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    for name in applied:
        sys.stdout.write(f"applied {name}\n")
    return 0


def _stop_event() -> threading.Event:
    stop = threading.Event()

    def ask(signum: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    return stop
