"""The English lexicon: words with their sounds, loaded on first use and searched in place (no dictionary in memory)."""

from __future__ import annotations

import lzma
from functools import cache
from pathlib import Path

from integrations.music.studio.singing.phones import ENGLISH

FILE = Path(__file__).with_name("english.xz")
_NAMES = Path(__file__).with_name("names_en.txt")
_SIGNS = {sign: name for name, sign in {**ENGLISH.vowels, **ENGLISH.consonants}.items()}
_SIGNS |= {"ᵊ": "ax", "ᵻ": "ih", "ɐ": "ax", "ɾ": "t", "ʔ": "t", "T": "t", "ɜ": "er", "ɒ": "aa", "a": "aa", "o": "ow", "e": "ey"}
WITH_R = {"ɜ": "er", "ə": "er", "ɑ": "ar", "ɔ": "or", "ɛ": "air", "ɪ": "ear", "ʊ": "or"}
_VOWELS = frozenset("AIOWYiuæɑɔəɛɜɪʊʌᵊᵻɐɒaoe")
SOUNDS = frozenset(_SIGNS) | {"ɹ", "ˈ", "ˌ", "ː", "ʊ", "ɪ"}


def phones_of(said: str) -> list[str]:
    """The phones of one word in misaki's spelling; a stressed vowel's name ends in 1 (main) or 2 (second)."""
    out: list[str] = []
    mark, i = "", 0
    while i < len(said):
        sign = said[i]
        if sign in "ˈˌ":
            mark = "1" if sign == "ˈ" else "2"
            i += 1
            continue
        after = said[i + 2 :].lstrip("ˈˌ")[:1]
        name, size = _SIGNS.get(sign, ""), 1
        if sign in WITH_R and said[i + 1 : i + 2] == "ɹ" and after not in _VOWELS | {"ɹ"}:
            name, size = WITH_R[sign], 2
        if name:
            vowel = name in ENGLISH.vowels
            out.append(name + (mark if vowel else ""))
            mark = "" if vowel else mark
        i += size
    return out


@cache
def _text() -> bytes:
    return b"\n" + lzma.decompress(FILE.read_bytes())


@cache
def _names() -> dict[str, list[str]]:
    rows = (line.split() for line in _NAMES.read_text("utf-8").splitlines())
    return {word: phones for word, *phones in rows}


def look_up_word(word: str) -> list[str] | None:
    """The phones of a lower-case word, stresses marked; None when it is not known."""
    if word in _names():
        return _names()[word]
    key, text = word.encode() + b"\t", _text()
    low, high = 0, len(text)
    while low < high:  # each step looks at the line that holds the middle
        start = text.rfind(b"\n", 0, (low + high) // 2 + 1) + 1
        end = text.find(b"\n", start)
        line = text[start : end if end >= 0 else len(text)]
        if line.startswith(key):
            return phones_of(line[len(key) :].decode()) or None
        if line.split(b"\t")[0] < word.encode():
            low = (end if end >= 0 else len(text)) + 1
        else:
            high = start - 1
    return None
