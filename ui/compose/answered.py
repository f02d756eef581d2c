"""What an open page no longer needs once its browser has connected: the channels of the answer that brought it.

NiceGUI keeps the request of a page for as long as the page is open, and a request keeps every middleware that it came through.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from weakref import WeakValueDictionary

from nicegui import Client
from nicegui.element import Element
from nicegui.storage import request_contextvar
from starlette.requests import Request, empty_receive, empty_send

from ui.components.plain_element import unobserve


def let_go_once_answered(client: Client) -> None:
    """To be called while the page is built. Address, headers, cookies and session of the request stay readable."""
    by_session = request_contextvar.get()  # NiceGUI's session has a request of its own: the page's events keep it

    def answered() -> None:
        for request in (client.request, by_session):
            if request:
                _let_go(request)
        client._head_html = client._body_html = ""  # they stand in the answer
        for around in [one for one in client.elements.values() if type(one) is Element]:
            unobserve(around)  # NiceGUI's own four, which stand around the page
        client.outbox.updates = WeakValueDictionary(client.outbox.updates)  # the old one had room for the whole page

    client.on_connect(answered)


def _let_go(request: Request) -> None:
    request._receive, request._send = empty_receive, empty_send
    for name in [name for name, value in request.scope.items() if isinstance(value, AsyncExitStack)]:
        del request.scope[name]  # FastAPI's, closed long ago
