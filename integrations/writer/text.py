"""Customers' text: made safe to sing, cut into phrases, broken into lines."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

LINE_LENGTH = 60  # what fits on one sung line
_ARTICLES = ("a", "an", "the", "el", "la", "los", "las", "un", "una", "le", "les", "des", "du")
_WHOLE = 2 * LINE_LENGTH + 44  # what surely fits on three
_LABEL = re.compile(r"^\s*(?:\d[\d\s-]*\s*)?[^\W\d][^:.!?,;]{0,24}:\s+")
_SENTENCE = re.compile(
    r"(?<!\bSt)(?<!\bDr)(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bSra)(?<!\bSr)\.+(?=\s|$)|(?<=[!?])(?=\s|$)|[;\n•¡¿]+|\s[-–—]\s"
)
_NUMBERED = re.compile(r"(?:(?<=\s)|^)(?:\d{1,2}[.)]|[-*])\s+")
_DROPPED = {"Cs", "Co", "Cn", "So", "Cc"}


def _sung(char: str) -> bool:
    kind = unicodedata.category(char)
    if char == "\n":
        return True
    if kind in _DROPPED or "\ufe00" <= char <= "\ufe0f" or "\U000e0000" <= char <= "\U000e01ef" or char == "\u20e3":
        return False
    if kind == "Cf":  # joiners inside Persian and Indic words stay; direction overrides and the like do not
        return char == "\u200c"
    return not (kind == "Sk" and ord(char) > 0x2000)


def clean_words(text: str) -> str:
    """No control characters, emoji or brackets (only we write section tags); apostrophes plain, spaces single."""
    text = (
        str(text).replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n").replace("\t", " ")
    )
    text = "".join(c for c in text if _sung(c))
    text = unicodedata.normalize("NFC", text)
    for mark in "[]［］【】〔〕⟦⟧":
        text = text.replace(mark, "")
    text = text.replace("’", "'").replace("‘", "'").replace("ʼ", "'")
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()


def flat(text: str) -> str:
    """Clean, and on one line."""
    return " ".join(clean_words(text).split())


def option(value: str) -> str:
    """What was chosen from a list, as its key is written."""
    return flat(value).lower()


def capital(text: str) -> str:
    """The first letter large."""
    return text[:1].upper() + text[1:]


def shouts(word: str) -> bool:
    """Written in capitals, as NASA is: it stays so inside a sentence."""
    return sum(c.isupper() for c in word) > 1


def small(text: str) -> str:
    """The first letter small, unless its word is written in capitals."""
    return text if shouts(text.split(" ")[0]) else text[:1].lower() + text[1:]


def text_lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in clean_words(text).split("\n") if has_word(line))


def has_word(text: str) -> bool:
    return any(c.isalnum() for c in text)


def split_phrases(text: str, subjects: tuple[str, ...], joints: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The customer's sentences; with `joints`, lists are taken apart at commas and at these."""
    text = _NUMBERED.sub("\n", _LABEL.sub("", clean_words(text)))
    found: list[str] = []
    for sentence in _SENTENCE.split(text):
        sentence = sentence.strip(' ,:;-–—"“”«»')
        whole = sentence.split(" ")[0].lower().strip(",") in subjects or (not joints and len(sentence) <= _WHOLE)
        parts = [p.strip() for p in sentence.split(",")]
        found += [sentence] if whole or max(map(len, parts)) > 44 else parts
    if joints:
        splitter = re.compile(r"\s+(?:{})\s+|\s*&\s*|\s*/\s*".format("|".join(map(re.escape, joints))), re.I)
        found = [x for f in found for x in (splitter.split(f) if _is_short_list(f, splitter, subjects) else [f])]
    lead = re.compile(r"^(?:{})\s+".format("|".join(map(re.escape, joints or ("and", "y", "e", "but", "pero")))), re.I)
    return tuple(p for f in found if has_word(p := lead.sub("", f.strip(' ,:;-–—"“”«»()'))))


def _is_short_list(phrase: str, splitter: re.Pattern[str], subjects: tuple[str, ...]) -> bool:
    """The last part may be longer: "stubborn and laughs at every funeral"."""
    *others, last = (len(part.split(" ")) for part in splitter.split(phrase))
    return phrase.split(" ")[0].lower() not in subjects and all(words <= 3 for words in others) and last <= 6


def parted_lines(
    line: str, strong: tuple[str, ...], weak: tuple[str, ...], most: int = 3, opening: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """One long line as a few singable ones, parted where a singer would breathe; none ends with an `opening` word ("we")."""
    if len(line) <= LINE_LENGTH:
        return (line,)
    if most == 1:
        return (_shortened(line, strong, weak),)
    spot = _breath(line, strong, weak, LINE_LENGTH if len(line) > 2 * LINE_LENGTH - 16 else len(line) // 2 + 12)
    spot = _before_openings(line, spot, {*opening, *_ARTICLES})
    head, rest = line[:spot].rstrip(" "), line[spot:].lstrip(" ")
    return (head, *parted_lines(rest, strong, weak, most - 1, opening))


def _breath(line: str, strong: tuple[str, ...], weak: tuple[str, ...], limit: int) -> int:
    limit = min(limit, LINE_LENGTH)
    for joints in (strong, weak):
        spots = [m.end() if m[0] == "," else m.start() for m in _joint(joints, joints is strong).finditer(line[: limit + 1])]
        spots = [spot for spot in spots if spot >= 14 and len(line) - spot > 8]
        if spots:
            return max(spots)
    space = line.rfind(" ", 1, limit + 1)
    return space if space > 0 else limit


def _before_openings(line: str, spot: int, opening: set[str]) -> int:
    """The end of the head without words that begin what comes next: "the last train we | walked home"."""
    words = line[:spot].split()
    while len(words) > 3 and words[-1].lower() in opening:
        words.pop()
        spot = line[:spot].rstrip().rfind(" ")
    return spot


@cache
def _joint(joints: tuple[str, ...], commas: bool) -> re.Pattern[str]:
    words = "|".join(map(re.escape, joints))
    return re.compile(rf"(?<= )(?:{words})(?= ){'|,' if commas else ''}", re.I)


def _shortened(line: str, strong: tuple[str, ...], weak: tuple[str, ...]) -> str:
    return line[: _breath(line, strong, weak, LINE_LENGTH)].rstrip(" ,;:-")


def cut_at_word(text: str, limit: int) -> str:
    """At most `limit` characters, ending with a whole word."""
    if len(text) <= limit:
        return text
    space = text.rfind(" ", 0, limit + 1)
    return text[: space if space > 0 else limit].rstrip(" ,;:-(")
