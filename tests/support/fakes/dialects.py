"""How each vendor says the same things: start a task, where is it, here is your file. As documented in autumn 2026."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any, ClassVar

from tests.support.fakes.task import Task, TaskKeeper

Answer = tuple[int, Any]
SUNG = "Mia"  # the name as a vendor heard it
LINES = [
    {"index": 0, "text": "[Verse 1]", "start": 0, "end": 100},
    {"index": 1, "text": "Mia, hello", "start": 100, "end": 900},
]


class MusicGPT:
    submits = ("/v2/MusicAI",)
    clips = 2
    refused: ClassVar[dict[str, Answer]] = {
        "402": (402, {"detail": "no funds"}),
        "auth": (403, {"detail": "forbidden"}),
    }
    moderated = (400, {"message": "artist name is not allowed"})

    @staticmethod
    def receipt(task: Task) -> Answer:
        return 200, {"success": True, "task_id": task.id, "conversion_id_1": "c1", "conversion_id_2": "c2", "eta": 120}

    @staticmethod
    def callback_url(body: dict[str, Any]) -> str:
        return str(body.get("webhook_url", ""))

    @staticmethod
    def read(fake: TaskKeeper, path: str, query: dict[str, str], body: Any) -> Answer:
        if path == "/v1/byUser":
            return 200, {
                "conversions": [
                    {"task_id": t.id, "title": t.body["title"], "createdAt": datetime.fromtimestamp(t.made, UTC).isoformat()}
                    for t in fake.tasks.values()
                ]
            }
        task = fake.tasks.get(query.get("task_id", ""))
        if task is None:
            return 404, {"detail": "not found"}
        answer: dict[str, Any] = {
            "task_id": task.id,
            "status": {"running": "IN_PROGRESS", "done": "COMPLETED", "failed": "FAILED"}[task.state()],
        }
        if task.fate == "moderated":
            answer |= {"status": "ERROR", "message": "sensitive words"}
        for index in task.finished():
            answer |= {f"conversion_path_{index + 1}": fake.file_url(task, index), f"title_{index + 1}": task.body["title"]}
            answer[f"lyrics_timestamped_{index + 1}"] = json.dumps(LINES)
        return 200, {"success": True, "conversion": answer}


class Suno:
    submits = ("/api/v1/generate",)
    credit: ClassVar[dict[str, str]] = {"suno": "/api/v1/generate/credit", "kie": "/api/v1/chat/credit"}
    clips = 2
    refused: ClassVar[dict[str, Answer]] = {
        "402": (200, {"code": 429, "msg": "no credits"}),
        "auth": (200, {"code": 401, "msg": "no"}),
    }
    moderated = (200, {"code": 400, "msg": "Tags contained artist name: somebody"})
    rate_limited: Answer = (200, {"code": 430, "msg": "calls too frequent"})

    @staticmethod
    def receipt(task: Task) -> Answer:
        return 200, {"code": 200, "msg": "success", "data": {"taskId": task.id}}

    @staticmethod
    def callback_url(body: dict[str, Any]) -> str:
        return str(body.get("callBackUrl", ""))

    @staticmethod
    def read(fake: TaskKeeper, path: str, query: dict[str, str], body: Any) -> Answer:
        if path.endswith("get-timestamped-lyrics"):
            return 200, {"code": 200, "data": {"alignedWords": [{"word": "[Verse]\nMia ", "startS": 0.5, "endS": 1.25}]}}
        if path == Suno.credit[fake.name]:
            return 200, {"code": 200, "msg": "success", "data": 1240}
        task = fake.tasks.get(query.get("taskId", ""))
        if task is None:
            return 200, {"code": 404, "msg": "unknown"}
        status = {
            "running": "FIRST_SUCCESS" if task.finished() else "PENDING",
            "done": "SUCCESS",
            "failed": "GENERATE_AUDIO_FAILED",
        }
        shown = "SENSITIVE_WORD_ERROR" if task.fate == "moderated" else status[task.state()]
        data = [
            {"id": f"a{i}", "audioUrl": fake.file_url(task, i) if i in task.finished() else "https://cdn.suno.ai/None.mp3"}
            for i in range(task.n)
        ]
        why = {"errorCode": 413, "errorMessage": "Uploaded audio matches an existing work"} if task.fate == "existing" else {}
        return 200, {"code": 200, "data": {"taskId": task.id, "status": shown, "response": {"sunoData": data}, **why}}


class Kie(Suno):
    refused: ClassVar[dict[str, Answer]] = {
        "402": (200, {"code": 402, "msg": "credits"}),
        "auth": (200, {"code": 401, "msg": "no"}),
    }
    rate_limited = (200, {"code": 429, "msg": "too many"})


class Mureka:
    submits = ("/v1/song/generate",)
    clips = 0
    refused: ClassVar[dict[str, Answer]] = {
        "402": (429, {"error": {"message": "You exceeded your current quota"}}),
        "auth": (401, {"error": {"message": "key"}}),
    }
    moderated = (400, {"error": {"message": "lyrics violate the content policy"}})

    @staticmethod
    def receipt(task: Task) -> Answer:
        return 200, {"id": task.id, "created_at": int(task.made), "model": "auto", "status": "preparing"}

    @staticmethod
    def callback_url(body: dict[str, Any]) -> str:
        return ""

    @staticmethod
    def read(fake: TaskKeeper, path: str, query: dict[str, str], body: Any) -> Answer:
        task = fake.tasks.get(path.rpartition("/")[2])
        if task is None:
            return 404, {"error": {"message": "no such task"}}
        word = {"start": 100, "end": 400, "text": SUNG}
        line = {"start": 100, "end": 900, "text": f"{SUNG}, hello", "words": [word]}
        choices = [
            {
                "index": i,
                "id": f"ch{i}",
                "url": fake.file_url(task, i),
                "duration": 12000,
                "lyrics_sections": [{"section_type": "verse", "start": 0, "end": 6000, "lines": [line]}],
            }
            for i in task.finished()
        ]
        status = {"running": "running", "done": "succeeded", "failed": "failed"}[task.state()]
        return 200, {
            "id": task.id,
            "status": status,
            "failed_reason": "",
            "choices": choices if status == "succeeded" else None,
        }


class AceStep:
    submits = ("/release_task",)
    clips = 0
    refused: ClassVar[dict[str, Answer]] = {"auth": (401, {"detail": "key"})}
    moderated = (400, {"detail": "policy"})

    @staticmethod
    def receipt(task: Task) -> Answer:
        return 200, {"data": {"task_id": task.id, "status": "queued", "queue_position": 1}, "code": 200, "error": None}

    @staticmethod
    def callback_url(body: dict[str, Any]) -> str:
        return ""

    @staticmethod
    def read(fake: TaskKeeper, path: str, query: dict[str, str], body: Any) -> Answer:
        if path == "/v1/stats":
            busy = sum(task.state() == "running" for task in fake.tasks.values())
            return 200, {"data": {"jobs": {"total": len(fake.tasks), "queued": 0, "running": busy}}}
        rows = []
        for task_id in body["task_id_list"]:
            task = fake.tasks.get(task_id)
            state = task.state() if task else "unknown"
            code = {"running": 0, "done": 1, "failed": 2, "unknown": 0}[state]
            result = [{"progress": 0.5}] if state == "running" else []
            if task and state == "done":
                result = [{"file": f"/v1/audio?path=/out/{task.id}/{i}"} for i in range(task.n)]
            rows.append({"task_id": task_id, "status": code, "result": json.dumps(result)})
        return 200, {"data": rows, "code": 200}


class ElevenLabs:
    submits = ("/v1/music/detailed",)
    clips = 1
    refused: ClassVar[dict[str, Answer]] = {
        "402": (401, {"detail": {"status": "quota_exceeded"}}),
        "auth": (401, {"detail": {"status": "invalid_api_key"}}),
    }
    moderated = (400, {"detail": {"status": "bad_composition_plan", "data": {}}})

    @staticmethod
    def receipt(task: Task) -> Answer:
        time.sleep(task.fake.latency)
        answer = {
            "song_metadata": {"title": "For Mia"},
            "words_timestamps": [{"word": "Mia", "start_ms": 100, "end_ms": 400}],
        }
        head = b"--frontier\r\nContent-Type: application/json\r\n\r\n" + json.dumps(answer).encode()
        sound = b"\r\n--frontier\r\nContent-Type: audio/mpeg\r\n\r\n" + task.fake.file() + b"\r\n--frontier--\r\n"
        return 200, head + sound

    @staticmethod
    def callback_url(body: dict[str, Any]) -> str:
        return ""

    @staticmethod
    def read(fake: TaskKeeper, path: str, query: dict[str, str], body: Any) -> Answer:
        if path == "/v1/user/subscription":
            return 200, {"tier": "creator", "character_count": 760, "character_limit": 2000}
        return 404, {"detail": {"status": "not_found"}}


DIALECTS: dict[str, Any] = {
    "musicgpt": MusicGPT,
    "suno": Suno,
    "kie": Kie,
    "mureka": Mureka,
    "acestep": AceStep,
    "elevenlabs": ElevenLabs,
}
