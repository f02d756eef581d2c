"""The built-in lyricist: writes a whole song from a brief. No key, no network, the same song for the same brief."""

from __future__ import annotations

import hashlib
import re
from functools import cache

from integrations.writer import Brief, OnDraft, Writing, ignore_draft
from integrations.writer.choice import Chooser
from integrations.writer.facts import Telling
from integrations.writer.forbidden_words import Never
from integrations.writer.grammar import Person
from integrations.writer.music_prompt import prompt_for
from integrations.writer.phrases import WRITTEN_LANGUAGES, Phrases, phrases_for
from integrations.writer.song import DRAFT_ROOMS, MOST_CHARACTERS, MOST_LINES, Line, Song
from integrations.writer.sound import style_of, variations_of
from integrations.writer.text import capital, clean_words, cut_at_word, flat, has_word, option, small, text_lines

_NAME = 28


class Lyricist:
    """Implements `Writer`. On another `day` the same brief becomes another song; `plain`: its chorus suits any occasion."""

    languages = WRITTEN_LANGUAGES

    def __init__(self, day: int = 0, plain: bool = False) -> None:
        self.day, self.plain = day, plain

    def write(self, brief: Brief, on_draft: OnDraft = ignore_draft) -> Writing:
        """The whole song at once: it takes milliseconds, so `on_draft` is not called before."""
        phrases = phrases_for(brief.language)
        never = Never(brief.never_mention)
        kind, gender = phrases.grammar.relation(clean_words(brief.relationship))
        memorial = option(brief.theme) == "in-memory"
        name = _sung_name(brief, phrases, kind, never)
        tone = _tone(brief, kind, gender, memorial)
        sender = _safe(cut_at_word(flat(brief.sender_name), 60), never)
        relation = _relation(brief, phrases, never)
        chooser = Chooser(
            hashlib.sha256((repr(brief) + (f"|{self.day}" if self.day else "")).encode("utf-8", "replace")).hexdigest(),
            never,
            _shy_of(brief, phrases, tone),
            {
                "name": _article_small(name) if kind == "team" else name,
                "my": _my(phrases, relation, name),
                "sender": _article_small(sender),
            },
        )
        names = (name, *(n for n in (flat(brief.recipient_name), *map(flat, brief.nicknames)) if len(n) > 1 and has_word(n)))
        telling = Telling(brief, phrases, Person(tuple(dict.fromkeys(names)), relation, kind, gender, memorial), chooser.allows)
        theme = option(brief.theme)
        # a song to the parents does not welcome them into the world
        plain = self.plain or (theme == "new-baby" and kind not in ("child", "other"))
        lyrics = _lyrics(brief, phrases, chooser, telling, kind, tone, bool(sender), plain)
        style = style_of(brief, chooser, memorial)
        keys = ("any", theme) if plain else (theme, "any")
        title = chooser.title(phrases.verses.titles, " ".join(words for words, _ in lyrics), self.day // 2, *keys) or name
        return Writing(
            title=capital(title),
            lyrics="\n".join(words for words, _ in lyrics),
            prompt=prompt_for(brief, phrases, telling, chooser, name, sender),
            music_style=style,
            variation_styles=variations_of(brief, chooser, style),
            sources=tuple(source for _, source in lyrics),
        )


def _lyrics(
    brief: Brief, phrases: Phrases, chooser: Chooser, telling: Telling, kind: str, tone: str, has_sender: bool, plain: bool
) -> list[Line]:
    """The most generous draft that is still one song long."""
    must = [line for line in text_lines(brief.must_include) if chooser.allows(line)]
    heard = cache(telling.facts)
    lines: list[Line] = []
    for room in DRAFT_ROOMS:
        song = Song(
            phrases=phrases,
            chooser=chooser,
            tone=tone,
            theme=option(brief.theme),
            kind=kind,
            emotions=[option(e) for e in brief.emotions[:2] if option(e) in phrases.verses.feelings],
            festive=option(brief.festive_lyrics_level),
            wishes=[w for w, wanted in (("child", brief.child_friendly), ("faith", brief.faith_based)) if wanted],
            has_sender=has_sender,
            plain=plain,
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
    """Where too many lines are asked for, leave out the longest until the song fits."""
    while sum(len(words) + 1 for words, _ in lines) > MOST_CHARACTERS:
        wishes = [line for line in lines if line[1] == "must_include"] or [line for line in lines if line[1]]
        lines.remove(max(wishes, key=lambda line: len(line[0])))
    return lines


def _sung_name(brief: Brief, phrases: Phrases, kind: str, never: Never) -> str:
    for written in (brief.recipient_name, *brief.nicknames):
        name = _safe(cut_at_word(flat(written), _NAME)[:60], never)
        if has_word(name):
            return name
    addresses = (phrases.words.addresses.get(kind, ""), *phrases.words.addresses.values())
    return next((a for a in addresses if a and _safe(a, never)), phrases.words.addresses["other"])


def _relation(brief: Brief, phrases: Phrases, never: Never) -> str:
    """The customer's own word if it is one ("my best friend"), else one of ours."""
    words = phrases.words.bare(flat(brief.relationship)).strip(" .!?,;:")
    if has_word(words) and len(words) <= 28 and len(words.split(" ")) <= 3 and _safe(words, never):
        return small(words)
    return phrases.words.addresses["other"]


def _tone(brief: Brief, kind: str, gender: str, memorial: bool) -> str:
    """The mood of the lines around the facts. Who is no family, friend or love is thanked warmly and not loved."""
    if memorial:
        return "memorial"
    vibe = option(brief.vibe)
    if vibe in ("friendly-fun", "formal"):
        return vibe
    # of the kind "other" only relatives have a gender; a bus driver has none
    distant = kind in ("colleague", "team") or (kind == "other" and not gender and has_word(brief.relationship))
    return "warm" if distant else "loving"


def _article_small(name: str) -> str:
    """ "the office" inside of a sentence; a line still begins with a capital."""
    return re.sub(r"^(The|El|La|Los|Las) ", lambda m: m[0].lower(), name)


def _my(phrases: Phrases, relation: str, name: str) -> str:
    """Of "my sister"; '' where the name says it already ("Grandma Jean, my grandma")."""
    if re.search(rf"(?<!\w){re.escape(relation)}(?!\w)", name, re.I):
        return ""
    many = relation.split(" ")[0].endswith("s")
    return (phrases.words.my_many if many else phrases.words.my).format(relation=relation)


def _shy_of(brief: Brief, phrases: Phrases, tone: str) -> tuple[str, ...]:
    formal = phrases.words.intimate if option(brief.vibe) == "formal" or tone == "warm" else ()
    return (*formal, *(phrases.words.grown_up if brief.child_friendly else ()))


def _safe(text: str, never: Never) -> str:
    return "" if never.search(text) else text
