"""Whoever is given a song reads its page in their own language; what is printed, kept and previewed speaks the giver's."""

from __future__ import annotations

import io
import re
import zipfile
from html import unescape

import pytest
from playwright.async_api import Browser, expect

from i18n import LANGUAGES, catalogue
from jobs.gifts import giver_actions
from models import in_database
from tests.support.gifts import give, tokens
from tests.support.left_in_english import english_on
from tests.support.stack import Stack

OURS = {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}


def read(stack: Stack, path: str, language: str = "", **cookie: str) -> str:
    """A page as a browser that asks for this language gets it."""
    asked = {"Accept-Language": language} if language else {}
    if cookie:
        asked["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookie.items())
    answer = stack.call("GET", path, headers=asked)
    assert answer.status_code == 200, answer.text
    if "Content-Language" in answer.headers:
        assert answer.headers["Content-Language"] == re.findall('<html lang="(\\w+)"', answer.text)[0]
        assert {"accept-language", "cookie"} <= {name.strip().lower() for name in answer.headers["Vary"].split(",")}
    return unescape(answer.text)


def test_nobody_is_shown_the_page_that_was_kept_for_another_s_language(stack: Stack) -> None:
    (token,) = tokens(give())
    for _again in range(2):
        assert "Open your gift" in read(stack, f"/s/{token}", "en")
        assert "Abrir tu regalo" in read(stack, f"/s/{token}", "es-MX,es;q=0.9")
        assert "Abrir tu regalo" in read(stack, f"/s/{token}", "en", serenade_language="es")
        assert "Open your gift" in read(stack, f"/s/{token}", "es", serenade_language="en")
    sent = read(stack, f"/s/{token}?sent=words&from=a-chat", "es")
    assert "Tus palabras van de camino. Gracias." in sent
    assert "a-chat" not in read(stack, f"/s/{token}?sent=words", "es"), "a kept page knows nothing of who saw it first"
    assert f'/language/en?next=%2Fs%2F{token}"' in sent
    for language in LANGUAGES:
        page = read(stack, f"/s/{token}", language)
        assert f'<html lang="{language}">' in page
        assert catalogue(language).gettext("Open your gift") in page
        assert page.count("/language/") == len(LANGUAGES), "each is offered, once"


def test_who_asks_for_no_language_of_ours_is_spoken_to_as_the_giver_is(stack: Stack) -> None:
    spanish, nobody = tokens(give(locale="es"))[0], tokens(give())[0]
    for path in ("/s/{}", "/embed/{}"):
        for asked in ("", "nl"):
            assert '<html lang="es">' in read(stack, path.format(spanish), asked)
            assert '<html lang="en">' in read(stack, path.format(nobody), asked)
        assert '<html lang="en">' in read(stack, path.format(spanish), "en")


def test_a_preview_speaks_the_giver_s_language_as_its_picture_does(stack: Stack) -> None:
    form_id = give(3, locale="es")
    token = tokens(form_id)[0]
    page = read(stack, f"/s/{token}", "en")
    assert "<title>Somebody made you 3 songs</title>" in page
    assert "3 songs for <bdi>Mia, Ben, and Rosa</bdi>" in page
    assert 'property="og:title" content="Alguien te regala 3 canciones"' in page
    assert 'property="og:description" content="Busca un minuto de calma, sube el volumen y ábrelo."' in page
    embed = stack.call("GET", "/oembed", params={"url": f"{stack.url}/s/{token}"}, headers={"Accept-Language": "en"}).json()
    assert embed["title"] == "Alguien te regala 3 canciones"
    assert 'title="Una canción"' in embed["html"]
    english = tokens(give(3))[0]
    mine, theirs = (stack.call("GET", f"/s/{one}/picture.png", headers={"Accept-Language": "es"}) for one in (token, english))
    assert mine.content != theirs.content


@pytest.mark.parametrize("asked", ["en", "es"])
def test_what_is_printed_and_kept_is_in_the_giver_s_language_whoever_fetches_it(stack: Stack, asked: str) -> None:
    for locale, card, made, part in (
        ("es", "Apunta aquí con la cámara del teléfono y sube el volumen", "Una canción para Mia", "[Estribillo]"),
        (None, "Point your phone's camera here, and turn up the sound", "A song for Mia", "[Chorus]"),
    ):
        (token,) = tokens(give(locale=locale))
        headers = {"Accept-Language": asked}
        drawn = unescape(stack.call("GET", f"/s/{token}/card.svg", headers=headers).text)
        assert card in drawn
        assert made in drawn
        kept = stack.call("GET", f"/s/{token}/keep.html", headers=headers)
        assert f"<title>{made}</title>" in kept.text
        assert f'<html lang="{locale or "en"}">' in kept.text
        assert part in kept.text
        assert kept.headers["Content-Language"] == (locale or "en")
        archive = zipfile.ZipFile(io.BytesIO(stack.call("GET", f"/s/{token}/keep.zip", headers=headers).content))
        assert part in archive.read("01 Song number 1.txt").decode()
        assert archive.read("card-a4.pdf") == stack.call("GET", f"/s/{token}/card.pdf").content


def test_a_refusal_is_said_in_the_language_of_who_asked(stack: Stack) -> None:
    form_id = give()
    (token,) = tokens(form_id)
    silent = stack.call("POST", f"/s/{token}/words", data={"words": " "}, headers={**OURS, "Accept-Language": "es"})
    assert silent.json()["error"] == {"code": "unusable_reply", "message": "Escribe antes una palabra o dos."}
    in_database(giver_actions.seal, form_id, "2050-12-24T18:00", "Europe/Berlin")
    assert "Este regalo sigue cerrado." in stack.call("GET", f"/s/{token}/keep.zip", headers={"Accept-Language": "es"}).text
    assert "Se abre el sábado, 24 de diciembre de 2050, 18:00 (Europe/Berlin)." in re.sub(
        "</?time[^>]*>", "", read(stack, f"/s/{token}", "es")
    )


def test_the_widget_s_frame_speaks_as_its_address_says(stack: Stack) -> None:
    assert "Ocho compases con su nombre" in read(stack, "/demo/widget?lang=es", "en")
    assert "Eight bars with their name" in read(stack, "/demo/widget?lang=xx", "en")
    assert "Ocho compases con su nombre" in read(stack, "/demo/widget", "es")
    refused = stack.call("POST", "/demo/widget/bars", json={"name": "12", "lang": "es"})
    assert refused.json()["error"]["message"] == "Escribe un nombre, por favor."


async def test_no_english_is_left_on_the_gift_s_and_the_demo_s_pages(stack: Stack, browser: Browser) -> None:
    form_id, waiting = give(3, sender="Papá", message="Para ti."), give()
    token = tokens(form_id)[0]
    in_database(giver_actions.seal, waiting, "2050-12-24T18:00", "Europe/Berlin")
    context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="es-MX", reduced_motion="reduce")
    page = await context.new_page()
    for path in (
        f"/s/{token}",
        f"/s/{token}/card",
        f"/s/{token}/report",
        f"/embed/{token}",
        "/demo",
        "/demo/tour",
        "/demo/widget",
    ):
        await page.goto(stack.url + path)
        assert await english_on(page) == [], path
    await page.goto(f"{stack.url}/s/{tokens(waiting)[0]}")
    await expect(page.locator("[data-countdown]")).to_have_text(re.compile(r"^Dentro de [\d.]+ días, \d+ horas?$"))
    assert await english_on(page) == []
    await page.goto(f"{stack.url}/s/{token}#gift")
    await expect(page.get_by_role("button", name="Enviar un corazón por este momento").first).to_be_visible()
    await page.get_by_label("Unas gracias, o lo que has sentido").fill("Gracias")
    await page.get_by_role("button", name="Enviar", exact=True).click()
    await expect(page.locator("[data-said]")).to_have_text("Enviado. Gracias.")
    assert await english_on(page) == []
    await page.goto(f"{stack.url}/demo/lullaby")
    await page.locator("demo-director").get_by_role("button", name="Teléfono").click()
    await expect(page.locator("demo-director dialog")).to_contain_text("Cerrar")
    assert await english_on(page) == []
    await context.close()
