"""Listening to a chat API: its answer piece by piece, in the many forms that "OpenAI-compatible" has."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

import requests
import urllib3

from integrations.writer.answer import UnusableAnswerError, answer_text

_MOST = 1_000_000  # bytes of an answer
_LONG, _SELDOM = 20_000, 0.5  # characters from which an answer is heard only so often, in seconds: it is read anew each time
# Every end is an end, "eos" and "end_turn" alike, unless it says that something was cut or withheld: length, max_tokens,
# model_length (Mistral), content_filter, SAFETY and RECITATION (Gemini), sensitive (Zhipu), insufficient_system_resource
# (DeepSeek), abort (vLLM), error (OpenRouter).
_CUT = re.compile(r"length|max|limit|trunc|insufficient|abort|cancel|error", re.I)
_WITHHELD = re.compile(r"filter|safety|refus|block|recitation|prohibited|sensitive|spii", re.I)
LENGTH = "cut short: too long for its limit"


@dataclass(slots=True)
class _Heard:
    """What was said so far. `thought`: what servers send beside the content; `end`: why it ended, where that was said."""

    words: str = ""
    thought: str = ""
    end: str = ""

    def take(self, event: bytes) -> bool:
        """Take one event or a whole answer; whether it added words."""
        try:
            loaded: dict[str, Any] = json.loads(event)
            if loaded.get("error"):
                raise UnusableAnswerError(f"the API reported an error instead of an end: {_short(loaded['error'])}")
            choices = loaded.get("choices")
            if not choices and (choices is not None or "usage" in loaded or "prompt_filter_results" in loaded):
                return False  # it only counts tokens, or says what a filter found (Azure)
            choice = choices[0]
            message = choice.get("delta") or choice.get("message") or {"content": choice.get("text")}
            self.end = str(choice.get("finish_reason") or choice.get("finishReason") or self.end)
            piece = answer_text(message.get("content"))
            self.thought += answer_text(message.get("reasoning_content") or message.get("reasoning"))
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            raise UnusableAnswerError("not a chat completion") from None
        self.words += piece
        return bool(piece)

    def all(self) -> str:
        """The whole text; raises UnusableAnswerError where it is not whole."""
        if _CUT.search(self.end):
            raise UnusableAnswerError(
                LENGTH if re.search("length|max|limit", self.end, re.I) else f"cut short: {self.end[:40]}"
            )
        if _WITHHELD.search(self.end):
            raise UnusableAnswerError(f"withheld: {self.end[:40]}")
        return self.words if self.words.strip() else self.thought  # LM Studio sometimes says everything as a thought


def listen(answer: requests.Response, until: float, heard: Callable[[str], None]) -> str:
    """The model's whole text; `heard` gets what there is of it, again and again.

    Server-sent events as OpenAI documents them (platform.openai.com/docs/api-reference/chat-streaming): `data:` lines with a
    `delta` each, and `[DONE]`. Of an API that answers in one piece nothing is heard before the end.
    Raises UnusableAnswerError, requests.RequestException.
    """
    pieces, so_far = _pieces(answer, until), _Heard()
    first = next((piece for piece in pieces if piece.strip()), b"").lstrip(b"\xef\xbb\xbf\r\n\t ")
    if not re.match(rb"(data|event|id|retry)?:", first):  # by its first bytes: not all servers name the type
        so_far.take(first + b"".join(pieces))
        return so_far.all()
    done, last = False, 0.0
    for event in _events(first, pieces):
        if event == b"[DONE]":
            done = True
            break
        if so_far.take(event) and (len(so_far.words) < _LONG or time.monotonic() > last + _SELDOM):
            last = time.monotonic()
            heard(so_far.words)
    whole = done or so_far.end or answer.raw.chunked  # a chunked answer that was read to its last chunk did not break off
    if not whole:
        raise UnusableAnswerError("cut short: it broke off")
    return so_far.all()


def _pieces(answer: requests.Response, until: float) -> Iterator[bytes]:
    length = 0
    try:
        while piece := answer.raw.read1(65_536, decode_content=True):
            length += len(piece)
            if length > _MOST or time.monotonic() > until:
                raise requests.Timeout("too long")
            yield piece
    except urllib3.exceptions.TimeoutError:
        raise requests.Timeout("too long") from None
    except (urllib3.exceptions.HTTPError, OSError) as error:
        if isinstance(error, requests.RequestException):
            raise
        raise UnusableAnswerError("cut short: it broke off") from None


def _events(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    rest = first
    for piece in chain((b"",), pieces):
        *lines, rest = (rest + piece).split(b"\n")
        yield from filter(None, map(_data, lines))
    if event := _data(rest):  # the last line may lack its end
        yield event


def _data(line: bytes) -> bytes:
    return line[5:].strip() if line.startswith(b"data:") else b""


def _short(error: Any) -> str:
    """A word for the kind of error, never its text."""
    code = error.get("code") or error.get("type") if isinstance(error, dict) else ""
    return re.sub(r"[^\w .-]", "", str(code or "unknown"))[:40]
