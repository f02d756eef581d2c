"""Heard words: what a recogniser wrote down of a song, compared with the lyrics that were approved."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from integrations.music.studio.singing.numbers import spoken_token
from integrations.name_spelling import is_word, pairs_of

_MOST_WORDS, _MOST_LETTERS = 1000, 20_000  # of either side: more is no song
_TAG = re.compile(r"^\s*\[[^\]]*\]\s*$", re.M)
_WORD = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)*")
_SPEAKS = ("en", "es", "fr", "it", "pt")  # languages whose numbers we can say
# Scripts without spaces between words: each sign counts as a word. What one writer spells in kana another does in kanji.
_SIGN = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_ALIKE = 0.75  # likeness of two short spellings that sound alike
_NEARLY = 0.85  # likeness that is enough by itself
_LEAST_HEARD = 12  # words; a recogniser that hears fewer has not understood the song, which says nothing about it
# Fewer of the approved words were heard, and fewer of those that were heard are approved: unrelated English shares up to 0.14
# and 0.37; the worst song of our studio, heard by the smallest recogniser there is, 0.28 and 0.39 (docs/decisions/0062).
_MUMBLED, _STRANGE = 0.25, 0.5
_LOOP, _ONE_LOOP = 0.15, 40  # a recogniser that is lost says one sentence again and again; no song has so few words
_SOUNDS = (
    (r"^(?:kn|gn|pn)", "n"), (r"^wr", "r"), (r"ph", "f"), (r"gh", ""), (r"sch|tch|sh|ch", "%"), (r"ck|qu|q", "k"),
    (r"c(?=[eiy])|z|ß", "s"), (r"c", "k"), (r"x", "ks"), (r"th", "t"), (r"g(?=[eiy])|^y(?=[aeou])", "j"), (r"^w", "v"),
    (r"[hw]", ""), (r"^[aeiouy]+", "a"), (r"(?<!^)[aeiouy]+", ""), (r"(.)\1+", r"\1"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HeardWords:
    """`words`: share of the approved words that were heard in their order, 0..1, None where the two cannot be compared (another
    script, nothing heard, one sentence again and again).

    `right`: share of what was heard that is approved; `count`: how many words were heard; `name`: heard, missed or unknown;
    `spaced`: the lyrics are in a script that has spaces between words, which is spelled in one way only.
    """

    words: float | None
    right: float
    count: int
    name: str
    spaced: bool = True


def compare(lyrics: str, text: str, name: str = "", said: str = "", language: str = "en") -> HeardWords:
    """What was heard of these lyrics. `said`: how the name is said, in the giver's spelling."""
    approved = _approved(lyrics, language)
    heard = spoken_words(text, language)[:_MOST_WORDS]
    spaced = not _SIGN.search(lyrics)
    lost = len(heard) >= _ONE_LOOP and len(set(heard)) < _LOOP * len(heard)
    if not approved or not heard or lost or _script(lyrics) != _script(text):
        return HeardWords(None, 0.0, len(heard), "unknown", spaced)
    known = set(approved)
    by_sound = {sound_key(word): word for word in known if len(sound_key(word)) > 1}
    aligned = [word if word in known else by_sound.get(sound_key(word), word) for word in heard]
    found = in_order(approved, aligned)
    return HeardWords(
        found / len(approved), found / len(heard), len(heard), name_in(heard, lyrics, name, said, language), spaced
    )


def is_mumbled(heard: HeardWords) -> bool:
    """Whether the words are wrong beyond doubt. A song that leaves a verse out is none: what is heard of it is right."""
    if heard.words is None or heard.count < _LEAST_HEARD or not heard.spaced:
        return False
    return heard.words < _MUMBLED and heard.right < _STRANGE


def spoken_words(text: str, language: str = "en") -> list[str]:
    """The words of a text as they can be compared: no case, accents, punctuation, section tags; numbers as they are said."""
    short = language.split("-")[0].lower()
    words: list[str] = []
    for found in _WORD.finditer(_plain(_TAG.sub("", text[:_MOST_LETTERS]))):
        word = found[0]
        if any(letter.isdigit() for letter in word) and short in _SPEAKS:
            words += map(_folded, spoken_token(word, short))
        elif _SIGN.search(word):
            words += _folded(word)
        else:
            words.append(_folded(word))
    return [word for word in words if word]


def in_order(approved: Sequence[str], heard: Sequence[str]) -> int:
    """How many of the approved words were heard in their order: the longest common subsequence."""
    places: dict[str, list[int]] = {}
    for at, word in enumerate(heard):
        places.setdefault(word, []).append(at)
    ends: list[int] = []  # ends[n]: the earliest place at which n + 1 words in order can end
    for word in approved:
        for at in reversed(places.get(word, ())):
            n = bisect_left(ends, at)
            ends[n : n + 1] = [at]
    return len(ends)


def name_in(heard: Sequence[str], lyrics: str, name: str, said: str = "", language: str = "en") -> str:
    """Whether every part of the name that the lyrics sing was heard, as it is written or as it sounds.

    'unknown' where the lyrics do not name it, or the script tells no sound.
    """
    sung = Counter(spoken_words(lyrics, language))
    parts = [word for word in spoken_words(name, language) if sung[word]]
    if not parts:
        return "unknown"
    if not all(part.isascii() for part in parts):
        return "heard" if all(part in heard for part in parts) else "unknown"
    sounds = {real: spoken_words(sound, language) for real, sound in pairs_of(name, said)}
    spelled = {_folded(real): "".join(parts) for real, parts in sounds.items()}
    joined = ["".join(heard[at : at + size]) for size in (1, 2, 3) for at in range(len(heard) - size + 1)]
    others = set(sung) - set(parts)
    candidates = {word for word in joined if word not in others and (word in parts or not is_word(word))}
    wanted = [{part, spelled.get(part, part)} for part in parts]
    return "heard" if all(any(_alike(way, one) for way in ways for one in candidates) for ways in wanted) else "missed"


def sound_key(word: str) -> str:
    """A rough key of how a word in Latin letters sounds, the same for Siobhan's "Shivawn" and "Chevonne"."""
    for pattern, sound in _SOUNDS:
        word = re.sub(pattern, sound, word)
    return word


def _alike(name: str, word: str) -> bool:
    if name == word:
        return True
    likeness = SequenceMatcher(None, name.replace("y", "i"), word.replace("y", "i")).ratio()
    key = sound_key(name)
    return (key == sound_key(word) and (len(key) > 2 or likeness >= _ALIKE)) or (len(name) > 3 and likeness >= _NEARLY)


def _approved(lyrics: str, language: str) -> list[str]:
    """Numbers are left out where we cannot say them: the recogniser may write them either way."""
    words = spoken_words(lyrics, language)[:_MOST_WORDS]
    return [word for word in words if not any(letter.isdigit() for letter in word)]


def _folded(word: str) -> str:
    return "".join(letter for letter in _plain(word) if letter.isalnum())


def _plain(text: str) -> str:
    """Without case, accents and vowel marks."""
    return "".join(
        one for one in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.category(one).startswith("M")
    )


def _script(text: str) -> str:
    """The script that most letters are of: LATIN, CYRILLIC, CJK (with kana), ...; '' without a letter."""
    names = (unicodedata.name(letter, "").split(" ")[0] for letter in text[:4000] if letter.isalpha())
    same = {"HIRAGANA": "CJK", "KATAKANA": "CJK", "FULLWIDTH": "LATIN", "MODIFIER": ""}
    counted = Counter(same.get(name, name) for name in names)
    return counted.most_common(1)[0][0] if counted else ""
