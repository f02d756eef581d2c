"""Mureka (official platform): up to three variations in one call, word times in the answer, no callbacks."""

from __future__ import annotations

from typing import Any

from integrations.music import Clip, MusicError, Reason, Section, SongRequest, State, Submission, TaskState, TimedLine
from integrations.music.remote import Remote, as_text, number, objects, ok_object, task_id_of, timed, within_words
from integrations.music.wire import MODERATED


class Mureka(Remote):
    """Its choices appear when the task has succeeded."""

    name = "mureka"

    def submit(self, request: SongRequest) -> Submission:
        """POST /v1/song/generate."""
        limits = self.capabilities
        body: dict[str, Any] = {
            "lyrics": self.sung(request),
            "prompt": within_words(request.style, limits.max_style),
            "model": self.vendor.model,
            "n": request.n,
        }
        if request.voice and "9" in self.vendor.model:
            body["gender"] = request.voice
        return Submission(task_id_of(ok_object(self.post("/v1/song/generate", body)).get("id")), 45.0)

    def state(self, task_id: str) -> TaskState:
        """GET /v1/song/query/{id}."""
        reply = ok_object(self.get(f"/v1/song/query/{task_id}"))
        status = as_text(reply.get("status")).lower()
        clips = tuple(
            _clip(one, position) for position, one in enumerate(objects(reply.get("choices"))) if as_text(one.get("url"))
        )
        match status:
            case "succeeded" | "success" | "completed" | "complete":  # the first is documented
                return TaskState(State.SUCCEEDED, clips=clips)
            case "failed" | "timeouted" | "timeout" | "cancelled" | "canceled" | "error":
                moderated = MODERATED.search(as_text(reply.get("failed_reason")))
                return TaskState(
                    State.FAILED, clips=clips, error=MusicError(Reason.MODERATION if moderated else Reason.TRANSIENT, status)
                )
            case "preparing" | "queued":
                return TaskState(State.QUEUED)
        return TaskState(State.RUNNING)


def _clip(one: dict[str, Any], position: int) -> Clip:
    index = number(one.get("index"))
    sections = objects(one.get("lyrics_sections"))
    lines = [line for section in sections for line in objects(section.get("lines"))]
    sung = [word for line in lines for word in objects(line.get("words"))]
    times: tuple[TimedLine, ...] = timed(lines, "start", "end", "text")
    times += timed(sung, "start", "end", "text", level="word")
    return Clip(
        as_text(one.get("url")),
        timed_lyrics=times,
        sections=tuple(
            Section(as_text(s.get("section_type")), round(number(s.get("start")) or 0), round(number(s.get("end")) or 0))
            for s in sections
            if as_text(s.get("section_type"))
        ),
        index=position if index is None else int(index),
        clip_id=str(one.get("id") or ""),
    )
