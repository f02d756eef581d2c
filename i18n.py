"""The languages of the interface. English stands in the source; every other one is a catalogue, locale/<code>.po.

`_("For {name}", name=name)` is a text in the language that is spoken right now, `n_` one that depends on a number, and
`N_` marks a constant that is said later, with `_(CONSTANT)`. Who speaks what is a matter of context, not of arguments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

SOURCE = "en"
FOLDER = Path(__file__).parent / "locale"
LANGUAGES = (SOURCE, *sorted(path.stem for path in FOLDER.glob("*.po")))
_asked: ContextVar[str | None] = ContextVar("asked", default=None)


@cache
def catalogue(language: str) -> NullTranslations:
    """The texts of a language, read once for each process; a process that never needs them never reads them."""
    if language == SOURCE:
        return NullTranslations()
    import polib  # here: who speaks English only does not pay for it

    return GNUTranslations(BytesIO(polib.pofile(str(FOLDER / f"{language}.po")).to_binary()))


def asked() -> str | None:
    """The language that somebody asked for; None where nobody did."""
    return _asked.get()


def spoken() -> str:
    """The language of the texts that are made right now."""
    return _asked.get() or SOURCE


def speak(language: str | None) -> None:
    """From here on, in this context (a request, a task), texts are in this language."""
    _asked.set(language if language in LANGUAGES else None)


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """`with speaking(form.locale):` texts are in this language; in English where it is None or unknown."""
    token = _asked.set(language if language in LANGUAGES else None)
    try:
        yield
    finally:
        _asked.reset(token)


def choose(accepted: str) -> str | None:
    """The first of an Accept-Language header that we speak: "es-MX,es;q=0.9,en;q=0.8" is Spanish. None: none of them."""
    wishes = []
    for wish in accepted[:500].split(","):
        name, _, quality = wish.strip().partition(";q=")
        wishes.append((-_number(quality), name.strip().lower()))
    for wanted, name in sorted(wishes, key=lambda wish: wish[0]):
        code = name if name in LANGUAGES else name.partition("-")[0]
        if wanted and code in LANGUAGES:
            return code
    return None


def _number(quality: str) -> float:
    try:
        return min(1.0, max(0.0, float(quality or 1)))
    except ValueError:
        return 0.0


def N_(text: str) -> str:
    """Mark a text for the catalogues; it is said later, in whatever language is spoken then."""
    return text


def _(text: str, **values: object) -> str:
    """The text in the language that is spoken, its {placeholders} filled in."""
    said = catalogue(spoken()).gettext(text) if text else ""
    return _filled(said, text, values) if values else said


def n_(one: str, many: str, n: int, **values: object) -> str:
    """The form of a text that fits the number; {n} is the number itself."""
    return _filled(catalogue(spoken()).ngettext(one, many, n), one if n == 1 else many, {"n": n, **values})


def _filled(said: str, source: str, values: dict[str, object]) -> str:
    """A slip in somebody's catalogue must not take the page away: then English is said."""
    try:
        return said.format(**values)
    except (KeyError, IndexError, ValueError):
        return source.format(**values)


def name_of(language: str) -> str:
    """What a language calls itself; every catalogue says it for its own."""
    return "English" if language == SOURCE else catalogue(language).gettext(N_("the name of this language in itself"))


SOUND_OF_I = re.compile("h?[ií](?![eé])|y(?![aeiouáéíóú])", re.IGNORECASE)  # Inés, Hilda, Yves; not Hierro, not Yolanda


def joined(names: Iterable[str]) -> str:
    """'Mia', 'Mia and Ben', 'Mia, Ben and Rosa'; a name that comes twice is said once. Spanish: 'Ana y Rosa', 'Ana e Inés'."""
    *others, last = dict.fromkeys(names)
    if not others:
        return last
    if spoken() == "es" and SOUND_OF_I.match(last):
        return f"{', '.join(others)} e {last}"
    return _("{names} and {last}", names=", ".join(others), last=last)


MONTHS = (
    N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"), N_("July"), N_("August"),
    N_("September"), N_("October"), N_("November"), N_("December"),
)  # fmt: skip


def day(moment: date) -> str:
    """22 November 2026, 22 de noviembre de 2026."""
    return _("{day} {month} {year}", day=moment.day, month=_(MONTHS[moment.month - 1]), year=moment.year)
