"""What a form looks like from outside: one reading for the pages and for the REST contract. Ids in, plain values out."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from i18n import N_, _
from integrations.storage.signing import sign
from jobs.generation.dispatching import LINE
from jobs.generation.eta import measured
from jobs.generation.providers import ADAPTERS, provider, provider_for
from jobs.gifts.gift import is_held
from jobs.privacy.retention import MOST_EXTENSIONS
from models import (
    AT_PROVIDER,
    ENDED,
    PAID,
    UNPAID,
    CheckoutSession,
    ComposeForm,
    ShareToken,
    Variation,
    VariationStatus,
    VariationStep,
    database,
    now,
    read_rows,
)
from settings import settings

PLACES = f"SELECT id, place FROM (SELECT id, form_id, row_number() OVER () AS place FROM ({LINE}) l) p WHERE form_id = %s"  # noqa: S608 our own text
FOLLOWING = {"sections": "sections", "timed_lyrics": "timedLyrics"}  # to follow a song while it plays
SENTENCES = {
    "moderation": N_(
        "The studio would not sing some of these words, often a famous name or a strong word. "
        "Please change them and press Try again."
    ),
    "out_of_credit": N_("Our studio is resting for a moment. We are on it."),
    "lost": N_("This recording took far too long, so we stopped waiting. Press Try again to record it anew."),
    "bad_request": N_("These words did not fit the studio. Make them a little shorter and press Try again."),
    "submit_uncertain": N_("We lost sight of this recording. Press Try again to record it anew."),
}
SENTENCE = N_("This recording did not work out. Press Try again and we will record it anew.")


def read_form(form_id: str, without: tuple[str, ...] = ()) -> dict[str, Any] | None:
    """The `form` of section 5 in camelCase, with `songs` and `shareUrls`; None where there is no such form.

    `without` (see FOLLOWING) leaves out of every cell what only a player needs: nine tenths of all bytes.
    """
    form = next(iter(read_rows(ComposeForm, "id = %s", form_id)), None)
    if form is None:
        return None
    package = settings.packages.get(form.package_type) or settings.packages["solo-serenade"]
    rows = read_rows(Variation, "form_id = %s ORDER BY song_index, variation, revision, take", form_id, without=without)
    return {
        **_columns(form),
        "selectedTaskIds": {str(row.song_index): row.id for row in rows if _is_chosen(form, row)},
        "songs": _songs(form, rows),
        "shareUrls": _share_urls(form) if form.status in PAID and not is_held(form) else {},
        "held": is_held(form),
        "mayBeExtended": form.status in UNPAID and form.extended_count < MOST_EXTENSIONS,
        "paymentStatus": _payment_status(form),
        "amount": package.amount,
        "currency": package.currency,
    }


def _payment_status(form: ComposeForm) -> str | None:
    """Where the latest payment is; the one that counts, once there is one."""
    if form.stripe_session_id is None:
        return None  # nobody was ever sent to pay
    rows = CheckoutSession.select(CheckoutSession.status).where(CheckoutSession.form == form.id)
    order = (CheckoutSession.fulfilled_at.is_null(), CheckoutSession.attempt.desc())
    return rows.order_by(*order).limit(1).scalar()  # type: ignore[no-any-return]


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
        "mailAskedAt": moment(form.mail_asked_at),
        "updatedAt": moment(form.updated_at),
        "expiresAt": moment(form.expires_at),
        "attention": form.attention,
        "version": form.version,
    }


def moment(value: datetime | None) -> str | None:
    """ISO 8601 in UTC."""
    return None if value is None else value.isoformat(timespec="milliseconds") + "Z"


def _songs(form: ComposeForm, rows: list[Variation]) -> list[dict[str, Any]]:
    places = _places(form.id, form.demo) if any(row.status == VariationStatus.QUEUED for row in rows) else {}
    songs = []
    for index in range(form.song_count):
        told = form.form_data.get("songs", [])[index : index + 1] or [{}]
        mine = [row for row in rows if row.song_index == index]
        earlier = sorted((row for row in mine if not row.shown), key=lambda row: (-row.revision, -row.take, row.variation))
        songs.append(
            {
                "index": index,
                "recipientName": told[0].get("recipientName", ""),
                "title": _at(form.generated_titles, index),
                "lyrics": _at(form.generated_lyrics, index),
                "lyricDraft": None if form.generated_lyrics else _at(form.lyric_drafts, index),
                "lyricSources": _at(form.lyric_sources, index) or [],
                "lyricKept": _at(form.lyric_kept, index) or [],
                "selected": form.selected_variations.get(str(index)),
                "revision": next((row.revision for row in mine if row.shown), 1),
                "variations": [_cell(form, row, places) for row in mine if row.shown],
                "earlier": [_cell(form, row, places) for row in earlier],
                "changesLeft": max(0, settings.max_revisions - max((row.revision for row in mine), default=1)),
                "moreLeft": max(0, settings.max_more_versions - sum(row.take > 1 for row in mine)),
            }
        )
    return songs


def _at(values: list[Any], index: int) -> Any:
    return values[index] if index < len(values) else None


def _is_chosen(form: ComposeForm, row: Variation) -> bool:
    return bool(row.shown and form.selected_variations.get(str(row.song_index)) == row.variation)


def _cell(form: ComposeForm, row: Variation, places: dict[str, int]) -> dict[str, Any]:
    """One cell of the grid. The master is signed in only for what was paid for."""
    paid = form.status in PAID and _is_chosen(form, row) and not is_held(form)
    ready = row.status == VariationStatus.READY
    styles = _at(form.variation_styles, row.song_index) or []
    return {
        "taskId": row.id,
        "variation": row.variation,
        "revision": row.revision,
        "take": row.take,
        "status": row.status,
        "place": places.get(row.id),
        "progress": row.progress,
        "stage": VariationStep.FINISHING if row.step == VariationStep.FINISHING else row.stage,
        "etaSeconds": _eta(row, places.get(row.id), form.demo),
        "title": row.title
        or row.asked_title
        or _at(form.generated_titles, row.song_index)
        or _older_title(form, row.song_index),
        "late": _is_late(row),
        "lyrics": row.lyrics or row.asked_lyrics or _at(form.generated_lyrics, row.song_index),
        "style": row.style or _at(styles, row.variation - 1),
        "previewUrl": _preview_url(row) if ready else None,
        "audioUrl": _master_url(row) if ready and paid else None,
        "downloadUrl": _download_url(row) if ready and paid else None,
        "durationMs": row.duration_ms,
        "previewMs": row.preview_ms,
        "peaks": row.peaks.get("master" if paid else "preview", []),
        **{shown: getattr(row, name) for name, shown in FOLLOWING.items() if hasattr(row, name)},
        "error": {"code": row.error_code, "message": _(SENTENCES.get(str(row.error_code), SENTENCE))}
        if row.status == VariationStatus.FAILED
        else None,
    }


def _preview_url(row: Variation) -> str:
    return f"/media/preview/{row.id}.mp3" if row.preview_key else str(row.outside_url)


def _master_url(row: Variation) -> str:
    return sign(f"/media/master/{row.id}.mp3") if row.master_key else str(row.outside_url)


def _download_url(row: Variation) -> str:
    return _master_url(row) + ("&download=1" if row.master_key else "")


def _older_title(form: ComposeForm, song_index: int) -> str | None:
    """Songs of an older system may have no title."""
    told = _at(form.form_data.get("songs", []), song_index) or {}
    if not form.adopted_at:
        return None
    name = told.get("recipientName")
    return _("A song for {name}", name=name) if name else _("A song for you")


def _places(form_id: str, demo: bool) -> dict[str, int]:
    """The place in line (1 is next) of every queued variation of this form."""
    return dict(database.execute_sql(PLACES, (demo, form_id)).fetchall())


def _eta(row: Variation, place: int | None, demo: bool) -> int | None:
    """Honest seconds left: from our own measured durations, the real progress, and the place in line."""
    if row.status in ENDED:
        return None
    if _is_late(row):
        return 0  # the page says that it takes longer than usual
    music = provider(row.provider) if row.provider in ADAPTERS else provider_for(row.failures, demo=demo)
    usual = measured(music.name) if music else None
    typical = usual[0] if usual else row.eta_seconds
    if typical is None or music is None:
        return None
    if row.status == VariationStatus.QUEUED:
        return (
            None
            if place is None
            else round(typical * (1 + (place - 1) // (music.capabilities.max_parallel * music.capabilities.max_n)))
        )
    elapsed = (now() - row.submitted_at).total_seconds() if row.submitted_at else 0.0
    if row.step == VariationStep.FINISHING:
        return 2
    if row.progress and row.progress >= 10:
        return max(1, round(elapsed * (100 - row.progress) / row.progress))
    return max(1, round(typical - elapsed))


def _is_late(row: Variation) -> bool:
    """Past what nine of ten songs of this provider take, by our own measure."""
    usual = measured(row.provider) if row.provider and row.status in AT_PROVIDER else None
    return bool(usual and row.submitted_at and (now() - row.submitted_at).total_seconds() > usual[1])


def _share_urls(form: ComposeForm) -> dict[str, str]:
    tokens = read_rows(ShareToken, "form_id = %s AND revoked_at IS NULL AND song_index IS NOT NULL", form.id)
    return {str(row.song_index): f"{settings.public_url}/s/{row.token}" for row in tokens}


def read_task(task_id: str, trusted: bool = False) -> dict[str, Any] | None:
    """The answer of GET /api/status/{taskId}.

    A task id gets about with the song: it stands in links to a bucket, and an older system's stood in its players. So it
    leads to its form, which is the giver's, only until that is paid, and never to the whole song (docs/decisions/0014).
    """
    row = next(iter(read_rows(Variation, "id = %s", task_id)), None)
    if row is None:
        return None
    form = read_rows(ComposeForm, "id = %s", row.form_id)[0]
    places = _places(form.id, form.demo) if row.status == VariationStatus.QUEUED else {}
    cell = _cell(form, row, places)
    open_to_all = form.status in UNPAID and row.provider != "older"
    heard = (cell["audioUrl"] if trusted else None) or cell["previewUrl"]
    return {
        "taskId": row.id,
        "formId": row.form_id if trusted or open_to_all else None,
        "songIndex": row.song_index,
        "audioUrl": urljoin(settings.public_url, heard) if heard else None,
        **{name: cell[name] for name in ("variation", "status", "progress", "etaSeconds", "title", "lyrics", "error")},
    }


def form_of_session(stripe_session_id: str) -> str | None:
    """The id of the form that this Stripe session was opened for."""
    by_session = CheckoutSession.select(CheckoutSession.form).where(CheckoutSession.stripe_session_id == stripe_session_id)
    by_form = ComposeForm.select(ComposeForm.id).where(ComposeForm.stripe_session_id == stripe_session_id)
    found = by_session.tuples().first() or by_form.tuples().first()
    return None if found is None else str(found[0])
