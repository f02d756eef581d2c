"""Italian: a word becomes phones by rule; where its spelling does not tell the stress or how open an e or o is, by list."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

_PLAIN = str.maketrans("àèéìòóù", "aeeioou")
STRONG_VOWELS = ("a", "e", "eh", "o", "oh")
_OFF = {"i": "j", "u": "w"}
UNSTRESSED = """
a ad ai al alla alle agli allo c ce che chi ci col coi con d da dai dal dalla dalle dagli dallo de dei del della delle degli
dello di e ed fra gli i il in l la le li lo m ma me mi n ne nei nel nella nelle negli nello né o od per s se si su sui sul sulla
sulle t te ti tra un una uno v ve vi
"""
# What the rules cannot know: words with their stress, and how open its e or o is, written out; with a hyphen those of which
# only the last vowel changes ("mùsic-": musica, musiche); foreign ones, y as i, and after = how an Italian would spell them.
_FILE = Path(__file__).with_name("words_it.txt")
_VOICED_Z = ("azzurr", "bizzarr", "brezza", "mezz", "orizzont", "zanzar", "ozono", "bronz", "ronz", "aziend")
_OPEN_E = re.compile(r"(?:rr|ll|st|mp|mbr|bb|nd|nz|nt|rs|rt|rn|rm|rv|rd|rg|pt|tr|ct|lt|lm|cc|sp|gg|ss)")
_CLOSED_E = re.compile(
    r"ess[aeio]$|ett[oaie]$|eggi|egn|ezz[aei]$|esc[oah]|evol[ei]$|ell[eai]$(?<=[qt]ell[eai])|ent[eio]$(?<=ment[eio])|ens[eai]$"
)
_OPEN_O = re.compile(
    r"o(?:st|rt|rd|lt|cch|gli|gg|bb|rm|rr|rs|ri[aoe]|d|b|c[oah]|nn|tt|ss|i[aeo]|p|gn?i|li[oa]|rp|sc|v|m[oa]d|ff)"
)
_CLOSED_O = re.compile(r"o(?:r[eia]$|s[oaie]$|n[eio]$|nd|nt|mp|mb|gn|rn|lc|c[ei]|m[ei]$|l[oaie]$|i$|mm)")
_LETTERS = {
    "b": "bi", "c": "ci", "d": "di", "f": "effe", "g": "gi", "h": "acca", "k": "cappa", "l": "elle", "m": "emme", "n": "enne",
    "p": "pi", "q": "qu", "r": "erre", "s": "esse", "t": "ti", "v": "vu", "w": "doppia vu", "x": "ics", "z": "zeta",
}  # fmt: skip
_HISS = {"hm": "m", "hmm": "m", "mmm": "m", "mm": "m", "sh": "sh", "shh": "sh"}
_FRONT = "[eièéìy]"
_AROUND = "(?<=[aeiouàèéìòóù]){}(?=[aeiouàèéìòóù])"
_SOUNDS = [
    (re.compile(pattern), sounds.split())
    for pattern, sounds in (
        (rf"sch(?={_FRONT})", "s k"), (rf"sc(?={_FRONT})", "sh sh"), (r"sh", "sh"), (r"tch", "ch"),
        (rf"cch(?={_FRONT})", "k k"),
        (rf"cc(?={_FRONT})", "ch ch"), (rf"ch(?={_FRONT})", "k"), (rf"c(?={_FRONT})", "ch"), (r"ch", "k"),
        (r"cc|ck|kk|cq", "k k"), (r"[ckq]", "k"), (rf"ggh(?={_FRONT})", "g g"), (rf"gg(?={_FRONT})", "jh jh"),
        (rf"gh(?={_FRONT})", "g"), (r"^gl(?=i[^aeou])", "g l"), (r"gl(?=i)", "ly ly"), (r"gn", "ny ny"),
        (rf"g(?={_FRONT})|j(?=[aeiouàèéìòóù])", "jh"), (r"gg", "g g"), (r"g", "g"), (r"^ph|ph", "f"), (r"th", "t"), (r"h", ""),
        (r"zz", "ts ts"), (r"^z", "dz"), (r"z", "ts"), (r"ss", "s s"), (r"s(?=[bdgvmnlr])", "z"), (_AROUND.format("s"), "z"),
        (r"s", "s"), (r"x", "k s"), (r"rr", "rr"), (r"^r", "rr"), (r"r", "r"), (r"bb", "b b"), (r"b", "b"),
        (r"dd", "d d"), (r"d", "d"),
        (r"ff", "f f"), (r"f", "f"), (r"ll", "l l"), (r"l", "l"), (r"mm", "m m"), (r"m", "m"), (r"nn", "n n"), (r"n", "n"),
        (r"pp", "p p"), (r"p", "p"), (r"tt", "t t"), (r"t", "t"), (r"vv", "v v"), (r"[vw]", "v"),
    )
]  # fmt: skip


def italian(word: str) -> list[str]:
    """The phones of a word; the stressed vowel is marked with 1, a long consonant stands twice."""
    low = _letters(word)
    parts = [p for p in low.split("'") if p]
    if not parts:
        return []
    text, last = "".join(parts), parts[-1]
    if text in _HISS:
        return _HISS[text].split()
    if not re.search(r"[aeiouyàèéìòóù]", text):
        short = len(parts) == 1 and text in ("l", "d", "c", "s", "t", "m", "n", "v", "gl")
        return [p for c in text[:12] for w in _LETTERS.get(c, "").split() for p in italian(w)] if not short else _spelled(text)
    if last in UNSTRESSED.split() and not word.endswith("'"):
        return _spelled(text)
    marked = "pò" if last == "po" and word.endswith("'") else _marked(last, word.endswith("'") and len(parts) == 1)
    return _spelled(text[: -len(last)] + marked)


def _letters(word: str) -> str:
    """Small letters with the accents that Italian writes, and apostrophes."""
    out = ""
    for c in unicodedata.normalize("NFC", word.lower()).replace("á", "à").replace("í", "ì").replace("ú", "ù"):
        base = c if c in "àèéìòóù'" else {"ñ": "gn", "y": "i"}.get(c) or unicodedata.normalize("NFKD", c)[0]
        out += base if base in ("gn", "'") or base in "àèéìòóù" or (base.isascii() and base.isalpha()) else ""
    return out


@cache
def _known() -> dict[str, str]:
    """The words of the file, each by its letters without accents."""
    rows = (word.partition("=") for word in _FILE.read_text("utf-8").split())
    return {word.translate(_PLAIN): said or word.rstrip("-") for word, _, said in rows}


def _marked(word: str, cut: bool) -> str:
    """The word with its stress written out; `cut`: an apostrophe ends it ("po'")."""
    if re.search("[àèéìòóù]", word):
        return word
    known = _known()
    if word in known:
        return known[word]
    stem = re.sub(r"h?[aeio]$", "", word)
    if stem != word and f"{stem}-" in known:
        return known[f"{stem}-"] + word[len(stem) :]
    if re.search(r"(?<!mat)(?<!mis)(?<!val)eri[ae]$", word):
        return word[:-2] + "ì" + word[-1]
    places = _nuclei(word)
    if not places:
        return word
    at = places[-_from_the_end(word, len(places), cut)]
    return word[:at] + _accented(word, at) + word[at + 1 :]


def _from_the_end(word: str, count: int, cut: bool) -> int:
    """Which syllable from the end is stressed: 1 is the last."""
    if count == 1 or cut or word[-1] not in "aeiouy" or re.search(r"[aeo]i$", word):
        return 1
    third = (
        r"[ai]bil[ei]$|ebbero$|fon[oi]$|evol[ei]$|issim[oaei]$|[aei]v?an[o]$(?<=v[a]no)|(?:ar|er|ir|ass|ess|iss)ono$|esim[oaei]$|logo$|grafo$"
        r"|(?<![aeo]m)(?<!ant)(?<!nem)(?<!ami)(?<!pudi)(?<!f)ic[oaei]$|ich[ei]$|(?<!i)ere$|ol[oaei]$(?<=[cbtp]ol[oaei])"
        r"|(?:nd|ng|rr|tt|gg|sc|lg|v|d|r|l)ono$|tudin[ei]$|agin[ei]$|(?<![aeou])id[oaei]$(?<=[plmrt]id[oaei])|metr[oi]$"
    )
    short = r"(?:am|nem|ant|form|fat|f|nutr|vesc|pud|mend|lomb|un|feder|enr|ludov|d|r)ic[oaei]$|amich[ei]$|antich[ei]$"
    if count > 2 and re.search(third, word) and not re.search(short, word):
        return 3
    return 2


def _nuclei(word: str) -> list[int]:
    """Where the vowels are that carry a note: no i or u that glides into another vowel or follows one, no silent i."""
    out: list[int] = []
    for at, c in enumerate(word):
        if c not in "aeiouyàèéìòóù":
            continue
        before, after = word[at - 1 : at] if at else "", word[at + 1 : at + 2]
        if c in "iu" and after and ((after in "aeouàèéòóù" and c + after != "uu") or (not at and after == "ì")):
            continue
        if c == "u" and after in ("i", "ì") and before in ("q", "g"):
            continue
        if c in "iu" and before and at - 1 in out and before in ("aeoàèéòóù" if c == "i" else "aeoàèéòó"):
            continue
        out.append(at)
    return out


def _accented(word: str, at: int) -> str:
    """The stressed vowel with an accent that says how open it is."""
    c, here = word[at], word[at:]
    before = word[at - 1 : at] if at else ""
    if c == "e":
        early = len(_nuclei(here)) > 2
        is_open = before == "i" or early or (bool(_OPEN_E.match(word, at + 1)) and not _CLOSED_E.match(word, at))
        return "è" if is_open else "é"
    if c == "o":
        early = len(_nuclei(here)) > 2
        is_open = before == "u" or early or (bool(_OPEN_O.match(word, at)) and not _CLOSED_O.match(word, at))
        return "ò" if is_open else "ó"
    return {"a": "à", "i": "ì", "u": "ù", "y": "ì"}.get(c, c)


def _spelled(text: str) -> list[str]:
    """Phones of a word whose stress is written out. A long consonant at the beginning is short."""
    out: list[str] = []
    places, at = set(_nuclei(text)), 0
    voiced = any(stem in text.translate(_PLAIN) for stem in _VOICED_Z)
    while at < len(text):
        c = text[at]
        if c in "aeiouyàèéìòóù":
            out += _vowel(text, at, at in places)
            at += 1
            continue
        rule = next(((m, s) for r, s in _SOUNDS if (m := r.match(text, at))), None)
        sounds = rule[1] if rule else []
        out += [{"ts": "dz"}.get(s, s) for s in sounds] if voiced else sounds
        at = rule[0].end() if rule else at + 1
    return out[1:] if out[:1] == out[1:2] and out[0] in ("ly", "ny", "sh") else out


def _vowel(text: str, at: int, nucleus: bool) -> list[str]:
    """A vowel, the glide that it is beside another, or nothing (the i of "ciao", "figlio")."""
    c = text[at]
    if nucleus:
        name = {"è": "eh1", "é": "e1", "ò": "oh1", "ó": "o1", "à": "a1", "ì": "i1", "ù": "u1", "y": "i"}.get(c, c)
        return [name]
    soft = c == "i" and re.search(r"(?:c|g|sc|gl|gn)$", text[:at]) and not re.search(r"(?:ch|gh)$", text[:at])
    return [] if soft and text[at + 1 : at + 2] not in ("", "i") else [_OFF[c]]


def joined_italian(end: tuple[str, ...], begin: tuple[str, ...], stressed: tuple[bool, bool]) -> tuple[str, ...] | None:
    """As `joined_vowels` of Spanish: any two vowels that meet share a note where the first bears no stress ("che amo")."""
    vowels = (*STRONG_VOWELS, "i", "u")
    if not end or not begin or end[-1] not in vowels or begin[0] not in vowels or stressed[0]:
        return None
    last, first = end[-1], begin[0]
    if last == first or {last, first} in ({"e", "eh"}, {"o", "oh"}):
        return (*end[:-1], *begin)
    if first in _OFF and not stressed[1] and last in STRONG_VOWELS:
        return (*end, _OFF[first], *begin[1:])
    if last in _OFF and len(end) > 1 and end[-2] not in ("ly", "ny", "sh", "ch", "jh", "j", "w"):
        return (*end[:-1], _OFF[last], *begin)
    return (*end[:-1], last, *begin)
