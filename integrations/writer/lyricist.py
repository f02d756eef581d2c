"""The built-in lyricist: writes a whole song from a brief. No key, no network, the same song for the same brief."""

from __future__ import annotations

import hashlib
import re
from functools import cache

from integrations.writer import Brief, Heard, Writing, unheard
from integrations.writer.choice import Chooser, forbidden
from integrations.writer.facts import Telling
from integrations.writer.prompt import prompt_for
from integrations.writer.song import MOST_CHARACTERS, MOST_LINES, ROOMS, Line, Song
from integrations.writer.sound import style_of, variations_of
from integrations.writer.text import clean, cut, has_word, lines_of
from integrations.writer.words import stock_for
from integrations.writer.words.stock import Person, Stock

_POSSESSIVE = re.compile(r"^(?:my|our|mi|mis|nuestro|nuestra|his|her)\s+", re.I)
_NAME = 28


class Lyricist:
    """Implements `Writer`. On another `day` the same brief becomes another song."""

    def __init__(self, day: int = 0) -> None:
        self.day = day

    def write(self, brief: Brief, heard: Heard = unheard) -> Writing:
        """The whole song at once: in milliseconds there is nothing to be heard before."""
        stock = stock_for(brief.language)
        never = forbidden(brief.never_mention)
        kind, gender = stock.speech.relation(clean(brief.relationship))
        memorial = _option(brief.theme) == "in-memory"
        name = _sung_name(brief, stock, kind, never)
        sender = _safe(cut(_flat(brief.sender_name), 60), never)
        relation = _relation(brief, stock, never)
        chooser = Chooser(
            hashlib.sha256((repr(brief) + (f"|{self.day}" if self.day else "")).encode("utf-8", "replace")).hexdigest(),
            never,
            _shy_of(brief, stock),
            {
                "name": name,
                "my": stock.my.format(relation),
                "sender": re.sub(r"^(The|El|La|Los|Las) ", lambda m: m[0].lower(), sender),
            },
        )
        names = (name, *(n for n in (_flat(brief.recipient_name), *map(_flat, brief.nicknames)) if len(n) > 1 and has_word(n)))
        telling = Telling(brief, stock, Person(tuple(dict.fromkeys(names)), relation, kind, gender, memorial), chooser.allows)
        lyrics = _lyrics(brief, stock, chooser, telling, kind, memorial, bool(sender))
        style = style_of(brief, chooser, memorial)
        theme = _option(brief.theme)
        title = " ".join(chooser.verse(stock.titles, theme, "any")) or name
        return Writing(
            title=title[:1].upper() + title[1:],
            lyrics="\n".join(words for words, _ in lyrics),
            prompt=prompt_for(brief, stock, telling, chooser, name, sender),
            music_style=style,
            variation_styles=variations_of(brief, chooser, style),
            sources=tuple(source for _, source in lyrics),
        )


def _lyrics(
    brief: Brief, stock: Stock, chooser: Chooser, telling: Telling, kind: str, memorial: bool, has_sender: bool
) -> list[Line]:
    """The most generous draft that is still one song long."""
    vibe = _option(brief.vibe)
    must = [line for line in lines_of(brief.must_include) if chooser.allows(line)]
    heard = cache(telling.facts)
    lines: list[Line] = []
    for room in ROOMS:
        song = Song(
            stock=stock,
            chooser=chooser,
            tone="memorial" if memorial else vibe if vibe in ("friendly-fun", "formal") else "loving",
            theme=_option(brief.theme),
            kind=kind,
            emotions=[_option(e) for e in brief.emotions[:2] if _option(e) in stock.feelings],
            festive=_option(brief.festive_lyrics_level),
            wishes=[w for w, wanted in (("child", brief.child_friendly), ("faith", brief.faith_based)) if wanted],
            has_sender=has_sender,
        )
        lines = _laid_out(song.sections(heard(room.fact_lines, room.each), must, room), chooser)
        sung = sum(1 for words, _ in lines if words and not words.startswith("["))
        if sung <= MOST_LINES and sum(len(words) + 1 for words, _ in lines) <= MOST_CHARACTERS:
            return lines
    return _trimmed(lines)


def _laid_out(sections: list[tuple[str, list[Line]]], chooser: Chooser) -> list[Line]:
    lines: list[Line] = []
    for tag, body in sections:
        kept = [(words, source) for words, source in body if words and chooser.allows(words)]
        lines += [("", "")] if lines else []
        lines += [(f"[{tag}]", ""), *kept]
    return lines


def _trimmed(lines: list[Line]) -> list[Line]:
    """Too many wishes for one song: the longest of them give way until it fits."""
    while sum(len(words) + 1 for words, _ in lines) > MOST_CHARACTERS:
        wishes = [line for line in lines if line[1] == "must_include"] or [line for line in lines if line[1]]
        lines.remove(max(wishes, key=lambda line: len(line[0])))
    return lines


def _sung_name(brief: Brief, stock: Stock, kind: str, never: re.Pattern[str] | None) -> str:
    for told in (brief.recipient_name, *brief.nicknames):
        name = _safe(cut(_flat(told), _NAME)[:60], never)
        if has_word(name):
            return name
    addresses = (stock.addresses.get(kind, ""), *stock.addresses.values())
    return next((a for a in addresses if a and _safe(a, never)), stock.addresses["other"])


def _relation(brief: Brief, stock: Stock, never: re.Pattern[str] | None) -> str:
    """The customer's own word if it is one ("my best friend"), else one of ours."""
    words = _POSSESSIVE.sub("", _flat(brief.relationship)).strip(" .!?,;:")
    if has_word(words) and len(words) <= 28 and len(words.split(" ")) <= 3 and _safe(words, never):
        shouted = sum(c.isupper() for c in words.split(" ")[0]) > 1
        return words if shouted else words[:1].lower() + words[1:]
    return stock.addresses["other"]


def _shy_of(brief: Brief, stock: Stock) -> tuple[str, ...]:
    formal = stock.intimate if _option(brief.vibe) == "formal" else ()
    return (*formal, *(stock.grown_up if brief.child_friendly else ()))


def _safe(text: str, never: re.Pattern[str] | None) -> str:
    return "" if never and never.search(text) else text


def _flat(text: str) -> str:
    return " ".join(clean(text).split())


def _option(value: str) -> str:
    return _flat(value).lower()
