"""How a name is said: what is sung carries the giver's own spelling of the sound, what is read keeps the name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from difflib import SequenceMatcher

_JOINTS = frozenset({"and", "y", "e", "et", "und", "en", "och", "og", "con", "with", "i", "plus"})
# An explanation instead of a spelling ("rhymes with barn") would be sung as it stands: then the name is sung as written.
_EXPLAINS = frozenset({"rhymes", "like", "sounds", "pronounced", "stress", "silent", "rima", "como", "suena", "pronuncia"})
# Names that are words too, in lower case; and spellings that are words ("she" for Xi).
_BOTH = """
angel april art august autumn bill blue bob brook carol charity clay cliff dale dawn dean drew eve faith felicity
frank gene glen grace grant harmony harry hazel heather honor hope ivy jack jade jasmine jay jean jewel joy june lance
lily mark may melody miles norm pat patience pearl penny ray reed rich river rob robin rod rose ruby rusty sage sandy
serenity sky sonny stone sue summer terry victor violet wade ward will willow win woody alba alma amparo ángel aurora
blanca bruno caridad clara consuelo cruz dolores esperanza estrella fe flor gloria gracia iris jazmín justo leal león
luna luz mar margarita marina mercedes milagros nieves paz pilar rocío rosa salvador sol soledad victoria violeta she
he we me see sea may my knee key lay day hi why you on own in an won one when win he's her his who how now no so go be
by do to too two for four oh a i am is it at as us up or of all any
"""
_ORDINARY = frozenset(_BOTH.split())
_LONGER = 24  # characters; more is a story, and would push the last verse over a vendor's limit
_GENITIVE = ("de", "nl", "sv", "da", "no", "nb")  # languages whose names end in s for "of", without an apostrophe
_TAG = re.compile(r"^\s*\[[^\]]*\]\s*$")
WORD = re.compile(r"[^\W_]+")

SpellingPair = tuple[str, str]


def pairs_of(name: str, said: str) -> tuple[SpellingPair, ...]:
    """(what is written, what is sung) for the words of a name that are said otherwise; () where nothing usable is said.

    As many sounds as words: one each. One sound for several persons: for the one that it is most like.
    """
    said = said.partition("(")[0]
    if re.search(r"[/\[\]<>\d]|https?:", said) or len(said) > 2 * len(name) + _LONGER:
        return ()
    names, sounds = _words(name), _words(said)
    parts = sounds[0].split("-") if len(sounds) == 1 else []
    if len(names) > 1 and len(parts) == len(names):  # "Mairi-Ahn" for Mary Ann, but not "wah-keen" for Joaquín and José
        together = sum(map(_likeness, names, parts)) / len(names)
        sounds = parts if together > max(_likeness(name, sounds[0]) for name in names) else sounds
    if not names or not sounds or len(sounds) > 3 * len(names) + 3 or _EXPLAINS & {one.casefold() for one in sounds}:
        return ()
    if len(names) == len(sounds):
        pairs = list(zip(names, sounds, strict=True))
    elif len(names) == 1:
        pairs = [(names[0], "-".join(sounds))]
    elif len(sounds) == 1:
        pairs = [(max(names, key=lambda one: _likeness(one, sounds[0])), sounds[0])]
    else:
        pairs = [(_nfc(" ".join(name.split())), " ".join(sounds))]
    return tuple((real, _capital(sound)) for real, sound in pairs if real.casefold() != sound.casefold())


def is_ordinary(word: str) -> bool:
    """Whether this lower-case spelling of a name is more likely a word ("I will", "hope")."""
    return word.islower() and word in _ORDINARY


def found_names(line: str, pairs: tuple[SpellingPair, ...], language: str = "en") -> Iterator[tuple[int, int, str]]:
    """Where a line (NFC) names somebody: start, end, and what is sung there. Section tags name nobody."""
    if not pairs or _TAG.match(line):
        return
    sound_of = {" ".join(real.casefold().split()): said for real, said in pairs}
    longest_first = sorted((real for real, _ in pairs), key=len, reverse=True)
    for found in re.finditer("|".join(_pattern(real, language) for real in longest_first), line, re.I):
        if not is_ordinary(found[0]):
            yield found.start(), found.end(), _cased(sound_of[" ".join(found[0].casefold().split())], found[0])


def sung_text(lyrics: str, name: str, said: str, language: str = "en") -> str:
    """The lyrics as a singer needs them who only sees letters: the name as it is said, also in "Siân's" and "SIÂN"."""
    pairs = pairs_of(name, said)
    if not pairs:
        return lyrics
    lines = _nfc(lyrics).split("\n")
    for number, line in enumerate(lines):
        for start, end, sound in reversed(list(found_names(line, pairs, language))):
            lines[number] = lines[number][:start] + sound + lines[number][end:]
    return "\n".join(lines)


def shown_text(text: str, name: str, said: str) -> str:
    """A text in which somebody wrote the name as it is said, with the name itself. A sound that is a word too stays."""
    pairs = tuple((sound, real) for real, sound in pairs_of(name, said) if sound.casefold() not in _ORDINARY)
    lines = text.split("\n")
    for number, line in enumerate(lines if pairs else ()):
        for start, end, real in reversed(list(found_names(_nfc(line), pairs))):
            lines[number] = _nfc(lines[number])[:start] + real + _nfc(lines[number])[end:]
    return "\n".join(lines)


def is_word(sound: str) -> bool:
    """Whether a spelling of a sound is a word of its own, so that its place decides what is meant."""
    return sound.casefold() in _ORDINARY


def _words(text: str) -> list[str]:
    words = [one.strip("'’-") for one in re.findall(r"[^\W\d_][\w'’-]*", _nfc(text))]
    return [one for one in words if one.casefold() not in _JOINTS]


def _pattern(real: str, language: str) -> str:
    """The name as a word of its own: not in Anna, Ann-Marie or O'Ann, but in d'Ann, Ann's and, where that is usual, Anns."""
    before = "" if _unspaced(real[0]) else r"(?<!\w)(?<!\w-)(?<!(?-i:[A-Z])['’])"
    after = "" if _unspaced(real[-1]) else r"(?!\w|-\w)"
    if after and language.split("-")[0].lower() in _GENITIVE:
        after = r"(?=s(?!\w)|(?!\w|-\w))"
    return before + r"\s+".join(map(re.escape, real.split())) + after


def _unspaced(letter: str) -> bool:
    """Of a script that leaves no spaces between words."""
    return any(
        word in unicodedata.name(letter, "") for word in ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
    )


def _cased(sound: str, like: str) -> str:
    if like.isupper() and len(like) > 1:
        return sound.upper()
    return sound.lower() if like.islower() else sound


def _capital(sound: str) -> str:
    """ "shi-VAWN" as a name is written: vendors spell capitals out."""
    return " ".join(one[:1].upper() + one[1:].lower() for one in sound.split())


def _likeness(name: str, sound: str) -> float:
    return SequenceMatcher(None, _plain(name), _plain(sound)).ratio()


def _plain(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
