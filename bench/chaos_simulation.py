"""The simulation of `make chaos`: processes that die and are restarted, and customers at a sandbox that outlives them all."""

from __future__ import annotations

import collections
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).parent.parent
KEY, SECRET = "sk_sandbox_chaos", "whsec_chaos"
SCENARIOS = {"pay": 50, "impatient": 10, "changes": 10, "pays_twice": 15, "slow": 8, "bounces": 4, "declined": 3}
ODDS = {"web": "0.002", "worker": "0.01"}  # of dying at each pass of each point


@dataclass
class Processes:
    """web, clock and two workers, started again however they end."""

    environ: dict[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    deaths: collections.Counter[str] = field(default_factory=collections.Counter)
    stopping: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        self.log = (Path(self.environ["DATA_DIR"]) / "chaos.log").open("ab")
        self.keeper = threading.Thread(target=self._keep)
        self.keeper.start()

    def _keep(self) -> None:
        while not self.stopping.wait(0.05):
            for name in ("web", "clock", "worker-1", "worker-2"):
                child = self.running.get(name)
                if child is None or child.poll() is not None:
                    self.deaths[name] += child is not None
                    part = name.partition("-")[0]
                    environ = self.environ | {"CRASH_ODDS": ODDS.get(part, "1")}
                    command = [sys.executable, "main.py", part]
                    output = {"stdout": self.log, "stderr": self.log}
                    self.running[name] = subprocess.Popen(command, cwd=ROOT, env=environ, start_new_session=True, **output)

    def kill(self, name: str) -> None:
        """Kill one process with SIGKILL; its work horse lives on."""
        self.running[name].kill()

    def stop(self) -> None:
        self.stopping.set()
        self.keeper.join()
        for child in self.running.values():
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        self.log.close()


class Simulation:
    """The sandbox, its customers and what they did. `paid` holds every Stripe session that took money."""

    lost = 0.15  # the part of all presses whose events are never delivered

    def __init__(self, scratch: Path, shop_url: str, seed: int) -> None:
        from integrations.payments.sandbox import PREFIX, Sandbox

        self.shop_url, self.dice, self.lock = shop_url, random.Random(seed), threading.Lock()
        self.sandbox = Sandbox(
            data_dir=scratch / "stripe",
            key=KEY,
            webhook_url=f"{shop_url}/api/stripe/webhook",
            webhook_secret=SECRET,
            page_base=shop_url + PREFIX,
            retry_after=(0.5, 1, 2, 4, 8, 8, 8, 8),
        )
        self.paid: list[str] = []
        self.forms: dict[str, str] = {}

    def serve(self, listener: socket.socket) -> Any:
        import uvicorn
        from fastapi import FastAPI

        from integrations.payments.sandbox import sandbox_router

        app = FastAPI()
        app.include_router(sandbox_router(self.sandbox))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        threading.Thread(target=server.run, args=([listener],), daemon=True).start()
        return server

    def press(self, session_id: str, outcome: str) -> None:
        """What a buyer does at Stripe; how its events are delivered is drawn for each press."""
        from integrations.payments.sandbox import sessions

        with self.lock:
            switches = self.sandbox.switches
            switches.drop = self.dice.random() < self.lost
            switches.copies = self.dice.choice((1, 1, 2, 3))
            switches.jitter = self.dice.choice((0, 0.2, 2))

            def pay(ledger: Any) -> str:
                before = ledger.found("checkout.session", session_id)["payment_status"]
                after = sessions.pay(ledger, ledger.found("checkout.session", session_id), outcome, "")
                return "" if after["payment_status"] == before else str(after["payment_status"])

            if self.sandbox.ask(pay) == "paid":
                self.paid.append(session_id)

    def checkout(self, form_id: str, **choice: Any) -> str:
        """Press Pay until there is an address to pay at, as people do."""
        until = time.monotonic() + 90
        while time.monotonic() < until:
            try:
                url, body = f"{self.shop_url}/api/stripe/checkout", {"formId": form_id, "consent": True, **choice}
                answer = requests.post(url, json=body, timeout=20)
                if answer.status_code == 200:
                    return str(answer.json()["sessionId"])
                if answer.status_code == 409 and "paid" in answer.text:
                    return ""
            except requests.RequestException:
                pass
            time.sleep(0.3)
        raise AssertionError(f"nobody can pay for {form_id}")

    def visit(self, form_id: str, scenario: str) -> None:
        """One customer."""
        self.forms[form_id] = scenario
        first = self.checkout(form_id)
        match scenario:
            case "impatient":
                with ThreadPoolExecutor(3) as hands:
                    list(hands.map(lambda _: self.checkout(form_id), range(3)))
                    list(hands.map(lambda _: self.press(first, "paid"), range(3)))
            case "changes":
                self.press(self.checkout(form_id, selectedVariations={"0": 2}), "paid")
            case "pays_twice":
                second = self.checkout(form_id, selectedVariations={"0": 3})
                for session_id in sorted((first, second)):
                    self.press(session_id, "late" if session_id == first else "paid")
            case "slow":
                self.press(first, "delayed")
                self.press(first, "settled")
            case "bounces":
                self.press(first, "delayed")
                self.press(first, "bounced")
            case "declined":
                self.press(first, "declined")
                self.press(first, "paid")
            case _:
                self.press(first, "paid")
