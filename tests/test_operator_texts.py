"""Whatever goes wrong, people read a page of the product; legal texts, name and colour are the operator's."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from nicegui import Client, core
from nicegui import app as nicegui_app
from playhouse.pool import MaxConnectionsExceeded
from playwright.async_api import Browser, expect
from starlette.testclient import TestClient

from models import database
from settings import SettingsError, contrast, read_settings
from tests.support.overrides import Override
from tests.support.stack import Stack
from ui.components.legal_texts import operator_text
from ui.middleware.session_cookie import SESSION_COOKIE


@pytest.fixture(scope="module")
def broken(application: FastAPI) -> TestClient:
    """The web application with addresses that go wrong on purpose."""
    return TestClient(application, raise_server_exceptions=False)


@pytest.mark.parametrize("status", [404, 405, 410, 429, 500, 503])
def test_every_error_is_a_page_in_the_products_voice(broken: TestClient, status: int) -> None:
    answer = broken.get(f"/wrong/{status}", headers={"accept": "text/html"})
    assert answer.status_code == status
    assert '<main id="main"' in answer.text
    assert "machine words" not in answer.text
    assert "secret detail" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "content-security-policy" in answer.headers


@pytest.fixture
def no_connection_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every connection of the pool is in use, and stays so."""

    def refuse() -> None:
        raise MaxConnectionsExceeded

    monkeypatch.setattr(database, "_connect", refuse)
    monkeypatch.setattr(database, "_wait_timeout", None)


SOMEBODY = {"cookie": f"{SESSION_COOKIE}={'a' * 43}"}
STEPS = [f"/compose/{step}?formId=form_{'0' * 32}" for step in ("create", "lyrics", "variations", "success")]


@pytest.mark.parametrize("path", ["/library", "/s/0123456789abcdef0123456789abcdef", "/internal", *STEPS])
async def test_a_page_that_finds_no_free_connection_says_one_moment_and_when_to_come_again(
    application: FastAPI, no_connection_is_free: None, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(core, "loop", asyncio.get_running_loop())  # NiceGUI builds its pages in it
    line = httpx.ASGITransport(application, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=line, base_url="http://testserver", headers=SOMEBODY) as web:
        answer = await web.get(path)
    assert (answer.status_code, answer.headers.get("retry-after")) == (503, "5")
    assert "One moment, please" in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_live_page_waits_half_a_minute_for_a_busy_machine_and_then_says_so_in_our_words(
    application: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NiceGUI itself waits three seconds, and shows a page of its own."""
    waited: list[float | None] = []

    async def in_vain(tasks: list[asyncio.Task[Any]], **how: Any) -> tuple[set[Any], Any]:
        waited.append(how["timeout"])
        await asyncio.sleep(0)  # the page begins
        return set(), tasks

    monkeypatch.setattr(core, "loop", asyncio.get_running_loop())
    monkeypatch.setattr("nicegui.page.asyncio", SimpleNamespace(**{**vars(asyncio), "wait": in_vain}))
    paths = [path for path in Client.page_routes.values() if path.startswith(("/compose/", "/internal"))]
    line = httpx.ASGITransport(nicegui_app, raise_app_exceptions=False)  # behind the login of staff
    async with httpx.AsyncClient(transport=line, base_url="http://testserver") as web:
        for path in paths:
            answer = await web.get(path.replace("{form_id}", f"form_{'0' * 32}"))
            assert (answer.status_code, answer.headers.get("retry-after")) == (503, "5"), path
            assert "One moment, please" in answer.text
            assert "response_timeout" not in answer.text
    assert waited == [30.0] * len(paths)
    assert {"/compose/create", "/compose/lyrics", "/internal/order/{form_id}"} <= set(paths)


def test_a_script_of_the_demo_is_told_as_data(
    broken: TestClient, no_connection_is_free: None, override_settings: Override
) -> None:
    override_settings(demo=True)
    answer = broken.get("/demo/director?formId=x")
    assert (answer.status_code, answer.headers.get("retry-after")) == (503, "5")
    assert "busy" in answer.json()["error"]["message"]


@pytest.mark.parametrize("kind", ["terms", "privacy", "contact"])
def test_what_the_operator_has_not_written_says_so_and_what_they_wrote_is_shown(
    broken: TestClient, kind: str, tmp_path: Path, override_settings: Override
) -> None:
    assert "To be filled in by the operator." in broken.get(f"/{kind}").text
    (tmp_path / f"{kind}.txt").write_text("# Who we are\n\nSongs & Sons\n1 High Street\n\n<script>alert(1)</script>")
    override_settings(operator_texts=tmp_path)
    page = broken.get(f"/{kind}").text
    assert "<h2>Who we are</h2>" in page
    assert "Songs &amp; Sons\n1 High Street" in page
    assert "<script>alert" not in page
    assert "filled in by the operator" not in page
    assert operator_text("../secrets/secret_key") == []


@pytest.mark.parametrize("path", ["/", "/library", "/nope"])
def test_every_plain_page_leads_to_the_operators_texts(broken: TestClient, path: str) -> None:
    page = broken.get(path).text
    assert all(f'href="/{kind}"' in page for kind in ("terms", "privacy", "contact"))


def test_the_operators_colours_are_taken_if_they_can_be_read(tmp_path: Path) -> None:
    base = {"DATA_DIR": str(tmp_path)}
    assert read_settings(base).brand_colours is None
    both = {**base, "BRAND_COLOUR": "#14532D", "BRAND_COLOUR_DARK": "#86EFAC"}
    assert read_settings(both).brand_colours == ("#14532d", "#86efac")
    for wrong in ({"BRAND_COLOUR": "#ffee88"}, {"BRAND_COLOUR": "red;}"}, {"BRAND_COLOUR_DARK": "#330011"}):
        with pytest.raises(SettingsError):
            read_settings({**both, **wrong})
    assert round(contrast("#ffffff", "#000000")) == 21


async def test_without_a_network_there_is_still_text(stack: Stack, browser: Browser) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(stack.url)
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await page.wait_for_function("caches.match('/offline').then((page) => !!page)")
    await context.set_offline(True)
    await page.goto(f"{stack.url}/compose/create")
    await expect(page.locator("h1")).to_have_text("You are offline")
    await context.set_offline(False)
    await page.get_by_role("link", name="Try again").click()
    await expect(page.locator("h1")).to_have_text("Tell us about them")
    await context.close()
