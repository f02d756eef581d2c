"""A shop in this process: the real API, jobs, SDK and rows, the sandbox as Stripe. Jobs run when a test says so."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import redis
import requests
import uvicorn
from fastapi import FastAPI
from rq import Queue
from rq.serializers import JSONSerializer
from starlette.responses import PlainTextResponse

import integrations.mail
import integrations.payments
import jobs.queue
from api import create_api
from api.metrics import create_router as metrics_router
from integrations.mail import Message
from integrations.payments import Payments
from integrations.payments.sandbox import PREFIX, Sandbox, sandbox_router
from integrations.storage import storage
from jobs.monitoring.invariants import findings, lost_songs
from jobs.queue_names import QUEUES
from jobs.worker import NamedJob
from models import (
    CheckoutSession,
    ComposeForm,
    Email,
    ShareToken,
    StripeEvent,
    Variation,
    append_event,
    database,
    in_database,
    new_id,
    now,
)
from settings import settings
from tests.support.stack import example_form_data
from tests.support.stores import run_alone


def ready_form(songs: int = 1, *, chosen: int | None = 1, **columns: Any) -> str:
    """A form whose variations are all ready, without a studio: rows by SQL, tiny stored files. Uses the open database."""
    form_id = f"form_{time.time_ns() // 10**6}_{secrets.token_hex(16)}"
    package = {1: "solo-serenade", 3: "holiday-hamper"}[songs]
    in_database(_insert_ready, form_id, package, songs, chosen, columns)
    return form_id


def _insert_ready(form_id: str, package: str, songs: int, chosen: int | None, columns: dict[str, Any]) -> None:
    rows = []
    for song in range(songs):
        for variation in (1, 2, 3):
            task = new_id("task")
            key = f"{task}/master-{hashlib.sha256(task.encode()).hexdigest()[:16]}.mp3"
            storage().put(key, b"a tiny song")
            audio = {"master_key": key, "preview_key": key, "duration_ms": 60_000, "preview_ms": 45_000, "title": "A song"}
            rows.append({"id": task, "form": form_id, "song_index": song, "variation": variation, "status": "ready", **audio})
    values: dict[str, Any] = {
        "status": "variations_ready",
        "form_data": example_form_data(songs),
        "guest_email": "dad@example.com",
        "generated_titles": ["A song"] * songs,
        "generated_lyrics": ["La la"] * songs,
        "submitted_at": now(),
        "selected_variations": {str(song): chosen for song in range(songs)} if chosen else {},
    }
    with database.atomic():
        ComposeForm.insert(id=form_id, package_type=package, song_count=songs, **(values | columns)).execute()
        Variation.insert_many(rows).execute()
        for row in rows:
            append_event(form_id, "variation", str(row["id"]), None, "ready", by="test")
        append_event(form_id, "form", form_id, None, str((values | columns)["status"]), by="test")


class FakeMail:
    """An outgoing mail server that keeps what it got. `failure` is raised by the next send, if set."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.failure: Exception | None = None

    def send(self, message: Message) -> None:
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure
        self.messages.append(message)


