"""The shapes of the contract that come out. They describe the answers; no answer is validated by them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Answer(BaseModel):
    """Names are camelCase outside."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class TaskError(Answer):
    """Why a variation failed."""

    code: str = Field(examples=["moderation"])
    message: str


class Take(Answer):
    """One variation of one song as it is now."""

    task_id: str
    variation: int = Field(ge=1, le=3)
    revision: int = Field(description="Which lyrics of this song it sings")
    take: int = Field(description="Which recording of these lyrics in this place")
    status: str = Field(examples=["ready"])
    place: int | None = Field(description="Place in line, 1 is next")
    progress: int | None
    stage: str | None
    eta_seconds: int | None
    title: str | None
    lyrics: str | None
    style: str | None
    preview_url: str | None
    audio_url: str | None = Field(description="The whole song; only of what was paid for")
    download_url: str | None
    duration_ms: int | None
    preview_ms: int | None
    peaks: list[int]
    late: bool = Field(description="It takes longer than 90 % of the songs of this provider did")
    error: TaskError | None


class Draft(Answer):
    """A song that is being written: its lines so far."""

    title: str
    lyrics: str
    done: bool = Field(description="This song is written; others of the form are not yet")


class SongShown(Answer):
    """One song of the form."""

    index: int
    recipient_name: str
    title: str | None
    lyrics: str | None
    lyric_draft: Draft | None = Field(description="While the lyrics are being written: what is written so far")
    lyric_sources: list[str] = Field(description="Per line of the lyrics: the answer it came from, '' for the writer's own")
    lyric_kept: list[int] = Field(description="Numbers of the lines that must stay")
    selected: int | None
    revision: int = Field(description="Which lyrics are in `title` and `lyrics`, and are sung by `variations`")
    variations: list[Take]
    earlier: list[Take] = Field(description="Every other version, newest lyrics first; choose one by its task id")
    changes_left: int = Field(description="How often the lyrics may still be changed")
    more_left: int = Field(description="How many more single versions may be asked for")


class Form(Answer):
    """The columns of the form, its songs, and the links once it is paid."""

    id: str
    version: int
    package_type: str
    song_count: int
    form_data: dict[str, Any]
    generated_prompts: list[str]
    generated_titles: list[str]
    generated_lyrics: list[str]
    music_styles: list[str]
    variation_styles: list[list[str]]
    variation_task_ids: dict[str, list[str | None]]
    variation_audio_urls: dict[str, dict[str, str]]
    variation_lyrics: dict[str, dict[str, str]]
    variation_titles: dict[str, dict[str, str]]
    selected_variations: dict[str, int]
    selected_task_ids: dict[str, str] = Field(description="The same choice by task id")
    status: str = Field(examples=["variations_generating"])
    stripe_session_id: str | None
    stripe_payment_intent_id: str | None
    payment_status: str | None = Field(description="Of the latest payment, or of the one that counts", examples=["fulfilled"])
    amount_paid: int | None = Field(examples=[999])
    paid_at: str | None
    user_id: str | None
    guest_email: str | None
    submitted_at: str | None
    mail_asked_at: str | None = Field(description="When the customer asked for an e-mail once the songs are ready")
    created_at: str | None
    updated_at: str | None
    expires_at: str | None
    may_be_extended: bool = Field(description="The customer may still ask for another week")
    held: bool = Field(description="Paid, and not given yet: a person hears it first")
    attention: str | None
    songs: list[SongShown]
    share_urls: dict[str, str]
    amount: int
    currency: str


class FormAnswer(Answer):
    """`{success, form}`."""

    success: bool
    form: Form


class Task(Answer):
    """A variation that was started."""

    task_id: str
    song_index: int
    variation: int
    status: str


class Started(Answer):
    """The ids, positional per song; null where a variation was not asked for yet."""

    success: bool
    variation_task_ids: dict[str, list[str | None]] = Field(examples=[{"0": ["task_1", "task_2", "task_3"]}])
    tasks: list[Task]


class TaskStatus(Answer):
    """Where one variation is."""

    success: bool
    task_id: str
    form_id: str | None = Field(description="Until the form is paid; afterwards only for the service token")
    song_index: int
    variation: int
    status: str
    progress: int | None
    eta_seconds: int | None
    audio_url: str | None
    title: str | None
    lyrics: str | None
    error: TaskError | None


class Opened(Answer):
    """Where to pay."""

    success: bool
    url: str = Field(examples=["https://checkout.stripe.com/c/pay/cs_test_a1"])
    session_id: str = Field(examples=["cs_test_a1"])


class Offer(Answer):
    """Something that can be kept as well."""

    song_index: int
    recipient_name: str
    what: str = Field(
        examples=["versions"], description="versions: the two that were not chosen; instrumental: without a singer"
    )
    amount: int = Field(examples=[499], description="Minor units, tax included")
    currency: str = Field(examples=["usd"])
    until: str = Field(description="When it is offered no more")
    pending: bool = Field(description="A payment for it is on its way: nothing to press")


class WholeRecording(Answer):
    """A recording that is kept, to play and to download. The addresses expire."""

    task_id: str
    variation: int
    title: str | None
    audio_url: str | None
    download_url: str | None
    duration_ms: int | None


class Kept(Answer):
    """What was bought or given beside the order."""

    extra_id: str
    song_index: int
    recipient_name: str
    what: str
    recordings: list[WholeRecording] = Field(description="None yet while an instrumental is being made")


class Extras(Answer):
    """Of one order. Nothing is offered where no price is set."""

    success: bool
    offers: list[Offer]
    kept: list[Kept]


class Received(Answer):
    """The event is stored."""

    received: bool
