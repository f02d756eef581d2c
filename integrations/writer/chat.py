"""Writing by any OpenAI-compatible chat API. What it answers is checked in code; what does not pass, the lyricist writes.

The fallbacks: a strict JSON schema, then a JSON object, then plain text with JSON somewhere in it, then the built-in lyricist.
It never blocks composing: all steps together have one deadline. The form data is data in a message of its own.
While it writes, every whole line can be read that would pass.
"""

from __future__ import annotations

import json
import logging
import re
import time
from dataclasses import asdict, replace
from itertools import takewhile
from typing import Any

import requests

from integrations.name_spelling import shown_text
from integrations.writer import Brief, Heard, Writer, Writing, unheard
from integrations.writer.artists import artists_in
from integrations.writer.facts import TOPICS
from integrations.writer.instruction import LYRICS, NAMES, PROMPT, STYLE, TITLE, WORDING, instruction
from integrations.writer.stream import UnusableAnswerError, listen, so_far

log = logging.getLogger("serenade.writer")
DEADLINE = 45.0  # seconds for all fallbacks together
CONNECT = 5.0
LEAST_LINES = 8
FACTS = tuple(name for topic, name in TOPICS.items() if topic != "phrase")  # the fields that hold the story
SCHEMA = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in NAMES},
    "required": list(NAMES),
    "additionalProperties": False,
}
LADDER: tuple[dict[str, Any], ...] = (
    {
        "stream": True,
        "response_format": {"type": "json_schema", "json_schema": {"name": "song", "strict": True, "schema": SCHEMA}},
    },
    {"stream": True, "response_format": {"type": "json_object"}},
    {},
)


class ChatWriter:
    """Implements `Writer`; `spare` writes when the API cannot."""

    def __init__(self, base_url: str, key: str, model: str, spare: Writer, wording: str = WORDING) -> None:
        self.url, self.key, self.model, self.spare = base_url + "/chat/completions", key, model, spare
        self.rules = instruction(wording)

    def write(self, brief: Brief, heard: Heard = unheard) -> Writing:
        """Always answers, in time."""
        safe = self.spare.write(brief)
        until = time.monotonic() + DEADLINE
        complaint = ""
        for step in LADDER:
            for _ in range(2):  # one repair each
                if time.monotonic() > until - 2:
                    log.warning("the chat API took too long; the lyricist writes")
                    return safe
                try:
                    return _checked(self._ask(brief, step, complaint, until, heard), brief, safe)
                except UnusableAnswerError as error:
                    complaint = str(error)
                    log.warning("the chat API's answer does not pass: %s", complaint)
                except requests.RequestException as error:
                    log.warning("the chat API does not answer: %s", error.__class__.__name__)
                    return safe
                except _NotOfferedError as error:
                    log.info("the chat API refuses %s: HTTP %s", step.get("response_format", {}).get("type", "text"), error)
                    break
        return safe

    def _ask(self, brief: Brief, step: dict[str, Any], complaint: str, until: float, heard: Heard) -> str:
        story = json.dumps({k: v for k, v in asdict(brief).items() if v}, ensure_ascii=False).replace("<", "\\u003c")
        messages = [{"role": "system", "content": self.rules}, {"role": "user", "content": f"<story>\n{story}\n</story>"}]
        if complaint:
            messages.append({"role": "system", "content": f"Your last answer did not pass: {complaint}. Write it again."})
        body: dict[str, Any] = {"model": self.model, "messages": messages, "temperature": 0.9, **step}
        headers = {"Authorization": f"Bearer {self.key or 'none'}"}
        left = max(1.0, until - time.monotonic())
        with requests.post(
            self.url, json=body, headers=headers, timeout=(CONNECT, left), allow_redirects=False, stream=True
        ) as answer:
            if answer.status_code in (400, 404, 422):
                raise _NotOfferedError(str(answer.status_code))
            if answer.status_code != 200:
                raise requests.RequestException(f"HTTP {answer.status_code}")
            return listen(answer, until, lambda text: heard(*_draft(text, brief)))


class _NotOfferedError(Exception):
    """This API does not offer this kind of answer."""


