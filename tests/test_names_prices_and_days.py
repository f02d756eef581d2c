"""Prices, days, lists, names and sounds are written as people write them in each language."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel import Locale

import i18n
from customer_texts import moment_in_words
from i18n import LANGUAGES, NAMES_AFTER_OTHER_AND, _, best_language, day, joined, language_name, speaking
from jobs.price_text import price
from models import now
from ui.components.script_texts import words_tag
from ui.components.section_names import readable_sections, section_name
from ui.components.sound_names import SOUND, sound_name

ROOT = Path(__file__).parent.parent


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
        assert (price(999, "usd"), day(moment), moment_in_words(moment, "Europe/Berlin")) == (paid, on, opens)


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


def test_a_page_that_names_the_languages_reads_none_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sorted(LANGUAGES) == sorted(i18n._OWN_NAMES)
    assert {code: str(Locale.parse(code).get_display_name()).title() for code in LANGUAGES} == i18n._OWN_NAMES
    monkeypatch.setattr(i18n, "_locale", None)
    assert [language_name.__wrapped__(language) for language in LANGUAGES] == OWN_NAMES


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
