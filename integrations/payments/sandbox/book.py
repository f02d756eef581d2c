"""The sandbox's storage: one SQLite file with Stripe objects, stored answers and events to be delivered."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from integrations.payments.sandbox.parameters import ParameterRefusal

Object = dict[str, Any]  # a Stripe object as it goes over the wire

_TABLES = """
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS objects (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, label TEXT,
  created INTEGER NOT NULL, expires_at INTEGER, delivered INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, label, expires_at);
CREATE TABLE IF NOT EXISTS answers (
  key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL, next_at REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS deliveries_by_time ON deliveries (next_at);
"""


@dataclass(frozen=True)
class KeptAnswer:
    """The answer stored under an idempotency key, with a fingerprint of the parameters."""

    fingerprint: str
    status: int
    body: Object


@dataclass(frozen=True)
class Delivery:
    """One delivery: the event and the number of the try."""

    seq: int
    event: Object
    attempts: int


@dataclass
class Switches:
    """Injected faults; all off at the start, and not stored. Times are in seconds."""

    drop: bool = False  # events are stored but never sent
    copies: int = 1  # how often each event is sent
    delay: float = 0  # before the first try
    jitter: float = 0  # at most, random, in addition: events arrive out of order
    fail_creates: int = 0  # so many of the next creates (sessions, refunds) answer 500, stored under their key
    slow_refunds: bool = False  # a refund stays pending until the dashboard decides
    hang: float = 0  # a create does its work at once and answers this late


class Ledger:
    """The database in an open transaction, with the only write lock. `now` is in Unix seconds."""

    def __init__(self, connection: sqlite3.Connection, now: float, switches: Switches) -> None:
        self._connection, self.now, self.switches = connection, now, switches

    def get(self, kind: str, object_id: str) -> Object | None:
        row = self._connection.execute("SELECT body FROM objects WHERE id = ? AND kind = ?", (object_id, kind)).fetchone()
        return json.loads(row[0]) if row else None

    def put(self, thing: Object) -> Object:
        """Insert it, or replace the one with its id. Lists filter by the label: an event's type, else the status."""
        values = (thing["id"], thing["object"], thing.get("type") or thing.get("status"), thing["created"])
        self._connection.execute(
            "INSERT INTO objects (id, kind, label, created, expires_at, body) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET label = excluded.label, body = excluded.body",
            (*values, thing.get("expires_at"), json.dumps(thing)),
        )
        return thing

    def found(self, kind: str, object_id: str) -> Object:
        """Raises Refusal 404."""
        thing = self.get(kind, object_id)
        if thing is None:
            raise ParameterRefusal(f"No such {kind}: '{object_id}'", param="id", code="resource_missing", status=404)
        return thing

    def place(self, kind: str, object_id: str) -> int:
        """Its position in the order of creation. Raises Refusal for an unknown cursor."""
        row = self._connection.execute("SELECT seq FROM objects WHERE id = ? AND kind = ?", (object_id, kind)).fetchone()
        if row is None:
            raise ParameterRefusal(f"No such {kind}: '{object_id}'", param="starting_after", code="resource_missing")
        return int(row[0])

    def newest(self, kind: str, limit: int) -> list[Object]:
        """The latest ones, newest first."""
        return self.matching(kind, "", (), newest_first=True, limit=limit)

    def open_sessions_due(self) -> list[Object]:
        """The open sessions that are due to expire."""
        query = "SELECT body FROM objects WHERE kind = 'checkout.session' AND label = 'open' AND expires_at <= ?"
        return [json.loads(body) for (body,) in self._connection.execute(query, (self.now,))]

    def matching(self, kind: str, where: str, values: tuple[object, ...], newest_first: bool, limit: int) -> list[Object]:
        """One page of a list. `where` is never input of the caller."""
        order = "DESC" if newest_first else "ASC"
        query = f"SELECT body, delivered FROM objects WHERE kind = ?{where} ORDER BY seq {order} LIMIT ?"  # noqa: S608
        rows = self._connection.execute(query, (kind, *values, limit)).fetchall()
        return [_with_delivery(json.loads(body), bool(delivered)) for body, delivered in rows]

    def kept_answer(self, key: str) -> KeptAnswer | None:
        row = self._connection.execute("SELECT fingerprint, status, body FROM answers WHERE key = ?", (key,)).fetchone()
        return KeptAnswer(row[0], row[1], json.loads(row[2])) if row else None

    def keep_answer(self, key: str, answer: KeptAnswer) -> None:
        values = (key, answer.fingerprint, answer.status, json.dumps(answer.body))
        self._connection.execute("INSERT INTO answers (key, fingerprint, status, body) VALUES (?, ?, ?, ?)", values)

    def deliver_at(self, event_id: str, moment: float) -> None:
        self._connection.execute("INSERT INTO deliveries (event_id, next_at) VALUES (?, ?)", (event_id, moment))

    def claim_delivery(self, lease: float) -> Delivery | float | None:
        """The delivery that is due, reserved for `lease` seconds; else the seconds until the next one; else None."""
        row = self._connection.execute(
            "SELECT d.seq, d.next_at, d.attempts, o.body FROM deliveries d JOIN objects o ON o.id = d.event_id"
            " ORDER BY d.next_at, d.seq LIMIT 1"
        ).fetchone()
        if row is None:
            return None
        seq, next_at, attempts, body = row
        if next_at > self.now:
            return float(next_at - self.now)
        self._connection.execute("UPDATE deliveries SET next_at = ? WHERE seq = ?", (self.now + lease, seq))
        return Delivery(seq, json.loads(body), attempts)

    def send_again(self, object_id: str) -> int:
        """Queue every event about an object once more, due now; returns their number."""
        query = "SELECT id FROM objects WHERE kind = 'event' AND json_extract(body, '$.data.object.id') = ?"
        events = [row[0] for row in self._connection.execute(query, (object_id,))]
        for event_id in events:
            self.deliver_at(event_id, self.now)
        return len(events)

    def forget_before(self, moment: float) -> None:
        """Delete older objects, events and stored answers."""
        self._connection.execute("DELETE FROM deliveries WHERE next_at < ?", (moment,))
        self._connection.execute("DELETE FROM objects WHERE created < ?", (moment,))
        self._connection.execute("DELETE FROM answers WHERE coalesce(json_extract(body, '$.created'), 0) < ?", (moment,))

    def delivered(self, delivery: Delivery) -> None:
        self._connection.execute("DELETE FROM deliveries WHERE seq = ?", (delivery.seq,))
        self._connection.execute("UPDATE objects SET delivered = 1 WHERE id = ?", (delivery.event["id"],))

    def not_delivered(self, delivery: Delivery, again_in: float | None) -> None:
        """Retry in so many seconds; None gives up, and the event stays listed as not delivered."""
        if again_in is None:
            self._connection.execute("DELETE FROM deliveries WHERE seq = ?", (delivery.seq,))
        else:
            values = (self.now + again_in, delivery.attempts + 1, delivery.seq)
            self._connection.execute("UPDATE deliveries SET next_at = ?, attempts = ? WHERE seq = ?", values)


class Book:
    """The file. Any number of threads and processes may write; each transaction has its own connection."""

    def __init__(self, path: Path, clock: Callable[[], float], switches: Switches) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path, self._clock, self._switches = path, clock, switches
        self._anchor = self._connect(check_same_thread=False)  # while it is open, closing others does not fold the WAL
        self._anchor.executescript(_TABLES)

    @contextmanager
    def transaction(self) -> Iterator[Ledger]:
        """An atomic transaction, one writer at a time. An exception rolls it back."""
        connection = self._connect()
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield Ledger(connection, self._clock(), self._switches)
            connection.execute("COMMIT")
        finally:
            connection.close()  # an open transaction is rolled back

    def close(self) -> None:
        self._anchor.close()

    def _connect(self, check_same_thread: bool = True) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=10, isolation_level=None, check_same_thread=check_same_thread)
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection


def _with_delivery(thing: Object, delivered: bool) -> Object:
    return thing | {"pending_webhooks": 0} if delivered and thing["object"] == "event" else thing
