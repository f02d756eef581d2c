"""French: a word becomes phones. A short lexicon of what no rule tells (`names_fr.txt`, `words_fr.txt`), then letter to sound.

Two things of a word depend on what follows it (`french_line.py`): the mute e at its end, and the consonant that is only said
before a vowel ("les amis").
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_V = "[aàâeéèêëiîïoôöuùûüyœ]"
_NASAL = "(?![aàâeéèêëiîïoôöuùûüyœhnm])"  # n or m before it is no sound of its own
_AFTER_TWO = "(?<=[bcdfgptv][rl])"  # a glide cannot follow two consonants: "crier" is cri-yer
_TABLE = rf"""
emment$ a m an ; amment$ a m an ; (?<=[iuyé])ement$ m an ; ments?$ m an ; aient$ eh ; oient$ w a ; (?<=[vt])ient$ j in ; ient$ i
ouent$ u ; uent$ ue ; éent$ e ; (?<=[a-zç])ent$ E ; ées?$ e ; uies?$ hw i ; oies?$ w a ; aies?$ eh ; ies?$ i ; oues?$ u
(?<=e)ues?$ ; ues?$ ue ; es?$ E ; ers?$ e ; ez$ e ; eds?$ e ; ets?$ eh ; (?:[dtpsxz]|(?<=n)g|g(?=t)|(?<=n)c)+$
eaux?$ o ; oin{_NASAL} w in ; oy(?={_V}) w a j ; o[iîy] w a ; o?œ?e?uill oe j ; [oœ]eil oe j ; œil oe j ; ueil oe j ; euil oe j
ouill u j ; ouil$ u j ; ouer(?=[aio]) u r ; ouement u m an ; {_AFTER_TWO}ou(?=[aeiéè]) u ; ou(?=[aeiéèêëî]) w ; o[uùû] u
(?<=f)ais(?=(?:ait|ais|ons|ez|aient|ant)$) ax z ; [aâ]ill a j ; ail(?=s?$) a j ; eill eh j ; eil(?=s?$) eh j ; ay(?={_V}) eh j
[ae]y eh ; uy(?={_V}) hw i j ; ain{_NASAL} in ; aim{_NASAL} in ; ein{_NASAL} in ; ai$ e ; a[iî] eh ; ei eh ; eau o
au(?=r) oh ; au o ; eun$ in ; ^eu eu ; o?[eœ]u(?=r|l|f|v|p|b|nes?$|ness|ill) oe ; o?[eœ][uû] eu ; œ e
^illu i l ue ; (?<=^v)ill i l ; (?<=^m)ill i l ; (?<=tranqu)ill i l ; {_AFTER_TWO}ill i j ; (?<=[^aeouy])ill(?={_V}) i j
(?<![sx])tion s j on ; (?<!s)ti(?=enc|ent[eéèo]|eux$|el|al$|aux) s j ; ien(?=s?$|dr) j in ; ienn j eh n ; ien{_NASAL} j an
(?<=é)en(?=s?$) in ; (?<=y)en(?=s?$) in ; ier(?=(?:a|ai|as|ez|ons|ont|ais|ait|aient)$) i r ; {_AFTER_TWO}i(?=[aeéèêouâ]) i j
i(?=[aeéèêëouâœ]) j ; ^emm an m ; ^enn an n ; e[nm]{_NASAL} an ; [aâ][nm]{_NASAL} an ; [iy][nm]{_NASAL} in ; um$ oh m
u[nm]{_NASAL} in ; o[nm]{_NASAL} on ; [iîï] i ; ^y(?={_V}) j ; (?<={_V})y(?={_V}) j ; y i ; u[iî] hw i
{_AFTER_TWO}u(?=[aeoéè]) ue ; u(?=[aâeéèêo]) hw ; [uùûü] ue ; ge(?=[aoâ]) zh ; é e ; [èêë] eh ; (?<=^d)e(?=ss[uo]) ax
^e(?=(?:[bcdfgptv][rl]|[bcdfgjklmnpqrstvz]){_V}) e
(?<=^r)e(?=ss) ax ; e(?=bb|cc|dd|ff|gg|ll|mm|nn|pp|rr|ss|tt|zz|x) eh ; e(?=[bcdfgptv][rl]{_V}) ax
e(?=(?:ch|ph|th|gn|qu){_V}) ax ; e(?=[bcçdfgjklmnpqrstvz]{_V}) ax
e(?=gu{_V}) ax ; e(?=[aoiâ]) e ; e eh ; ô o ; o(?=s[aeéio]) o ; oo o ; o(?=(?:[tsp]s?)?$) o
o(?=tions?$) o ; [oö] oh ; [aàâä] a
bb?|bb b ; cc(?=[eéèiy]) k s ; sc(?=[eéèêiy]) s ; c(?=[eéèêëiîïy])|ç s ; sch sh ; ch(?=[rl]) k ; [cs]h sh ; ck|cqu k ; cc?|kk? k
dd? d ; ff?|ph f ; gn ny ; gu(?=[eéèêiîy]) g ; gg?(?=[eéèêëiîy]) zh ; gg? g ; h ; j zh ; ll? l ; mm? m ; nn? n ; (?<=m)p(?=t)
pp? p ; qu?|q k ; rr?h? r ; ss s ; (?<={_V})s(?={_V}) z ; s s ; tt?h? t ; v v ; w w ; (?<=[iu])xi(?=èm) z j ; xc(?=[eéèi]) k s
(?<=e)xh?(?={_V}) g z ; ^x g z ; x k s ; zz? z
"""
_RULES = [
    (re.compile(pattern), sounds.split())
    for line in _TABLE.strip().splitlines()
    for pattern, _, sounds in (rule.partition(" ") for rule in line.split(" ; "))
]
_LETTERS = {
    "b": "b e", "c": "s e", "d": "d e", "f": "eh f", "g": "zh e", "h": "a sh", "j": "zh i", "k": "k a", "l": "eh l",
    "m": "eh m", "n": "eh n", "p": "p e", "q": "k ue", "r": "eh r", "s": "eh s", "t": "t e", "v": "v e", "w": "d u b l ax v e",
    "x": "i k s", "z": "z eh d",
}  # fmt: skip
_FULL = frozenset(("a", "an", "e", "eh", "eu", "i", "in", "o", "oe", "oh", "on", "u", "ue"))
_OBSTRUENTS = frozenset(("p", "b", "t", "d", "k", "g", "f", "v"))
MUTE = "E"  # the e at the end of a word: sung before a consonant only
_FOLDER = Path(__file__).parent


@cache
def _lexicon() -> dict[str, list[str]]:
    rows = (_FOLDER.joinpath(f"{name}_fr.txt").read_text("utf-8").splitlines() for name in ("names", "words"))
    return {word: phones for part in rows for line in part if (row := line.split()) for word, *phones in [row]}


def sounds_fr(word: str) -> list[str]:
    """The phones of a lower-case word, without stress; the last one is "E" where the word ends in a mute e."""
    if known := _known(word):
        return list(known)
    if "'" in word:
        return [p for part in word.split("'")[:-1] if part for p in _clipped(part)] + sounds_fr(word.rsplit("'", 1)[1])
    if word and not re.search(_V, word):
        return [p for c in word[:12] for p in _LETTERS.get(c, "").split()]
    out: list[str] = []
    at = 0
    while at < len(word):
        rule = next(((found, said) for r, said in _RULES if (found := r.match(word, at)) and found.end() > at), None)
        out += rule[1] if rule else []
        at = rule[0].end() if rule else at + 1
    if out and not any(p in _FULL or p == "ax" for p in out):
        out = ["ax" if p == MUTE else p for p in out]
    return out


def _known(word: str) -> list[str] | None:
    """What the lexicon says, also of the plural of what it knows."""
    if found := _lexicon().get(word):
        return found
    return _lexicon().get(word[:-1]) if word[-1:] in "sx" and len(word) > 4 else None


def _clipped(part: str) -> list[str]:
    """A word that has lost its e before an apostrophe: l', qu', jusqu'."""
    return [
        p for p in sounds_fr(part if re.search(_V + "$", part) and part[-2:] != "qu" else part + "e") if p not in ("E", "ax")
    ]


def french(word: str) -> list[str]:
    """The phones of a word as it ends a line; its last full vowel is marked with 1."""
    return stressed_fr(at_a_pause(sounds_fr(word.lower())))


def at_a_pause(phones: list[str]) -> list[str]:
    """A mute e is not sung there, except where two consonants could not be said without it ("fenêtre")."""
    if phones[-1:] != [MUTE]:
        return phones
    hard = phones[-2:-1] in (["r"], ["l"]) and phones[-3:-2] and phones[-3] in _OBSTRUENTS
    return [*phones[:-1], "ax"] if hard else phones[:-1]


def stressed_fr(phones: list[str]) -> list[str]:
    """Mark the last full vowel of a word, else its only weak one."""
    places = [i for i, p in enumerate(phones) if p in _FULL] or [i for i, p in enumerate(phones) if p == "ax"]
    return [p + "1" if places and i == places[-1] else p for i, p in enumerate(phones)]
