"""POST, GET and PATCH /api/compose/forms. A form id is a capability: whoever holds it may read and edit until it is paid."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel
from starlette.exceptions import HTTPException

from jobs import composing
from jobs.reading import read_form
from models import NotFoundError, in_database
from settings import settings

router = APIRouter(tags=["forms"])

Prompt = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000, pattern=r"^[^\x00]*$")]
FormId = Annotated[str, StringConstraints(max_length=90)]
PackageType = Annotated[str, StringConstraints(max_length=50)]
SERVER_OWNED = {
    "status", "songCount", "stripeSessionId", "stripePaymentIntentId", "amountPaid", "paidAt", "userId", "createdAt",
    "updatedAt", "expiresAt", "variationTaskIds", "variationAudioUrls", "variationLyrics", "variationTitles", "packageType",
}  # fmt: skip


class Strict(BaseModel):
    """Unknown fields are refused by name; names are camelCase outside."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)


class NewForm(Strict):
    """`draft`: only what is filled in so far is checked, and nothing starts."""

    package_type: PackageType
    form_data: dict[str, Any]
    generated_prompts: list[Prompt] | None = Field(None, max_length=5)
    music_styles: list[Prompt] | None = Field(None, max_length=5)
    variation_styles: list[list[Prompt]] | None = Field(None, max_length=5)
    form_id: FormId | None = None
    song_count: int | None = None
    guest_email: Annotated[str, StringConstraints(max_length=100)] | None = None
    draft: bool = False


@router.post("/compose/forms", status_code=201)
def create(body: NewForm) -> dict[str, Any]:
    """Start a form. Without prompts the writer makes them; with them the form starts at prompts_generated."""
    if body.package_type not in settings.packages:
        raise HTTPException(422, "unknown package")
    if body.form_id is not None and not composing.UNGUESSABLE.fullmatch(body.form_id):
        raise HTTPException(422, "form id too guessable")
    _check_lists(body)
    form = in_database(
        composing.create_form,
        body.package_type,
        body.form_data,
        form_id=body.form_id,
        draft=body.draft,
        prompts=body.generated_prompts,
        music_styles=body.music_styles,
        variation_styles=body.variation_styles,
        guest_email=body.guest_email,
    )
    return shown(form.id)


def _check_lists(body: NewForm) -> None:
    count = settings.packages[body.package_type].song_count
    for texts in (body.generated_prompts, body.music_styles, body.variation_styles):
        if texts is not None and len(texts) != count:
            raise HTTPException(422, f"this package has {count} songs")
    if any(len(styles) != 3 for styles in body.variation_styles or []):
        raise HTTPException(422, "every song has 3 variation styles")


@router.get("/compose/forms")
def read(form_id: Annotated[str, Query(alias="formId", max_length=90)]) -> JSONResponse:
    """The form with everything the page shows."""
    in_database(composing.find_form, form_id)
    return JSONResponse(shown(form_id), headers={"Cache-Control": "no-store"})


@router.patch("/compose/forms")
def change(body: dict[str, Any]) -> dict[str, Any]:
    """Change what belongs to the customer: formData while it is a draft, selectedVariations until it is paid."""
    form_id = body.get("formId")
    if not isinstance(form_id, str):
        raise HTTPException(422, "formId is missing")
    form = in_database(composing.find_form, form_id)
    owned = sorted(SERVER_OWNED & body.keys())
    if owned:
        raise HTTPException(403, f"{owned[0]} belongs to the server")
    unknown = sorted(body.keys() - {"formId", "formData", "selectedVariations", "guestEmail"})
    if unknown:
        raise HTTPException(422, f"there is no field {unknown[0][:40]!r}")
    if "formData" in body:
        in_database(composing.rewrite_draft, form.id, body["formData"])
    for song_index, variation in _choices(body.get("selectedVariations", {}), form.song_count).items():
        in_database(composing.choose, form.id, song_index, variation)
    return shown(form.id)


def _choices(selected: Any, song_count: int) -> dict[int, int]:
    """{"0": 2} as {0: 2}; a one-item list is what some older clients send."""
    choices: dict[int, int] = {}
    for song, variation in selected.items() if isinstance(selected, dict) else [("?", None)]:
        one = variation[0] if isinstance(variation, list) and len(variation) == 1 else variation
        if not (str(song).isdigit() and int(song) < song_count and isinstance(one, int) and one in (1, 2, 3)):
            raise HTTPException(422, "selectedVariations must look like {'0': 2}")
        choices[int(song)] = one
    return choices


def shown(form_id: str) -> dict[str, Any]:
    """`{success, form}`."""
    form = in_database(read_form, form_id)
    if form is None:
        raise NotFoundError("no such form")
    return {"success": True, "form": form}
