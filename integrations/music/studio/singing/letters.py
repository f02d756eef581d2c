"""English letter to sound: how a word is said that no lexicon knows. Names first of all."""

from __future__ import annotations

import re

_OPEN = "(?=[bcdfghjklmnpqrstvz][aeiouy])"  # one consonant and a vowel follow
_SHUT = "(?=[bcdfghjklmnpqrstvwxz]|$)"  # no vowel follows
_MAGIC = "(?=(?:[bcdfghjklmnpqrstvz]|th|ch|st)e[sd]?$)"
_TABLE = rf"""
tch ch ; ch(?=[rlt]) k ; sch s k ; ch ch ; sh sh ; ph f ; th th ; ^wh w ; wh w ; ^wr r ; ^kn n ; ^gn n ; gn$ n ; ^ps s
^mc m ax k ; eigh ey1 ; igh ay1 ; aigh ey1 ; ough ao1 ; augh ao1 ; gh(?=t) ; ^gh g ; (?<=[aeiou])gh ; ck k
cc(?=[eiy]) k s ; cqu k w ; tion sh ax n ; sion zh ax n ; cian sh ax n ; ture$ ch er ; sci s ay ; sce s eh1
c(?=[eiy]) s ; cc k ; c k ; dge jh ; dg(?=[eiy]) jh ; dj jh ; ge$ jh ; g(?=[eiy]) jh ; gg g ; g g ; que$ k ; qu k w
q k ; ^x z ; xx k s ; x k s ; zz z ; z z ; jj jh ; j jh ; ng(?=$|[^aeiouy]) ng ; n(?=[kq]) ng ; ss s
(?<=[aeiouy])s(?=[aeiouy]) z ; (?<=[bdglmnrvwaeiouy])s$ z ; s s ; mb$ m ; mn$ m ; bb b ; b b ; dd d ; d d ; ff f ; f f
(?<=[aeiou])h(?=$|[^aeiouy]) ; h hh ; kk k ; k k ; ll l ; l l ; mm m ; m m ; nn n ; n n ; pp p ; p p ; rh r
rr(?=[aeiouy]) r ; tt t ; t t ; vv v ; v v ; w(?=[aeiouy]) w ; ^y(?=[aeiou]) y ; aire?{_SHUT} air1 ; are$ air1
eer{_SHUT} ear1 ; ear{_SHUT} ear1 ; ere$ ear1 ; ier$ iy1 er ; ire$ ay1 er ; oore?$ or1 ; ore$ or1 ; ure$ y or1
our$ or1 ; ar{_SHUT} ar1 ; or{_SHUT} or1 ; err?{_SHUT} er1 ; irr?{_SHUT} er1 ; urr?{_SHUT} er1 ; yrr?{_SHUT} er1 ; r r
ai ey1 ; ay ey1 ; aa aa1 ; ae ey1 ; au ao1 ; aw ao1 ; eau ow1 ; ea iy1 ; ee iy1 ; ei ey1 ; ey$ iy ; ey ey1 ; eu uw1
ew uw1 ; eo iy1 ow ; ea$ iy ax ; ie$ iy ; ia iy1 ax ; io iy1 ow ; iu iy1 ax ; ie iy1 ; oa ow1 ; oe ow1 ; oi oy1
oy oy1 ; oo uw1 ; ou aw1 ; ow$ ow ; ow aw1 ; ua uw1 ax ; ue$ uw1 ; ui uw1 iy ; uo uw1 ow ; a{_MAGIC} ey1
e{_MAGIC} iy1 ; i{_MAGIC} ay1 ; o{_MAGIC} ow1 ; u{_MAGIC} uw1 ; y{_MAGIC} ay1 ; a$ ax ; a{_OPEN} aa1 ; a ae1
(?<=[aeiouy][bcdfghjklmnpqrstvxz])e$ ; (?<=[aeiouy][a-z][a-z])e$ ; e$ iy ; e eh1 ; i$ iy ; i{_OPEN} iy1 ; i ih1
o$ ow ; o{_OPEN} ow1 ; o aa1 ; u$ uw ; u{_OPEN} uw1 ; u ah1 ; y$ iy ; y(?=[aeiou]) y ; y ih1
"""
_RULES = [
    (re.compile(pattern), sounds.split())
    for line in _TABLE.strip().splitlines()
    for pattern, _, sounds in (rule.partition(" ") for rule in line.split(" ; "))
]


def spell_out(word: str) -> list[str]:
    """The phones of a lower-case word of plain letters a..z, the stressed vowel marked with 1."""
    out: list[str] = []
    at = 0
    while at < len(word):
        rule = next(((r, s) for r, s in _RULES if (found := r.match(word, at)) and found.end() > at), None)
        if rule is None:
            at += 1
            continue
        found = rule[0].match(word, at)
        out += rule[1]
        at = found.end() if found else at + 1
    return _one_stress([p for i, p in enumerate(out) if i == 0 or p != out[i - 1] or p[-1].isdigit()])


def _one_stress(phones: list[str]) -> list[str]:
    """Keep one stress: on the last but one syllable of long words that end in a vowel, else on the first that can bear it."""
    able = [i for i, p in enumerate(phones) if p.endswith("1")]
    if not able:
        return phones
    long = len(able) > 1 and phones[-1].rstrip("1") in ("ax", "ow", "iy", "aa", "uw")
    bearer = able[-1] if long else able[0]
    return [p if i == bearer else p.rstrip("1") for i, p in enumerate(phones)]
