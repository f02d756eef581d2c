"""How a written word is sung: its syllables in phones. The one source for how many notes a word gets."""

from __future__ import annotations

import itertools
import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

from integrations.music.studio.singing.english import english
from integrations.music.studio.singing.french import french
from integrations.music.studio.singing.french_line import FrenchWord, in_a_row
from integrations.music.studio.singing.italian import italian
from integrations.music.studio.singing.numbers import spoken_token
from integrations.music.studio.singing.phones import INVENTORIES, RHOTIC, SILENCE
from integrations.music.studio.singing.portuguese import portuguese
from integrations.music.studio.singing.spanish import spanish

Phones = tuple[str, ...]
HUM: Phones = ("m",)  # what no rule can say is hummed
FOLDED = {"æ": "ae", "œ": "oe", "ø": "o", "å": "o", "ß": "ss", "ł": "l", "đ": "d", "ð": "th", "þ": "th", "ı": "i", "’": "'"}
_LANGUAGES = {"en": english, "es": spanish, "fr": french, "it": italian, "pt": portuguese}
_ACCENTS = {"es": "ñáéíóúü", "it": "àèéìòóùáíúñ", "pt": "áàâãéêíóôõúüçñ"}  # letters that a language's rules read themselves
STOPS_AND_HISSES = frozenset(("p", "b", "t", "d", "k", "g", "f", "th", "sh", "bh", "dh", "gh"))
_ACCENTED_FR = frozenset("àâäçéèêëîïôöùûüÿœ")
_MOST = 60  # syllables of one written word


@dataclass(frozen=True)
class Said:
    """A word as it is sung."""

    syllables: tuple[Phones, ...]
    stress: int  # the syllable that bears the stress, -1 where none does ("of the")
    hummed: bool = False  # nobody knows how it is said


def sayable_languages() -> tuple[str, ...]:
    """The codes of the languages whose words can be said."""
    return tuple(_LANGUAGES)


def sung_language(language: str) -> str:
    """The language code whose rules apply, or '' where nobody can sing that language yet."""
    code = language.lower().replace("_", "-").split("-")[0]
    return code if code in _LANGUAGES else ""


@lru_cache(4096)
def say_word(word: str, language: str) -> Said:
    """How a written word is sung in one of `LANGUAGES`; no syllables where there is nothing to sing."""
    if language == "fr":
        return _say_french((word,), frozenset())[0]
    return _joined([_part(part, language) for part in spoken_token(word[:200], language)], language)


def say_line(words: tuple[str, ...], language: str, apart: frozenset[int] = frozenset()) -> list[Said]:
    """How the words of one line are sung: in French a word depends on the next one. `apart`: places of those begun anew."""
    return _say_french(words, apart) if language == "fr" else [say_word(word, language) for word in words]


def _say_french(words: tuple[str, ...], apart: frozenset[int]) -> list[Said]:
    row: list[FrenchWord] = []
    tokens: list[list[tuple[int, int]]] = []  # of each word: places in the row, and on how many notes a part is hummed
    for number, word in enumerate(words):
        parts = spoken_token(re.sub(r"-t-(?=(?:il|elle|on)\b)", "-t'", word[:200], flags=re.I), "fr")
        tokens.append([])
        for at, part in enumerate(parts):
            last, text = at + 1 == len(parts), _french_letters(part)
            tokens[-1].append((len(row), 0 if text else _hums(part)))
            row.append(FrenchWord(text, last and not word[-1].isalnum(), not last, number in apart and at == 0))
        if not parts and row:
            row[-1] = replace(row[-1], paused=True)
    phones = in_a_row(row)
    return [_joined([(phones[at], hums) for at, hums in token], "fr") for token in tokens]


def _french_letters(part: str) -> str:
    """Small letters with their accents; empty where the part is hummed."""
    folded = unicodedata.normalize("NFC", part.lower().replace("’", "'"))
    folded = "".join(FOLDED.get(c, c) if c not in "œ" else c for c in folded)
    plain = "".join(c if c in _ACCENTED_FR else unicodedata.normalize("NFKD", c)[0] for c in folded)
    return "".join(c for c in plain if c in _ACCENTED_FR or (c.isascii() and c.isalpha()) or c == "'").strip("'")


