"""What docs/production.md describes, from this tree: nginx, two web processes, two workers, clock and studio, ENV=production.

PostgreSQL and Valkey are those of the wheels, files lie in a folder, mail in an outbox, and payments are made at a stand-in.
What dies is started again two seconds later, as the units say.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.production_site import PAY, SHOP, Site, Web
from bench.shared_stores import stores
from bench.stripe_stand_in import KEY, SECRET
from tests.support.nginx import answers, nginx, self_signed
from tests.support.stack import ROOT, free_port, wait_for

RESTART_SECONDS = 2


class Kept:
    """A process that is started again when it ends, until `stop`."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self._command, self._environment, self._log = command, environment, log
        self._over = threading.Event()
        self._process = self._start()
        self._thread = threading.Thread(target=self._keep, daemon=True)
        self._thread.start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen([sys.executable, *self._command], cwd=ROOT, env=self._environment, stdout=log, stderr=log)

    def _keep(self) -> None:
        while True:
            self._process.wait()
            if self._over.wait(RESTART_SECONDS):
                return
            self._process = self._start()

    def stop(self) -> None:
        """For good."""
        self._over.set()
        self._process.terminate()
        self._thread.join(30)


@contextmanager
def installed() -> Iterator[Site]:
    """It, ready for visitors."""
    with ExitStack() as ending:
        folder = Path(tempfile.mkdtemp(prefix="serenade-production-"))
        ending.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)  # nginx's workers are nobody
        tls = folder / "tls"
        tls.mkdir()
        self_signed(tls)
        data_dir, _ = ending.enter_context(stores())
        ports, https, pay, api = [free_port(), free_port()], free_port(), free_port(), free_port()
        ours = settings_of(data_dir, https, api)

        def keep(name: str, *command: str, **more: str) -> None:
            ending.callback(Kept([*command], {**ours, **more}, folder / f"{name}.log").stop)

        stand_in = {"HOST": PAY, "API": f"127.0.0.1:{api}", "PAGE": f"127.0.0.1:{pay}", "TLS": str(tls)}
        stand_in["WEBHOOK"] = f"https://127.0.0.1:{https}/api/stripe/webhook"
        keep("stand-in", "-m", "bench.stripe_stand_in", ENV="development", **{f"STAND_IN_{k}": v for k, v in stand_in.items()})
        subprocess.run([sys.executable, "main.py", "migrate"], cwd=ROOT, env=ours, check=True, stdout=subprocess.DEVNULL)
        for number, port in enumerate(ports):
            keep(f"web-{number}", "main.py", "web", PORT=str(port))
        for name in ("worker", "worker", "clock", "studio"):
            keep(name, "main.py", name)
        log = ending.enter_context(nginx(folder, https, ports))
        site = Site(("127.0.0.1", https), ("127.0.0.1", pay), log, [Web(f"PORT={port}", f"127.0.0.1:{port}") for port in ports])
        wait_for(lambda: all(web.is_ready() for web in site.webs) and answers(pay), "the installation", 60)
        yield site


def settings_of(data_dir: Path, https: int, api: int) -> dict[str, str]:
    """The file of settings of docs/production.md, with stand-ins where it names services."""
    there = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "NICEGUI_"))}
    for name in ("SERVICE_TOKEN", "EMBED_ORIGINS", "WORKERS", "MOST_WORDS_A_MINUTE", "SANDBOX_CALL_LOG"):
        there.pop(name, None)
    return {
        **there,
        "ENV": "production",
        "HOST": "127.0.0.1",
        "DATA_DIR": str(data_dir),
        "PUBLIC_URL": f"https://{SHOP}",
        "SECRET_KEY": "of-the-bench-and-of-nothing-else-0123456789",
        "STRIPE_SECRET_KEY": KEY,
        "STRIPE_WEBHOOK_SECRET": SECRET,
        "STRIPE_API_BASE": f"http://127.0.0.1:{api}/sandbox/stripe",
        "STRIPE_CHECKOUT_HOSTS": PAY,
        "SMTP_URL": "outbox:",
        "MAIL_FROM": "Serenade <songs@example.com>",
        "MUSIC_PROVIDERS": "studio",
        "TRUSTED_PROXIES": "127.0.0.1",
    }
