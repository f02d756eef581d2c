"""Writing by any OpenAI-compatible chat API. What it answers is checked in code; what does not pass, the lyricist writes.

A song costs one call, and at most two more: what the API refuses is left out and remembered for its model, and an answer that
does not pass is asked for again, with the reason. Then the built-in lyricist writes, and the song says why.
It never blocks composing: all calls together have one deadline. The form data is data in a message of its own.
While it writes, every whole line can be read that would pass.
"""

from __future__ import annotations

import json
import logging
import re
import time
from dataclasses import asdict, dataclass, replace
from itertools import takewhile
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema

from integrations.name_spelling import shown_text
from integrations.writer import Author, Brief, OnDraft, Writer, Writing, ignore_draft
from integrations.writer.answer import UnusableAnswerError, so_far, song_in, without_thought
from integrations.writer.artists import artists_in
from integrations.writer.chat_prompt import LYRICS, NAMES, PROMPT, STYLE, TITLE, WORDING, instruction
from integrations.writer.dialect import Dialect, DialectRefusedError, HopelessError, Notes, OwnNotes, dialect_refusal
from integrations.writer.forbidden_words import Never, folded
from integrations.writer.story import TOLD_APART, check_story, sources_of
from integrations.writer.stream import LENGTH, listen

log = logging.getLogger("serenade.writer")
DEADLINE = 45.0  # seconds for all calls together
CONNECT = 5.0
MOST_CALLS = 3
LEAST_LINES = 8
MOST_SAID_AGAIN = 8000  # characters of a bad answer that the model reads again


class ChatWriter:
    """Implements `Writer`; `spare` writes when the API cannot. `notes` keep what a model refuses."""

    languages = TOLD_APART  # models write more, but in these we can see whether a song tells the story

    def __init__(
        self, base_url: str, key: str, model: str, spare: Writer, wording: str = WORDING, notes: Notes | None = None
    ) -> None:
        self.base_url, self.key, self.model, self.spare = base_url, key, model, spare
        self.rules, self.notes = instruction(wording), notes or OwnNotes()

    def write(self, brief: Brief, on_draft: OnDraft = ignore_draft) -> Writing:
        """Always answers, in time."""
        safe = self.spare.write(brief)
        try:
            return self._written(brief, safe, on_draft)
        except HopelessError as error:
            log.warning("the lyricist writes, because the chat API fails: %s", error)
            return replace(safe, author=Author("lyricist", str(error), error.mend))

    def _written(self, brief: Brief, safe: Writing, on_draft: OnDraft) -> Writing:
        """The model's song; raises HopelessError, which says why there is none."""
        name, until = f"{self.base_url} {self.model}", time.monotonic() + DEADLINE
        before = self.notes.read(name)
        asking = _Asking(Dialect(before, before), until)
        writing = None
        try:
            while writing is None and asking.calls < MOST_CALLS:
                if time.monotonic() > until - 2:
                    raise HopelessError(asking.why or f"it took longer than {DEADLINE:.0f} seconds")
                writing = self._tried(asking, brief, safe, on_draft)
        except (InvalidURL, InvalidSchema, MissingSchema):
            raise HopelessError("its address is not one of http or https", "WRITER_BASE_URL") from None
        except requests.RequestException as error:
            raise HopelessError(f"it does not answer ({error.__class__.__name__})") from None
        finally:
            kept = asking.dialect.worth_keeping(writing is not None)
            if kept != before:
                self.notes.write(name, kept)
        if writing is None:
            raise HopelessError(asking.why)
        return writing

    def _tried(self, asking: _Asking, brief: Brief, safe: Writing, on_draft: OnDraft) -> Writing | None:
        """One call; None where another one may go better. Raises HopelessError, requests.RequestException."""
        asking.calls += 1
        try:
            asking.said = self._ask(asking, brief, on_draft)
            return _checked(asking.said, brief, safe)
        except UnusableAnswerError as error:
            asking.complaint = str(error)
            asking.why = f"its answers do not pass: {error}"
            log.warning("the chat API's answer does not pass: %s", error)
            if str(error) == LENGTH:
                asking.dialect = asking.dialect.learning("limit")
            elif asking.calls == MOST_CALLS - 1:  # some models know a form, and write nothing in it
                asking.dialect = asking.dialect.without("schema", "object")
        except DialectRefusedError as error:
            asking.refusals += 1
            asking.why = f"it refuses what we ask ({error or 'it does not say what'})"
            log.info("the chat API %s", asking.why)
            asking.dialect = asking.dialect.after(str(error), asking.refusals)
        return None

    def _ask(self, asking: _Asking, brief: Brief, on_draft: OnDraft) -> str:
        data = json.dumps({k: v for k, v in asdict(brief).items() if v}, ensure_ascii=False).replace("<", "\\u003c")
        said, asking.said = without_thought(asking.said)[:MOST_SAID_AGAIN], ""
        story = f"<story>\n{data}\n</story>"
        body = asking.dialect.body(self.model, self.rules, story, said, asking.complaint)
        headers = chat_headers(self.base_url, self.key)
        left = max(1.0, asking.until - time.monotonic())
        url = asking.dialect.url(self.base_url)
        with requests.post(
            url, json=body, headers=headers, timeout=(CONNECT, left), allow_redirects=False, stream=True
        ) as answer:
            if answer.status_code != 200 or answer.headers.get("Content-Type", "").startswith("text/html"):
                content, status = answer.raw.read(20_000, decode_content=True), answer.status_code
                refused = dialect_refusal(404 if status == 200 else status, content, body)  # a web page is no API either
                if refused == "path" and "path" in asking.dialect.refused:
                    raise HopelessError("there is no chat API at this address", "WRITER_BASE_URL")
                raise DialectRefusedError(refused)
            never = Never(brief.never_mention)
            return listen(answer, asking.until, lambda text: on_draft(*_draft(text, brief, never)))