def _draft(text: str, brief: Brief) -> tuple[str, str]:
    """Title and whole lines of an unfinished answer, up to the first that must not be shown."""
    title = _plain(so_far(text, "title")) if '"lyrics"' in text else ""
    lyrics = _laid_out(_plain(so_far(text, "lyrics").rpartition("\n")[0])[:LYRICS])
    title, lyrics = (shown_text(one, brief.recipient_name, brief.pronunciation) for one in (title, lyrics))
    lines = lyrics.split("\n")
    seen = list(takewhile(lambda line: not _unsingable(brief, _folded(line)), lines))
    return ("" if _unsingable(brief, _folded(title)) else _cut(title.replace("\n", " "), TITLE)), "\n".join(seen).strip()


def _checked(text: str, brief: Brief, safe: Writing) -> Writing:
    """The song in the answer; raises UnusableAnswerError where it is not fit for a gift."""
    answer = _object(text)
    fields = {name: answer.get(name) for name in NAMES}
    if not all(isinstance(value, str) and value.strip() for value in fields.values()):
        raise UnusableAnswerError("a key is missing or empty")
    written = {name: _plain(str(value)) for name, value in fields.items()}
    lyrics = shown_text(_laid_out(written["lyrics"]), brief.recipient_name, brief.pronunciation)
    sung = [line for line in lyrics.split("\n") if line and not line.startswith("[")]
    if not LEAST_LINES <= len(sung) <= 80 or len(lyrics) > LYRICS:
        raise UnusableAnswerError(f"{len(sung)} lines and {len(lyrics)} characters of lyrics")
    if _folded(brief.recipient_name) not in _folded(lyrics):
        raise UnusableAnswerError("the recipient's name is not sung")
    _check_words(brief, lyrics, written)
    styles = tuple(_cut(written[f"style_{number}"], STYLE) for number in (1, 2, 3))
    if len({style.lower() for style in styles}) < 3:
        raise UnusableAnswerError("the three styles are not different")
    return replace(
        safe,
        title=_cut(shown_text(written["title"].replace("\n", " "), brief.recipient_name, brief.pronunciation), TITLE),
        lyrics=lyrics,
        prompt=_cut(written["prompt"].replace("\n", " "), PROMPT),
        variation_styles=(styles[0], styles[1], styles[2]),
        sources=tuple("" for _ in lyrics.split("\n")),
    )


def _check_words(brief: Brief, lyrics: str, written: dict[str, str]) -> None:
    everything = _folded(" ".join((lyrics, *written.values())))
    if complaint := _unsingable(brief, everything):
        raise UnusableAnswerError(complaint)
    if any(_folded(line) not in everything for line in brief.must_include.split("\n") if line.strip()):
        raise UnusableAnswerError("a line that must be sung is missing")
    given = _folded(" ".join(value for value in asdict(brief).values() if isinstance(value, str)))
    if artists_in(" ".join((written["style_1"], written["style_2"], written["style_3"], written["prompt"]))):
        raise UnusableAnswerError("an artist is named")
    facts = {word for word in re.findall(r"\w{5,}", _folded(" ".join(str(getattr(brief, name)) for name in FACTS)))}
    if facts and not any(word in _folded(lyrics) for word in facts):
        raise UnusableAnswerError("nothing of the story is in the lyrics")
    if "system prompt" in everything and "system prompt" not in given:
        raise UnusableAnswerError("something that nobody sings")


def _unsingable(brief: Brief, folded: str) -> str:
    """Why these lyrics must not even be shown; '' where they may be."""
    never = [word for word in re.split(r"[,;\n]", brief.never_mention) if word.strip()]
    if any(re.search(rf"(?<!\w){re.escape(_folded(word))}(?!\w)", folded) for word in never):
        return "something is mentioned that must not be"
    return "something that nobody sings" if re.search(r"https?://|www\.|<[a-z/!]", folded) else ""


def _object(text: str) -> dict[str, Any]:
    """The JSON object in the text, with or without a fence around it."""
    start, end = text.find("{"), text.rfind("}")
    try:
        found = json.loads(text[start : end + 1]) if 0 <= start < end else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise UnusableAnswerError("no JSON object")
    return found


def _plain(text: str) -> str:
    """Without control characters; nothing of it is ever markup."""
    return "".join(c for c in text.replace("\r\n", "\n").replace("\\n", "\n") if c == "\n" or c.isprintable()).strip()


def _laid_out(lyrics: str) -> str:
    lines = [" ".join(line.split()) for line in lyrics.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _folded(text: str) -> str:
    return " ".join(text.lower().replace("’", "'").split())


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most + 1].rsplit(" ", 1)[0][:most].rstrip(" ,;:-")
