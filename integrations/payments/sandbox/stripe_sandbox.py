"""One imitated Stripe account: its key, its database, its events, and its idempotent answers."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from integrations.payments.sandbox import sessions
from integrations.payments.sandbox.book import Book, KeptAnswer, Ledger, Object, Switches
from integrations.payments.sandbox.delivery import RETRY_AFTER, Delivering
from integrations.payments.sandbox.parameters import ParameterRefusal

_Found = TypeVar("_Found")


class Sandbox:
    """Threads and processes may share its file; `switches` are of this process only."""

    def __init__(
        self,
        *,
        data_dir: Path,
        key: str,
        webhook_url: str,
        webhook_secret: str,
        page_base: str,
        merchant: str = "Serenade",
        clock: Callable[[], float] = time.time,
        retry_after: tuple[float, ...] = RETRY_AFTER,
    ) -> None:
        """`page_base` is the router's public address without a slash at the end; `clock` gives Unix seconds."""
        self.key, self.merchant, self.page_base = key, merchant, page_base
        self.switches = Switches()
        self.page_scripts: Callable[[], str] = str  # tags of our own scripts in the hosted page (the demo's director)
        self.clock = clock
        self.book = Book(data_dir / "sandbox" / "stripe.sqlite", lambda: self.clock(), self.switches)
        self._delivering = Delivering(self.book, webhook_url, webhook_secret, retry_after)

    def start_delivery(self) -> None:
        """Start sending events, those of an earlier run included. Twice is harmless."""
        self._delivering.start()

    def stop_delivery(self) -> None:
        """Stop sending within a second and close the file; unsent events wait there for the next start."""
        self._delivering.stop()
        self.book.close()

    def ask(self, question: Callable[[Ledger], _Found]) -> _Found:
        """One query or one action of the buyer, in a transaction. Raises Refusal."""
        with self.book.transaction() as ledger:
            sessions.expire_due(ledger)
            answer = question(ledger)
        self._delivering.wake()
        return answer

    def ask_once(self, key: str, path: str, form: dict[str, Any], verb: Callable[[Ledger], Object]) -> tuple[int, Object, bool]:
        """Status, body, and whether this is the answer stored under the idempotency key by an earlier call.

        Raises Refusal. A refused parameter leaves nothing under the key; whatever had begun does, a 500 too:
        https://docs.stripe.com/api/idempotent_requests
        """
        fingerprint = hashlib.sha256(json.dumps([path, form], sort_keys=True).encode()).hexdigest()
        with self.book.transaction() as ledger:
            kept = ledger.kept_answer(key) if key else None
            if kept is not None:
                if kept.fingerprint != fingerprint:
                    raise ParameterRefusal(_OTHER_PARAMETERS, kind="idempotency_error")
                return kept.status, kept.body, True
            sessions.expire_due(ledger)
            answer = _outcome(fingerprint, verb, ledger)
            if key:
                ledger.keep_answer(key, answer)
        self._delivering.wake()
        return answer.status, answer.body, False


_OTHER_PARAMETERS = "Keys for idempotent requests can only be used with the same parameters they were first used with."


def _outcome(fingerprint: str, verb: Callable[[Ledger], Object], ledger: Ledger) -> KeptAnswer:
    try:
        return KeptAnswer(fingerprint, 200, verb(ledger))
    except ParameterRefusal as refusal:
        if refusal.kept:
            return KeptAnswer(fingerprint, refusal.status, {"error": refusal.error})
        raise
