"""Answer: the song in what a chat model said, whatever stands around it: thoughts, fences, a sentence before and after."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any

from integrations.writer.chat_prompt import NAMES

STRING = r"""(?:[^"\\]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"""  # the inside of a JSON string, as far as it is there
# As DeepSeek, Qwen and their like print them where the server does not part them off; [THINK] is Mistral's.
_TAGS = r"think|thinking|thought|reasoning|reflection|seed:think"
_OPEN, _CLOSE = rf"(?:<(?:{_TAGS})>|\[THINK\])", rf"(?:</(?:{_TAGS})>|\[/THINK\])"
_THOUGHT = re.compile(rf"{_OPEN}.*?{_CLOSE}", re.S | re.I)
_UP_TO_CLOSE = re.compile(rf"^.*{_CLOSE}", re.S | re.I)  # some templates put the opening tag into the prompt
_MOST = 100_000  # characters at the end of an answer that may hold the song
_MOST_BRACES = 300  # that open no object, before the rest is given up
_FROM_OPEN = re.compile(rf"{_OPEN}.*$", re.S | re.I)


class UnusableAnswerError(Exception):
    """The model's answer does not pass; the message says why, for the log, for staff and for its second try."""


def without_thought(text: str) -> str:
    """What the model says, without what it thought before; '' while it still thinks."""
    if "<" not in text and "THINK]" not in text:
        return text.strip()  # asked again for every piece of an answer
    return _FROM_OPEN.sub("", _UP_TO_CLOSE.sub("", _THOUGHT.sub("", text))).strip()


def song_in(text: str, names: Collection[str] = NAMES) -> dict[str, Any]:
    """The JSON object that has most of these keys; the last one of several. Raises UnusableAnswerError where there is none."""
    text = text[-_MOST:]
    for part in (without_thought(text), text):  # a thought that was never closed may hold the song
        found = [inner for one in _objects(part) for inner in (one, *(v for v in one.values() if isinstance(v, dict)))]
        if found:
            return max(reversed(found), key=lambda one: len(one.keys() & set(names)))
    raise UnusableAnswerError("no JSON object")


def so_far(text: str, name: str) -> str:
    """What can be read of this string in a JSON object that is not complete yet."""
    found = re.search(rf'"{name}"\s*:\s*"({STRING})', without_thought(text))
    return str(json.loads(f'"{found[1]}"', strict=False)) if found else ""


def answer_text(content: Any) -> str:
    """The text of a message: as it stands, or in parts (Mistral, Anthropic); parts that hold a thought are left out."""
    if isinstance(content, list):
        return "".join(answer_text(part.get("text")) if isinstance(part, dict) else answer_text(part) for part in content)
    return content if isinstance(content, str) else ""


def _objects(text: str) -> list[dict[str, Any]]:
    """Every complete object at the top level; line breaks inside of strings are forgiven."""
    decoder, found, at, failed = json.JSONDecoder(strict=False), [], text.find("{"), 0
    while at >= 0 and failed < _MOST_BRACES:
        try:
            one, end = decoder.raw_decode(text, at)
            found.append(one)
        except (ValueError, RecursionError):
            end, failed = at + 1, failed + 1
        at = text.find("{", end)
    return found
