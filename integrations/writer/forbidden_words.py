"""Never: the words that a customer never wants to hear, found however they are spelled, in every script a name may have.

Both the words and the text are folded first: case, accents and vowel points, full width, ligatures, zero-width characters.
A word is found whole, with what grammar hangs on it: "Tom" in "Tom's" and "Toms", never in "tomorrow" or "Tomás"
(docs/decisions/0051-how-the-writer-is-asked-and-what-it-may-say.md).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from integrations.writer.text import clean_words

_LEAD = re.compile(
    r"^(?:please )?(?:(?:don't|do not|never|no) (?:mention )?|(?:any|anything about|nothing about|no menciones?) )?"
    r"(?:(?:the|a|an|my|her|his|our|their|el|la|los|las|un|una|mi|su|tu|de) )*",
    re.I,
)
_SPLIT = re.compile(r"[,;\n/、，؛،]+|\s+(?:and|or|y|ni|o)\s+")
# Marks that are spelling habits in Latin, Greek, Cyrillic, Hebrew and Arabic. Vowel signs of Indic and Thai words, and the
# voicing marks of kana, are letters of their own and stay.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
                    "\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u0640\u093c\u09bc\u0a3c\u0abc\u0b3c]")  # fmt: skip
_LETTERS = str.maketrans({
    "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "ŋ": "n", "æ": "ae", "œ": "oe", "þ": "th", "ĳ": "ij",
    "ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ٱ": "ا", "’": "'", "‘": "'", "ʼ": "'", "ʹ": "'", "′": "'", "`": "'", "´": "'",
})  # fmt: skip
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# What hangs on a word, by its script: case endings in Cyrillic, one-letter words before it in Arabic and Hebrew.
_CYRILLIC = "(?:а|у|ю|я|ы|и|е|о|й|ь|ом|ем|ой|ою|ей|ею|ам|ям|ах|ях|ов|ев|ами|ями|ові|еві|ин|ина|ину|ины|ин[аоу]й)?"
_ARABIC, _HEBREW = "(?:[وفبلک]{0,2}(?:ال)?)", "[והבלכמש]{0,3}"
_END = r"(?![^\W_])"
_LONG = 6  # letters from which a word is also found with hyphens in between
_WITH_E = 5  # letters from which ae, oe and ue may stand for ä, ö and ü: "Sue" must not be found in every "su"
_MAYBE_E = "ǝ"


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """The text as it is compared: what differs only in spelling becomes the same."""
    bare = "".join(c for c in text if unicodedata.category(c) != "Cf")
    bare = unicodedata.normalize("NFKD", bare.casefold()).casefold()
    bare = unicodedata.normalize("NFC", _MARKS.sub("", bare)).translate(_LETTERS)
    return "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in bare)


def terms_of(never_mention: str) -> list[str]:
    """The single words or names in this answer, longest first, as the customer wrote them."""
    found: dict[str, None] = {}
    for term in _SPLIT.split(clean_words(never_mention)):
        term = " ".join(term.split())
        bare = _LEAD.sub("", term).strip(" .!?\"'“”:()-") or term
        if any(c.isalnum() for c in bare):
            found[bare] = None
    return sorted(found, key=len, reverse=True)


class Never:
    """Words that must not be heard. Truth value: whether there are any."""

    def __init__(self, never_mention: str) -> None:
        self.terms = [(term, pattern) for term in terms_of(never_mention) if (pattern := _pattern(term))]
        self._seen: dict[str, str] = {}

    def __bool__(self) -> bool:
        return bool(self.terms)

    def search(self, text: str) -> str:
        """The first such word that is in the text, as the customer wrote it; '' where there is none."""
        if not self.terms:
            return ""
        if text not in self._seen:
            bare = folded(text)
            self._seen[text] = next((term for term, (pattern, open_end) in self.terms if _whole(pattern, bare, open_end)), "")
        return self._seen[text]


def _pattern(term: str) -> tuple[re.Pattern[str], bool] | None:
    """The pattern, and whether the word may go on behind it: no spaces part words, or particles follow without one."""
    marked = re.sub("([äöü])", rf"\1{_MAYBE_E}", unicodedata.normalize("NFC", term).casefold())
    parts = _words(re.sub(r"'s$", "", folded(marked)))
    if not parts:
        return None
    first, last = parts[0][0], parts[-1][-1]
    if "\u0400" <= last <= "\u052f":
        stem = re.sub("[аеийоуыьэюяіє]$", "", parts[-1]) if len(parts[-1]) > 3 else parts[-1]
        return re.compile(_joined([*parts[:-1], stem]) + _CYRILLIC + _END), False
    if _UNSPACED.match(last) or "\uac00" <= last <= "\ud7af":
        return re.compile(_joined(parts)), True
    before = _ARABIC if "\u0600" <= first <= "\u06ff" else _HEBREW if "\u05d0" <= first <= "\u05ea" else ""
    after = _with_plural(term, parts) if last <= "\u024f" else _joined(parts)
    return re.compile(before + after + _END), False


def _with_plural(term: str, parts: list[str]) -> str:
    """With plurals and possessives; a word in small letters that looks like a plural also finds its singular."""
    *others, last = parts
    named, stem, tail = term[:1] != term[:1].lower(), last, "(?:'?e?s'?)?"
    if not last.isalpha():
        tail = ""
    elif not named and len(last) > 4 and last.endswith("ies"):
        stem, tail = last[:-3], "(?:y(?:'s)?|ies'?)"
    elif not named and len(last) > 4 and last.endswith("s") and not last.endswith("ss"):
        stem, tail = last[:-1], "(?:'?s'?)?"
    elif not named and len(last) > 3 and re.search("[^aeiou]y$", last):
        stem, tail = last[:-1], "(?:y(?:'s)?|ies'?)"
    elif not named and len(last) > 3 and last.endswith("fe"):
        stem, tail = last[:-2], "(?:fe(?:'s)?|ves'?)"
    return _joined([*others, stem]) + tail


def _joined(parts: list[str]) -> str:
    """The parts with anything between them that is no letter, or nothing; one long word also with hyphens inside."""
    inside = "['-]?" if len(parts) == 1 and len(parts[0]) >= _LONG and parts[0].isalpha() else ""
    return r"[\W_]*".join(inside.join(_letters(part)) for part in parts)


def _letters(part: str) -> list[str]:
    """Each letter as a pattern. ü is compared as u; it may be written ue, and who writes ue may mean ü."""
    loose = len(part) >= _WITH_E
    return [
        "e?" if c == _MAYBE_E or (loose and c == "e" and at and part[at - 1] in "aou") else re.escape(c)
        for at, c in enumerate(part)
    ]


def _words(text: str) -> list[str]:
    """Runs of letters with their marks."""
    words, word = [], ""
    for char in f"{text} ":
        if _in_word(char):
            word += char
        elif word:
            words.append(word)
            word = ""
    return words


def _whole(pattern: re.Pattern[str], text: str, open_end: bool) -> bool:
    """Found, and not as a part of a longer word."""
    at = 0
    while found := pattern.search(text, at):
        start, end = found.span()
        before = text[start - 1] if start else " "
        after = text[end] if end < len(text) else " "
        inside = bool(_UNSPACED.match(found[0]))
        if (inside or not _in_word(before)) and (open_end or not _in_word(after)):
            return True
        at = start + 1
    return False


def _in_word(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char)[0] == "M"
