"""Numbers in French words: seventy is sixty-ten, eighty four twenties."""

from __future__ import annotations

_ONES = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf"
)
_TENS = "vingt trente quarante cinquante soixante soixante quatre-vingt quatre-vingt"


def french_number(number: int) -> list[str]:
    """A whole number below 10**12 in words, hyphens kept apart: 71 is soixante et onze."""
    for size, name in ((10**9, "milliard"), (10**6, "million"), (1000, "mille")):
        if number >= size:
            head, rest = divmod(number, size)
            said = [] if head == 1 and size == 1000 else french_number(head)
            return [*said, name, *(french_number(rest) if rest else [])]
    if number >= 100:
        hundred, rest = divmod(number, 100)
        return [*([_ONES.split()[hundred]] if hundred > 1 else []), "cent", *(french_number(rest) if rest else [])]
    return _below_hundred(number)


def _below_hundred(number: int) -> list[str]:
    if number < 20:
        return _ONES.split()[number].split("-")
    ten, one = divmod(number, 10)
    one += 10 if ten in (7, 9) else 0
    joined = ["et"] if one in (1, 11) and ten < 8 else []
    said = _TENS.split()[ten - 2].split("-")
    said[-1] += "s" if number == 80 else ""
    return [*said, *joined, *(_ONES.split()[one].split("-") if one else [])]
