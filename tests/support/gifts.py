"""Paid gifts for tests, put straight into the rows and the storage: no studio, no payment, a tenth of a second."""

from __future__ import annotations

import secrets
from functools import cache
from typing import Any

import numpy as np

from integrations.storage import storage
from jobs.generation.mastering import encode_levelled
from jobs.gifts.share_links import begin_gift
from models import ComposeForm, ShareToken, Variation, database, new_form_id, new_id, now
from tests.support.stack import MIA

RATE, SECONDS = 44_100, 12
LINES = ("The summer wind was dancing", "You told me all your dreams", "And I just smiled")


@cache
def sound(seconds: float = SECONDS, pitch: int = 440) -> bytes:
    """An MP3 with a tone."""
    at = np.arange(int(seconds * RATE)) / RATE
    wave = (0.4 * np.sin(2 * np.pi * pitch * at)).astype(np.float32)
    return encode_levelled(np.stack([wave, wave], axis=1), RATE)


def give(songs: int = 1, **words: Any) -> str:
    """The id of a paid form with so many songs and live links. `words`: sender, name (of the recipient), message, title,
    locale (of the giver)."""
    form_id = new_form_id()
    name, sender = words.get("name", "Mia"), words.get("sender", "Dad")
    song_data = [{**MIA, "recipientName": name if index == 0 else ("Ben", "Rosa")[index - 1]} for index in range(songs)]
    data = {"senderName": sender, "senderEmail": "dad@example.com", "senderMessage": words.get("message", "Play it loud.")}
    with database.connection_context():
        ComposeForm.insert(
            id=form_id,
            package_type={1: "solo-serenade", 3: "holiday-hamper"}[songs],
            song_count=songs,
            form_data={**data, "songs": song_data},
            guest_email=f"{secrets.token_hex(6)}@example.com",
            status="delivered",
            locale=words.get("locale"),
            amount_paid=999,
            paid_at=now(),
            selected_variations={str(index): 2 for index in range(songs)},
        ).execute()
        for index in range(songs):
            _sing(form_id, index, words.get("title", f"Song number {index + 1}"))
            ShareToken.insert(token=secrets.token_urlsafe(22), form=form_id, song_index=index).execute()
        begin_gift(form_id, songs)
    return form_id


def _sing(form_id: str, index: int, title: str) -> None:
    task = new_id("task")
    for kind, seconds in (("master", SECONDS), ("preview", 10)):
        storage().put(f"{task}/{kind}.mp3", sound(seconds, 440 + 110 * index))
    lines = [
        {"level": "line", "start_ms": 1000 + 3000 * n, "end_ms": 3900 + 3000 * n, "text": text} for n, text in enumerate(LINES)
    ]
    Variation.insert(
        id=task,
        form=form_id,
        song_index=index,
        variation=2,
        status="ready",
        title=title,
        lyrics="\n".join(["[Chorus]", *LINES]),
        timed_lyrics=lines,
        sections=[
            {"name": "Verse", "start_ms": 0, "end_ms": 6000},
            {"name": "Chorus", "start_ms": 6000, "end_ms": 12_000},
        ],
        peaks={"master": [20 + index * 7 % 80 for index in range(200)], "preview": [50] * 200},
        master_key=f"{task}/master.mp3",
        preview_key=f"{task}/preview.mp3",
        duration_ms=SECONDS * 1000,
        preview_ms=10_000,
        loudness_lufs=-16,
    ).execute()


def tokens(form_id: str) -> list[str]:
    """The live tokens: all songs first, then each song."""
    with database.connection_context():
        rows = list(ShareToken.select().where(ShareToken.form == form_id, ShareToken.revoked_at.is_null()))
    return [row.token for row in sorted(rows, key=lambda row: -1 if row.song_index is None else row.song_index)]
