"""The steady small load of `make soak`: orders from the form to the gift, open pages, reads, gifts played, Stripe's events."""

from __future__ import annotations

import asyncio
import collections
import copy
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import requests

from bench import share
from bench.crowd import Crowd
from bench.webhook import deliver_events
from tests.support.stack import Stack

PAGES = 12  # open at once
# As many orders as there may be: the limits of a day are no part of what is measured.
LIMITS = ",".join(f"{name}=10000000" for name in ("budget", "giver", "starts", "generate", "checkout", "waiting", "pages"))
PAUSES = {"order": 6.0, "page": 2.0, "read": 0.25, "gift": 1.0, "event": 0.5}  # seconds from one beginning to the next


class Load:
    """`done` and `failed` count what was asked of the product; a failure is named by its first words."""

    def __init__(self, stack: Stack, secret: str) -> None:
        self.stack, self.secret = stack, secret
        self.customer, self.reader = _on_a_connection_of_its_own(stack), _on_a_connection_of_its_own(stack)
        self.done, self.failed = collections.Counter[str](), collections.Counter[str]()
        self.forms, self.gifts = collections.deque[str](maxlen=40), collections.deque[str](maxlen=40)
        self.crowd: Crowd

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set and everything that was begun has ended; at least one of each."""
        self.crowd = Crowd(self.stack)
        await self._once("order", self.order)
        work = {"page": self.page, "read": self.read, "gift": self.gift, "event": self.event}
        work |= {} if stop.is_set() else {"order": self.order}
        await asyncio.gather(*(self._steadily(stop, name, one) for name, one in work.items()))
        await self.crowd.close()

    async def _steadily(self, stop: asyncio.Event, name: str, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            began = time.monotonic()
            await self._once(name, work)
            left = PAUSES[name] - (time.monotonic() - began)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), max(left, 0.01))
                return

    async def _once(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
            self.done[name] += 1
        except Exception as error:  # it is counted, and the soak goes on
            self.failed[f"{name}: {error!r}"[:160]] += 1

    async def order(self) -> None:
        """A song for somebody: made, chosen, paid, delivered."""
        form_id, gift = await asyncio.to_thread(_order, self.customer)
        self.forms.append(form_id)
        self.gifts.append(gift)

    async def page(self) -> None:
        """The page of an order is opened; the one that was opened first is closed."""
        if len(self.crowd.sockets) >= PAGES:
            await self.crowd.close_oldest()
        await self.crowd.open(self.forms[-1])

    async def read(self) -> None:
        """A status is asked for."""
        await asyncio.to_thread(self.reader.form, self.forms[0])

    async def gift(self) -> None:
        """The share page, and two pieces of its song."""
        path = self.gifts[-1]
        status, _ = await share.get(self.stack.port, path, "Accept-Encoding: gzip")
        assert status == 200, f"{path} {status}"
        for start in (0, 32_768):
            status, _ = await share.get(self.stack.port, f"{path}/audio/0.mp3", f"Range: bytes={start}-{start + 32_767}")
            assert status == 206, f"audio {status}"

    async def event(self) -> None:
        """A signed event about a session that is not ours, as other shops on one Stripe account cause them."""
        await asyncio.to_thread(deliver_events, f"{self.stack.url}/api/stripe/webhook", self.secret, 1)


def _on_a_connection_of_its_own(stack: Stack) -> Stack:
    mine = copy.copy(stack)
    mine.http = requests.Session()
    mine.http.trust_env = False
    return mine


def _order(stack: Stack) -> tuple[str, str]:
    """The form's id, and the path of its gift."""
    form_id = stack.create()
    stack.generate(form_id)
    stack.await_status(form_id, "variations_ready", seconds=240)
    _asked(stack, "PATCH", "/api/compose/forms", json={"formId": form_id, "selectedVariations": {"0": 1}})
    session = _asked(stack, "POST", "/api/stripe/checkout", json={"formId": form_id, "consent": True}).json()
    _asked(stack, "POST", urlsplit(session["url"]).path + "/pay", data={"outcome": "paid"})
    form = stack.await_status(form_id, "delivered", seconds=120)
    return form_id, urlsplit(next(iter(form["shareUrls"].values()))).path


def _asked(stack: Stack, method: str, path: str, **more: Any) -> requests.Response:
    answer = stack.call(method, path, **more)
    assert answer.status_code == 200, f"{method} {path}: {answer.status_code}"
    return answer
