"""The phones of every language that can be sung: their names here, and what the teacher of the voice banks calls them.

A name is a short lower-case word ("ae", "sh"); `#` is silence. English names follow ARPAbet; a vowel with its r ("or", "ear")
is one phone where no vowel follows.
"""

from __future__ import annotations

from dataclasses import dataclass

SILENCE = "#"


@dataclass(frozen=True)
class Inventory:
    """The phones of one language: name to the teacher's symbols (IPA as the Kokoro model writes it)."""

    vowels: dict[str, str]
    consonants: dict[str, str]
    diphthongs: frozenset[str]  # vowels that end elsewhere than they begin
    unvoiced: frozenset[str]

    def is_vowel(self, phone: str) -> bool:
        """Whether a syllable may be held on this phone."""
        return phone in self.vowels


ENGLISH = Inventory(
    {
        "aa": "ɑ",
        "ae": "æ",
        "ah": "ʌ",
        "ax": "ə",
        "ao": "ɔ",
        "aw": "W",
        "ay": "I",
        "eh": "ɛ",
        "er": "ɜɹ",
        "ey": "A",
        "ih": "ɪ",
        "iy": "i",
        "ow": "O",
        "oy": "Y",
        "uh": "ʊ",
        "uw": "u",
        "ar": "ɑɹ",
        "or": "ɔɹ",
        "air": "ɛɹ",
        "ear": "ɪɹ",
    },
    {
        "b": "b",
        "ch": "ʧ",
        "d": "d",
        "dh": "ð",
        "f": "f",
        "g": "ɡ",
        "hh": "h",
        "jh": "ʤ",
        "k": "k",
        "l": "l",
        "m": "m",
        "n": "n",
        "ng": "ŋ",
        "p": "p",
        "r": "ɹ",
        "s": "s",
        "sh": "ʃ",
        "t": "t",
        "th": "θ",
        "v": "v",
        "w": "w",
        "y": "j",
        "z": "z",
        "zh": "ʒ",
    },
    frozenset(("aw", "ay", "ey", "ow", "oy", "ar", "or", "air", "ear")),
    frozenset(("p", "t", "k", "f", "s", "th", "sh", "ch", "hh")),
)
SPANISH = Inventory(
    {"a": "a", "e": "e", "i": "i", "o": "o", "u": "u"},
    {
        "b": "b",
        "bh": "β",
        "ch": "ʧ",
        "d": "d",
        "dh": "ð",
        "f": "f",
        "g": "ɡ",
        "gh": "ɣ",
        "j": "j",
        "k": "k",
        "l": "l",
        "m": "m",
        "n": "n",
        "ny": "ɲ",
        "p": "p",
        "r": "ɾ",
        "rr": "r",
        "s": "s",
        "t": "t",
        "w": "w",
        "x": "x",
        "y": "ʝ",
    },
    frozenset(),
    frozenset(("p", "t", "k", "f", "s", "x", "ch")),
)
FRENCH = Inventory(
    {
        "a": "a",
        "an": "ɑ\u0303",
        "ax": "ə",
        "e": "e",
        "eh": "ɛ",
        "eu": "ø",
        "i": "i",
        "in": "ɛ\u0303",
        "o": "o",
        "oe": "œ",
        "oh": "ɔ",
        "on": "ɔ\u0303",
        "u": "u",
        "ue": "y",
    },
    {
        "b": "b",
        "d": "d",
        "f": "f",
        "g": "ɡ",
        "hw": "ɥ",
        "j": "j",
        "k": "k",
        "l": "l",
        "m": "m",
        "n": "n",
        "ny": "ɲ",
        "p": "p",
        "r": "ʁ",
        "s": "s",
        "sh": "ʃ",
        "t": "t",
        "v": "v",
        "w": "w",
        "z": "z",
        "zh": "ʒ",
    },
    frozenset(),
    frozenset(("p", "t", "k", "f", "s", "sh")),
)
ITALIAN = Inventory(
    {"a": "a", "e": "e", "eh": "ɛ", "i": "i", "o": "o", "oh": "ɔ", "u": "u"},
    {
        "b": "b",
        "ch": "ʧ",
        "d": "d",
        "dz": "ʣ",
        "f": "f",
        "g": "ɡ",
        "j": "j",
        "jh": "ʤ",
        "k": "k",
        "l": "l",
        "ly": "ʎ",
        "m": "m",
        "n": "n",
        "ny": "ɲ",
        "p": "p",
        "r": "ɾ",
        "rr": "r",
        "s": "s",
        "sh": "ʃ",
        "t": "t",
        "ts": "ʦ",
        "v": "v",
        "w": "w",
        "z": "z",
    },
    frozenset(),
    frozenset(("p", "t", "k", "f", "s", "sh", "ch", "ts")),
)
PORTUGUESE = Inventory(
    {
        "a": "a",
        "an": "ɐ\u0303",
        "e": "e",
        "eh": "ɛ",
        "en": "e\u0303",
        "i": "i",
        "in": "i\u0303",
        "o": "o",
        "oh": "ɔ",
        "on": "o\u0303",
        "u": "u",
        "un": "u\u0303",
    },
    {
        "b": "b",
        "ch": "ʧ",
        "d": "d",
        "f": "f",
        "g": "ɡ",
        "j": "j",
        "jh": "ʤ",
        "k": "k",
        "l": "l",
        "ly": "ʎ",
        "m": "m",
        "n": "n",
        "ny": "ɲ",
        "p": "p",
        "r": "ɾ",
        "s": "s",
        "sh": "ʃ",
        "t": "t",
        "v": "v",
        "w": "w",
        "x": "x",
        "z": "z",
        "zh": "ʒ",
    },
    frozenset(),
    frozenset(("p", "t", "k", "f", "s", "sh", "ch", "x")),
)
INVENTORIES = {"en": ENGLISH, "es": SPANISH, "fr": FRENCH, "it": ITALIAN, "pt": PORTUGUESE}
RHOTIC = {"ar": "aa", "or": "ao", "air": "eh", "ear": "ih"}  # before a vowel or an r they are the vowel and an r
