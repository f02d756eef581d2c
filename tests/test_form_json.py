"""The JSON of forms and tasks, byte for byte as the contract has always given it (tests/golden/forms.json)."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import jobs.views.form_view as form_view
from api import create_api
from i18n import speaking
from jobs.generation import eta
from settings import settings
from tests.support.forms import a_form, a_variation, insert, sql

GOLDEN = Path(__file__).parent / "golden" / "forms.json"
NOON = datetime(2026, 6, 1, 12)
SERVICE = {"Authorization": f"Bearer {os.environ['SERVICE_TOKEN']}"}
SECTIONS = [{"name": "Verse 1", "start_ms": 0, "end_ms": 20_000}, {"name": "Chorus", "start_ms": 20_000, "end_ms": 60_000}]
LINES = [
    {"level": "line", "start_ms": 0, "end_ms": 2000, "text": "La"},
    {"level": "word", "start_ms": 0, "end_ms": 900, "text": "La"},
]
READY: dict[str, Any] = {
    "status": "ready", "title": "Mia’s song", "lyrics": "[Verse 1]\nLa la", "style": "warm piano", "provider": "studio",
    "duration_ms": 160_000, "preview_ms": 45_000, "peaks": {"preview": [1, 2, 3], "master": [4, 5, 6]}, "error_code": None,
    "sections": SECTIONS, "timed_lyrics": LINES, "progress": 100,
}  # fmt: skip
WRITTEN: dict[str, Any] = {
    "generated_prompts": ["A joyful song"], "generated_titles": ["Mia’s song"], "generated_lyrics": ["[Verse 1]\nLa la"],
    "lyric_sources": [["", "qualities"]], "lyric_kept": [[1]], "music_styles": ["pop"],
    "variation_styles": [["slow", "mid", "fast"]], "submitted_at": NOON,
}  # fmt: skip
PAID: dict[str, Any] = {"amount_paid": 999, "paid_at": NOON, "selected_variations": {"0": 2}, "stripe_session_id": "cs_1"}


@pytest.fixture
def http(migrated: None, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """The API alone, at noon, where every song takes a minute and no signature differs from the last."""
    for module in (form_view, eta):
        monkeypatch.setattr(module, "now", lambda: NOON, raising=False)
    monkeypatch.setattr(form_view, "sign", lambda path: f"{path}?signed")
    monkeypatch.setattr(eta, "measured", lambda name: (60.0, 90.0))
    return TestClient(create_api(), raise_server_exceptions=False)


def form(name: str, songs: int = 1, **columns: Any) -> str:
    times = {"created_at": NOON, "updated_at": NOON, "expires_at": datetime(2026, 6, 8, 12)}
    return a_form(songs, **{"id": f"form_1765898400713_{name.encode().hex():0>32}", **times, **columns})


def cell(form_id: str, variation: int, song_index: int = 0, revision: int = 1, take: int = 1, **columns: Any) -> str:
    task = f"task_{form_id}_{song_index}{variation}{revision}{take}"
    place = {"revision": revision, "take": take, "queued_at": NOON}
    a_variation(form_id, song_index, variation, **{"id": task, "error_code": None, **place, **columns})
    return task


def session(form_id: str, **columns: Any) -> None:
    about = {"selected_variations": {"0": 2}, "selected_task_ids": {"0": "task"}, "expires_at": NOON}
    row = {"id": f"checkout_{form_id}", "form_id": form_id, "attempt": 1, "amount": 999, "currency": "usd"}
    insert("checkout_sessions", {**row, "stripe_session_id": "cs_1" + form_id, "idempotency_key": form_id, **about, **columns})


def forms_up_to_their_songs() -> list[str]:
    draft = form("draft", form_data={"senderName": "Dad", "songs": [{}]}, guest_email=None)
    writing = form("writing", 3, submitted_at=NOON, lyric_drafts=[{"title": "T", "lyrics": "La", "done": False}])
    cell(writing, 1, status="queued")
    written = form("written", status="prompts_generated", **WRITTEN)
    making = form("making", 3, status="variations_generating", **WRITTEN)
    cell(making, 1, status="queued", attempt=2)
    cell(making, 2, status="submitted", provider="studio", submitted_at=datetime(2026, 6, 1, 11, 59, 30))
    cell(
        making,
        3,
        status="generating",
        provider="studio",
        progress=40,
        stage="recording",
        submitted_at=datetime(2026, 6, 1, 11, 59, 40),
    )
    cell(making, 1, 1, status="generating", provider="studio", submitted_at=datetime(2026, 6, 1, 11, 55))
    for place, error_code in enumerate(("moderation", "submit_uncertain"), 2):
        cell(making, place, 1, status="failed", error_code=error_code)
    for place, error_code in enumerate(("lost", "bad_request", "nobody_knows"), 1):
        cell(making, place, 2, status="failed", error_code=error_code)
    return [draft, writing, written, making]


def forms_in_every_status() -> list[str]:
    """Their tasks are read, too."""
    made = forms_up_to_their_songs()
    ready = form("ready", status="variations_ready", selected_variations={"0": 2}, **WRITTEN)
    for place in (1, 2, 3):
        cell(ready, place, revision=2, **READY, asked_title="New words", asked_lyrics="Lo lo")
        cell(ready, place, **READY, shown=False)
    cell(ready, 3, take=2, **{**READY, "title": None, "lyrics": None, "style": None}, shown=False)
    outside = {**READY, "preview_key": None, "master_key": None, "outside_url": "https://old.example/a.mp3"}
    paying = form("paying", status="payment_initiated", selected_variations={"0": 2}, stripe_session_id="cs_1", **WRITTEN)
    paid = form("paid", status="payment_completed", attention="to_release", **PAID, **WRITTEN)
    given = form("given", status="delivered", **PAID, **WRITTEN)
    older = form("older", status="delivered", adopted_at=NOON, **{**PAID, "selected_variations": {"0": 1}})
    unnamed = form("unnamed", status="variations_ready", adopted_at=NOON, form_data={"songs": [{}]})
    back = form("refunded", status="refunded", **{**PAID, "stripe_session_id": None}, **WRITTEN)
    for one in (paying, paid, given, back):
        for place in (1, 2, 3):
            cell(one, place, **READY)
    for one, provider in ((older, "older"), (unnamed, "older")):
        cell(one, 1, **{**outside, "title": None, "lyrics": None, "provider": provider})
    session(paying, status="open")
    session(given, status="fulfilled", fulfilled_at=NOON)
    for one in (given, older):
        sql("INSERT INTO share_tokens (token, form_id, song_index) VALUES (%s, %s, 0)", f"token_{one[-16:]}", one)
    over = form("expired", status="expired")
    return [*made, ready, paying, paid, given, older, unnamed, back, over]


def test_no_byte_of_the_contract_changed(http: TestClient) -> None:
    found = {}
    forms = forms_in_every_status()
    tasks = [row[0] for row in form_view.database.execute_sql("SELECT id FROM variations ORDER BY id").fetchall()]
    for language in ("en", "es"):
        with speaking(language):
            for form_id in forms:
                found[f"{language} {form_id}"] = http.get(f"/compose/forms/{form_id}").text
            for task_id in tasks:
                for whose, headers in (("theirs", {}), ("ours", SERVICE)):
                    found[f"{language} {whose} {task_id}"] = http.get(f"/status/{task_id}", headers=headers).text
    found = {name: text.replace(settings.public_url, "http://here") for name, text in found.items()}
    if os.environ.get("WRITE_GOLDEN"):
        GOLDEN.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    assert found == json.loads(GOLDEN.read_text())
