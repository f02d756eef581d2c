"""Whoever reads Spanish reads Spanish everywhere: who is spoken to in what, and every page and click in a browser."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from playwright.async_api import Browser, Page, expect
from starlette.testclient import TestClient

from i18n import LANGUAGES, best_language, catalogue
from models import ComposeForm, in_database
from tests.support.guided import all_questions, reach
from tests.support.left_in_english import english_on
from tests.support.stack import Stack, example_form_data
from ui.compose.frame import _STEPS
from ui.middleware.locale import language_of_request

# ---------------------------------------------------------------- who is spoken to in what


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("en-GB,en;q=0.9,es;q=0.8", "en"),
        ("nl-NL,nl;q=0.9,es;q=0.8,en;q=0.7", "es"),
        ("de-AT, en;q=0.8", "de"),
        ("fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("it-CH", "it"),
        ("pt-BR,pt;q=0.9,en;q=0.8", "pt"),
        ("pt-PT", "pt"),
        ("en;q=0.5, es", "es"),
        ("en; q=0.5, ES", "es"),
        ("es;q=0", None),
        ("nl", None),
        ("", None),
        (";q=x,,;;q", None),
    ],
)
def test_the_first_language_that_we_speak_is_spoken(asked: str, spoken: str | None) -> None:
    assert best_language(asked) == spoken


@pytest.fixture(scope="module")
def web(application: FastAPI) -> TestClient:
    return TestClient(application, raise_server_exceptions=False)


def test_what_was_chosen_counts_more_than_what_the_browser_asks_for(web: TestClient) -> None:
    spanish = web.get("/terms", headers={"accept-language": "es"})
    assert '<html lang="es">' in spanish.text
    assert "Saltar al contenido" in spanish.text
    assert spanish.headers["content-language"] == "es"
    assert {"accept-language", "cookie"} <= {name.strip().lower() for name in spanish.headers["vary"].split(",")}
    english = web.get("/terms", headers={"accept-language": "es", "cookie": "serenade_language=en"})
    assert '<html lang="en">' in english.text
    assert "Skip to the content" in english.text
    assert "Aquí no hay nada" in web.get("/nope", headers={"accept-language": "es"}).text
    for nonsense in ("serenade_language=xx", 'serenade_language="es;', "serenade_language"):
        assert '<html lang="es">' in web.get("/terms", headers={"accept-language": "es", "cookie": nonsense}).text


def test_changing_the_language_leads_back_and_nowhere_else(web: TestClient) -> None:
    def change(code: str, **asked: str) -> tuple[str, str]:
        answer = web.get(f"/language/{code}", params=asked, follow_redirects=False)
        return answer.headers["location"], answer.headers.get("set-cookie", "")

    back, cookie = change("es", next="/login?next=/library")
    assert back == "/login?next=/library"
    assert "serenade_language=es" in cookie
    assert "Max-Age=31536000" in cookie
    assert "samesite=lax" in cookie.lower()
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        assert change("es", next=elsewhere)[0] == "/"
    assert "serenade_language" not in change("xx", next="/")[1]
    strange = web.get("/language/es", headers={"sec-fetch-site": "cross-site"}, follow_redirects=False)
    assert "set-cookie" not in strange.headers, "another site's page does not choose"


@pytest.mark.parametrize(("path", "spoken"), [("/internal/find", "en"), ("/sandbox/stripe/pay", "en"), ("/login", "es")])
def test_staff_and_the_pretended_stripe_speak_english(path: str, spoken: str) -> None:
    assert language_of_request({"type": "http", "path": path, "headers": [(b"accept-language", b"es")]}) == spoken


# ---------------------------------------------------------------- in a browser


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    page = await context.new_page()
    yield page
    await context.close()


async def answer_in_spanish(page: Page) -> None:
    """What is missing is told first."""
    await page.locator("#compose").click()  # what a click brings up is said outside of any request
    await expect(page.locator("#f-songs-0-recipientName-error")).to_have_text("¿Para quién es la canción?")
    await expect(page.locator("#notice")).to_contain_text("Faltan 5 respuestas")
    assert await english_on(page) == []
    song = example_form_data()["songs"][0]
    for name in ("recipientName", "relationship"):
        await page.locator(f"#f-songs-0-{name}").fill(song[name])
    await page.locator("#f-songs-0-story").fill("La noche en que perdimos el tren, volvimos a casa cantando bajo la lluvia.")
    await page.locator("input[name='songs.0.theme'][value='birthday']").check()
    await page.locator("#f-senderName").fill("Papá")
    await page.locator("#f-senderEmail").fill("papa@example.com")
    await expect(page.locator("#saved")).to_have_text("Guardado")


async def test_spanish_is_remembered_from_the_front_page_to_the_grid_and_back(stack: Stack, page: Page) -> None:
    await page.goto(stack.url)
    await page.get_by_role("link", name="Español").click()
    await expect(page.locator("html")).to_have_attribute("lang", "es")
    assert page.url == f"{stack.url}/", "one comes back to where one was"
    assert await english_on(page) == []

    await page.get_by_role("link", name="Empezar su canción").first.click()
    await page.wait_for_url(re.compile("formId=form_"))
    form_id = page.url.rpartition("=")[2]
    await expect(page.locator("html")).to_have_attribute("lang", "es")
    assert await english_on(page) == []
    await all_questions(page)
    await expect(page.locator("input[name='songs.0.language'][value='es']")).to_be_checked()

    await answer_in_spanish(page)
    await page.locator("#compose").click()
    await page.wait_for_url(re.compile("/compose/lyrics"))
    await page.locator(".sheet .line").first.wait_for()
    assert await english_on(page) == []
    await page.locator("#make").click()
    await page.wait_for_url(re.compile("/compose/variations"))
    await expect(page.locator("song-compare .cell:not(.waiting)")).to_have_count(3, timeout=90_000)
    assert await english_on(page) == [], "nor in what arrived by a change notification"
    row = in_database(ComposeForm.find, form_id)
    assert row.locale == "es"
    assert row.form_data["songs"][0]["language"] == "es"

    await page.get_by_role("link", name="English").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en-US")
    assert page.url == f"{stack.url}/compose/variations?formId={form_id}"
    await expect(page.locator("h1")).to_have_text("Listen, and choose")


async def test_a_change_of_language_in_the_middle_of_the_form_loses_nothing(stack: Stack, page: Page) -> None:
    await page.goto(f"{stack.url}/compose/create")
    await page.wait_for_url(re.compile("formId=form_"))
    await reach(page, "#f-songs-0-recipientName")
    await page.locator("#f-songs-0-recipientName").fill("Mía")
    await expect(page.locator("#saved")).to_have_text("Saved")
    await page.get_by_role("link", name="Español").click()
    await expect(page.locator("h1:visible").first).to_have_text("Háblanos de esa persona")
    await expect(page.locator("#f-songs-0-recipientName")).to_have_value("Mía")
    await all_questions(page)
    await expect(page.locator("input[name='songs.0.language'][value='en']")).to_be_checked()


LINES_OF_THE_STEPS = """(languages) => languages.map((names) => [0, 1, 2, 3].map((now) => {
  const steps = [...document.querySelectorAll('#app .stepper li')];
  steps.forEach((step, n) => {
    step.textContent = names[n];
    step.className = n < now ? 'done' : '';
    n === now ? step.setAttribute('aria-current', 'step') : step.removeAttribute('aria-current');
  });
  return Math.max(...steps.map((step) => {
    const style = getComputedStyle(step);
    return Math.round((step.clientHeight - parseFloat(style.paddingBlockStart)) / parseFloat(style.lineHeight));
  }));
}))"""
TABS_THAT_ARE_CUT = """(names) => {
  const tabs = [...document.querySelectorAll('#app .tabs [role=tab]')];
  const cut = (tab, words) => { tab.textContent = words; return tab.scrollWidth > tab.clientWidth + 1; };
  return names.filter((name) => tabs.some((tab, n) => cut(tab, name.replace('{number}', n + 1))));
}"""


async def test_steps_and_songs_are_named_on_one_line_of_the_narrowest_phone_in_every_language(
    stack: Stack, browser: Browser
) -> None:
    steps = [[catalogue(language).gettext(name) for name in _STEPS] for language in LANGUAGES]
    songs = [catalogue(language).gettext("Song {number}") for language in LANGUAGES]
    context = await browser.new_context(viewport={"width": 320, "height": 640})
    page = await context.new_page()
    await page.goto(f"{stack.url}/compose/create?package=holiday-hamper")
    await page.locator("#next").click()
    await page.locator("#tab-2").wait_for()
    await page.evaluate("() => document.fonts.ready")
    for width in (320, 360, 390, 480):
        await page.set_viewport_size({"width": width, "height": 640})
        lines = await page.evaluate(LINES_OF_THE_STEPS, steps)
        assert lines == [[1, 1, 1, 1] for _language in LANGUAGES], width
        assert await page.evaluate(TABS_THAT_ARE_CUT, songs) == [], width
        assert await page.evaluate("() => document.documentElement.scrollWidth") == width, "nothing scrolls sideways"
    await context.close()