@dataclass(slots=True)
class _Asking:
    """What happened while one song was asked for."""

    dialect: Dialect
    until: float  # by the monotonic clock
    calls: int = 0
    refusals: int = 0
    said: str = ""
    complaint: str = ""
    why: str = ""  # there is no song yet


def chat_headers(base_url: str, key: str) -> dict[str, bytes]:
    """The key; Azure reads it from a header of its own (learn.microsoft.com/azure/ai-services/openai/reference)."""
    sent = (key or "none").encode()
    azure = (urlsplit(base_url).hostname or "").endswith(".azure.com")
    return {"Authorization": b"Bearer " + sent} | ({"api-key": sent} if azure else {})


def _draft(text: str, brief: Brief, never: Never) -> tuple[str, str]:
    """Title and whole lines of an unfinished answer, up to the first that must not be shown."""
    title = _plain(so_far(text, "title")) if so_far(text, "lyrics") else ""
    lyrics = _laid_out(_plain(so_far(text, "lyrics").rpartition("\n")[0])[:LYRICS])
    title, lyrics = (shown_text(one, brief.recipient_name, brief.pronunciation) for one in (title, lyrics))
    seen = list(takewhile(lambda line: not _unsingable(never, line), lyrics.split("\n")))
    return ("" if _unsingable(never, title) else _cut(title.replace("\n", " "), TITLE)), "\n".join(seen).strip()


def _checked(text: str, brief: Brief, safe: Writing) -> Writing:
    """The song in the answer; raises UnusableAnswerError where it is not fit for a gift."""
    answer = song_in(text)
    fields = {name: _joined(answer.get(name)) for name in NAMES}
    if not all(isinstance(value, str) and value.strip() for value in fields.values()):
        raise UnusableAnswerError("a key is missing or empty")
    written = {name: _plain(str(value)) for name, value in fields.items()}
    lyrics = shown_text(_laid_out(written["lyrics"]), brief.recipient_name, brief.pronunciation)
    sung = [line for line in lyrics.split("\n") if line and not line.startswith("[")]
    if not LEAST_LINES <= len(sung) <= 80 or len(lyrics) > LYRICS:
        raise UnusableAnswerError(f"{len(sung)} lines and {len(lyrics)} characters of lyrics")
    if folded(brief.recipient_name) not in folded(lyrics):
        raise UnusableAnswerError("the recipient's name is not sung")
    _check_words(brief, lyrics, written)
    sources = sources_of(brief, lyrics, answer.get("sources"))
    check_story(brief, lyrics, sources)
    styles = tuple(_cut(written[f"style_{number}"], STYLE) for number in (1, 2, 3))
    if len({style.lower() for style in styles}) < 3:
        raise UnusableAnswerError("the three styles are not different")
    return replace(
        safe,
        title=_cut(shown_text(written["title"].replace("\n", " "), brief.recipient_name, brief.pronunciation), TITLE),
        lyrics=lyrics,
        prompt=_cut(written["prompt"].replace("\n", " "), PROMPT),
        variation_styles=(styles[0], styles[1], styles[2]),
        sources=sources,
        author=Author("model", ""),
    )


def _joined(value: Any) -> Any:
    """Some models write a list of lines."""
    return "\n".join(value) if isinstance(value, list) and all(isinstance(line, str) for line in value) else value


def _check_words(brief: Brief, lyrics: str, written: dict[str, str]) -> None:
    everything = " ".join((lyrics, *written.values()))
    if complaint := _unsingable(Never(brief.never_mention), everything):
        raise UnusableAnswerError(complaint)
    sung = folded(" ".join(everything.split()))
    if any(folded(" ".join(line.split())) not in sung for line in brief.must_include.split("\n") if line.strip()):
        raise UnusableAnswerError("a line that must be sung is missing")
    given = folded(" ".join(value for value in asdict(brief).values() if isinstance(value, str)))
    if artists_in(" ".join((written["style_1"], written["style_2"], written["style_3"], written["prompt"]))):
        raise UnusableAnswerError("an artist is named")
    if "system prompt" in sung and "system prompt" not in given:
        raise UnusableAnswerError("something that nobody sings")


def _unsingable(never: Never, text: str) -> str:
    """Why these lyrics must not even be shown; '' where they may be."""
    if never.search(text):
        return "something is mentioned that must not be"
    return "something that nobody sings" if re.search(r"https?://|www\.|<[a-z/!]", text, re.I) else ""


def _plain(text: str) -> str:
    """Without control characters; nothing of it is ever markup."""
    return "".join(c for c in text.replace("\r\n", "\n").replace("\\n", "\n") if c == "\n" or c.isprintable()).strip()


def _laid_out(lyrics: str) -> str:
    lines = [" ".join(line.split()) for line in lyrics.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most + 1].rsplit(" ", 1)[0][:most].rstrip(" ,;:-")
