"""MusicGPT V2 (docs.musicgpt.com): two clips per call, both used; asynchronous, calls back several times, unsigned."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from integrations.music import Clip, MusicError, Reason, SongRequest, State, Submission, TaskState
from integrations.music.remote import Remote, as_text, number, objects, ok_object, task_id_of, timed, within_words
from integrations.music.wire import MODERATED, read_json

_CLIPS = (1, 2)


class MusicGPT(Remote):
    """`conversion_path_N` decides about clip N: it may be there while the task still says IN_PROGRESS."""

    name = "musicgpt"

    def __init__(self) -> None:
        super().__init__(callbacks=True, list_recent=True, spare=True)

    def submit(self, request: SongRequest) -> Submission:
        """POST /v2/MusicAI. Every call makes two clips."""
        limits = self.capabilities
        body: dict[str, Any] = {
            "prompt": within_words(request.prompt, limits.max_prompt),
            "title": within_words(request.title, limits.max_title),
            "music_style": within_words(request.style, limits.max_style),
            "lyrics": self.sung(request),
            "make_instrumental": False,
            "lyrics_timestamps": True,
        }
        optional = {"gender": request.voice, "webhook_url": request.callback_url, "model": self.vendor.model}
        body |= {name: value for name, value in optional.items() if value}
        reply = ok_object(self.post("/v2/MusicAI", body))
        if reply.get("success") is False:
            raise _failure(reply)
        return Submission(task_id_of(reply.get("task_id")), number(reply.get("eta")))

    def state(self, task_id: str) -> TaskState:
        """GET /v1/byId; status reading stayed on v1."""
        reply = ok_object(self.get("/v1/byId", conversionType="MUSIC_AI", task_id=task_id)).get("conversion")
        if not isinstance(reply, dict):
            raise MusicError(Reason.PROVIDER_BUG, "no conversion in the answer")
        status = as_text(reply.get("status")).upper()
        clips = tuple(_clip(reply, number) for number in _CLIPS if as_text(reply.get(f"conversion_path_{number}")))
        if status in ("FAILED", "ERROR"):
            return TaskState(State.FAILED, clips=clips, error=_failure(reply))
        if status == "COMPLETED":
            return TaskState(State.SUCCEEDED, clips=clips or _only(reply))
        waiting = status in ("IN_QUEUE", "PENDING")
        return TaskState(State.QUEUED if waiting else State.RUNNING, clips=clips)

    def recent(self, title: str, since: float) -> list[str]:
        """GET /v1/byUser: how a task is found whose submit answer was lost."""
        day = datetime.fromtimestamp(since, UTC).date().isoformat()
        reply = ok_object(self.get("/v1/byUser", conversionType="MUSIC_AI", startDate=day, sortOrder="desc", limit="50"))
        rows = objects(reply.get("conversions") or reply.get("data"))
        return [
            str(row["task_id"])
            for row in rows
            if row.get("task_id")
            and title in (row.get("title"), row.get("title_1"), row.get("title_2"))
            and _made(row) >= since
        ]


def _clip(reply: dict[str, Any], index: int) -> Clip:
    lines: object = reply.get(f"lyrics_timestamped_{index}")
    if isinstance(lines, str):  # JSON inside a string
        lines = read_json(lines)
    return Clip(
        as_text(reply.get(f"conversion_path_{index}")),
        title=as_text(reply.get(f"title_{index}")),
        timed_lyrics=timed(lines, "start", "end", "text"),
        index=index - 1,
        clip_id=as_text(reply.get(f"conversion_id_{index}")),
    )


def _only(reply: dict[str, Any]) -> tuple[Clip, ...]:
    """The flat answer, with one file. Before it is completed, `audio_url` may be a stream that goes away."""
    url = as_text(reply.get("audio_url"))
    return (Clip(url, title=as_text(reply.get("title")), clip_id=as_text(reply.get("conversion_id"))),) if url else ()


def _failure(reply: dict[str, Any]) -> MusicError:
    text = f"{reply.get('status_msg') or ''} {reply.get('message') or ''} {reply.get('detail') or ''}"
    return MusicError(Reason.MODERATION if MODERATED.search(text) else Reason.TRANSIENT, "the vendor states failure")


def _made(row: dict[str, Any]) -> float:
    """createdAt as Unix time; now where it cannot be read."""
    try:
        made = datetime.fromisoformat(as_text(row.get("createdAt")).replace("Z", "+00:00"))
    except ValueError:
        return datetime.now(UTC).timestamp()
    return (made if made.tzinfo else made.replace(tzinfo=UTC)).timestamp()
