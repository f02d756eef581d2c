"""The sandbox on a real port, a webhook beside it, and a record of every call: fixtures, and what they are made of."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import requests
import uvicorn
from fastapi import FastAPI, Request, Response

from integrations.payments import Payments, SessionRequest, read_event
from integrations.payments.sandbox import PREFIX, Sandbox, sandbox_router

KEY, SECRET = "sk_sandbox_test", "whsec_of_the_test"


FORM_ID = "form_1765898400713_uaajy0qg0bbbbbbbbbbbbbbbbbbb"


@dataclass
class Call:
    method: str
    path: str
    query: str
    body: str


@dataclass
class SandboxServer:
    """The sandbox on a real port, the shop's webhook beside it, and a record of every call."""

    sandbox: Sandbox
    url: str
    payments: Payments
    calls: list[Call] = field(default_factory=list)
    received: list[tuple[bytes, str]] = field(default_factory=list)
    webhook_answers: list[int] = field(default_factory=list)  # one for each next delivery, then 200
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def events(self, count: int) -> list[Any]:
        """The first `count` deliveries, read as the shop reads them, in the order they came."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.received) >= count, timeout=30), self.received
            return [read_event(body, header, [SECRET]) for body, header in self.received]

    def press(self, session_id: str, outcome: str, **more: str) -> requests.Response:
        address = f"{self.url}/pay/{session_id}/pay"
        return requests.post(address, data={"outcome": outcome, **more}, allow_redirects=False, timeout=30)

    def api(self, method: str, path: str, **more: Any) -> requests.Response:
        return requests.request(method, f"{self.url}{path}", headers={"Authorization": f"Bearer {KEY}"}, timeout=30, **more)

    def request(self, **changes: Any) -> SessionRequest:
        return replace(a_request(), expires_at=int(self.sandbox.clock()) + 3600, **changes)


def a_request() -> SessionRequest:
    return SessionRequest(
        form_id=FORM_ID,
        package_type="holiday-hamper",
        label="Holiday Hamper",
        amount=2499,
        currency="usd",
        customer_email="guest@example.com",
        selected_task_ids={str(n): f"task_{n}" + "x" * 30 for n in range(3)},
        success_url="http://shop.example/compose/success?session_id={CHECKOUT_SESSION_ID}&formId=1",
        cancel_url="http://shop.example/compose/variations?formId=1",
        expires_at=0,
        idempotency_key="checkout:1:1",
        locale="de-AT",
    )


@contextmanager
def served(app: FastAPI, listener: socket.socket) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    yield
    server.should_exit = server.force_exit = True
    thread.join()
    listener.close()


@contextmanager
def started(data_dir: Path) -> Iterator[SandboxServer]:
    """A sandbox on a data directory; a second one there is the first after a restart."""
    listener = socket.create_server(("127.0.0.1", 0))
    origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
    sandbox = Sandbox(
        data_dir=data_dir,
        key=KEY,
        webhook_url=f"{origin}/hook",
        webhook_secret=SECRET,
        page_base=origin + PREFIX,
        merchant="<b>Songs & Co</b>",
        retry_after=(0.02, 0.05, 60),
    )
    sandbox_server = SandboxServer(sandbox, origin + PREFIX, Payments(KEY, origin + PREFIX, origin, timeout=(1, 5)))
    with served(app_of(sandbox_server), listener):
        yield sandbox_server
        sandbox.stop_delivery()


@pytest.fixture
def sandbox_server(tmp_path: Path) -> Iterator[SandboxServer]:
    with started(tmp_path) as fresh:
        yield fresh


@pytest.fixture(scope="module")
def shared_sandbox_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    """For what leaves nothing behind."""
    with started(tmp_path_factory.mktemp("strict")) as shared:
        yield shared


def app_of(sandbox_server: SandboxServer) -> FastAPI:
    app = FastAPI()
    app.include_router(sandbox_router(sandbox_server.sandbox))

    @app.post("/hook")
    async def hook(request: Request) -> Response:
        body, header = await request.body(), request.headers["stripe-signature"]
        with sandbox_server.arrived:
            status = sandbox_server.webhook_answers.pop(0) if sandbox_server.webhook_answers else 200
            if status == 200:
                sandbox_server.received.append((body, header))
            sandbox_server.arrived.notify_all()
        return Response(status_code=status, headers={"location": "/openapi.json"} if status == 302 else None)

    @app.middleware("http")
    async def noted(request: Request, go_on: Any) -> Response:
        body = await request.body()
        path = request.url.path.removeprefix(PREFIX)
        if path.startswith("/v1"):
            sandbox_server.calls.append(Call(request.method, path, request.url.query, body.decode()))
        answer: Response = await go_on(request)
        return answer

    return app
