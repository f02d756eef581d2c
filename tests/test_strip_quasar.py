"""The customer's pages carry nothing that they do not use; a page that uses Quasar keeps it whole."""

from __future__ import annotations

import re

from playwright.async_api import Browser, expect

from tests.support.stack import Stack
from ui.middleware.strip_quasar import strip_quasar


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
