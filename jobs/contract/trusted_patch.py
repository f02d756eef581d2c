"""What a trusted server writes with the service token: songs made elsewhere, and statuses, always along the lifecycle."""

from __future__ import annotations

from typing import Any

from jobs.forms.wrong_fields import InvalidFormError, WrongFieldError
from jobs.generation.variations import show_task_ids
from jobs.gifts.share_links import give_links
from models import (
    OLD_WORDS,
    REACHABLE,
    ComposeForm,
    FormStatus,
    User,
    Variation,
    VariationStatus,
    WrongMomentError,
    append_event,
    move,
    new_id,
    notify,
    now,
    settle,
    show_cell,
    transaction,
)

OUTSIDE = "outside"  # the provider of what we neither ask for nor poll
PLAIN = ("stripe_session_id", "stripe_payment_intent_id", "amount_paid", "paid_at", "user_id", "expires_at")


def write(form_id: str, changes: dict[str, Any]) -> None:
    """Columns first, then songs, then the status that follows from them. Raises InvalidFormError, WrongMomentError."""
    plain = {name: changes[name] for name in PLAIN if name in changes}
    if "user_id" in plain and not User.select().where(User.id == plain["user_id"]).exists():
        raise InvalidFormError({"userId": WrongFieldError("nothing_here")})
    if plain:
        ComposeForm.update(updated_at=now(), **plain).where(ComposeForm.id == form_id).execute()
        notify(form_id)
    for song, task_ids in changes.get("variation_task_ids", {}).items():
        for place, task_id in enumerate(task_ids, 1):
            if task_id:
                take_task(form_id, int(song), place, task_id)
    cells = {(song, cell) for name in CELLS for song, texts in changes.get(name, {}).items() for cell in texts}
    for song, cell in sorted(cells):
        texts = {name: changes[name][song][cell] for name in CELLS if cell in changes.get(name, {}).get(song, {})}
        take_song(form_id, int(song), int(cell), texts)
    if "status" in changes:
        take_status(form_id, OLD_WORDS.get(changes["status"], changes["status"]))


CELLS = {"variation_audio_urls": "outside_url", "variation_titles": "title", "variation_lyrics": "lyrics"}


def take_task(form_id: str, song_index: int, variation: int, task_id: str) -> Variation:
    """A variation that somebody else makes under this task id. Raises WrongMomentError where another one is in its place."""
    row = _row(form_id, song_index, variation)
    if row is None:
        with transaction():
            # without a step: those are of our own work on an attempt, and here is none. So nobody polls it or looks for it.
            new = {"provider": OUTSIDE, "provider_task_id": task_id, "status": VariationStatus.SUBMITTED, "submitted_at": now()}
            new |= {"id": task_id, "form": form_id, "song_index": song_index, "variation": variation}
            if not Variation.insert(new).on_conflict_ignore().execute():
                raise WrongMomentError("this task id is in use")
            append_event(form_id, "variation", task_id, None, VariationStatus.SUBMITTED, by="trusted")
            show_task_ids(form_id)
        return Variation.find(task_id)
    if row.id != task_id:
        raise WrongMomentError(f"song {song_index}, variation {variation} is made by another task")
    return row


def take_song(form_id: str, song_index: int, variation: int, texts: dict[str, str]) -> None:
    """Audio, title or lyrics of a variation made elsewhere; with its audio it is ready. Twice is harmless."""
    row = _row(form_id, song_index, variation) or take_task(form_id, song_index, variation, new_id("task"))
    if row.provider != OUTSIDE:
        raise WrongMomentError(f"song {song_index}, variation {variation} is made by us")
    values = {CELLS[name]: text for name, text in texts.items()}
    if "outside_url" in values and row.status != VariationStatus.READY:
        if not move(row, VariationStatus.READY, by="trusted", progress=100, stage=None, ready_at=now(), **values):
            raise WrongMomentError(f"song {song_index}, variation {variation} is {row.status}")
    else:
        Variation.update(updated_at=now(), **values).where(Variation.id == row.id).execute()
    show_cell(form_id, song_index, variation, **texts)
    settle(form_id)


def _row(form_id: str, song_index: int, variation: int) -> Variation | None:
    place = (Variation.form == form_id, Variation.song_index == song_index, Variation.variation == variation)
    return Variation.select().where(*place, Variation.shown).first()  # type: ignore[no-any-return]


def take_status(form_id: str, status: str) -> None:
    """Move the form, with everything that belongs to the new status. Raises WrongMomentError where it may not."""
    form = ComposeForm.find(form_id)
    if form.status == status:
        return
    if status not in REACHABLE:
        raise WrongMomentError(f"a form is not set to {status} from outside")
    if status == FormStatus.PROMPTS_GENERATED and not form.generated_prompts:
        raise WrongMomentError("there are no prompts yet")
    if status == FormStatus.PAYMENT_COMPLETED:
        moved = _pay(form)
    elif status == FormStatus.VARIATIONS_READY:
        moved = settle(form_id) or (form.status == FormStatus.PAYMENT_INITIATED and move(form, status, by="trusted"))
    else:
        moved = move(form, status, by="trusted")
    if not moved:
        raise WrongMomentError(f"a form that is {form.status} does not become {status}")


def _pay(form: ComposeForm) -> bool:
    """A trusted server took the money: every song needs a choice, and the links and the e-mail follow."""
    if form.amount_paid is None or not form.guest_email:
        raise WrongMomentError("a paid form needs amountPaid and guestEmail")
    if any(str(song) not in form.selected_variations for song in range(form.song_count)):
        raise WrongMomentError("choose one variation of every song first")
    if not move(form, FormStatus.PAYMENT_COMPLETED, by="trusted", paid_at=form.paid_at or now()):
        return False
    give_links(ComposeForm.find(form.id))
    return True
