"""The customer's pages carry nothing that they do not use; a page that uses Quasar keeps it whole."""

from __future__ import annotations

import re
import weakref

from playwright.async_api import Browser, expect
from starlette.types import Message, Receive, Scope, Send

from tests.support.stack import Stack
from ui.middleware.strip_quasar import StripQuasar, strip_quasar


async def test_a_customer_s_page_loads_no_quasar_and_works(stack: Stack, browser: Browser) -> None:
    page = await (await browser.new_context()).new_page()
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.goto(f"{stack.url}/compose/create")
    await page.wait_for_url(re.compile("formId="))
    await page.locator("#f-senderName").fill("Dad")
    await expect(page.locator("#saved")).to_have_text("Saved")
    assert [url for url in asked if re.search(r"quasar\.|fonts\.css|/lang/", url)] == []
    assert errors == []
    await expect(page.locator(".firstpaint")).to_be_hidden()
    await page.context.close()


def test_heading_and_lead_stand_in_the_first_html(stack: Stack) -> None:
    html = stack.call("GET", "/compose/create").text
    first = html.split('class="firstpaint"')[1].split("<script")[0]
    assert "Tell us about them" in first
    assert html.index("firstpaint") < html.index('id="app"')


def test_a_page_with_a_component_of_quasar_keeps_all_of_it(stack: Stack) -> None:
    html = stack.call("GET", "/compose/create").content
    assert b"quasar-lite.js" in html
    whole = html.replace(b'"tag":"q-page"', b'"tag":"q-btn"') + b'<script defer src="/x/static/quasar.umd.prod.js"></script>'
    assert strip_quasar(whole) == whole


async def test_an_open_page_keeps_nothing_of_the_answer_that_brought_it() -> None:
    class Compressor:
        """What stands outside: it holds megabytes until it is let go."""

        sent = b""

        async def send(self, message: Message) -> None:
            type(self).sent += message.get("body", b"")

    outer = Compressor()
    gone = weakref.ref(outer)
    page_keeps = list[Send]()

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        page_keeps.append(send)  # NiceGUI's client keeps its request, which has it
        headers = [(b"content-type", b"text/html"), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"<p>Hello"})

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    await StripQuasar(page)({"type": "http", "path": "/compose/create"}, receive, outer.send)
    del outer
    assert Compressor.sent == b"<p>Hello"
    assert gone() is None
