"""Delivery of events: stored with their cause, then signed and sent until the receiver answers 2xx."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import random
import sqlite3
import threading
import time
from typing import TYPE_CHECKING

from integrations.payments.sandbox.book import Book, Delivery, Ledger, Object
from integrations.payments.sandbox.objects import API_VERSION, new_sandbox_id

if TYPE_CHECKING:
    import requests

# Seconds before each further try; like Stripe, it gives up after about three days.
RETRY_AFTER = (1.0, 3.0, 10.0, 30.0, 120.0, 600.0, 3600.0, 10800.0, *[21600.0] * 11)
_LEASE = 15.0  # longer than a try takes: an event of a killed process is sent again after it
_log = logging.getLogger(__name__)


def emit(ledger: Ledger, kind: str, thing: Object, previous: Object | None = None) -> None:
    """Store the event `kind` about `thing` in the transaction that caused it; it is sent after the commit."""
    event = ledger.put(_event(kind, thing, previous, int(ledger.now)))
    switches = ledger.switches
    for _ in range(0 if switches.drop else switches.copies):
        ledger.deliver_at(event["id"], ledger.now + switches.delay + random.uniform(0, switches.jitter))  # noqa: S311 no secret


class Delivering:
    """The sending thread. It sleeps until an event is due; several processes do not send the same try."""

    def __init__(self, book: Book, url: str, secret: str, retry_after: tuple[float, ...]) -> None:
        self._book, self._url, self._secret, self._retry_after = book, url, secret, retry_after
        self._woken, self._starting = threading.Event(), threading.Lock()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        with self._starting:
            if self._thread is None and not self._stopping:
                self._thread = threading.Thread(target=self._run, name="sandbox events", daemon=True)
                self._thread.start()

    def wake(self) -> None:
        """Wake up: there may be a new event."""
        self.start()
        self._woken.set()

    def stop(self) -> None:
        """Stop within a second; an interrupted event is sent again after the next start."""
        with self._starting:
            self._stopping = True
        self._woken.set()
        if self._thread is not None:
            self._thread.join(1)

    def _run(self) -> None:
        import requests

        with requests.Session() as http:
            http.trust_env = False  # a proxy from the environment cannot reach our own machine
            while not self._stopping:
                self._woken.clear()
                try:
                    self._woken.wait(self._send_next(http))
                except sqlite3.Error:
                    _log.exception("the sandbox cannot read its events")
                    self._woken.wait(5)

    def _send_next(self, http: requests.Session) -> float | None:
        """Seconds until the next try, None until a new event."""
        with self._book.transaction() as ledger:
            due = ledger.claim_delivery(_LEASE)
        if not isinstance(due, Delivery):
            return due
        accepted = self._accepted(http, due.event)
        with self._book.transaction() as ledger:
            if accepted:
                ledger.delivered(due)
            else:
                ledger.not_delivered(due, self._retry_after[due.attempts] if due.attempts < len(self._retry_after) else None)
        return 0

    def _accepted(self, http: requests.Session, event: Object) -> bool:
        """Whether the receiver answered 2xx; a redirect counts as a failure, as at Stripe."""
        import requests

        body = json.dumps(event).encode()
        headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature(body, self._secret)}
        try:
            answer = http.post(self._url, data=body, headers=headers, timeout=(2, 10), allow_redirects=False)
        except requests.RequestException as error:
            _log.info("%s %s not delivered: %s", event["type"], event["id"], type(error).__name__)
            return False
        if not 200 <= answer.status_code < 300:
            _log.info("%s %s not delivered: answered %d", event["type"], event["id"], answer.status_code)
        return 200 <= answer.status_code < 300


def signature(body: bytes, secret: str) -> str:
    """The Stripe-Signature header for `body`, signed now: https://docs.stripe.com/webhooks#verify-manually"""
    moment = int(time.time())
    proof = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={proof}"


def _event(kind: str, thing: Object, previous: Object | None, now: int) -> Object:
    """An event about `thing`; `previous` holds the old values of changed fields."""
    content: Object = {"object": thing} | ({"previous_attributes": previous} if previous else {})
    return {
        "id": new_sandbox_id("evt_1"),
        "object": "event",
        "api_version": API_VERSION,
        "created": now,
        "data": content,
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }
