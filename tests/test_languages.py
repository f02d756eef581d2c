"""Whoever reads Spanish reads Spanish everywhere: on every page, in what a click brings up, and in the mails that follow."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.async_api import Browser, Page, expect
from starlette.testclient import TestClient

import i18n
from i18n import FOLDER, LANGUAGES, NAMES_AFTER_OTHER_AND, _, best_language, catalogue, day, joined, language_name, speaking
from jobs.gifts.schedule import in_words
from jobs.price_text import price
from models import ComposeForm, in_database, now
from tests.support.guided import all_questions, reach
from tests.support.left_in_english import english_on
from tests.support.stack import Stack, example_form_data
from ui.components.script_texts import words_tag
from ui.components.section_names import readable_sections, section_name
from ui.components.sound_names import SOUND, sound_name
from ui.compose.frame import _STEPS
from ui.middleware.locale import language_of_request

ROOT = Path(__file__).parent.parent
CATALOGUES = sorted(FOLDER.glob("*.po"))


# ---------------------------------------------------------------- dates, prices, lists, and names


@pytest.mark.parametrize(
    ("language", "paid", "on", "opens"),
    [
        ("en", "$9.99", "November 22, 2026", "Sunday, November 22, 2026, 7:05\u202fPM (Europe/Berlin)"),
        ("de", "9,99\u00a0$", "22. November 2026", "Sonntag, 22. November 2026, 19:05 Uhr (Europe/Berlin)"),
        ("es", "9,99\u00a0US$", "22 de noviembre de 2026", "domingo, 22 de noviembre de 2026, 19:05 (Europe/Berlin)"),
        ("fr", "9,99\u00a0$US", "22 novembre 2026", "dimanche 22 novembre 2026 à 19:05 (Europe/Berlin)"),
        ("it", "9,99\u00a0USD", "22 novembre 2026", "domenica 22 novembre 2026, 19:05 (Europe/Berlin)"),
        ("pt", "US$\u00a09,99", "22 de novembro de 2026", "domingo, 22 de novembro de 2026, 19:05 (Europe/Berlin)"),
    ],
)
def test_prices_and_days_are_written_as_people_write_them_there(language: str, paid: str, on: str, opens: str) -> None:
    moment = now().replace(2026, 11, 22, 18, 5)
    with speaking(language):
        assert (price(999, "usd"), day(moment), in_words(moment, "Europe/Berlin")) == (paid, on, opens)


@pytest.mark.parametrize(
    ("code", "own_name", "paid", "on", "names"),
    [
        ("nl", "Nederlands", "€\u00a09,99", "22 november 2026", "Mia, Ben en Rosa"),
        ("pt-BR", "Português (Brasil)", "€\u00a09,99", "22 de novembro de 2026", "Mia, Ben e Rosa"),
        ("ja", "日本語", "€9.99", "2026年11月22日", "Mia、Ben、Rosa"),
    ],
)
def test_a_new_language_needs_nothing_but_its_catalogue(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str, own_name: str, paid: str, on: str, names: str
) -> None:
    """Its months, lists and prices too. Here it has one text, and says the rest in English."""
    translate(monkeypatch, tmp_path, code, "Saved", f"✓ {code}")
    assert best_language(f"{code.upper()};q=0.8, xh") == code
    with speaking(code):
        assert _("Saved") == f"✓ {code}"
        assert (language_name(code), price(999, "eur"), day(now().replace(2026, 11, 22))) == (own_name, paid, on)
        assert joined(["Mia", "Ben", "Rosa"]) == names


def translate(monkeypatch: pytest.MonkeyPatch, folder: Path, code: str, text: str, said: str) -> None:
    """A catalogue of one text, and the product with it alone beside English."""
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    (folder / f"{code}.po").write_text(f'{head}msgid "{text}"\nmsgstr "{said}"\n')
    monkeypatch.setattr(i18n, "FOLDER", folder)
    monkeypatch.setattr(i18n, "LANGUAGES", ("en", code))


def test_another_language_may_have_an_and_of_its_own_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    translate(monkeypatch, tmp_path, "sl", NAMES_AFTER_OTHER_AND, "e")
    with speaking("sl"):
        assert joined(["Ada", "Elena"]) == "Ada and Elena", "the sentence with it is not translated here, the list is"
        assert joined(["Ada", "Bea"]) == "Ada in Bea"


def test_a_slip_in_that_pattern_takes_no_page_away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    translate(monkeypatch, tmp_path, "nl", NAMES_AFTER_OTHER_AND, "(")
    with speaking("nl"):
        assert joined(["Ana", "Inés"]) == "Ana en Inés"


OWN_NAMES = ["English", "Deutsch", "Español", "Français", "Italiano", "Português"]


def test_languages_are_offered_under_the_names_that_they_give_themselves() -> None:
    assert [language_name(language) for language in LANGUAGES] == OWN_NAMES


def test_the_letters_of_a_currency_do_not_touch_the_number() -> None:
    assert price(999, "chf") == "CHF\u00a09.99"
    assert price(123456, "eur") == "€1,234.56"
    assert price(999, "jpy") == "¥999", "yen have no cents"


def test_a_process_that_says_nothing_to_people_does_without_babel() -> None:
    code = "import jobs.clock, jobs.queue, jobs.mail.templates, embedded.supervisor, sys; print('babel' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True).stdout == "False\n"


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["Inés"], "Inés"),
        (["Ana", "Rosa"], "Ana y Rosa"),
        (["Ana", "Isabel"], "Ana e Isabel"),
        (["Ana", "Rosa", "Íñigo"], "Ana, Rosa e Íñigo"),
        (["Ana", "Hilda"], "Ana e Hilda"),
        (["Ana", "Yves"], "Ana e Yves"),
        (["Ana", "Yolanda"], "Ana y Yolanda"),
        (["Ana", "Hierro"], "Ana y Hierro"),
        (["Inés", "Hugo"], "Inés y Hugo"),
        (["Ana", "Isabel", "Ana"], "Ana e Isabel"),
    ],
)
def test_spanish_says_e_before_the_sound_of_an_i(names: list[str], said: str) -> None:
    with speaking("es"):
        assert joined(names) == said
    ending = " and " if len(set(names)) < 3 else ", and "
    assert joined(names) == said.replace(" e ", ending).replace(" y ", ending)


def test_what_a_song_sounds_like_is_described_in_the_language_of_the_page() -> None:
    from integrations.music.studio.styles import ARRANGEMENTS, arrangement
    from integrations.writer import sound

    asked = [*sound.SOUND_OF_STYLE.values(), *sound._FESTIVE.values(), *sound._VIBES.values(), "male voice", "female voice"]
    asked.append(sound.DUET)
    asked += [text for texts in sound.SOUND_OF_ARRANGEMENT.values() for text in texts]
    example_form_data = [
        arrangement(kind, n, v).described() for kind in ARRANGEMENTS for n in (1, 2, 3) for v in ("", "male", "female")
    ]
    words = {part.lower() for style in asked for part in style.split(", ")}
    assert words <= set(SOUND), "whoever adds a word to the lyricist adds it for readers of other languages"
    with speaking("es"):
        left = [
            one for one in example_form_data if re.search(r" (and|with|in front|time|voices|guitar|strings)\b", sound_name(one))
        ]
        assert left == [], "and the studio's words too"
        assert sound_name("Pop, Warm, solo piano, slow") == "Pop cálido con piano solo, lento"
        assert sound_name("Flute and piano with drums, soft voices in front, swaying") == (
            "Flauta y piano con batería; delante, voces suaves, meciéndose"
        )
        assert sound_name("Dad's own polka, <b>loud</b>") == "Dad's own polka, <b>loud</b>"
    assert [sound_name(one) for one in example_form_data] == example_form_data


def test_a_style_is_told_as_people_say_it_also_while_the_song_is_being_made() -> None:
    from integrations.writer import sound

    loud = "Pop, Upbeat, Energetic, Loving, horns and tambourine, lively"
    assert sound_name(loud) == "Upbeat, energetic, and loving pop with horns and tambourine, lively"
    assert sound_name("Acoustic Ballad, Soft, Intimate, piano and cello, spacious") == (
        "Soft and intimate acoustic ballad with piano and cello, spacious"
    )
    assert sound_name("Lullaby, female voice, solo piano, slow") == "Lullaby with female voice and solo piano, slow"
    assert sound_name("Pop, Upbeat, Energetic, synths and dancing bass, upbeat") == (
        "Upbeat and energetic pop with synths and dancing bass"
    ), "nothing is said twice"
    for style in sound.SOUND_OF_STYLE.values():
        for texts in sound.SOUND_OF_ARRANGEMENT.values():
            for text in texts:
                said = sound_name(f"{style}, {text}")
                assert " with " in said, "nothing that the lyricist asks for is left as a list of tags"


def test_the_parts_of_a_song_are_named_in_the_language_of_the_page() -> None:
    words = "[Verse 1]\nMia, hello\n\n[Final Chorus]\nOh [Mia]\n[Chorus x2]"
    with speaking("es"):
        assert readable_sections(words) == "[Estrofa 1]\nMia, hello\n\n[Estribillo final]\nOh [Mia]\n[Chorus x2]"
        assert [section_name(name) for name in ("pre_chorus", "BRIDGE", "Verse 12", "Estribillo", "")] == [
            "Preestribillo",
            "Puente",
            "Estrofa 12",
            "Estribillo",
            "",
        ]
    assert readable_sections(words) == words
    assert section_name("outro") == "Outro", "vendors spell them as they like"


def test_scripts_are_handed_the_texts_that_they_mark() -> None:
    source = 'say(_("Try again")); say(other("Next")); say(_("{at} of {length}", { at, length }))'
    tag = words_tag([source], "es")
    assert '"Try again":"Intentar de nuevo"' in tag
    assert '"{at} of {length}":"{at} de {length}"' in tag
    assert "Next" not in tag
    assert words_tag([source], "en") == "", "English stands in the script itself"
    for script in (ROOT / "ui" / "static").glob("*.js"):
        assert not re.search(r'\b_\((?!")', script.read_text().replace("globalThis._ = (", "")), (
            f"{script}: a text is a literal"
        )


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
