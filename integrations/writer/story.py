"""Story: whether a chat model's lyrics tell what the customer told, and which answer each line comes from.

Within one language equal words show it. A story that is told in another language than the song shares none: there names,
numbers and places count, and the model's own list of lines and answers, as far as its lines are in the song.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from integrations.writer import Brief
from integrations.writer.answer import UnusableAnswerError
from integrations.writer.facts import TOPICS
from integrations.writer.forbidden_words import folded

_FACTS = tuple(name for topic, name in TOPICS.items() if topic != "phrase")  # the fields that hold the story
# Words that hardly a sentence of the language does without, to tell it from the others.
_COMMON = {
    "en": "the and of to in my her his she he we was is you with for when that always at on our your who they it",
    "es": "el los las del que en y con por para cuando siempre nos mi su una muy nuestro ella te le lo fue era como",
    "fr": "le les des du et nous vous dans avec pour quand toujours elle il notre ses mes une est qui sur au mon ma",
    "de": "der die das und mit wir ich sie er uns unser ist war wenn immer auf für ein eine nicht den dem im mein sein",
    "it": "il gli di e con che per quando sempre lei lui nostro mia suo una del della nel è era sono come mi ci",
    "pt": "o os as do da e com que por para quando sempre nós meu minha seu sua uma ela ele não em no na foi era",
}
TOLD_APART = tuple(_COMMON)  # the languages of stories that are known when they are read
_WORDS = {language: frozenset(words.split()) for language, words in _COMMON.items()}
# Capital letters that make no name: English writes these so, and other languages call them otherwise.
_NO_NAMES = re.compile(
    r"\b(?:I|I'(?:m|ve|ll|d)|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?|January|February|March|April|May|June|July|August"
    r"|September|October|November|December|Christmas|Easter|Mum|Mom|Dad|Grandma|Grandpa|God|English|Spanish)\b"
)


def sources_of(brief: Brief, lyrics: str, claimed: Any) -> tuple[str, ...]:
    """The field behind each line, as the model says; '' where it says nothing, or nothing that can be true."""
    lines = lyrics.split("\n")
    said: dict[str, str] = {}
    for one in claimed if isinstance(claimed, list) else ():
        line, key = (one.get("line"), one.get("key")) if isinstance(one, dict) else ("", "")
        if isinstance(line, str) and isinstance(key, str) and key in Brief.__dataclass_fields__ and getattr(brief, key):
            said[_plain(line)] = key
    return tuple("" if not line or line.startswith("[") else said.get(_plain(line), "") for line in lines)


def check_story(brief: Brief, lyrics: str, sources: tuple[str, ...]) -> None:
    """Raises UnusableAnswerError where the lyrics could be anybody's."""
    told = " . ".join(str(getattr(brief, name)) for name in _FACTS if getattr(brief, name))
    sung = folded(lyrics)
    words = re.findall(r"\w{5,}", folded(told))
    if not words or any(word in sung for word in words):
        return
    if language_of_story(told) == brief.language.lower()[:2]:
        raise UnusableAnswerError("nothing of the story is in the lyrics")
    hard = _hard(told, brief.recipient_name)
    if hard and not set(sources) & set(_FACTS) and not any(_sung(one, sung) for one in hard):
        raise UnusableAnswerError("no name, number or place of the story is in the lyrics, and sources does not say what is")


def language_of_story(text: str) -> str:
    """The language of this text, of six; '' where that is unsure."""
    words = Counter(re.findall(r"\w+", text.lower()))
    found = sorted(((sum(words[one] for one in known), code) for code, known in _WORDS.items()), reverse=True)
    return found[0][1] if found[0][0] > found[1][0] else ""


def _hard(told: str, recipient: str) -> list[str]:
    """Numbers, and capital letters inside of sentences: names and places. What is written in another alphabet is left out."""
    bare = _NO_NAMES.sub("", told)
    names = re.findall(r"(?<=[\w,] )[A-ZÀ-Þ][\w'-]{2,}", bare)
    known = set(folded(recipient).split())
    return [*re.findall(r"\d+", told), *(name for name in map(folded, names) if name not in known)]


def _sung(one: str, sung: str) -> bool:
    """Londres is London: the first letters are enough for a place."""
    return bool(re.search(rf"(?<!\w){re.escape(one if one.isdigit() else one[:4])}", sung))


def _plain(line: str) -> str:
    return " ".join(re.findall(r"\w+", folded(line)))
