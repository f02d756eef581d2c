"""The catalogues in locale/: complete, true to their texts, and written as people of that language write."""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import polib
import pytest
from babel import Locale

from i18n import FOLDER, LANGUAGES, NAMES_AFTER_OTHER_AND, SOURCE, _, catalogue, n_, speaking
from jobs.payments.consent import CURRENT, consent_text
from tools import messages
from ui.components.script_texts import marked, words_tag
from ui.components.section_names import _NAMES, readable_sections, section_name
from ui.components.sound_names import sound_name

ROOT = Path(__file__).parent.parent
OTHERS = [language for language in LANGUAGES if language != SOURCE]
every_catalogue = pytest.mark.parametrize("language", OTHERS)
asked = cache(messages.messages)


@cache
def opened(language: str) -> polib.POFile:
    return polib.pofile(str(FOLDER / f"{language}.po"))


def sentences(language: str) -> Iterator[tuple[polib.POEntry, str]]:
    """Each text of a catalogue, with its entry; not the regular expression, which is no sentence."""
    for entry in opened(language):
        if entry.msgid != NAMES_AFTER_OTHER_AND:
            yield from ((entry, said) for said in [entry.msgstr, *entry.msgstr_plural.values()] if said)


# ---------------------------------------------------------------- complete


@every_catalogue
def test_every_text_of_the_source_is_in_every_catalogue(language: str) -> None:
    entries = {(entry.msgid, entry.msgid_plural): entry for entry in opened(language)}
    assert [text for text in asked() if text not in entries] == [], "`make messages` adds them"
    assert [text for text in entries if text not in asked()] == [], "`make messages` takes them out"
    assert [entry.msgid for entry in entries.values() if not entry.translated() or entry.fuzzy] == []


@every_catalogue
def test_the_head_of_a_catalogue_names_its_language_and_how_it_is_written(language: str) -> None:
    assert opened(language).metadata["Language"] == language
    for part in ("Voice:", "Typography:", "Glossary:"):
        assert part in opened(language).header, "the next translator goes by it"


ALIKE = {
    # parts of a song
    "Instrumental", "Interlude", "Reprise", "Refrain", "Break", "Intro", "Outro", "Solo", "Hook", "Bridge", "Pre-Chorus",
    "Post-Chorus",
    # how it sounds
    "banjo", "celesta", "glockenspiel", "harmonica", "piano", "saxophone", "vibraphone", "orchestra", "orchestral",
    "Orchestral", "elegant", "warm", "country", "folk", "gospel", "jazz", "pop", "reggae", "soul", "soft rock", "Folk",
    "Soul", "Country", "Jazz",
    # the rest
    "Solo Serenade", "Version {number}", "Style", "Photo {n}", "Photos", "Pause", "❚❚ Pause", "Questions", "Contact",
    "Privacy", "E-mail", "Demo", "Tour", "Widget", "{brand}, live", "Gratitude", "Nostalgia", "admiration, respect",
    "{date}, {time} UTC",
}  # fmt: skip
"""What is the same in English and in another of our languages."""


@every_catalogue
def test_what_a_catalogue_leaves_in_english_is_meant_so(language: str) -> None:
    """A text that was copied and forgotten looks translated to every tool."""
    same = {entry.msgid for entry, said in sentences(language) if said in (entry.msgid, entry.msgid_plural)}
    with_words = {text for text in same if re.search("[A-Za-z]", re.sub(r"{\w+}", "", text))}
    assert with_words - ALIKE == set()


@every_catalogue
def test_a_number_chooses_the_form_that_it_chooses_in_that_language(language: str) -> None:
    """As CLDR knows it. Not zero: there CLDR and gettext's own tables differ for Portuguese."""
    one, rule = catalogue(language), Locale.parse(language).plural_form
    chosen = {(one.ngettext("{n} heart.", "{n} hearts.", n), rule(n)) for n in range(1, 300)}
    assert len(chosen) == 2


