"""English: a word becomes phones. Lexicon first, then its stem with an ending, then letter by letter."""

from __future__ import annotations

from integrations.music.studio.singing.letters import spell_out
from integrations.music.studio.singing.lexicon import look_up_word

SUNG = {  # as people sing them, where the lexicon has the careful form or the other word
    "a": "ax",
    "the": "dh ax",
    "every": "eh1 v r iy",
    "everything": "eh1 v r iy th ih ng",
    "everyone": "eh1 v r iy w ah n",
    "everybody": "eh1 v r iy b aa d iy",
    "evening": "iy1 v n ih ng",
    "family": "f ae1 m l iy",
    "our": "aw1 er",
    "hour": "aw1 er",
    "fire": "f ay1 er",
    "ours": "aw1 er z",
    "different": "d ih1 f r ax n t",
    "favorite": "f ey1 v r ih t",
    "favourite": "f ey1 v r ih t",
    "colour": "k ah1 l er",
    "colours": "k ah1 l er z",
    "mum": "m ah1 m",
    "oh": "ow1",
    "ooh": "uw1",
    "ah": "aa1",
    "la": "l aa1",
    "na": "n aa1",
    "hmm": "m",
    "mmm": "m",
    "whoa": "w ow1",
    "yeah": "y ae1",
    "hey": "hh ey1",
}
_LETTERS = {
    "a": "ey1", "b": "b iy1", "c": "s iy1", "d": "d iy1", "e": "iy1", "f": "eh1 f", "g": "jh iy1", "h": "ey1 ch", "i": "ay1",
    "j": "jh ey1", "k": "k ey1", "l": "eh1 l", "m": "eh1 m", "n": "eh1 n", "o": "ow1", "p": "p iy1", "q": "k y uw1", "r": "ar1",
    "s": "eh1 s", "t": "t iy1", "u": "y uw1", "v": "v iy1", "w": "d ah1 b ax l y uw", "x": "eh1 k s", "y": "w ay1",
    "z": "z iy1",
}  # fmt: skip
VOICELESS = frozenset(("p", "t", "k", "f", "th", "s", "sh", "ch"))
HISSING = frozenset(("s", "z", "sh", "ch", "zh", "jh"))


def english(word: str) -> list[str]:
    """The phones of a word of letters a..z and apostrophes (capitals matter: `DJ` is spelt), stresses marked with digits."""
    low = word.lower().strip("'")
    if known := _known(low):
        return known
    letters = low.replace("'", "")
    if (word.isupper() and 1 < len(word) <= 4) or not any(c in "aeiouy" for c in letters):
        return [p for c in letters[:12] for p in _LETTERS.get(c, "").split()]
    return _known(letters) or _with_ending(low) or spell_out(letters)


def _known(low: str) -> list[str] | None:
    return SUNG[low].split() if low in SUNG else look_up_word(low)


def _with_ending(low: str) -> list[str] | None:
    """A known stem with -s, -ed, -ing, -in', -er, -est, -ly, -y, un-."""
    for ending, add in (("'s", _plural), ("s'", _plural), ("es", _plural), ("s", _plural), ("ed", _past), ("d", _past)):
        if low.endswith(ending) and (stem := _stem(low[: -len(ending)], ending in ("es", "ed"))):
            return add(stem)
    for ending, phones in (
        ("ing", ["ih", "ng"]),
        ("in", ["ih", "n"]),
        ("er", ["er"]),
        ("est", ["ax", "s", "t"]),
        ("ly", ["l", "iy"]),
        ("ness", ["n", "ax", "s"]),
        ("less", ["l", "ax", "s"]),
        ("ful", ["f", "ax", "l"]),
        ("y", ["iy"]),
    ):
        if low.endswith(ending) and len(low) > len(ending) + 2 and (stem := _stem(low[: -len(ending)], True)):
            return stem + phones
    if low.startswith("un") and len(low) > 4 and (stem := _known(low[2:])):
        return ["ah", "n", *stem]
    cut = next((i for i in range(len(low) - 3, 2, -1) if _known(low[:i]) and _known(low[i:])), 0)
    return [*(_known(low[:cut]) or []), *(p.replace("1", "2") for p in _known(low[cut:]) or [])] if cut else None


def _stem(stem: str, loose: bool) -> list[str] | None:
    """A known stem; `loose`: perhaps with its e back, its y back, or its last letter single."""
    if len(stem) < 2:
        return None
    tries = [stem]
    if loose:
        tries += [stem + "e", stem[:-1] + "y" if stem.endswith("i") else "", stem[:-1] if stem[-1:] == stem[-2:-1] else ""]
    return next((found for t in tries if len(t) > 1 and (found := _known(t))), None)


def _plural(stem: list[str]) -> list[str]:
    last = stem[-1].rstrip("12")
    return [*stem, *(("ih", "z") if last in HISSING else ("s",) if last in VOICELESS else ("z",))]


def _past(stem: list[str]) -> list[str]:
    last = stem[-1].rstrip("12")
    return [*stem, *(("ih", "d") if last in ("t", "d") else ("t",) if last in VOICELESS else ("d",))]
