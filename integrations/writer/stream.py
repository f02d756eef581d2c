"""Listening to a chat API: its answer piece by piece, and what can be read of a song that is still being written."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import requests

_MOST = 1_000_000  # bytes of an answer
STRING = r"""(?:[^"\\]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"""  # the inside of a JSON string, as far as it is there


class UnusableAnswerError(Exception):
    """The model's answer does not pass; the message says why, for the log and for its second try."""


def listen(answer: requests.Response, until: float, heard: Callable[[str], None]) -> str:
    """The model's whole text; `heard` gets what there is of it, again and again.

    Server-sent events as OpenAI documents them (platform.openai.com/docs/api-reference/chat-streaming): `data:` lines with a
    `delta` each, and `[DONE]`. Of an API that answers in one piece nothing is heard before the end.
    Raises UnusableAnswerError, requests.RequestException.
    """
    pieces = _pieces(answer, until)
    if not answer.headers.get("Content-Type", "").startswith("text/event-stream"):
        return _whole(b"".join(pieces))
    text, reason = "", None
    for event in _events(pieces):
        if event == b"[DONE]":
            reason = reason or "stop"
            break
        piece, why = _delta(event)
        reason = why or reason
        if piece:
            text += piece
            heard(text)
    if reason != "stop":
        raise UnusableAnswerError("cut short or refused")
    return text


def so_far(text: str, name: str) -> str:
    """What can be read of this string in a JSON object that is not complete yet."""
    found = re.search(rf'"{name}"\s*:\s*"({STRING})', text)
    return str(json.loads(f'"{found[1]}"', strict=False)) if found else ""


def _pieces(answer: requests.Response, until: float) -> Iterator[bytes]:
    length = 0
    while piece := answer.raw.read1(65_536, decode_content=True):
        length += len(piece)
        if length > _MOST or time.monotonic() > until:
            raise requests.RequestException("too long")
        yield piece


def _events(pieces: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            if line.startswith(b"data:"):
                yield line[5:].strip()


def _delta(event: bytes) -> tuple[str, str | None]:
    try:
        event_data = json.loads(event)
        if not event_data["choices"]:
            return "", None  # the last event may only count tokens
        choice = event_data["choices"][0]
        return str(choice["delta"].get("content") or ""), choice.get("finish_reason")
    except (ValueError, LookupError, TypeError, AttributeError):
        raise UnusableAnswerError("not a chat completion") from None


def _whole(content: bytes) -> str:
    try:
        choice: dict[str, Any] = json.loads(content)["choices"][0]
        text = choice["message"].get("content")
    except (ValueError, LookupError, TypeError, AttributeError):
        raise UnusableAnswerError("not a chat completion") from None
    if choice.get("finish_reason") in ("length", "content_filter") or not isinstance(text, str):
        raise UnusableAnswerError("cut short or refused")
    return text