class Shop:
    """Everything between the Pay button and the mail. `drain` is the worker."""

    def __init__(self, data_dir: Path, origin: str) -> None:
        self.origin = origin
        self.url = origin + PREFIX
        self.hook = f"{origin}/api/stripe/webhook"
        self.sandbox = Sandbox(
            data_dir=data_dir,
            key=settings.stripe_secret_key,
            webhook_url=self.hook,
            webhook_secret=settings.webhook_secrets[0],
            page_base=self.url,
            retry_after=(0.05, 0.1, 0.5, 60),
        )
        self.payments = Payments(settings.stripe_secret_key, self.url, origin, timeout=(1, 5))
        self.post = FakeMail()
        self.queue = redis.Redis.from_url(settings.redis_url, db=7)

    # --- what a customer does
    def checkout(self, form_id: str, **more: Any) -> str:
        """Press Pay; the id of the Stripe session."""
        answer = self.api("POST", "/api/stripe/checkout", json={"formId": form_id, "consent": True, **more})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["sessionId"])

    def press(self, session_id: str, outcome: str = "paid") -> requests.Response:
        address = f"{self.url}/pay/{session_id}/pay"
        return requests.post(address, data={"outcome": outcome}, allow_redirects=False, timeout=30)

    def sell(self, songs: int = 1) -> tuple[str, str]:
        """A form, paid and delivered; and its Stripe session."""
        form_id = ready_form(songs)
        session_id = self.checkout(form_id)
        self.press(session_id)
        self.await_events()
        assert self.form(form_id).status == "delivered"
        return form_id, session_id

    def dashboard(self, outcome: str, object_id: str) -> None:
        """Press a button of the sandbox's dashboard."""
        data = {"outcome": outcome, "id": object_id}
        answer = requests.post(f"{self.url}/dashboard", data=data, allow_redirects=False, timeout=30)
        assert answer.status_code == 303, answer.text

    def api(self, method: str, path: str, **more: Any) -> requests.Response:
        return requests.request(method, f"{self.origin}{path}", timeout=30, **more)

    def stripe(self, path: str) -> Any:
        """Look at something at Stripe."""
        headers = {"Authorization": f"Bearer {settings.stripe_secret_key}"}
        return requests.get(f"{self.url}/v1/{path}", headers=headers, timeout=30).json()

    def switch(self, **switches: object) -> None:
        for name, value in switches.items():
            setattr(self.sandbox.switches, name, value)

    # --- what workers do
    def drain(self) -> list[str]:
        """Run every job that waits, and those that follow; their names."""
        done = []
        while True:
            queues = [Queue(name, connection=self.queue, serializer=JSONSerializer) for name in QUEUES]
            waiting = next((self.queue.lpop(queue.key) for queue in queues if queue.count), None)
            if waiting is None:
                return done
            job = NamedJob.fetch(waiting.decode(), connection=self.queue, serializer=JSONSerializer)
            done.append(str(job.func_name))
            job.func(*job.args)

    def await_events(self) -> None:
        """Until the sandbox has nothing more to send, then run the jobs."""
        self.await_deliveries()
        self.drain()

    def await_deliveries(self) -> None:
        """Until the sandbox has nothing more to send."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with self.sandbox.book.transaction() as ledger:
                if ledger.claim_delivery(0) is None:
                    return
            time.sleep(0.01)  # the sandbox's own thread sends
        raise AssertionError("waited 30 s in vain for the sandbox to send its events")

    def deliver(self, event: dict[str, Any], secret: str | None = None) -> int:
        """Send an event of our own making, signed as Stripe signs; the status of the answer."""
        return self.deliver_raw(json.dumps(event).encode(), secret)

    def deliver_raw(self, body: bytes, secret: str | None = None) -> int:
        from integrations.payments.sandbox.delivery import signature

        headers = {"Stripe-Signature": signature(body, secret or settings.webhook_secrets[0])}
        return requests.post(self.hook, data=body, headers=headers, timeout=30).status_code

    # --- what is in the rows
    def form(self, form_id: str) -> ComposeForm:
        found: ComposeForm = in_database(ComposeForm.find, form_id)
        return found

    def sessions(self, form_id: str) -> list[CheckoutSession]:
        query = CheckoutSession.select().where(CheckoutSession.form == form_id).order_by(CheckoutSession.attempt)
        return in_database(lambda: list(query))

    def mails(self, form_id: str) -> list[tuple[str, str]]:
        """(kind, status) of every email of a form, in the order they were queued."""
        query = Email.select().where(Email.form == form_id).order_by(Email.created_at, Email.kind)
        return in_database(lambda: [(row.kind, row.status) for row in query])

    def links(self, form_id: str) -> int:
        """Share links of single songs that work."""
        query = ShareToken.select().where(
            ShareToken.form == form_id, ShareToken.revoked_at.is_null(), ShareToken.song_index.is_null(False)
        )
        return in_database(query.count)

    def event_rows(self) -> list[StripeEvent]:
        return in_database(lambda: list(StripeEvent.select().order_by(StripeEvent.received_at)))

    def change(self, query: Any) -> None:
        """An UPDATE that makes time pass, or the world wrong."""
        in_database(query.execute)

    def age_session(self, form_id: str, **ages: timedelta) -> None:
        """Move moments of a form's sessions into the past."""
        changes = {name: getattr(CheckoutSession, name) - age for name, age in ages.items()}
        self.change(CheckoutSession.update(**changes).where(CheckoutSession.form == form_id))

    def broken(self) -> dict[str, tuple[str, ...]]:
        return {one.name: one.ids for one in in_database(lambda: [*findings(), lost_songs()]) if one.count}


