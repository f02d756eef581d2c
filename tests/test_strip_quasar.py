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


async def test_saved_is_said_without_going_through_the_other_questions(stack: Stack, browser: Browser) -> None:
    """Vue asks for the tag of whatever it draws anew: here it notes for which of the inputs."""
    page = await (await browser.new_context()).new_page()
    await page.goto(f"{stack.url}/compose/create")
    await page.wait_for_url(re.compile("formId="))
    await page.locator("#f-senderName").fill("Dad")
    await expect(page.locator("#saved")).to_have_text("Saved")
    await page.locator("#f-senderMessage").wait_for(state="attached")  # the last question stands
    await page.evaluate("""() => {
      window.drawn = new Set();
      for (const one of Object.values(Vue.toRaw(mounted_app.elements))) {
        const {tag, props} = one;
        if (props.id) Object.defineProperty(one, "tag", {get: () => (drawn.add(props.id), tag), set() {}});
      }
    }""")
    await page.locator("#f-senderName").fill("Daddy")
    await page.wait_for_function("drawn.has('compose')")  # it stands in the bar, beside the word
    await expect(page.locator("#saved")).to_have_text("Saved")
    drawn = set(await page.evaluate("[...drawn]"))
    assert not {one for one in drawn if one.startswith("f-songs-0")}
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
