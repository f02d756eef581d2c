"""The languages of the interface. English is in the source; every other one is a catalogue, locale/<code>.po.

`_("For {name}", name=name)` is a text in the current language, `n_` one that depends on a number, and `N_` marks a
constant that is translated later, with `_(CONSTANT)`. The current language is a context variable, not an argument.
Dates, times, lists and prices are formatted by Babel with CLDR's data. It is imported on first use: a process without
texts for people saves its 5 MB.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

SOURCE = "en"
FOLDER = Path(__file__).parent / "locale"
LANGUAGES = (SOURCE, *sorted(path.stem for path in FOLDER.glob("*.po")))
_asked: ContextVar[str | None] = ContextVar("asked", default=None)


@cache
def catalogue(language: str) -> NullTranslations:
    """The texts of a language, read once by each process that needs them."""
    if language == SOURCE:
        return NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with open(FOLDER / f"{language}.po", "rb") as source:
        write_mo(compiled, read_po(source))
    compiled.seek(0)
    return GNUTranslations(compiled)


def asked() -> str | None:
    """The language of this context; None where none is set."""
    return _asked.get()


def spoken() -> str:
    """The current language: the one that is set, or English."""
    return _asked.get() or SOURCE


def speak(language: str | None) -> None:
    """Set the language of this context (a request, a task) from here on."""
    _asked.set(language if language in LANGUAGES else None)


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """`with speaking(form.locale):` texts are in this language; in English where it is None or unknown."""
    token = _asked.set(language if language in LANGUAGES else None)
    try:
        yield
    finally:
        _asked.reset(token)


@lru_cache(1000)  # browsers send few different ones
def best_language(accepted: str) -> str | None:
    """The best supported language of an Accept-Language header: "es-MX,es;q=0.9,en;q=0.8" is Spanish. None: none of them."""
    from babel import negotiate_locale

    wishes = [wish.partition(";q=")[::2] for wish in accepted[:500].replace(" ", "").split(",")]
    ranked = sorted(((_number(quality), name) for name, quality in wishes), key=lambda wish: -wish[0])
    found = negotiate_locale([name for quality, name in ranked if quality], LANGUAGES, sep="-")  # as the header spells it
    return next((code for code in LANGUAGES if found and code.lower() == found.lower()), None)


def _number(quality: str) -> float:
    try:
        return min(1.0, max(0.0, float(quality or 1)))
    except ValueError:
        return 0.0


def N_(text: str) -> str:
    """Mark a text for the catalogues; it is translated later, in the language that is current then."""
    return text


def _(text: str, **values: object) -> str:
    """The text in the current language, with its {placeholders} filled in."""
    translated = catalogue(spoken()).gettext(text) if text else ""
    return _filled(translated, text, values) if values else translated


def n_(one: str, many: str, n: int, **values: object) -> str:
    """The form of a text that fits the number; {n} is the number itself."""
    return _filled(catalogue(spoken()).ngettext(one, many, n), one if n == 1 else many, {"n": n, **values})


def _filled(translated: str, source: str, values: dict[str, object]) -> str:
    """A mistake in a catalogue must not break the page: English is the fallback."""
    try:
        return translated.format(**values)
    except (KeyError, IndexError, ValueError):
        return source.format(**values)


def conventions() -> Locale:
    """The CLDR conventions of the current language."""
    return _locale(spoken())


@cache
def _locale(language: str) -> Locale:
    from babel import Locale

    return Locale.parse(language, sep="-")


_OWN_NAMES = {
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "it": "Italiano",
    "pt": "Português",
}  # CLDR's: Babel reads 1 MB of each language for its name, and every page names them all


@cache
def language_name(language: str) -> str:
    """The language's own name: English, Español."""
    name = _OWN_NAMES.get(language) or _locale(language).get_display_name() or language
    return name[:1].upper() + name[1:]


NAMES_AFTER_OTHER_AND = N_("(?!)")
"""A regular expression: the names before which "and" is another word, as in Spanish "Ana e Inés". "(?!)" is none of them.
CLDR's data has no such rule, so each catalogue has its own."""


def joined(names: Iterable[str]) -> str:
    """'Mia', 'Mia and Ben', 'Mia, Ben, and Rosa'; a repeated name appears once."""
    from babel.lists import format_list

    different = list(dict.fromkeys(names))
    *others, last = different
    if others and _pattern(_(NAMES_AFTER_OTHER_AND)).match(last):
        return _("{names} and {last}", names=", ".join(others), last=last)  # with the other word for "and"
    return format_list(different, locale=conventions())


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """A mistake in a catalogue must not break the page here either."""
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error:
        return re.compile(NAMES_AFTER_OTHER_AND)


def day(moment: date, *, weekday: bool = False) -> str:
    """November 22, 2026, 22 de noviembre de 2026; with its weekday on request."""
    from babel.dates import format_date

    return format_date(moment, "full" if weekday else "long", locale=conventions())


def clock_time(moment: datetime) -> str:
    """6:05 PM, 18:05: hour and minute of `moment`, without a time zone conversion."""
    from babel.dates import format_time

    return format_time(moment.time(), "short", locale=conventions())