class _Server:
    """One web server in a thread for all shops of this process, one after another; without a shop it answers 503."""

    def __init__(self) -> None:
        self.app: FastAPI | None = None
        self.api = create_api()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(self, log_level="error", lifespan="off"))
        threading.Thread(target=server.run, args=([self.listener],), name="shops", daemon=True).start()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await (self.app or PlainTextResponse("no shop is open", 503))(scope, receive, send)


_server = cache(_Server)


@contextmanager
def opened_shop(data_dir: Path, patch: Callable[[Any, str, Any], None]) -> Iterator[Shop]:
    """A shop that serves requests; `patch` puts its account, mail and queue in place of the settings'."""
    server = _server()
    shop = Shop(data_dir, server.origin)
    shop.queue.flushdb()
    patch(integrations.payments, "account", lambda: shop.payments)
    patch(jobs.queue, "_enqueuing", lambda: shop.queue)
    for module in ("jobs.mail.sending", "jobs.alerts"):
        patch(__import__(module, fromlist=["post"]), "post", lambda: shop.post)
    app = FastAPI()
    app.include_router(sandbox_router(shop.sandbox))
    app.include_router(metrics_router())
    app.mount("/api", server.api)
    server.app = app
    try:
        yield shop
    finally:
        server.app = None
        shop.sandbox.stop_delivery()
        _await_end(shop.sandbox)
        shop.queue.flushdb()


def _await_end(sandbox: Sandbox) -> None:
    """Until the thread that sends events is gone: what it sent later would reach the next shop."""
    thread = sandbox._delivering._thread
    if thread is not None:
        thread.join(30)
        assert not thread.is_alive()


@contextmanager
def database_of_its_own(name: str) -> Iterator[None]:
    """All rows in a fresh database of the same server: a running product beside never sees them."""
    before, params = database.database, dict(database.connect_params)
    pattern = _migrated_pattern()
    run_alone(_url_of(before), f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name} TEMPLATE {pattern}")
    _turn_to(name, 20, params)
    try:
        yield
    finally:
        _turn_to(before, 12, params)
        run_alone(_url_of(before), f"DROP DATABASE {name} WITH (FORCE)")


@cache
def _migrated_pattern() -> str:
    """The name of a database with our tables and no rows: a copy of it is ready in a tenth of the time of the migrations."""
    from migrations import migrate_database

    before, params, name = database.database, dict(database.connect_params), "migrated_pattern"
    run_alone(_url_of(before), f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    _turn_to(name, 2, params)
    try:
        migrate_database()
    finally:
        _turn_to(before, 12, params)
    return name


def _url_of(name: str) -> str:
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def _turn_to(name: str, connections: int, params: dict[str, Any]) -> None:
    """All that this process reads and writes from now on is in this database."""
    database.close_all()
    database.init(name, max_connections=connections, timeout=10, stale_timeout=300, **params)
