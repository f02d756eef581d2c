"""From lyrics to phrases: section tags, lines, words and syllables, for any language and any hostile text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

from integrations.music.studio.singing.italian import joined_italian
from integrations.music.studio.singing.portuguese import joined_portuguese
from integrations.music.studio.singing.say import Said, name_sung, say_line, sung_language
from integrations.music.studio.singing.spanish import joined_vowels
from integrations.name_spelling import is_ordinary, pairs_of

_VOWELS = "aeiouyàáâãäåæèéêëìíîïòóôõöøœùúûüýÿāēīōūăęąůőűıаеёиоуыэюяіїєαεηιουωάέήίόύώ"
CLUSTERS = (
    "th",
    "sh",
    "ch",
    "ph",
    "wh",
    "qu",
    "tr",
    "br",
    "dr",
    "gr",
    "cr",
    "pr",
    "fr",
    "bl",
    "cl",
    "fl",
    "gl",
    "pl",
    "sl",
    "st",
    "sch",
)
Join = Callable[[tuple[str, ...], tuple[str, ...], tuple[bool, bool]], tuple[str, ...] | None]
# Languages in which two vowels that meet share a note.
JOINED: Mapping[str, Join] = {"es": joined_vowels, "it": joined_italian, "pt": joined_portuguese}
_TAG = re.compile(r"^\s*[\[(]\s*([^\])]{1,40})[\])]\s*:?\s*$")
_KINDS = {
    "pre-chorus": "prechorus",
    "prechorus": "prechorus",
    "post-chorus": "chorus",
    "chorus": "chorus",
    "refrain": "chorus",
    "hook": "chorus",
    "verse": "verse",
    "strophe": "verse",
    "bridge": "bridge",
    "middle": "bridge",
    "intro": "intro",
    "outro": "outro",
    "ending": "outro",
    "coda": "outro",
    "solo": "solo",
    "instrumental": "solo",
    "interlude": "solo",
    "break": "solo",
}


@dataclass(frozen=True)
class Syllable:
    """A piece of a word; `line` and `word` count from 0 over the whole song."""

    text: str
    line: int
    word: int
    phones: tuple[str, ...] = ()  # how it is said, where the studio can sing the language
    stressed: bool = False
    also: int = -1  # the word that begins within it: in some languages two vowels that meet are one syllable


@dataclass
class Stanza:
    """A section as written: what it is called, what it is, and its phrases (each sung in one breath)."""

    name: str
    kind: str
    phrases: list[list[Syllable]] = field(default_factory=list)


@dataclass
class Text:
    """The lyrics of a song, parsed."""

    stanzas: list[Stanza]
    lines: list[str]
    words: list[tuple[int, str]]
    said: Mapping[str, str] = field(default_factory=dict)  # lower-case words that are read in another spelling
    names: frozenset[str] = frozenset()  # lower-case words of the name that the song is for
    hummed: list[int] = field(default_factory=list)  # places in `words` of those that nobody can say


def clean_line(text: str, limit: int = 200) -> str:
    """One harmless line: no control, direction or invisible characters (emoji joiners stay), at most `limit` characters."""
    spaced = (" " if c.isspace() else c for c in text)
    kept = (
        c for c in spaced if c in "\u200c\u200d" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    )
    return " ".join("".join(kept).split())[:limit]


def syllables(word: str, language: str = "en") -> list[str]:
    """Split one word; joined again the pieces are the word. Empty for what cannot be sung (punctuation, emoji)."""
    letters = [c for c in word if c.isalnum()]
    if not letters:
        return []
    if any("\u3040" <= c <= "\u30ff" or "\u4e00" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af" for c in letters):
        return re.findall(r"[^\w]*\w[^\w]*[ゃゅょっャュョッー]*", word) or [word]
    groups = [m.span() for m in re.finditer(f"[{_VOWELS}]+", word.lower())]
    if len(word.lower()) != len(word):  # a few capitals grow when lowered
        groups = [m.span() for m in re.finditer(f"[{_VOWELS}{_VOWELS.upper()}]+", word)]
    if not groups:
        size = 4 if letters[0].isascii() and letters[0].isalpha() else 2
        return [word[i : i + size] for i in range(0, len(word), size)] if len(letters) > size else [word]
    if language.startswith("en"):
        groups = _without_silent(word.lower(), groups)
    cuts = [0]
    for (_, end), (start, _) in pairwise(groups):
        between = word[end:start].lower()
        cuts.append(
            start - 1 if len(between) == 1 else next((start - len(c) for c in CLUSTERS if between.endswith(c)), end + 1)
        )
    return [word[a:b] for a, b in zip(cuts, [*cuts[1:], len(word)], strict=True)]


def divided(word: str, count: int, language: str) -> list[str]:
    """A word in exactly so many pieces, as near to its written syllables as that allows; joined again they are the word."""
    pieces = syllables(word, language) or [word]
    while len(pieces) > count:
        at = min(range(len(pieces) - 1), key=lambda i: len(pieces[i]) + len(pieces[i + 1]))
        pieces[at : at + 2] = [pieces[at] + pieces[at + 1]]
    while len(pieces) < count:
        at = max(range(len(pieces)), key=lambda i: len(pieces[i]))
        half = -(-len(pieces[at]) // 2)
        pieces[at : at + 1] = [pieces[at][:half], pieces[at][half:]]
    return pieces


def _without_silent(word: str, groups: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """English: drop the vowels at the end that nobody sings (love, loved, times)."""
    if len(groups) < 2:
        return groups
    stem = re.sub(r"[^a-z]+$", "", word)
    last = groups[-1]
    if stem[last[0] : last[1]] != "e":
        return groups
    tail, before = stem[last[0] :], stem[: last[0]]
    silent = (tail == "e" and not re.search(r"[^aeiouy]l$", before)) or (tail == "ed" and before[-1] not in "td")
    silent = silent or (tail == "es" and not re.search(r"(s|x|z|ch|sh|c|g|[^aeiouy]l)$", before))
    return groups[:-1] if silent else groups


def _kind(tag: str) -> str:
    low = tag.lower()
    return next((kind for word, kind in _KINDS.items() if word in low), "verse")


def spellings(name: str, said: str) -> dict[str, str]:
    """How the words of a name are said, where the giver said so; a spelling for the whole name stands on its first word."""
    return {
        real.lower().split()[0]: sound.lower().replace(" ", "-") for real, sound in pairs_of(clean_line(name), clean_line(said))
    }


def read_lyrics(lyrics: str, language: str, said: Mapping[str, str] | None = None, name: str = "") -> Text:
    """Sections, phrases, lines and words of the lyrics, in order. `said`: how some words are to be read; `name`: for whom."""
    text = Text([], [], [], said or {}, frozenset(clean_line(name).lower().split()))
    current: Stanza | None = None
    verses = 0
    for raw in lyrics[:6000].splitlines():
        line = clean_line(raw)
        tag = _TAG.match(line)
        if tag or not line:
            current = None
            if tag:
                name = clean_line(tag.group(1), 40)
                current = Stanza(name, _kind(name))
                text.stanzas.append(current)
            continue
        if current is None or (len(current.phrases) >= 8 and current.name.startswith("Verse ")):
            verses += 1
            current = Stanza(f"Verse {verses}", "verse")
            text.stanzas.append(current)
        current.phrases += _phrases(line, text, language)
    text.stanzas = [s for s in text.stanzas if s.phrases or s.kind in ("solo", "intro", "outro")]
    return text


def _bare(word: str) -> str:
    """A word without what stands around it: ("Anna's," is anna)."""
    found = re.match(r"\W*(\w[\w-]*)", word)
    return found[1].lower() if found else ""


def _read_as(word: str, said: Mapping[str, str]) -> str:
    """The word, or the spelling that tells how it is said; what stands around it ("'s", a comma) stays."""
    found = re.match(r"(\W*)(\w[\w-]*)", word)
    spelling = said.get(found[2].lower()) if found and said and not is_ordinary(found[2]) else None
    return f"{found[1]}{spelling}{word[found.end() :]}" if found and spelling else word


def _of_word(word: str, said: Said | None, pieces: list[str], language: str, line: int, number: int) -> list[Syllable]:
    """The notes of one word, twelve at most: as many as it has syllables when it is said, else as it seems to when written."""
    if said is None:
        return [Syllable(p, line, number) for p in pieces[:12]]
    parts = said.syllables
    size = -(-len(parts) // 12)
    groups = [tuple(p for part in parts[i : i + size] for p in part) for i in range(0, len(parts), size)]
    texts = divided(word, len(groups), language)
    bearer = said.stress // size if said.stress >= 0 else -1
    return [Syllable(t, line, number, g, i == bearer) for i, (t, g) in enumerate(zip(texts, groups, strict=True))]


def _said_words(words: list[str], text: Text, language: str) -> list[tuple[str, Said | None]]:
    """The words of a line and how they are sung, where that can be said; a name of the song is begun anew."""
    if not language:
        return [(word, None) for word in words]
    apart = frozenset(i for i, word in enumerate(words) if _bare(word) in text.names)
    said = say_line(tuple(_read_as(word, text.said) for word in words), language, apart)
    named = [replace(s, syllables=name_sung(s.syllables, language)) if i in apart else s for i, s in enumerate(said)]
    return list(zip(words, named, strict=True))


def _phrases(line: str, text: Text, language: str) -> list[list[Syllable]]:
    """One line as one phrase, or as several where no breath would last."""
    number = len(text.lines)
    words: list[list[Syllable]] = []
    for word, said in _said_words(line.split(), text, sung_language(language)):
        pieces = syllables(word, language)
        if pieces and (said is None or said.syllables):
            text.words.append((number, word))
            words.append(_of_word(word, said, pieces, language, number, len(text.words) - 1))
            if said and said.hummed:
                text.hummed.append(len(text.words) - 1)
    if not words:
        return []
    text.lines.append(line)
    join = JOINED.get(sung_language(language))
    total = sum(map(len, words))
    parts = -(-len(_with_joined_vowels(words, text, join) if join else range(total)) // 15)
    phrases: list[list[list[Syllable]]] = [[]]
    for word_syllables in words:
        if sum(map(len, phrases[-1])) >= total / parts:
            phrases.append([])
        phrases[-1].append(word_syllables)
    return [_with_joined_vowels(phrase, text, join) if join else [s for word in phrase for s in word] for phrase in phrases]


def _with_joined_vowels(words: list[list[Syllable]], text: Text, join: Join) -> list[Syllable]:
    """The syllables of words as they follow each other in one breath, two vowels that meet as one of them."""
    out: list[Syllable] = []
    for number, word in enumerate(words):
        last, first = (out[-1] if out else None), word[0]
        onward = first.phones == ("i",) and number + 1 < len(words)  # "y": rather with the vowel after it
        onward = onward and words[number + 1][0].phones[:1] in (("a",), ("e",), ("o",), ("u",))
        joined = None
        if last and last.also < 0 and not onward and text.words[last.word][1][-1].isalpha():
            joined = join(last.phones, first.phones, (last.stressed, first.stressed))
        if joined and last:
            both = f"{last.text} {first.text}"
            out[-1] = replace(last, text=both, phones=joined, stressed=last.stressed or first.stressed, also=first.word)
            out += word[1:]
        else:
            out += word
    return out
