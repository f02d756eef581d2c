"""The customers of `make chaos-faults`: each takes an order from the form to the gift, and repeats what was not answered."""

from __future__ import annotations

import collections
import contextlib
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import requests

from bench.chaos_machine import Machine
from tests.support.disasters import cells
from tests.support.stack import example_form_data

PATIENCE = 1800.0  # seconds for one order
APART = 1.0  # seconds between the first customers
LOOKS = 2.0  # seconds between a customer's looks at the page


class LostPatienceError(Exception):
    """An order did not come to its end; the message says where it stands."""


class Customers:
    """So many at once. `steps` counts what got done, by name; `forms` are those that the product took."""

    def __init__(self, machine: Machine, at_once: int) -> None:
        self.machine, self.at_once = machine, at_once
        self.steps: collections.Counter[str] = collections.Counter()
        self.refused: collections.Counter[str] = collections.Counter()
        self.forms: list[str] = []
        self.unhappy: list[str] = []
        self.closing = threading.Event()
        self.seats = ThreadPoolExecutor(at_once)
        self.waiting = [self.seats.submit(self._sit, number) for number in range(at_once)]

    def _sit(self, number: int) -> None:
        """One after another; the first ones do not all come in the same second."""
        self.closing.wait(number * APART)
        while not self.closing.is_set():
            try:
                _Order(self).run()
                self.steps["orders"] += 1
            except Exception as error:  # whatever it is, it is a customer who got no song
                self.unhappy.append(f"a customer met {error!r}")

    def are_gone(self) -> bool:
        """Whether everybody who was there has gone; nobody comes any more once `closing` is set."""
        return all(one.done() for one in self.waiting)


class _Order:
    """One customer. What to do next is read from the form each time, as somebody would who opens the page again."""

    def __init__(self, customers: Customers) -> None:
        self.all, self.machine = customers, customers.machine
        self.id = f"form_{time.time_ns() // 1_000_000}_{secrets.token_hex(16)}"
        self.email = f"{self.id}@example.com"
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.headers["Connection"] = "close"
        self.paid = self.taken = False
        self.status = ""
        self.until = time.monotonic() + PATIENCE

    def run(self) -> None:
        """From the form to the gift."""
        body = {"packageType": "solo-serenade", "formData": example_form_data(), "formId": self.id, "guestEmail": self.email}
        self.insist("POST", "/api/compose/forms", (201, 409), json=body)  # 409: the answer to an earlier try was lost
        self.all.forms.append(self.id)
        self.done("begun")
        while not self.taken:
            answer = self.insist("GET", "/api/compose/forms", (200,), params={"formId": self.id})
            form = answer.json()["form"]
            if form["status"] != self.status:
                self.status = form["status"]
                self.done(self.status)
            self.next(form)
            time.sleep(0 if self.taken else LOOKS)

    def next(self, form: dict[str, Any]) -> None:
        """What the page asks for now, once."""
        match form["status"]:
            case "prompts_generated":
                self.try_once("POST", "/api/generate", json={"formId": self.id})
            case "variations_generating":
                for one in cells(form):
                    if one["status"] == "failed":  # the Retry button
                        self.done("retries")
                        place = {"songIndex": one.get("songIndex", 0), "variation": one["variation"]}
                        self.try_once("POST", "/api/generate", json={"formId": self.id, **place})
            case "variations_ready" | "payment_initiated" if not self.paid:
                self.pay(form)
            case "delivered":
                self.open_gift(form)

    def pay(self, form: dict[str, Any]) -> None:
        """Choose, and pay; nobody pays twice who saw that it was paid."""
        if not form.get("selectedVariations"):
            self.try_once("PATCH", "/api/compose/forms", json={"formId": self.id, "selectedVariations": {"0": 1}})
            return
        answer = self.try_once("POST", "/api/stripe/checkout", json={"formId": self.id, "consent": True})
        if answer is not None and answer.status_code == 200:
            self.machine.simulation.press(str(answer.json()["sessionId"]), "paid")
            self.paid = True
            self.done("paid")

    def open_gift(self, form: dict[str, Any]) -> None:
        """The share page and its song, as whoever got the link opens them."""
        path = urlsplit(next(iter(form["shareUrls"].values()))).path
        self.insist("GET", path, (200,))
        song = self.insist("GET", f"{path}/audio/0.mp3", (200,))
        if len(song.content) < 20_000:
            raise LostPatienceError(f"{self.id} got {len(song.content)} bytes of a song")
        self.taken = True

    def done(self, step: str) -> None:
        """Count it."""
        with self.machine.lock:
            self.all.steps[step] += 1

    def insist(self, method: str, path: str, wanted: tuple[int, ...], **more: Any) -> requests.Response:
        """Ask until one of these answers comes; an answer that says no for good ends the order."""
        while time.monotonic() < self.until:
            answer = self.try_once(method, path, **more)
            if answer is not None and answer.status_code in wanted:
                return answer
            if answer is not None and answer.status_code in (400, 401, 403, 404, 410, 422):
                raise LostPatienceError(f"{self.id} {method} {path[:24]}: {answer.status_code} {answer.text[:200]}")
            time.sleep(1)
        raise LostPatienceError(f"{self.id} waited {PATIENCE:.0f} s; it is {self.status}")

    def try_once(self, method: str, path: str, **more: Any) -> requests.Response | None:
        """One request; None where no whole answer came."""
        answer = None
        with contextlib.suppress(requests.RequestException):
            answer = self.http.request(method, self.machine.url + path, timeout=(5, 20), **more)
        if answer is None or answer.status_code >= 500:
            with self.machine.lock:
                self.all.refused[str(answer.status_code) if answer is not None else "no answer"] += 1
        if self.machine.stack.process.poll() is not None:
            raise LostPatienceError("the product has ended")
        return answer
