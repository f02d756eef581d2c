"""Portuguese as in Brazil: a word becomes phones by rule; how open a stressed e or o is, and what is foreign, also by list."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

_PLAIN = str.maketrans("áàâéêíóôúü", "aaaeeioouu")
_ACCENTED = "áàâãéêíóôõú"
_V = f"aeiouy{_ACCENTED}"
_OFF = {"i": "j", "y": "j", "e": "j", "u": "w", "ü": "w", "o": "w"}
_NASAL = {"a": "an", "e": "en", "i": "in", "y": "in", "o": "on", "u": "un"}
_HISSING = frozenset(("ch", "jh", "sh", "zh", "ly", "ny"))  # they have an i in them: no glide follows
_WEAK = """
a à ao aos as às com da das de do dos e em lhe lhes mas me na nas no nos num numa o os ou para pela pelas pelo pelos por pra pro
que se sem te um uma umas uns
"""
# What the rules cannot know: words with the stressed vowel written out (é, ó open; ê, ô closed), with a hyphen those whose last
# vowel changes ("nóss-": nosso, nossa, nossos); after = how a Brazilian would spell a foreign one.
_FILE = Path(__file__).with_name("words_pt.txt")
_CLOSED_E = re.compile(r"e(?:[mniuj]|r$|z(?:es)?$|za|s?[çj]|lh|s[ao]s?$|d[oe]s?$|t[ae]s?$|sc[oa]|ram$)")
_STRONG = re.compile(r"(?:^d|^vi|tiv|fiz|diss|quis|p[ou][ds]|oub|oux|houv)eram$")  # verbs whose past has an open e
_CLOSED_O = re.compile(r"o(?:[mniuaeo]|r(?:es)?$|[^aeiou]+o$|(?!sos)[^aeiou]+os$)")
_LETTERS = {
    "b": "bê", "c": "cê", "d": "dê", "f": "éfe", "g": "gê", "h": "agá", "j": "jóta", "k": "cá", "l": "éle", "m": "eme",
    "n": "ene", "p": "pê", "q": "quê", "r": "érre", "s": "ésse", "t": "tê", "v": "vê", "w": "dábliu", "x": "xis", "z": "zê",
    "ç": "cê",
}  # fmt: skip
_ALONE = {"hm": "m", "hmm": "m", "mmm": "m", "mm": "m", "sh": "sh", "shh": "sh", "psiu": "p s i1 w"} | {
    f"muit{end}": f"m un1 j t {last}" for end, last in (("o", "u"), ("a", "a"), ("os", "u s"), ("as", "a s"))
}
_RESPELLED = [  # before anything else
    (re.compile(pattern), letters)
    for pattern, letters in (
        (r"ph", "f"), (r"th", "t"), (r"c?kh?", "k"), (r"sch", "sh"), (r"([bcdfglmnptvz])\1", r"\1"),
        (r"^s(?=[bcdfgklmnpqtv])", "es"),
        (r"((?:tran|fre|cin|conse|elo|delin)q)u(?=[ieíéê])", r"\1ü"), (r"^(seq)u(?=[ê]|el)", r"\1ü"),
        (r"^((?:ar|pin|bilín|sa|lin)g|ag)u(?=[ieí](?:[mnçs]|$))", r"\1ü"),
        (r"[ck]$", "que"), (r"g$", "gue"), (r"([bdfptv])$", r"\1e"),
    )
]  # fmt: skip
_FRONT = "[eiyéêí]"
_X_AS_S = rf"x(?=[^{_V}])|(?<=pró)x|(?<=apro)x|(?<=má)x|(?<=au)x(?=i|í)|(?<=trou)x"
_X_AS_KS = r"(?<=tá)x|(?<=se)x(?=[ou])|(?<=fi)x|(?<=tó)x|(?<=o)x(?=i)|(?<=le)x|(?<=lé)x|(?<=ne)x|(?<=bo)x|(?<=sa)x|x$"
_SOUNDS = [
    (re.compile(pattern), sounds.split())
    for pattern, sounds in (
        (r"tch|t(?=[iyí]|e[ao]?s?$)", "ch"), (r"dj|d(?=[iyí]|e[ao]?s?$)", "jh"), (r"t", "t"), (r"d", "d"), (r"ch|sh", "sh"),
        (r"lh", "ly"), (r"nh|ñ", "ny"), (rf"s?c(?={_FRONT})|s?ç", "s"), (r"[ckq]", "k"), (rf"g(?={_FRONT})|j", "zh"),
        (r"g", "g"), (r"rr|^r|(?<=[lmnsz])r", "x"), (r"r", "r"), (rf"l(?=[^h{_V}]|$)", "w"), (r"l", "l"),
        (rf"(?<=tran)s(?=[{_V}])", "z"), (r"ss", "s"), (rf"(?<=[{_V}])s(?=[{_V}bdgvmnlrzj])", "z"), (r"s", "s"),
        (r"z(?=[cçfkpqst]|$)", "s"), (r"z", "z"),
        (rf"(?<=^e)xc(?={_FRONT})", "s"), (rf"(?<=^e)x(?=h?[{_V}])", "z"), (_X_AS_S, "s"), (_X_AS_KS, "k s"), (r"x", "sh"),
        (r"b", "b"), (r"f", "f"), (r"m", "m"), (r"n", "n"), (r"p", "p"), (r"v", "v"), (r"w", "w"),
    )
]  # fmt: skip


def portuguese(word: str) -> list[str]:
    """The phones of a word; the stressed vowel is marked with 1."""
    text = _letters(word)
    if text in _ALONE:
        return _ALONE[text].split()
    if not re.search(f"[{_V}]", text):
        return [p for c in text[:12] for w in _LETTERS.get(c, "").split() for p in portuguese(w)]
    if text in _WEAK.split():
        return _spelled(text, -1)
    text = _known().get(text) or _by_stem(text) or text
    for pattern, letters in _RESPELLED:
        text = pattern.sub(letters, text)
    return _spelled(text, _stressed(text))


def _letters(word: str) -> str:
    """Small letters with the accents that Portuguese writes."""
    out = ""
    for c in unicodedata.normalize("NFC", word.lower()):
        base = c if c in _ACCENTED or c in "çñü" else unicodedata.normalize("NFKD", c)[0]
        out += base if not base.isascii() or base.isalpha() else ""
    return out


@cache
def _known() -> dict[str, str]:
    """The words of the file, each by its letters without accents."""
    rows = (word.partition("=") for word in _FILE.read_text("utf-8").split())
    return {word.translate(_PLAIN): said or word.rstrip("-") for word, _, said in rows}


def _by_stem(word: str) -> str:
    """The word as the file writes its stem, or ''."""
    found = re.fullmatch(r"(.+?)([aeo]s?|am|em)", word)
    stem = _known().get(f"{found[1]}-") if found else None
    return stem + found[2] if found and stem else ""


def _stressed(word: str) -> int:
    """Where the stressed vowel is."""
    if found := re.search("[áéíóúâêô]", word) or re.search("[ãõ](?=[eo]?s?$)", word):
        return found.start()
    places = _nuclei(word)
    early = re.search(r"[aeo]s?$|[ae]m$|ens?$|[st]on$|y$", word) and len(places) > 1
    return places[-2 if early else -1] if places else -1


def _nuclei(word: str) -> list[int]:
    """Where the vowels are that carry a note: none that glides into another or follows one, no silent u."""
    out: list[int] = []
    accent = re.search("[áéíóúâêô]", word)
    for at, c in enumerate(word):
        if c not in _V:
            continue
        before, after, rest = word[at - 1 : at] if at else "", word[at + 1 : at + 2], word[at + 1 :]
        vowel_before, vowel_after = at - 1 in out, after in _V and after != ""
        if before in ("ã", "õ") and c in "eoi":
            continue
        if c == "u" and before in ("q", "g") and vowel_after and after not in "uú":
            continue
        if c in "iueoy" and accent and accent.start() < at and re.fullmatch("[aeou]s?", rest) and not vowel_before:
            continue
        if c in "iuy" and vowel_after and (vowel_before or (not at and c != "u")) and not (vowel_before and rest == "u"):
            continue
        apart = re.match(rf"nh|[lrmn](?![h{_V}])|z$|u$", rest)
        if c in "iuy" and vowel_before and not apart and before != c:
            continue
        if c == "o" and before == "é" and not rest:
            continue
        out.append(at)
    return out


def _spelled(text: str, stress: int) -> list[str]:
    """Phones of a word whose stressed vowel stands there (-1: nowhere)."""
    out: list[str] = []
    places, at = set(_nuclei(text)), 0
    while at < len(text):
        c = text[at]
        if c in _V or c == "ü":
            phones, taken = _vowel(text, at, stress == at) if at in places else (_glide(text, at, out), 1)
            out += phones
            at += taken
            continue
        rule = next(((m, s) for r, s in _SOUNDS if (m := r.match(text, at))), None)
        out += rule[1] if rule else []
        at = rule[0].end() if rule else at + 1
    return out


def _glide(text: str, at: int, before: list[str]) -> list[str]:
    """The glide that a vowel is beside another, or nothing: "que", and the i in "rádio" that its jh has already."""
    if text[at] == "u" and text[at - 1 : at] in ("q", "g") and text[at + 1] in "eiéêíy":
        return []
    return [] if _OFF[text[at]] == "j" and before and before[-1] in _HISSING else [_OFF[text[at]]]


def _vowel(text: str, at: int, stressed: bool) -> tuple[list[str], int]:
    """The phones of a vowel that carries a note, and how many letters they are."""
    c, mark = text[at], "1" if stressed else ""
    base = unicodedata.normalize("NFKD", c)[0]
    if c in "ãõ":
        coda = re.match(rf"[mn](?![h{_V}])", text[at + 1 :])
        return [_NASAL[base] + mark], 2 if coda else 1
    if coda := re.match(rf"[mn](?![h{_V}])", text[at + 1 :]):
        rest = text[at + 1 :]
        off = ["j"] if base == "e" and re.fullmatch("m|ns", rest) else ["w"] if base == "a" and rest == "m" else []
        return [_NASAL[base] + mark, *off], 1 + coda.end()
    if stressed and base == "a" and re.match("n|m", text[at + 1 :]):
        return ["an1"], 1
    if not stressed and c in "eo" and re.fullmatch("s?", text[at + 1 :]):
        return [{"e": "i", "o": "u"}[c]], 1
    if stressed and c in "eo":
        closed = (_CLOSED_E if c == "e" else _CLOSED_O).match(text, at) and not _STRONG.search(text)
        return [(c if closed else f"{c}h") + mark], 1
    return [{"é": "eh", "ó": "oh", "y": "i"}.get(c, base) + mark], 1


def joined_portuguese(end: tuple[str, ...], begin: tuple[str, ...], stressed: tuple[bool, bool]) -> tuple[str, ...] | None:
    """As `joined_vowels` of Spanish: any two vowels that meet share a note where the first bears no stress ("de amor").

    A vowel that returns is sung once, also as a nasal one; an i that glides is in the sound before it already ("gente amiga").
    """
    plain = {"an": "a", "en": "e", "eh": "e", "in": "i", "on": "o", "oh": "o", "un": "u"}
    if not end or not begin or end[-1] not in "aeiou" or plain.get(begin[0], begin[0]) not in "aeiou" or stressed[0]:
        return None
    last, first = end[-1], begin[0]
    if last == plain.get(first, first) or (last == "i" and end[-2:-1] and end[-2] in _HISSING):
        return (*end[:-1], *begin)
    if first in ("i", "u") and not stressed[1] and last in "aeo":
        return (*end, _OFF[first], *begin[1:])
    if last in "iu" and not {"x", "sh", "zh", "ch", "jh", "ly", "ny", "j", "w"} & set(end[-2:-1]):
        return (*end[:-1], _OFF[last], *begin)
    return (*end, *begin)
