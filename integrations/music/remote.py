"""What the adapters of remote APIs share: account, limits, parallel status reads, and downloads."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from integrations.music import Capabilities, Clip, MusicError, Reason, SongRequest, State, Submission, TaskState, TimedLine
from integrations.music.download import download
from integrations.music.wire import HttpAnswer, call, provider_refusal, read_json
from integrations.name_spelling import sung_text
from settings import settings

_AT_ONCE = 8


class Remote(ABC):
    """One vendor. Subclasses say how to submit and how to read one task (or all of them)."""

    name = ""
    languages: tuple[str, ...] = ()  # no vendor's documents list them

    def __init__(self, **abilities: Any) -> None:
        self.vendor = settings.vendors[self.name]
        self.capabilities = Capabilities(
            **{
                "max_parallel": self.vendor.max_parallel,
                "poll_interval": float(self.vendor.poll_seconds),
                "max_lyrics": self.vendor.max_lyrics,
                "max_style": self.vendor.max_style,
                "max_prompt": self.vendor.max_prompt,
                "max_title": self.vendor.max_title,
                "max_n": self.vendor.clips,
                "lost_grace": float(self.vendor.lost_grace),
                "batch_status": False,
                **abilities,
            }
        )

    @abstractmethod
    def submit(self, request: SongRequest) -> Submission:
        """Start (and bill) one task."""

    def state(self, task_id: str) -> TaskState:
        """One status read. Adapters that read many at once have their own `statuses` instead."""
        raise NotImplementedError  # on purpose: reached only where an adapter has neither this nor `statuses` of its own

    def statuses(self, task_ids: Sequence[str]) -> Mapping[str, TaskState]:
        """Single reads, a few at once; one that cannot be read now is left out."""

        def look(task_id: str) -> TaskState | MusicError:
            try:
                return self.state(task_id)
            except MusicError as error:
                return TaskState(State.LOST) if error.reason is Reason.LOST else error

        if len(task_ids) == 1:
            found = [look(task_ids[0])]
        else:
            with ThreadPoolExecutor(_AT_ONCE) as several:
                found = list(several.map(look, task_ids))
        known = {task_id: one for task_id, one in zip(task_ids, found, strict=True) if isinstance(one, TaskState)}
        errors = [one for one in found if isinstance(one, MusicError)]
        if errors and not known:
            raise errors[0]
        return known

    def audio(self, clip: Clip) -> bytes:
        """The file, from a host we allow."""
        return self.fetch(clip.location)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> bytes:
        """A file; `headers` go to the configured origin only, which may be a private one where settings allow it."""
        own = self.vendor.base_url if settings.allow_private_hosts else ""
        return download(url, self.vendor.audio_hosts, private=own, headers=headers)

    def timed(self, task_id: str, clip: Clip) -> tuple[TimedLine, ...]:
        """They come with the clip."""
        return clip.timed_lyrics

    def task_in_callback(self, body: bytes) -> str | None:
        """The task id in a JSON body, under either of the usual names."""
        reply = as_object(read_json(body))
        for place in (reply, as_object(reply.get("data"))):
            found = place.get("task_id") or place.get("taskId")
            if isinstance(found, str) and 0 < len(found) <= 200:
                return found
        return None

    def recent(self, title: str, since: float) -> list[str]:
        """Not offered."""
        return []

    def balance(self) -> float | None:
        """Not offered, or not documented well enough to be believed."""
        return None

    def sung(self, request: SongRequest) -> str:
        """The lyrics as this vendor gets them: with the name as it is said, in whole lines up to the vendor's limit."""
        return cut_lyrics(respelled(request), self.capabilities.max_lyrics)

    @property
    def headers(self) -> dict[str, str]:
        """The headers that authenticate with this vendor."""
        return {"Authorization": self.vendor.key_prefix + self.vendor.api_key} if self.vendor.api_key else {}

    def post(self, path: str, body: Mapping[str, Any], *, submits: bool = True, **more: Any) -> HttpAnswer:
        """One POST; a submit unless `submits` is false."""
        return call("POST", self.vendor.base_url + path, headers=self.headers, body=body, submits=submits, **more)

    def get(self, path: str, **params: str) -> HttpAnswer:
        """One read."""
        return call("GET", self.vendor.base_url + path, headers=self.headers, params=params)


def respelled(request: SongRequest) -> str:
    """The lyrics with the recipient's name as it is said: no vendor has a field for that."""
    return sung_text(request.lyrics, request.recipient_name, request.pronunciation, request.language)


def ok_object(answer: HttpAnswer) -> dict[str, Any]:
    """The object in a successful answer; raises the MusicError of any other."""
    if answer.status >= 400:
        raise provider_refusal(answer)
    return answer.json()


def task_id_of(found: object) -> str:
    """A submit's task id; one that is missing leaves open whether work started."""
    if isinstance(found, (str, int)) and not isinstance(found, bool) and 0 < len(str(found)) <= 200:
        return str(found)
    raise MusicError(Reason.SUBMIT_UNCERTAIN, "no task id in the answer")


def as_object(found: object) -> dict[str, Any]:
    """An object, or an empty one."""
    return found if isinstance(found, dict) else {}


def objects(found: object) -> list[dict[str, Any]]:
    """The objects of a list that may be no list."""
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def number(found: object) -> float | None:
    """A finite number, whatever it was sent as."""
    try:
        value = float(found)  # type: ignore[arg-type] # whatever it is
    except (TypeError, ValueError):
        return None
    return value if abs(value) < 1e12 else None


def as_text(found: object) -> str:
    """A string, or ''."""
    return found if isinstance(found, str) else ""


def timed(found: object, start: str, end: str, text: str, *, unit: int = 1, level: str = "line") -> tuple[TimedLine, ...]:
    """Timed lyrics from a vendor's list; `unit` is the milliseconds of one of its time units. Section tags are removed."""
    lines = []
    for one in objects(found):
        begins, ends, sung = number(one.get(start)), number(one.get(end)), _sung(as_text(one.get(text)))
        if begins is not None and ends is not None and 0 <= begins <= ends and sung:
            lines.append(TimedLine(round(begins * unit), round(ends * unit), sung, level))
    return tuple(sorted(lines, key=lambda line: line.start_ms))


def _sung(text: str) -> str:
    """Without the section tags that some vendors leave inside ('[Verse 1]\\nMia' -> 'Mia')."""
    while "[" in text and "]" in text[text.index("[") :]:
        text = text[: text.index("[")] + " " + text[text.index("]", text.index("[")) + 1 :]
    return " ".join(text.split())


def within_words(text: str, most: int) -> str:
    """At most so many characters, ending with a whole word."""
    return text if len(text) <= most else (text[: most + 1].rsplit(None, 1) or [""])[0][:most].rstrip(" ,;:-")


def cut_lyrics(text: str, most: int) -> str:
    """Whole lines only."""
    while len(text) > most and "\n" in text:
        text = text.rsplit("\n", 1)[0]
    return within_words(text, most)
