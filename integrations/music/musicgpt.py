"""MusicGPT V2 (docs.musicgpt.com): two clips per call, both used; asynchronous, calls back several times, unsigned."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from integrations.music import Clip, MusicError, Reason, SongRequest, State, Submission, TaskState
from integrations.music.remote import Remote, cut, cut_lyrics, number, objects, sound, task_id_of, timed, words
from integrations.music.wire import MODERATED, read_json

CLIPS = (1, 2)


class MusicGPT(Remote):
    """`conversion_path_N` decides about clip N: it may be there while the task still says IN_PROGRESS."""

    name = "musicgpt"

    def __init__(self) -> None:
        super().__init__(callbacks=True, list_recent=True, spare=True)

    def submit(self, request: SongRequest) -> Submission:
        """POST /v2/MusicAI. Every call makes two clips."""
        limits = self.capabilities
        body: dict[str, Any] = {
            "prompt": cut(request.prompt, limits.max_prompt),
            "title": cut(request.title, limits.max_title),
            "music_style": cut(request.style, limits.max_style),
            "lyrics": cut_lyrics(request.lyrics, limits.max_lyrics),
            "make_instrumental": False,
            "lyrics_timestamps": True,
        }
        optional = {"gender": request.voice, "webhook_url": request.callback_url, "model": self.vendor.model}
        body |= {name: value for name, value in optional.items() if value}
        told = sound(self.post("/v2/MusicAI", body))
        if told.get("success") is False:
            raise _failure(told)
        return Submission(task_id_of(told.get("task_id")), number(told.get("eta")))

    def state(self, task_id: str) -> TaskState:
        """GET /v1/byId; status reading stayed on v1."""
        told = sound(self.get("/v1/byId", conversionType="MUSIC_AI", task_id=task_id)).get("conversion")
        if not isinstance(told, dict):
            raise MusicError(Reason.PROVIDER_BUG, "no conversion in the answer")
        status = words(told.get("status")).upper()
        clips = tuple(_clip(told, number) for number in CLIPS if words(told.get(f"conversion_path_{number}")))
        if status in ("FAILED", "ERROR"):
            return TaskState(State.FAILED, clips=clips, error=_failure(told))
        if status == "COMPLETED":
            return TaskState(State.SUCCEEDED, clips=clips or _only(told))
        waiting = status in ("IN_QUEUE", "PENDING")
        return TaskState(State.QUEUED if waiting else State.RUNNING, clips=clips)

    def recent(self, title: str, since: float) -> list[str]:
        """GET /v1/byUser: how a task is found whose receipt was lost."""
        day = datetime.fromtimestamp(since, UTC).date().isoformat()
        told = sound(self.get("/v1/byUser", conversionType="MUSIC_AI", startDate=day, sortOrder="desc", limit="50"))
        rows = objects(told.get("conversions") or told.get("data"))
        return [
            str(row["task_id"])
            for row in rows
            if row.get("task_id")
            and title in (row.get("title"), row.get("title_1"), row.get("title_2"))
            and _made(row) >= since
        ]


def _clip(told: dict[str, Any], index: int) -> Clip:
    lines: object = told.get(f"lyrics_timestamped_{index}")
    if isinstance(lines, str):  # JSON inside a string
        lines = read_json(lines)
    return Clip(
        words(told.get(f"conversion_path_{index}")),
        title=words(told.get(f"title_{index}")),
        timed_lyrics=timed(lines, "start", "end", "text"),
        index=index - 1,
        clip_id=words(told.get(f"conversion_id_{index}")),
    )


def _only(told: dict[str, Any]) -> tuple[Clip, ...]:
    """The flat answer, with one file. Before it is completed, `audio_url` may be a stream that goes away."""
    url = words(told.get("audio_url"))
    return (Clip(url, title=words(told.get("title")), clip_id=words(told.get("conversion_id"))),) if url else ()


def _failure(told: dict[str, Any]) -> MusicError:
    text = f"{told.get('status_msg') or ''} {told.get('message') or ''} {told.get('detail') or ''}"
    return MusicError(Reason.MODERATION if MODERATED.search(text) else Reason.TRANSIENT, "the vendor states failure")


def _made(row: dict[str, Any]) -> float:
    """createdAt as Unix time; now where it cannot be read."""
    try:
        made = datetime.fromisoformat(words(row.get("createdAt")).replace("Z", "+00:00"))
    except ValueError:
        return datetime.now(UTC).timestamp()
    return (made if made.tzinfo else made.replace(tzinfo=UTC)).timestamp()
