"""Timed lyrics that a vendor made from the sung text, with the names as they are written.

Which "she" is the name Xi is decided by its place among the lyrics: what came back is aligned with what was sent, word by word.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from integrations.music import TimedLine
from integrations.name_spelling import WORD, SpellingPair, found_names, is_word, pairs_of


@dataclass(frozen=True)
class _Word:
    """`real`: what is shown instead, None for itself, '' for a part of a name whose first part shows all of it."""

    folded: str
    real: str | None = None
    line: int = 0
    start: int = 0
    end: int = 0


def shown_lines(lines: Sequence[TimedLine], lyrics: str, name: str, said: str, language: str) -> tuple[TimedLine, ...]:
    """The same times with real names. `lyrics` as they are shown. A word that came in pieces ("Wah-", "keen") is one again."""
    pairs = pairs_of(name, said)
    if not pairs or not lines:
        return tuple(lines)
    sung = [word for line in unicodedata.normalize("NFC", lyrics).split("\n") for word in _sung_words(line, pairs, language)]
    levels = dict.fromkeys(line.level for line in lines)
    return tuple(shown for level in levels for shown in _shown([one for one in lines if one.level == level], sung, pairs))


def _sung_words(line: str, pairs: tuple[SpellingPair, ...], language: str) -> list[_Word]:
    words: list[_Word] = []
    at = 0
    for start, end, sound in [*found_names(line, pairs, language), (len(line), len(line), "")]:
        words += [_Word(_folded(found[0])) for found in WORD.finditer(line[at:start])]
        parts = [_folded(found[0]) for found in WORD.finditer(sound)]
        words += [_Word(part, "" if number else line[start:end]) for number, part in enumerate(parts)]
        at = end
    return words


def _shown(lines: list[TimedLine], sung: list[_Word], pairs: tuple[SpellingPair, ...]) -> list[TimedLine]:
    heard = [
        _Word(_folded(found[0]), None, number, found.start(), found.end())
        for number, line in enumerate(lines)
        for found in WORD.finditer(unicodedata.normalize("NFC", line.text))
    ]
    texts = [unicodedata.normalize("NFC", line.text) for line in lines]
    for word in reversed(_named(heard, sung, pairs)):
        before, behind = texts[word.line][: word.start], texts[word.line][word.end :]
        texts[word.line] = before + word.real + behind if word.real else before.rstrip(" -") + behind
    shown: list[TimedLine] = []
    for line, text in zip(lines, texts, strict=True):
        if shown and WORD.search(line.text) and not WORD.search(text):
            shown[-1] = replace(shown[-1], text=shown[-1].text.rstrip(" -") + text.strip(" -"), end_ms=line.end_ms)
        else:
            shown.append(replace(line, text=text))
    return shown


def _named(heard: list[_Word], sung: list[_Word], pairs: tuple[SpellingPair, ...]) -> list[_Word]:
    """The heard words that are (part of) a name, in order: by their place in the lyrics, else by their sound alone."""
    alike = SequenceMatcher(None, [one.folded for one in sung], [one.folded for one in heard], autojunk=False)
    placed = {b + n: sung[a + n] for a, b, size in alike.get_matching_blocks() for n in range(size)}
    if any(_folded(found[0]) in {one.folded for one in heard} for real, _ in pairs for found in WORD.finditer(real)):
        placed = {}  # whoever made these times knows the name (our studio does): a "she" is a she
    named = {at: replace(heard[at], real=word.real) for at, word in placed.items() if word.real is not None}
    for real, sound in [pair for pair in pairs if not is_word(pair[1])]:
        parts = [_folded(found[0]) for found in WORD.finditer(sound)]
        for at in range(len(heard) - len(parts) + 1):
            free = not any(at + n in placed for n in range(len(parts)))
            if free and [one.folded for one in heard[at : at + len(parts)]] == parts:
                named |= {at + n: replace(heard[at + n], real="" if n else real) for n in range(len(parts))}
    return [named[at] for at in sorted(named)]


def _folded(word: str) -> str:
    return word.casefold()
