"""ElevenLabs Music: synchronous, the answer is the audio. Own lyrics go into a composition plan. One clip a call."""

from __future__ import annotations

import re
from textwrap import wrap
from typing import Any

from integrations.music import Clip, MusicError, Reason, SongRequest, State, Submission, TaskState
from integrations.music.containers import is_sound
from integrations.music.download import MOST_AUDIO_BYTES
from integrations.music.remote import Remote, as_object, as_text, number, ok_object, respelled, timed
from integrations.music.wire import QUOTA, HttpAnswer, provider_refusal, read_json

_TAG = re.compile(r"^\[([^\]]{1,100})\]$")
LINE_MS, LEAST_MS, MOST_MS = 4_500, 8_000, 120_000
_LINES, _LINE = 30, 200
_SECONDS = 290.0


class ElevenLabs(Remote):
    """Only inside a job with a long timeout, never in a web request."""

    name = "elevenlabs"

    def __init__(self) -> None:
        super().__init__(synchronous=True, max_n=1)

    @property
    def headers(self) -> dict[str, str]:
        """Its own header."""
        return {"xi-api-key": self.vendor.api_key}

    def submit(self, request: SongRequest) -> Submission:
        """POST /v1/music/detailed, and wait. A timeout here may have been billed: uncertain."""
        body = {"composition_plan": plan(request), "model_id": self.vendor.model, "with_timestamps": True}
        answer = self.post(
            "/v1/music/detailed?output_format=mp3_44100_128", body, seconds=_SECONDS, read=_SECONDS, most=MOST_AUDIO_BYTES
        )
        if answer.status >= 400:
            raise _refusal(answer)
        reply, audio = _parts(answer)
        if not audio:
            raise MusicError(Reason.SUBMIT_UNCERTAIN, "an answer without audio")
        clip = Clip(
            "",
            title=as_text(as_object(reply.get("song_metadata")).get("title")),
            timed_lyrics=timed(reply.get("words_timestamps"), "start_ms", "end_ms", "word", level="word"),
        )
        return Submission(answer.headers.get("song-id") or request.reference, None, audio, clip)

    def state(self, task_id: str) -> TaskState:
        """There is nothing to read: what was not kept is lost."""
        return TaskState(State.LOST)

    def balance(self) -> float | None:
        """GET /v1/user/subscription: what the plan holds less what was used. The key needs the permission to read it."""
        reply = ok_object(self.get("/v1/user/subscription"))
        most, used = number(reply.get("character_limit")), number(reply.get("character_count"))
        return None if most is None or used is None else most - used


def plan(request: SongRequest) -> dict[str, Any]:
    """A v1 composition plan: one section for each tag in the lyrics, more where one would be too long. No word is left out."""
    styles = [part.strip() for part in request.style.split(",") if part.strip()][:20]
    if request.voice:
        styles.append(f"{request.voice} vocals")
    sections: list[dict[str, Any]] = []
    for line in filter(None, (line.strip() for line in respelled(request).split("\n"))):
        tag = _TAG.match(line)
        if tag or not sections:
            sections.append({"section_name": tag[1] if tag else "Verse", "lines": []})
        for piece in [] if tag else wrap(line, _LINE):
            if len(sections[-1]["lines"]) == _LINES:
                sections.append({"section_name": sections[-1]["section_name"], "lines": []})
            sections[-1]["lines"].append(piece)
    for section in sections:
        section |= {"positive_local_styles": [], "negative_local_styles": []}
        section["duration_ms"] = min(MOST_MS, max(LEAST_MS, LINE_MS * len(section["lines"])))
    return {"positive_global_styles": styles, "negative_global_styles": [], "sections": sections}


def _refusal(answer: HttpAnswer) -> MusicError:
    detail = as_object(read_json(answer.content)).get("detail")
    status = as_text(as_object(detail).get("status"))
    if status in ("bad_prompt", "bad_composition_plan"):
        return MusicError(Reason.MODERATION, status)
    if answer.status == 401:
        return MusicError(Reason.OUT_OF_CREDIT if QUOTA.search(status) else Reason.AUTH, status or "HTTP 401")
    if answer.status == 429:
        reason = Reason.OUT_OF_CREDIT if QUOTA.search(status) else Reason.RATE_LIMITED
        return MusicError(reason, status, answer.retry_after)
    return provider_refusal(answer)


def _parts(answer: HttpAnswer) -> tuple[dict[str, Any], bytes]:
    """The JSON and the audio of a multipart answer; a plain audio answer has no JSON."""
    kind = answer.headers.get("Content-Type", "")
    if kind.startswith("audio/") or is_sound(answer.content):
        return {}, answer.content
    boundary = re.search(r'boundary="?([^";]+)', kind)
    if not boundary:
        raise MusicError(Reason.SUBMIT_UNCERTAIN, "neither audio nor multipart")
    reply: dict[str, Any] = {}
    audio = b""
    for part in answer.content.split(b"--" + boundary[1].encode())[1:]:
        head, _, content = part.partition(b"\r\n\r\n")
        if content.endswith(b"\r\n"):
            content = content[:-2]
        if b"json" in head.lower():
            reply = as_object(read_json(content))
        elif b"audio/" in head.lower() or b"octet-stream" in head.lower():
            audio = content
    return reply, audio
