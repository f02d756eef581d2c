"""The shapes of the contract: what goes in (strict: an unknown field is named and refused) and what comes out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from i18n import _
from jobs.forms.form_data import clean, email_address


class Strict(BaseModel):
    """Unknown fields are refused by name; names are camelCase outside."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)


def _utc(value: datetime) -> datetime:
    if not 2000 <= value.year <= 2199:
        raise ValueError(_("This is not a date of ours."))
    return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value


def _one(value: object) -> object:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _some(value: object) -> object:
    return value or None


SONG = r"^[0-4]$"
FormId = Annotated[
    str,
    StringConstraints(max_length=90, pattern=r"^[^\x00]*$"),
    Field(examples=["form_1765898400713_9f86d081884c7d659a2feaa0c55ad015"]),
]
TaskId = Annotated[str, StringConstraints(min_length=1, max_length=90, pattern=r"^[A-Za-z0-9_.:-]+$")]
PackageType = Annotated[str, StringConstraints(max_length=50), Field(examples=["solo-serenade"])]
Prompt = Annotated[str, BeforeValidator(clean), StringConstraints(min_length=1, max_length=1000)]
Text = Annotated[str, BeforeValidator(clean), StringConstraints(max_length=5000)]
Variation = Annotated[int, Field(ge=1, le=3, strict=True)]
Song = Annotated[str, StringConstraints(pattern=SONG)]
Cell = Annotated[str, StringConstraints(pattern="^[1-3]$")]
Choice = Annotated[Variation, BeforeValidator(_one)]
Url = Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://[^\s\x00-\x1f<>\"]+$")]
Email = Annotated[str, StringConstraints(max_length=100), BeforeValidator(clean), AfterValidator(email_address)]
Moment = Annotated[datetime, AfterValidator(_utc)]
Reference = Annotated[str, StringConstraints(max_length=200, pattern=r"^[A-Za-z0-9_-]+$")]
Styles = Annotated[Annotated[list[Prompt], Field(max_length=5)] | None, BeforeValidator(_some)]
SongStyles = Annotated[list[Annotated[list[Prompt], Field(min_length=3, max_length=3)]] | None, BeforeValidator(_some)]
Selections = Annotated[
    dict[Song, Choice],
    Field(description='One variation (1..3) per song index; `{"0": [2]}` is accepted too', examples=[{"0": 2}]),
]
ChosenTasks = Annotated[
    dict[Song, TaskId],
    Field(
        description="One task id per song index: the same choice, by name. That of an earlier version brings its words back",
        examples=[{"0": "task_5c0b3f3c7d0e4b0b8d9f2a7c1e6d4a21"}],
    ),
]
FormData = Annotated[
    dict[str, Any],
    Field(
        description="The answers: sender fields and `songs`. The older shape, one song's fields at the top, is accepted.",
        examples=[
            {
                "senderName": "Dad",
                "senderEmail": "dad@example.com",
                "senderMessage": "Play it loud.",
                "songs": [
                    {"recipientName": "Mia", "relationship": "daughter", "theme": "birthday", "qualities": "kind, stubborn"}
                ],
            }
        ],
    ),
]


class NewForm(Strict):
    """`draft`: only what is filled in so far is checked, and nothing starts."""

    package_type: PackageType
    form_data: FormData
    generated_prompts: list[Prompt] | None = Field(None, max_length=5, description="Without them the writer makes them")
    music_styles: Styles = None
    variation_styles: SongStyles = None
    form_id: FormId | None = None
    song_count: int | None = Field(None, ge=1, le=5, strict=True, description="May be sent along; the package decides")
    guest_email: Email | None = None
    draft: bool = False


class Change(Strict):
    """What belongs to the customer."""

    form_id: FormId
    form_data: FormData | None = None
    generated_prompts: list[Prompt] | None = Field(None, min_length=1, max_length=5)
    music_styles: Styles = None
    variation_styles: SongStyles = None
    selected_variations: Selections | None = None
    selected_task_ids: ChosenTasks | None = None
    guest_email: Email | None = None


class TrustedChange(Change):
    """What the service token may change as well; a status moves along the lifecycle only."""

    status: Annotated[str, StringConstraints(max_length=50)] | None = Field(None, examples=["variations_generating"])
    variation_task_ids: dict[Song, Annotated[list[TaskId | None], Field(max_length=3)]] | None = None
    variation_audio_urls: dict[Song, dict[Cell, Url]] | None = None
    variation_titles: dict[Song, dict[Cell, Text]] | None = None
    variation_lyrics: dict[Song, dict[Cell, Text]] | None = None
    stripe_session_id: Reference | None = None
    stripe_payment_intent_id: Reference | None = None
    amount_paid: int | None = Field(None, ge=0, le=2_000_000_000, strict=True, description="Minor units")
    paid_at: Moment | None = None
    user_id: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]+$")] | None = None
    expires_at: Moment | None = None


NEVER = {  # nobody writes these
    "id",
    "version",
    "packageType",
    "songCount",
    "createdAt",
    "updatedAt",
    "submittedAt",
    "attention",
    "mailAskedAt",
    "songs",
    "shareUrls",
}
SERVER_OWNED = NEVER | {to_camel(name) for name in TrustedChange.model_fields.keys() - Change.model_fields.keys()}


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
    revision: int = Field(description="Which words of this song it sings")
    take: int = Field(description="Which recording of these words in this place")
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
    late: bool = Field(description="It takes longer than nine of ten songs of this provider did")
    error: TaskError | None


class Draft(Answer):
    """A song that is being written: the lines that stand so far."""

    title: str
    lyrics: str
    done: bool = Field(description="This song is written; others of the form are not yet")


class SongShown(Answer):
    """One song of the form."""

    index: int
    recipient_name: str
    title: str | None
    lyrics: str | None
    lyric_draft: Draft | None = Field(description="While the words are being written: what stands so far")
    lyric_sources: list[str] = Field(description="Per line of the lyrics: the answer it came from, '' for the writer's own")
    lyric_kept: list[int] = Field(description="Numbers of the lines that must stay")
    selected: int | None
    revision: int = Field(description="Which words stand in `title` and `lyrics`, and are sung by `variations`")
    variations: list[Take]
    earlier: list[Take] = Field(description="Every other version, newest words first; choose one by its task id")
    changes_left: int = Field(description="How often the words may still be changed")
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
    mail_asked_at: str | None = Field(description="When the customer asked for a letter once the songs are ready")
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


class Received(Answer):
    """The event is stored."""

    received: bool