def _joined(parts: list[tuple[list[str], int]], language: str) -> Said:
    """The parts of one written word, phones and notes that are hummed, as one."""
    syllables: list[Phones] = []
    stress: int | None = None
    hummed = False
    for phones, unknown in parts:
        if unknown:
            syllables += [HUM] * unknown
            hummed = True
        found, bearer = split(phones, language)
        first = stress is None or language == "fr"  # a French group leans on its end
        stress = len(syllables) + bearer if first and bearer >= 0 else stress
        syllables += found
    bearer = -1 if stress is None else min(stress, _MOST - 1)
    return Said(tuple(syllables[:_MOST]), bearer, hummed)


def name_sung(syllables: tuple[Phones, ...], language: str) -> tuple[Phones, ...]:
    """The syllables of a name: where it begins with a vowel, the word before stops first ("dear | Emily", not "dearemily")."""
    if syllables and INVENTORIES[language].is_vowel(syllables[0][0]):
        return ((SILENCE, *syllables[0]), *syllables[1:])
    return syllables


def _part(part: str, language: str) -> tuple[list[str], int]:
    """The phones of one word of letters, or how many notes it is hummed on."""
    capital = part.isupper()
    folded = "".join(FOLDED.get(c, c) for c in part.lower())
    if accents := _ACCENTS.get(language):
        folded = unicodedata.normalize("NFC", folded)
        plain = "".join(c for c in folded if c.isascii() or c in accents or unicodedata.normalize("NFKD", c)[0].isascii())
    else:
        plain = "".join(c for c in unicodedata.normalize("NFKD", folded) if c.isascii())
        if not plain.isascii() or not plain:
            plain = ""
        if folded != plain and (known := english(folded)) and folded.isalpha() and _has_entry(folded):
            return known, 0
    plain = "".join(c for c in plain if c.isalpha() or c == "'")
    if not plain.strip("'"):
        return [], _hums(part)
    return _LANGUAGES[language](plain.upper() if capital and language == "en" else plain), 0


def _hums(part: str) -> int:
    """On how many notes a word is hummed that nobody can say."""
    return max(1, min(12, sum(unicodedata.category(c)[0] == "L" for c in part) // 2 or 1))


def _has_entry(word: str) -> bool:
    from integrations.music.studio.singing.lexicon import look_up_word

    return look_up_word(word) is not None


def split(phones: list[str], language: str) -> tuple[list[Phones], int]:
    """Phones dealt out to syllables, and which one is stressed, or -1. A consonant between two vowels belongs to the second."""
    inventory = INVENTORIES[language]
    names = [p.rstrip("12") for p in phones]
    places = [i for i, p in enumerate(names) if p in inventory.vowels]
    if not places:
        return ([tuple(names)] if names else []), -1
    cuts = [0]
    for a, b in itertools.pairwise(places):
        between = b - a - 1
        onset = 0 if between == 0 else 1 if between == 1 else _onset(names[a + 1 : b], language)
        cuts.append(b - onset)
    parts = [tuple(names[a:b]) for a, b in zip(cuts, [*cuts[1:], len(names)], strict=True)]
    stress = next((n for n, i in enumerate(places) if phones[i].endswith("1")), -1)
    return [_linked(p, later) for p, later in zip(parts, [*parts[1:], ()], strict=True)], stress


def _onset(cluster: list[str], language: str) -> int:
    """How many of the consonants between two vowels begin the second syllable."""
    last, before = cluster[-1], cluster[-2]
    if language == "pt" and last in ("j", "w") and before not in ("j", "w"):  # "Patrí-cia", "li-vro aberto"
        return 1 + (_onset(cluster[:-1], language) if len(cluster) > 2 else 1)
    soft = last in ("r", "l", "w", "y", "j", "hw") and (before in STOPS_AND_HISSES or (language == "pt" and before == "v"))
    soft = soft and not (last == "l" and before in ("t", "d", "th", "dh"))
    if soft:
        return 3 if len(cluster) > 2 and cluster[-3] == "s" else 2
    return 2 if before == "s" and last in ("p", "t", "k", "m", "n", "l", "w") else 1


def _linked(part: Phones, later: Phones) -> Phones:
    """A vowel with its r before an r of the next syllable is the plain vowel."""
    if part and part[-1] in RHOTIC and later[:1] == ("r",):
        return (*part[:-1], RHOTIC[part[-1]])
    return part