def test_nothing_is_singular_in_french() -> None:
    with speaking("fr"):
        assert [n_("{n} heart.", "{n} hearts.", n) for n in (0, 1, 2)] == ["0 cœur.", "1 cœur.", "2 cœurs."]


def test_no_page_says_what_no_catalogue_knows() -> None:
    """The staff pages stay English; what a page shows otherwise is marked."""
    unmarked = [
        f"{path.relative_to(ROOT)}: {text}"
        for path in sorted((ROOT / "ui").rglob("*"))
        if path.suffix in SPOKEN_BY and not ENGLISH_FOLDERS & set(path.parts)
        for text in SPOKEN_BY[path.suffix](path.read_text())
    ]
    assert unmarked == []


def _said_by_python(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            texts = node.args[1:2] if name == "text" else node.args[:1] if name in ("set_text", "say", "_say") else []
            texts += [one.value for one in node.keywords if one.arg in ("aria_label", "placeholder", "heading", "action_label")]
            yield from (
                one.value
                for one in texts
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and re.search("[A-Za-z]{2}", one.value)
            )


def _said_by_templates(source: str) -> Iterator[str]:
    heard = re.findall(r'(?:aria-label|placeholder|alt|content)="([^"{}]*[a-z] [^"{}]*)"', source)
    shown = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<(style|code)\b.*?</\1>|<[^>]+>", "\n", source, flags=re.DOTALL)
    yield from (text for text in heard if "width=" not in text and "-src " not in text)
    yield from (line.strip() for line in shown.split("\n") if re.search("[A-Za-z]{3}", line))


SPOKEN_BY = {".py": _said_by_python, ".html": _said_by_templates}
ENGLISH_FOLDERS = {"internal"}


# ---------------------------------------------------------------- true to their texts


@every_catalogue
def test_a_translation_has_the_places_and_tags_of_its_text(language: str) -> None:
    for entry, said in sentences(language):
        wanted = _places(entry.msgid_plural or entry.msgid)
        assert _places(said) <= wanted | {"n"}, entry.msgid
        assert entry.msgid_plural or _places(said) == wanted, entry.msgid
        assert re.findall("<[^>]+>", said) == re.findall("<[^>]+>", entry.msgid), entry.msgid


def _places(text: str) -> set[str]:
    return {name for _text, name, _format, _conversion in Formatter().parse(text) if name is not None}


@every_catalogue
def test_the_product_reads_every_text_of_a_catalogue_as_its_translator_wrote_it(language: str) -> None:
    read = catalogue(language)
    for entry in opened(language):
        if entry.msgid_plural:
            assert {read.ngettext(entry.msgid, entry.msgid_plural, n) for n in range(200)} == set(entry.msgstr_plural.values())
            assert read.gettext(entry.msgid) == read.ngettext(entry.msgid, entry.msgid_plural, 1)
        else:
            assert read.gettext(entry.msgid) == entry.msgstr


AGREED = {
    ("2026-11", "de"): "ffb9dae0be5d",
    ("2026-11", "es"): "3786656afa7a",
    ("2026-11", "fr"): "f0da525f00e7",
    ("2026-11", "it"): "bba8114f24dd",
    ("2026-11", "pt"): "a95bb810eb9d",
}


@every_catalogue
def test_the_words_that_customers_agree_to_are_those_of_their_version(language: str) -> None:
    """Another wording is a new version (jobs/payments/consent.py), in every language."""
    with speaking(language):
        said = _(consent_text(CURRENT))
    assert hashlib.sha256(said.encode()).hexdigest()[:12] == AGREED[CURRENT, language]


# ---------------------------------------------------------------- as people write


QUOTES = {"de": "„“", "es": "«»", "fr": "«»", "it": "«»", "pt": "“”"}


@pytest.mark.parametrize("language", [language for language in OTHERS if language in QUOTES])
def test_quotation_marks_are_those_of_the_language_and_come_in_pairs(language: str) -> None:
    opening, closing = QUOTES[language]
    for _entry, said in sentences(language):
        plain = re.sub("<[^>]+>", "", said)
        assert set(re.findall('[«»„“”"]', plain)) <= {opening, closing}, said
        assert said.count(opening) == said.count(closing), said


def test_spanish_opens_what_it_closes() -> None:
    for _entry, said in sentences("es"):
        assert said.count("?") == said.count("¿"), said
        assert said.count("!") == said.count("¡"), said


def test_french_sets_its_marks_apart_and_no_line_begins_with_one() -> None:
    for _entry, said in sentences("fr"):
        plain = re.sub("<[^>]+>", "", said)
        assert not re.search("(?<!\u202f)[;!?]|(?<!\u00a0)[»%]|«(?!\u00a0)| :|'", plain), said


def test_german_says_du() -> None:
    for _entry, said in sentences("de"):
        assert not re.search(r"\b(Ihnen|Ihre?[mnrs]?)\b|(?<=[a-z,] )(Sie|Du|Dein\w*|Dir|Dich)\b", said), said


# ---------------------------------------------------------------- what is put together


@every_catalogue
def test_a_reader_of_any_language_sees_the_parts_of_a_song_in_it(language: str) -> None:
    with speaking(language):
        assert section_name("pre_chorus") == _("Pre-Chorus")
        assert section_name("Verse 12") == f"{_('Verse')} 12" != "Verse 12"
        assert readable_sections("[Verse 1]\nMia, hello\n\n[Final Chorus]\nOh [Mia]\n[Chorus x2]") == (
            f"[{_('Verse')} 1]\nMia, hello\n\n[{_('Final Chorus')}]\nOh [Mia]\n[Chorus x2]"
        )
        assert len({_(name) for name in _NAMES}) == len(_NAMES), "two parts of one song with one name"


@every_catalogue
def test_a_sound_that_we_ask_for_is_told_without_a_word_of_english(language: str) -> None:
    from integrations.music.studio.styles import ARRANGEMENTS, arrangement

    made = {arrangement(kind, n, v).described() for kind in ARRANGEMENTS for n in (1, 2, 3) for v in ("", "male", "female")}
    english = re.compile(r"\b(and|with|in front|time|voices|strings|drums|soft|slow|warm voice)\b")
    asked_for = ["Pop, Upbeat, Energetic, Loving, horns and tambourine, lively", "Lullaby, female voice, solo piano, slow"]
    with speaking(language):
        assert [told for one in [*made, *asked_for] if english.search(told := sound_name(one))] == []
        assert sound_name("Dad's own polka, <b>loud</b>") == "Dad's own polka, <b>loud</b>"


@pytest.mark.parametrize(
    ("language", "song", "arrangement"),
    [
        (
            "de",
            "Pop, warm und innig, dazu Klavier allein, langsam",
            "Flöte und Klavier mit Schlagzeug; vorn Akkordeon, wiegend",
        ),
        (
            "fr",
            "Pop au ton chaleureux et intime, avec piano seul, tempo lent",
            "Flûte et piano avec batterie\u202f; devant, accordéon, en se balançant",
        ),
    ],
)
def test_a_sound_is_told_in_one_sentence(language: str, song: str, arrangement: str) -> None:
    with speaking(language):
        assert sound_name("Pop, Warm, Intimate, solo piano, slow") == song
        assert sound_name("Flute and piano with drums, accordion in front, swaying") == arrangement


@every_catalogue
def test_every_script_is_handed_its_texts_in_the_language_of_the_page(language: str) -> None:
    known = catalogue(language)
    for script in sorted((ROOT / "ui" / "static").glob("*.js")):
        texts, tag = marked(source := script.read_text()), words_tag([source], language)
        handed = json.loads(tag[tag.index("{") : tag.rindex("}") + 1]) if tag else {}
        assert {text: handed.get(text, text) for text in texts} == {text: known.gettext(text) for text in texts}, script.name
