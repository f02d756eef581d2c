"""Spanish: a word becomes phones by rule (as in America: c and z before e and i are s)."""

from __future__ import annotations

import re
import unicodedata

_VOWELS = "aeiou"
STRONG = "aeo"
WEAK = "a al con de del e el en la las le les lo los me mi mis ni o os por que se si sin su sus te tu tus u un y"
_GLIDES = {"i": "j", "u": "w"}
_NO_GLIDE_AFTER = frozenset(("bh", "ch", "gh", "ny", "rr", "x", "y", "j", "w"))  # no bank has these with a glide
_ALONE = {"y": "i", "muy": "m w i1", "méxico": "m e1 x i k o", "mexico": "m e1 x i k o", "hmm": "m", "mmm": "m"}
_LETTERS = {
    "b": "be", "c": "ce", "d": "de", "f": "efe", "g": "ge", "h": "ache", "j": "jota", "k": "ka", "l": "ele", "m": "eme",
    "n": "ene", "p": "pe", "q": "cu", "r": "erre", "s": "ese", "t": "te", "v": "uve", "w": "doble uve",
    "x": "equis", "z": "ceta",
}  # fmt: skip
_SOUNDS = [
    (re.compile(pattern), sounds.split())
    for pattern, sounds in (
        (r"ch|sh", "ch"), (r"ll", "y"), (r"rr", "rr"), (r"^r|(?<=[nls])r", "rr"), (r"r", "r"), (r"qu(?=[ei])|q", "k"),
        (r"gu(?=[ei])", "g"), (r"g(?=[ei])|j", "x"), (r"^hu(?=[aeo])", "w"), (r"^hi(?=[aeo])", "y"), (r"h", ""),
        (r"c(?=[ei])|z|ss?", "s"), (r"cc(?=[ei])", "k s"), (r"cc?|kk?", "k"), (r"ñ", "ny"), (r"^[bv]|(?<=[mn])[bv]", "b"),
        (r"[bv]+", "bh"), (r"^d|(?<=[nl])d", "d"), (r"d+", "dh"), (r"^g|(?<=n)g", "g"), (r"g+", "gh"), (r"ph|ff?", "f"),
        (r"l", "l"), (r"mm?", "m"), (r"nn?", "n"), (r"pp?", "p"), (r"th|tt?", "t"), (r"w", "w"), (r"^x", "s"), (r"x", "k s"),
    )
]  # fmt: skip


def _letters(word: str) -> tuple[str, list[bool]]:
    """Plain letters (ñ kept, ü as w where it is said) and for each whether it bears an accent."""
    out, accents = "", []
    for c in word.lower():
        base = "ñ" if c == "ñ" else "w" if c == "ü" else unicodedata.normalize("NFKD", c)[0]
        if (base.isascii() and base.isalpha()) or base == "ñ":
            out += base
            accents.append(c in "áéíóú")
    return out, accents


def spanish(word: str) -> list[str]:
    """The phones of a word; the stressed vowel is marked with 1."""
    low = word.lower()
    if low in _ALONE:
        return _ALONE[low].split()
    text, accents = _letters(word)
    if text and not any(c in "aeiouy" for c in text):
        return [p for c in text[:12] for w in _LETTERS.get(c, "").split() for p in spanish(w)]
    out: list[str] = []
    at = 0
    while at < len(text):
        c = text[at]
        if c in _VOWELS or (c == "y" and (at + 1 == len(text) or text[at + 1] not in _VOWELS)):
            silent = c == "u" and text[at - 1 : at] in ("g", "q") and text[at + 1 : at + 2] in ("e", "i") and not accents[at]
            if not silent:
                out.append(_vowel(text, accents, at))
            at += 1
            continue
        if c == "y":
            out.append("y")
            at += 1
            continue
        rule = next(((m, s) for r, s in _SOUNDS if (m := r.match(text, at))), None)
        out += rule[1] if rule else []
        at = rule[0].end() if rule else at + 1
    return _stressed(out, word.lower())


def _vowel(text: str, accents: list[bool], at: int) -> str:
    """A vowel, or the glide that a weak one becomes beside another."""
    c = "i" if text[at] == "y" else text[at]
    if accents[at]:
        return c + "1"
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if c not in "iu":
        return c
    glide = "j" if c == "i" else "w"
    if after and after in _VOWELS and not (after in "iu" and before in _VOWELS) and after != c:
        return glide
    if before and before in STRONG:
        return glide
    return c


def _stressed(phones: list[str], word: str) -> list[str]:
    """Mark the stressed vowel where no accent did."""
    places = [i for i, p in enumerate(phones) if p[0] in _VOWELS and p.rstrip("1") in _VOWELS]
    if word in WEAK.split():
        return [p.rstrip("1") for p in phones]
    if not places or any(p.endswith("1") for p in phones):
        return phones
    late = len(places) == 1 or not re.search(r"[aeiouáéíóúns]$", word)
    bearer = places[-1] if late else places[-2]
    return [p + "1" if i == bearer else p for i, p in enumerate(phones)]


def joined_vowels(end: tuple[str, ...], begin: tuple[str, ...], stressed: tuple[bool, bool]) -> tuple[str, ...] | None:
    """The last syllable of a word and the first of the next as the one that is sung of both ("que es": k e s), or None.

    A vowel that returns is sung once; an unstressed i or u beside another vowel becomes its glide.
    """
    if not end or not begin or end[-1] not in _VOWELS or begin[0] not in _VOWELS or all(stressed):
        return None
    last, first = end[-1], begin[0]
    if last == first:
        return (*end, *begin[1:])
    if first in _GLIDES and last in STRONG and not stressed[1]:
        return (*end, _GLIDES[first], *begin[1:])
    if last in _GLIDES and first in STRONG and not stressed[0] and not _NO_GLIDE_AFTER & set(end[-2:-1]):
        return (*end[:-1], _GLIDES[last], *begin)
    return None
