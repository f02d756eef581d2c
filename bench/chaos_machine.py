"""The product of `make chaos-faults`, its stores and all that it talks to, with a wire of ours on each way."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
import redis

from bench.chaos_clock import Clock
from bench.chaos_disk import Disk
from bench.chaos_emails import MailServer
from bench.chaos_simulation import KEY, ROOT, SECRET, Simulation
from bench.soak_load import LIMITS
from tests.support.disasters import QUICK, parent_of
from tests.support.fakes.vendor import FakeVendor
from tests.support.fault_proxy import Wires
from tests.support.stack import Stack, free_port, wait_for

VENDOR = "musicgpt"
STORES = """
import pathlib, sys
from embedded.supervisor import supervise
sys.exit(supervise({}, {}, data_dir=pathlib.Path(sys.argv[1])))
"""


@dataclass
class Machine:
    """Everything of one run. `database_url` and `redis_url` lead past the wires."""

    scratch: Path
    disk: Disk
    wires: Wires
    vendor: FakeVendor
    mail: MailServer
    simulation: Simulation
    stack: Stack
    database_url: str
    redis_url: str
    clock: Clock
    repeats_allowed: int = 0  # emails that faults may have made go out again under the same Message-ID
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """Where customers find the product: through its wire."""
        return self.stack.environment["PUBLIC_URL"]

    @property
    def crash_log(self) -> Path:
        """The crash points that are not armed, and each death once more (jobs/crash_points.py with odds of 0)."""
        return self.scratch / "crash-points"

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """One statement past the wires."""
        with contextlib.closing(psycopg2.connect(self.database_url)) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()

    def flush(self) -> None:
        """Valkey forgets everything."""
        redis.Redis.from_url(self.redis_url).flushall()

    def end_store(self, name: str) -> None:
        """One store is asked to stop as an operator would ask; its supervisor starts it again."""
        if name == "valkey":
            pid = int(redis.Redis.from_url(self.redis_url).info("server")["process_id"])
            os.kill(pid, signal.SIGTERM)
        else:
            with contextlib.closing(psycopg2.connect(self.database_url)) as connection:
                os.kill(parent_of(connection.get_backend_pid()), signal.SIGINT)


@contextlib.contextmanager
def machine(seed: int) -> Iterator[Machine]:
    """Start everything; end everything, whatever happened. The scratch folder is left to whoever asked."""
    scratch = Path(tempfile.mkdtemp(prefix="serenade-faults-"))
    scratch.chmod(0o755)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background ignores it, and all below it would
    with contextlib.ExitStack() as ends:
        disk, clock = Disk(scratch / "disk"), Clock(scratch)
        ends.callback(disk.remove)
        wires = ends.enter_context(Wires())
        stores = ends.enter_context(_stores(scratch / "stores"))
        mail, listener = MailServer(), socket.create_server(("127.0.0.1", 0))
        mail.server.start()
        ends.callback(mail.server.stop)
        vendor = ends.enter_context(FakeVendor(VENDOR, latency=2.0, callbacks=3))
        ports = {name: free_port() for name in ("web", "direct", "database", "redis", "stripe", "vendor", "mail")}
        simulation = Simulation(scratch, f"http://localhost:{ports['web']}", seed)
        simulation.lost = 0.0  # what is lost here, the wires lose
        server = simulation.serve(listener)
        ends.callback(lambda: setattr(server, "should_exit", True))
        ends.callback(simulation.sandbox.stop_delivery)
        ahead = {
            "web": ("127.0.0.1", ports["direct"]),
            "database": stores["DATABASE_URL"].partition("host=")[2] + "/.s.PGSQL.5432",
            "redis": stores["REDIS_URL"].removeprefix("unix://"),
            "stripe": listener.getsockname(),
            "vendor": ("127.0.0.1", vendor.server.server_port),
            "mail": ("127.0.0.1", mail.port),
        }
        for name, upstream in ahead.items():
            wires.lay(name, upstream, ports[name])
        vendor.url = f"http://127.0.0.1:{ports['vendor']}"
        more = _environment(scratch, ports, vendor) | clock.environment()
        stack = Stack(disk.folder / "data", ports["direct"], **more)
        made = Machine(
            scratch, disk, wires, vendor, mail, simulation, stack, stores["DATABASE_URL"], stores["REDIS_URL"], clock
        )
        made.crash_log.write_text(str(more["CRASH_AT"]).replace(",", "\n") + "\n")
        yield ends.enter_context(_stopped_at_the_end(made))


@contextlib.contextmanager
def _stopped_at_the_end(made: Machine) -> Iterator[Machine]:
    made.stack.start()
    try:
        yield made
    finally:
        made.stack.stop()


def _environment(scratch: Path, ports: dict[str, int], vendor: FakeVendor) -> dict[str, str | None]:
    """What the product is told: everything is where a wire of ours begins."""
    from jobs.crash_points import POINTS

    return {
        **QUICK,
        **vendor.environment(),
        "ENV": "development",
        "PUBLIC_URL": f"http://localhost:{ports['web']}",
        "DATABASE_URL": f"postgresql://postgres@127.0.0.1:{ports['database']}/postgres",
        "REDIS_URL": f"redis://127.0.0.1:{ports['redis']}/0",
        "MUSIC_PROVIDERS": f"{VENDOR},studio",
        "STUDIO_RENDERER": "tests.support.quick_studio",
        "STUDIO_GIVES_WAY": "false",
        f"{VENDOR.upper()}_MAX_PARALLEL": "60",
        "STRIPE_SECRET_KEY": KEY,
        "STRIPE_WEBHOOK_SECRET": SECRET,
        "STRIPE_API_BASE": f"http://127.0.0.1:{ports['stripe']}/sandbox/stripe",
        "SMTP_URL": f"smtp://127.0.0.1:{ports['mail']}",
        "RATE_LIMITS": LIMITS,
        "DEMO": "false",
        "CRASH_AT": ",".join(POINTS),
        "CRASH_LOG": str(scratch / "crash-points"),
        "CRASH_ODDS": "0",
    }


@contextlib.contextmanager
def _stores(folder: Path) -> Iterator[dict[str, str]]:
    """PostgreSQL and Valkey in a process of their own that starts them again; their addresses, past the wires.

    From here on this process finds them too: whatever reads the settings is imported later.
    """
    from embedded.addresses import published

    folder.mkdir()
    songs = f"file:{folder.parent / 'disk/data/audio'}"  # where the product keeps them, and the judge looks for them
    os.environ |= {"ENV": "development", "DATA_DIR": str(folder.parent / "here"), "STORAGE_URL": songs}
    mine = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    keeper = subprocess.Popen([sys.executable, "-c", STORES, str(folder)], cwd=ROOT, env=mine, start_new_session=True)
    try:
        found = wait_for(lambda: published(folder, keeper.pid), "the stores", 60)
        os.environ |= found
        yield found
    finally:
        keeper.send_signal(signal.SIGINT)
        keeper.wait(30)
