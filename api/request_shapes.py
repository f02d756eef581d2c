"""The shapes of the contract that go in. They are strict: an unknown field is named and refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from i18n import _
from jobs.forms.form_data import clean_answer, email_address


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
Prompt = Annotated[str, BeforeValidator(clean_answer), StringConstraints(min_length=1, max_length=1000)]
LongText = Annotated[str, BeforeValidator(clean_answer), StringConstraints(max_length=5000)]
VariationNumber = Annotated[int, Field(ge=1, le=3, strict=True)]
SongKey = Annotated[str, StringConstraints(pattern=SONG)]
VariationKey = Annotated[str, StringConstraints(pattern="^[1-3]$")]
Choice = Annotated[VariationNumber, BeforeValidator(_one)]
Url = Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://[^\s\x00-\x1f<>\"]+$")]
EmailAddress = Annotated[str, StringConstraints(max_length=100), BeforeValidator(clean_answer), AfterValidator(email_address)]
UtcTime = Annotated[datetime, AfterValidator(_utc)]
Reference = Annotated[str, StringConstraints(max_length=200, pattern=r"^[A-Za-z0-9_-]+$")]
Styles = Annotated[Annotated[list[Prompt], Field(max_length=5)] | None, BeforeValidator(_some)]
SongStyles = Annotated[list[Annotated[list[Prompt], Field(min_length=3, max_length=3)]] | None, BeforeValidator(_some)]
Selections = Annotated[
    dict[SongKey, Choice],
    Field(description='One variation (1..3) per song index; `{"0": [2]}` is accepted too', examples=[{"0": 2}]),
]
ChosenTasks = Annotated[
    dict[SongKey, TaskId],
    Field(
        description="One task id per song index: the same choice, by name. That of an earlier version restores its lyrics",
        examples=[{"0": "task_5c0b3f3c7d0e4b0b8d9f2a7c1e6d4a21"}],
    ),
]
JsonFormData = Annotated[
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
    form_data: JsonFormData
    generated_prompts: list[Prompt] | None = Field(None, max_length=5, description="Without them the writer makes them")
    music_styles: Styles = None
    variation_styles: SongStyles = None
    form_id: FormId | None = None
    song_count: int | None = Field(None, ge=1, le=5, strict=True, description="May be sent along; the package decides")
    guest_email: EmailAddress | None = None
    draft: bool = False


class Change(Strict):
    """What belongs to the customer."""

    form_id: FormId
    form_data: JsonFormData | None = None
    generated_prompts: list[Prompt] | None = Field(None, min_length=1, max_length=5)
    music_styles: Styles = None
    variation_styles: SongStyles = None
    selected_variations: Selections | None = None
    selected_task_ids: ChosenTasks | None = None
    guest_email: EmailAddress | None = None


class TrustedChange(Change):
    """What the service token may change as well; a status moves along the lifecycle only."""

    status: Annotated[str, StringConstraints(max_length=50)] | None = Field(None, examples=["variations_generating"])
    variation_task_ids: dict[SongKey, Annotated[list[TaskId | None], Field(max_length=3)]] | None = None
    variation_audio_urls: dict[SongKey, dict[VariationKey, Url]] | None = None
    variation_titles: dict[SongKey, dict[VariationKey, LongText]] | None = None
    variation_lyrics: dict[SongKey, dict[VariationKey, LongText]] | None = None
    stripe_session_id: Reference | None = None
    stripe_payment_intent_id: Reference | None = None
    amount_paid: int | None = Field(None, ge=0, le=2_000_000_000, strict=True, description="Minor units")
    paid_at: UtcTime | None = None
    user_id: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]+$")] | None = None
    expires_at: UtcTime | None = None


NEVER = {  # no client writes these
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
