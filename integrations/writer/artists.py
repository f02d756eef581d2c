"""Artists: names that providers refuse in a style, and that no gift should imitate. A short list and two patterns."""

from __future__ import annotations

import re

_NAMES = (
    "abba|adele|ariana grande|aretha franklin|bad bunny|beatles|beyonc[eé]|billie eilish|billy joel|bob dylan|bob marley|"
    "bruce springsteen|bruno mars|celine dion|cher|coldplay|daft punk|david bowie|dolly parton|drake|dua lipa|ed sheeran|"
    "elton john|elvis|eminem|fleetwood mac|frank sinatra|freddie mercury|guns n' roses|harry styles|jay-?z|john legend|"
    "johnny cash|justin bieber|kanye west|katy perry|lady gaga|lana del rey|led zeppelin|linkin park|lizzo|madonna|"
    "mariah carey|metallica|michael bubl[eé]|michael jackson|nirvana|norah jones|olivia rodrigo|oasis|pink floyd|prince|queen|"
    "radiohead|rihanna|rolling stones|sabrina carpenter|sam smith|shakira|simon (?:and|&) garfunkel|stevie wonder|sting|"
    "taylor swift|the weeknd|tina turner|u2|whitney houston"
)
# Words that are also plain words count only behind "like", "style of", "inspired by" and the like.
ORDINARY = {"prince", "queen", "sting", "oasis", "cher", "drake", "elvis"}
NAMED = re.compile(rf"\b(?:{_NAMES})\b", re.I)
IN_THE_STYLE = re.compile(
    r"\b(?:(?i:in the style of|in the manner of|inspired by|reminiscent of|sounds? like|à la|a la|covers? of))\s+"
    r"(?:(?i:the)\s+)?([A-Z][\w'’.-]+)"
)


def artists_in(text: str) -> list[str]:
    """Names of artists in a style or prompt; empty when it is clean."""
    behind = [found[1] for found in IN_THE_STYLE.finditer(text)]
    return [found[0] for found in NAMED.finditer(text) if found[0].lower() not in ORDINARY] + behind
