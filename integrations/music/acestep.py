"""ACE-Step 1.5, self-hosted (docs/en/API.md): several variations in one job, batch status, files from its own origin.

It keeps tasks in memory only: an unknown id answers "queued" with an empty result for ever. Empty, while the server says that
nothing is queued or running, means lost; a new try costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urljoin

from integrations.music import Clip, MusicError, Reason, SongRequest, State, Submission, TaskState
from integrations.music.remote import Remote, as_object, as_text, number, objects, ok_object, task_id_of, within_words
from integrations.music.wire import read_json

_SECONDS = 180


class AceStep(Remote):
    """Needs MUSIC_ALLOW_PRIVATE_HOSTS where its server has a private address, as it should."""

    name = "acestep"

    def __init__(self) -> None:
        super().__init__(batch_status=True)

    def submit(self, request: SongRequest) -> Submission:
        """POST /release_task with batch_size = n."""
        limits = self.capabilities
        voice = f", {request.voice} voice" if request.voice else ""
        body: dict[str, Any] = {
            "prompt": within_words(f"{request.style}{voice}", limits.max_style),
            "lyrics": self.sung(request),
            "vocal_language": request.language.split("-")[0],
            "audio_format": "mp3",
            "audio_duration": _SECONDS,
            "batch_size": request.n,
            "use_random_seed": True,
        }
        if self.vendor.model:
            body["model"] = self.vendor.model
        data = as_object(ok_object(self.post("/release_task", body)).get("data"))
        return Submission(task_id_of(data.get("task_id")))

    def statuses(self, task_ids: Sequence[str]) -> Mapping[str, TaskState]:
        """POST /query_result for all at once."""
        reply = ok_object(self.post("/query_result", {"task_id_list": list(task_ids)}, submits=False))
        found = {str(one.get("task_id")): one for one in objects(reply.get("data"))}
        states = {task_id: _state(found[task_id]) for task_id in task_ids if task_id in found}
        empty = [task_id for task_id, state in states.items() if state is None]
        lost = bool(empty) and self._is_idle()
        return {task_id: state or TaskState(State.LOST if lost else State.QUEUED) for task_id, state in states.items()}

    def _is_idle(self) -> bool:
        """False where it does not say: a task that is there must not wait for the status of one that is not."""
        try:
            reply = ok_object(self.get("/v1/stats"))
        except MusicError:
            return False
        data = reply["data"] if isinstance(reply.get("data"), dict) else reply
        jobs = data["jobs"] if isinstance(data.get("jobs"), dict) else data
        return all(number(jobs.get(name)) == 0 for name in ("queued", "running"))

    def audio(self, clip: Clip) -> bytes:
        """GET /v1/audio?path=...: the one exception to "no private address", for the configured origin only."""
        url = urljoin(self.vendor.base_url + "/", clip.location.lstrip("/"))
        return self.fetch(url, self.headers)


def _state(reply: dict[str, Any]) -> TaskState | None:
    """None: queued, or forgotten."""
    result = reply.get("result")
    results = objects(result if isinstance(result, list) else read_json(result))  # a string is documented
    status = number(reply.get("status"))
    if status == 1:
        clips = tuple(
            Clip(as_text(one.get("file")), index=index) for index, one in enumerate(results) if as_text(one.get("file"))
        )
        return TaskState(State.SUCCEEDED, clips=clips)
    if status == 2:
        return TaskState(State.FAILED, error=MusicError(Reason.TRANSIENT, "the engine states failure"))
    if not results:
        return None
    done = number(results[0].get("progress"))
    return TaskState(State.RUNNING, None if done is None else max(0, min(99, round(done * 100 if done <= 1 else done))))
