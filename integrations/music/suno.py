"""Suno-compatible resellers, UNOFFICIAL and off by default: sunoapi.org and kie.ai. Two clips per task, one code table each.

There is no official public Suno API; a reseller may end at any time. kie answers HTTP 200 with the code in the body, so
the body's `code` is always looked at first.
"""

from __future__ import annotations

from typing import Any

from integrations.music import Clip, MusicError, Reason, SongRequest, State, Submission, TaskState, TimedLine
from integrations.music.remote import Remote, as_object, as_text, number, objects, ok_object, task_id_of, timed, within_words
from integrations.music.wire import MODERATED, HttpAnswer

SUNOAPI = {
    400: Reason.BAD_REQUEST,
    401: Reason.AUTH,
    404: Reason.LOST,
    405: Reason.RATE_LIMITED,
    413: Reason.BAD_REQUEST,
    429: Reason.OUT_OF_CREDIT,
    430: Reason.RATE_LIMITED,
    455: Reason.TRANSIENT,
    500: Reason.TRANSIENT,
    501: Reason.TRANSIENT,
    531: Reason.TRANSIENT,
}
KIE = {
    401: Reason.AUTH,
    402: Reason.OUT_OF_CREDIT,
    404: Reason.LOST,
    409: Reason.BAD_REQUEST,
    422: Reason.BAD_REQUEST,
    429: Reason.RATE_LIMITED,
    433: Reason.RATE_LIMITED,
    455: Reason.TRANSIENT,
    500: Reason.TRANSIENT,
    501: Reason.TRANSIENT,
    505: Reason.AUTH,  # feature disabled: nothing for a customer to wait for
}
_FAILED = {
    "CREATE_TASK_FAILED": Reason.TRANSIENT,
    "GENERATE_AUDIO_FAILED": Reason.TRANSIENT,
    "SENSITIVE_WORD_ERROR": Reason.MODERATION,
}
REFUSED_WORDS = (400, 413)  # of a failed task: somebody's lyrics, or somebody's sound


class Suno(Remote):
    """CALLBACK_EXCEPTION means that our callback failed, not the song: it counts as running or done by its clips."""

    name = "suno"

    def __init__(self) -> None:
        super().__init__(callbacks=True, spare=True, unofficial=True)
        dialect = self.vendor.dialect or ("kie" if "kie.ai" in self.vendor.base_url else "sunoapi")
        self.codes = KIE if dialect == "kie" else SUNOAPI

    def submit(self, request: SongRequest) -> Submission:
        """POST /api/v1/generate; in custom mode `prompt` is the lyrics."""
        limits = self.capabilities
        body: dict[str, Any] = {
            "customMode": True,
            "instrumental": False,
            "model": self.vendor.model,
            "callBackUrl": request.callback_url,
            "prompt": self.sung(request),
            "style": within_words(request.style, limits.max_style),
            "title": within_words(request.title, limits.max_title),
        }
        if request.voice:
            body["vocalGender"] = request.voice[0]
        reply = self._object(self.post("/api/v1/generate", body))
        return Submission(task_id_of(reply.get("taskId")))

    def state(self, task_id: str) -> TaskState:
        """GET record-info. Every audioUrl is looked at by itself; 'None.mp3' is none, nor is '/api/forbidden'."""
        reply = self._object(self.get("/api/v1/generate/record-info", taskId=task_id))
        status = as_text(reply.get("status")).upper()
        found = objects(as_object(reply.get("response")).get("sunoData"))
        clips = tuple(_clip(one, index) for index, one in enumerate(found) if _usable(_url_of(one)))
        if status in _FAILED:
            moderated = reply.get("errorCode") in REFUSED_WORDS or MODERATED.search(as_text(reply.get("errorMessage")))
            reason = Reason.MODERATION if moderated else _FAILED[status]
            return TaskState(State.FAILED, clips=clips, error=MusicError(reason, status))
        if status == "SUCCESS" or (status == "CALLBACK_EXCEPTION" and len(clips) >= self.capabilities.max_n):
            return TaskState(State.SUCCEEDED, clips=clips)
        return TaskState(State.QUEUED if status == "PENDING" else State.RUNNING, clips=clips)

    def timed(self, task_id: str, clip: Clip) -> tuple[TimedLine, ...]:
        """A call of its own; seconds as floats, one entry per word."""
        body = {"taskId": task_id, "audioId": clip.clip_id}
        reply = self._object(self.post("/api/v1/generate/get-timestamped-lyrics", body, submits=False))
        found = reply.get("alignedWords")
        return timed(found, "startS", "endS", "word", unit=1000, level="word") or timed(
            found, "start_s", "end_s", "word", unit=1000, level="word"
        )

    def balance(self) -> float | None:
        """An integer at both, at a different path each."""
        return number(self._data(self.get("/api/v1/chat/credit" if self.codes is KIE else "/api/v1/generate/credit")))

    def _object(self, answer: HttpAnswer) -> dict[str, Any]:
        """`data` of a good answer, where it is an object."""
        data = self._data(answer)
        return data if isinstance(data, dict) else _raise(answer)

    def _data(self, answer: HttpAnswer) -> Any:
        """`data` of a good answer; the body's code decides, whatever HTTP says."""
        try:
            reply = answer.json()
        except MusicError:
            return ok_object(answer) if answer.status >= 400 else _raise(answer)
        code = reply.get("code")
        if not isinstance(code, int) or isinstance(code, bool):
            return ok_object(answer) if answer.status >= 400 else _raise(answer)
        if code != 200:
            reason = self.codes.get(code, Reason.TRANSIENT if code >= 500 else Reason.BAD_REQUEST)
            if reason is Reason.LOST and answer.submits:
                reason = Reason.BAD_REQUEST
            if reason is Reason.BAD_REQUEST and MODERATED.search(as_text(reply.get("msg"))):
                reason = Reason.MODERATION
            raise MusicError(reason, f"code {code}", answer.retry_after)
        return reply.get("data")


def _raise(answer: HttpAnswer) -> dict[str, Any]:
    raise MusicError(Reason.SUBMIT_UNCERTAIN if answer.submits else Reason.PROVIDER_BUG, "an answer of another shape")


def _usable(url: str) -> bool:
    return bool(url) and not url.endswith(("None.mp3", "/forbidden"))


def _url_of(one: dict[str, Any]) -> str:
    """Polled answers are documented in camelCase, callbacks in snake_case; resellers mix them."""
    return as_text(one.get("audioUrl")) or as_text(one.get("audio_url"))


def _clip(one: dict[str, Any], index: int) -> Clip:
    return Clip(_url_of(one), title=as_text(one.get("title")), index=index, clip_id=as_text(one.get("id")))
