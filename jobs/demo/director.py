"""What the director's bar does, to demo forms only: their state, their speed, and a failure on purpose."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.music import demo as demo_music
from jobs.demo.forms import clean_speed, own
from jobs.demo.presets import find_scene
from jobs.generation.polling import look_now
from jobs.generation.revisions import one_more
from jobs.generation.variations import begin_variations
from jobs.queue_names import DEMO_PROVIDER
from models import (
    AT_PROVIDER,
    ComposeForm,
    Demo,
    Email,
    FormEvent,
    FormStatus,
    ShareToken,
    Variation,
    VariationStatus,
    WrongMomentError,
    notify,
    now,
)


@dataclass(frozen=True, slots=True)
class DemoCell:
    """One recording of a demo form."""

    variation: int
    status: str
    attempt: int


@dataclass(frozen=True, slots=True)
class DemoState:
    """Everything that the director's bar shows, in the order of its JSON."""

    form_id: str
    scene: str
    title: str
    lang: str
    name: str
    speed: float
    status: str
    typed: dict[str, str]  # the texts that the autopilot types, by field path
    cells: list[DemoCell]
    share: str | None  # the gift's page, once it is paid
    events_received: int  # signed, of the sandbox
    mails: int
    times_given: int  # how often a payment fulfilled the order: once, however often its event arrives


def demo_state(form_id: str, visitor: str) -> DemoState:
    """Where a demo form is. Raises NotFoundError for a form that this browser does not own."""
    demo = own(form_id, visitor)
    form = ComposeForm.find(form_id)
    cells = Variation.select().where(Variation.form == form_id).order_by(Variation.revision, Variation.variation)
    link = ShareToken.select(ShareToken.token).where(ShareToken.form == form_id, ShareToken.revoked_at.is_null()).scalar()
    scene = find_scene(demo.scene)
    name, lang = demo.told.get("name", ""), demo.told.get("lang", "en")
    return DemoState(
        form_id=form_id,
        scene=demo.scene,
        title=scene.title,
        lang=lang,
        name=name,
        speed=demo.speed,
        status=form.status,
        typed=scene.typed(lang, name),
        cells=[DemoCell(row.variation, row.status, row.attempt) for row in cells],
        share=f"/s/{link}" if link else None,
        events_received=demo.events_received,
        mails=Email.select().where(Email.form == form_id).count(),
        times_given=FormEvent.select()
        .where(FormEvent.form_id == form_id, FormEvent.noun == "form", FormEvent.to_status == FormStatus.PAYMENT_COMPLETED)
        .count(),
    )


def set_speed(form_id: str, visitor: str, speed: float) -> float:
    """Set the speed of this form's waiting times."""
    demo, speed = own(form_id, visitor), clean_speed(speed)
    Demo.update(speed=speed, rushed=False).where(Demo.form == demo.form_id).execute()
    notify(form_id)
    return speed


def rush(form_id: str, visitor: str) -> None:
    """End all demo waiting times of this form, for a jump ahead."""
    Demo.update(rushed=True).where(Demo.form == own(form_id, visitor).form_id).execute()
    open_cells = Variation.status.in_(AT_PROVIDER)
    Variation.update(next_poll_at=now()).where(Variation.form == form_id, open_cells).execute()


def fail_cell(form_id: str, visitor: str) -> int:
    """Let one running recording fail; the retry is that of every order. Returns its variation number.

    Raises WrongMomentError where nothing is being recorded.
    """
    own(form_id, visitor)
    open_cells = Variation.select().where(
        Variation.form == form_id, Variation.provider == DEMO_PROVIDER, Variation.status.in_(AT_PROVIDER)
    )
    row = open_cells.where(Variation.provider_task_id.is_null(False)).order_by(Variation.submitted_at.desc()).first()
    if row is None:
        raise WrongMomentError("nothing_is_recorded")
    demo_music.spoil(str(row.provider_task_id))
    look_now(str(row.provider_task_id), DEMO_PROVIDER)
    return int(row.variation)


def ask_for_one_more(form_id: str, visitor: str) -> int:
    """Start one more version of the last ready variation, so that there is something to fail."""
    own(form_id, visitor)
    ready = Variation.select().where(Variation.form == form_id, Variation.status == VariationStatus.READY)
    row = ready.order_by(Variation.revision, Variation.variation.desc()).first()
    if row is None:
        begin_variations(form_id)
        return 1
    return int(one_more(form_id, row.song_index, row.variation).variation)


def note_event(form_id: str) -> None:
    """Count a signed event of the demo's sandbox for this form."""
    Demo.update(events_received=Demo.events_received + 1).where(Demo.form == form_id).execute()
