"""What a form looks like from outside: one reading for the pages and for the REST contract. Ids in, plain values out."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from integrations.storage.signing import sign
from jobs.generation import FINISHING, LINE, typical_seconds
from jobs.providers import provider, provider_for
from models import PAID, ComposeForm, ShareToken, Variation, database, now
from settings import settings

PLACES = f"SELECT id, place FROM (SELECT id, form_id, row_number() OVER () AS place FROM ({LINE}) l) p WHERE form_id = %s"  # noqa: S608 our own text
SENTENCES = {
    "moderation": "Some words could not be sung. Please change them and try again.",
    "out_of_credit": "Our studio is resting for a moment. We are on it.",
    "submit_uncertain": "We lost sight of this recording. Press Try again to record it anew.",
}
SENTENCE = "This recording did not work out. Press Try again and we will record it anew."
_typical: dict[str, tuple[float, float]] = {}


def read_form(form_id: str) -> dict[str, Any] | None:
    """The `form` of section 5 in camelCase, with `songs` and `shareUrls`; None where there is no such form."""
    form = ComposeForm.select().where(ComposeForm.id == form_id).first()
    if form is None:
        return None
    rows = list(
        Variation.select()
        .where(Variation.form == form_id)
        .order_by(Variation.song_index, Variation.variation, Variation.revision)
    )
    return {
        **_columns(form),
        "songs": _songs(form, rows),
        "shareUrls": _share_urls(form) if form.status in PAID else {},
        "amount": settings.packages[form.package_type].amount,
        "currency": settings.packages[form.package_type].currency,
    }


def _columns(form: ComposeForm) -> dict[str, Any]:
    return {
        "id": form.id,
        "packageType": form.package_type,
        "songCount": form.song_count,
        "formData": form.form_data,
        "generatedPrompts": form.generated_prompts,
        "generatedTitles": form.generated_titles,
        "generatedLyrics": form.generated_lyrics,
        "musicStyles": form.music_styles,
        "variationStyles": form.variation_styles,
        "variationTaskIds": form.variation_task_ids,
        "variationAudioUrls": form.variation_audio_urls,
        "variationLyrics": form.variation_lyrics,
        "variationTitles": form.variation_titles,
        "selectedVariations": form.selected_variations,
        "status": form.status,
        "stripeSessionId": form.stripe_session_id,
        "stripePaymentIntentId": form.stripe_payment_intent_id,
        "amountPaid": form.amount_paid,
        "paidAt": moment(form.paid_at),
        "userId": form.user_id,
        "guestEmail": form.guest_email,
        "submittedAt": moment(form.submitted_at),
        "createdAt": moment(form.created_at),
        "updatedAt": moment(form.updated_at),
        "expiresAt": moment(form.expires_at),
        "attention": form.attention,
    }


def moment(value: datetime | None) -> str | None:
    """ISO 8601 in UTC."""
    return None if value is None else value.isoformat(timespec="milliseconds") + "Z"


def _songs(form: ComposeForm, rows: list[Variation]) -> list[dict[str, Any]]:
    places = _places(form.id) if any(row.status == "queued" for row in rows) else {}
    songs = []
    for index in range(form.song_count):
        told = form.form_data.get("songs", [])[index : index + 1] or [{}]
        selected = form.selected_variations.get(str(index))
        songs.append(
            {
                "index": index,
                "recipientName": told[0].get("recipientName", ""),
                "title": _at(form.generated_titles, index),
                "lyrics": _at(form.generated_lyrics, index),
                "selected": selected,
                "variations": [_cell(form, row, selected, places) for row in rows if row.song_index == index],
            }
        )
    return songs


def _at(values: list[Any], index: int) -> Any:
    return values[index] if index < len(values) else None


def _cell(form: ComposeForm, row: Variation, selected: int | None, places: dict[str, int]) -> dict[str, Any]:
    """One cell of the grid. The master is signed in only for what was paid for."""
    paid = form.status in PAID and selected == row.variation
    ready = row.status == "ready"
    styles = _at(form.variation_styles, row.song_index) or []
    return {
        "taskId": row.id,
        "variation": row.variation,
        "revision": row.revision,
        "status": row.status,
        "place": places.get(row.id),
        "progress": row.progress,
        "stage": row.stage,
        "etaSeconds": _eta(row, places.get(row.id)),
        "title": row.title or _at(form.generated_titles, row.song_index),
        "lyrics": row.lyrics or _at(form.generated_lyrics, row.song_index),
        "style": row.style or _at(styles, row.variation - 1),
        "previewUrl": f"/media/preview/{row.id}.mp3" if ready else None,
        "audioUrl": sign(f"/media/master/{row.id}.mp3") if ready and paid else None,
        "durationMs": row.duration_ms,
        "previewMs": row.preview_ms,
        "peaks": row.peaks.get("master" if paid else "preview", []),
        "sections": row.sections,
        "timedLyrics": row.timed_lyrics,
        "error": {"code": row.error_code, "message": SENTENCES.get(str(row.error_code), SENTENCE)}
        if row.status == "failed"
        else None,
    }


def _places(form_id: str) -> dict[str, int]:
    """The place in line (1 is next) of every queued variation of this form."""
    return dict(database.execute_sql(PLACES, (form_id,)).fetchall())


def _eta(row: Variation, place: int | None) -> int | None:
    """Honest seconds left: from our own measured durations, the real progress, and the place in line."""
    if row.status in ("ready", "failed"):
        return None
    name = row.provider or provider_for(row.attempt).name
    typical = _typical_seconds(name) or row.eta_seconds
    if typical is None:
        return None
    if row.status == "queued":
        return None if place is None else round(typical * (1 + (place - 1) // provider(name).capabilities.max_parallel))
    elapsed = (now() - row.submitted_at).total_seconds() if row.submitted_at else 0.0
    if row.stage == FINISHING:
        return 2
    if row.progress and row.progress >= 10:
        return max(1, round(elapsed * (100 - row.progress) / row.progress))
    return max(1, round(typical - elapsed))


def _typical_seconds(name: str) -> float | None:
    at, value = _typical.get(name, (0.0, 0.0))
    if time.monotonic() - at > 10:
        value = typical_seconds(name) or 0.0
        _typical[name] = (time.monotonic(), value)
    return value or None


def _share_urls(form: ComposeForm) -> dict[str, str]:
    live = ShareToken.revoked_at.is_null() & ShareToken.song_index.is_null(False)  # the one for all songs is the giver's
    tokens = ShareToken.select().where(ShareToken.form == form.id, live)
    return {str(row.song_index): f"{settings.public_url}/s/{row.token}" for row in tokens}


def read_task(task_id: str) -> dict[str, Any] | None:
    """The answer of GET /api/status/{taskId}."""
    row = Variation.select().where(Variation.id == task_id).first()
    if row is None:
        return None
    form = ComposeForm.find(row.form_id)
    places = _places(form.id) if row.status == "queued" else {}
    cell = _cell(form, row, form.selected_variations.get(str(row.song_index)), places)
    heard = cell["audioUrl"] or cell["previewUrl"]
    return {
        "taskId": row.id,
        "formId": row.form_id,
        "songIndex": row.song_index,
        "audioUrl": settings.public_url + heard if heard else None,
        **{name: cell[name] for name in ("variation", "status", "progress", "etaSeconds", "title", "lyrics", "error")},
    }
