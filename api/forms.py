"""POST, GET and PATCH /api/compose/forms. A form id is a capability: whoever holds it may read and edit until it is paid."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from pydantic.alias_generators import to_camel

from api.answer_shapes import FormAnswer
from api.answers import Json, Refusal, errors
from api.callers import Trusted
from api.form_json import as_json
from api.mistakes import fields_of, wrong
from api.request_shapes import NEVER, SERVER_OWNED, Change, FormId, NewForm, TrustedChange
from api.threads import in_thread
from customer_texts import package_has_songs
from i18n import _
from jobs.contract.form_patch import change_form
from jobs.forms import drafts
from jobs.views.form_types import FormView
from jobs.views.form_view import FOLLOWING, form_of_session, read_form
from models import OLD_PACKAGES, FormStatus, GoneError, NotFoundError
from settings import settings

router = APIRouter(tags=["forms"])
ETAG = {
    "ETag": {
        "description": "The version of the form: text, choices, status and published songs, not the progress of a variation",
        "schema": {"type": "string", "example": '"7"'},
    }
}
FORM_ANSWER: dict[str, Any] = {"model": FormAnswer, "headers": ETAG}


@router.post(
    "/compose/forms",
    status_code=201,
    response_model=None,
    responses={
        201: {**FORM_ANSWER, "description": "The form, as it was stored"},
        **errors(400, 401, 403, 409, 413, 415, 422, 429, 503),
    },
)
async def create(body: NewForm, trusted: Trusted, request: Request) -> JSONResponse:
    """Start a form. Without prompts the writer makes them; with them the form starts at prompts_generated."""
    package_type = OLD_PACKAGES.get(body.package_type, body.package_type)
    package = settings.packages.get(package_type)
    if package is None:
        raise wrong("packageType", _("We sell {packages}.", packages=", ".join(settings.packages)))
    allowed = drafts.FORM_ID if trusted else drafts.UNGUESSABLE
    if body.form_id is not None and not allowed.fullmatch(body.form_id):
        raise wrong("formId", _("This id is too easy to guess. Leave it out and we make one."))
    if body.song_count is not None and body.song_count != package.song_count:
        raise wrong("songCount", package_has_songs(package.song_count))
    _check_lists(body, package.song_count)
    form = await in_thread(request, _create, package_type, body)
    return answered(form, status=201)


def _create(package_type: str, body: NewForm) -> FormView:
    form = drafts.create_form(
        package_type,
        body.form_data,
        form_id=body.form_id,
        draft=body.draft,
        prompts=body.generated_prompts,
        music_styles=body.music_styles,
        variation_styles=body.variation_styles,
        guest_email=body.guest_email,
    )
    return form_answered(form.id)


def _check_lists(body: NewForm | Change, count: int) -> None:
    for name in ("generated_prompts", "music_styles", "variation_styles"):
        texts = getattr(body, name)
        if texts is not None and len(texts) != count:
            raise wrong(to_camel(name), package_has_songs(count))


@router.get(
    "/compose/forms",
    response_model=None,
    responses={200: {**FORM_ANSWER, "description": "The form"}, **errors(401, 403, 404, 410, 422, 429, 503)},
)
async def read(
    trusted: Trusted,
    request: Request,
    form_id: Annotated[FormId | None, Query(alias="formId", description="The customer's key")] = None,
    stripe_session_id: Annotated[
        str | None,
        Query(alias="stripeSessionId", max_length=200, description="Together with formId; alone only with the service token"),
    ] = None,
) -> JSONResponse:
    """The form with everything that its page displays."""
    if form_id is None and stripe_session_id is None:
        raise wrong("formId", _("This is missing."))
    if form_id is None and not trusted:
        raise Refusal(403, "forbidden", _("A Stripe session is no key: send the formId too."))
    return answered(await in_thread(request, _read, form_id, stripe_session_id))


def _read(form_id: str | None, stripe_session_id: str | None) -> FormView:
    if stripe_session_id is not None:
        found = form_of_session(stripe_session_id) if "\0" not in stripe_session_id else None
        if found is None or form_id not in (None, found):
            raise NotFoundError("no such form")
        form_id = found
    if not drafts.FORM_ID.fullmatch(form_id or ""):
        raise NotFoundError("no such form")
    return form_answered(str(form_id))


@router.get(
    "/compose/forms/{formId}",
    response_model=None,
    responses={200: {**FORM_ANSWER, "description": "The form"}, **errors(401, 404, 410, 422, 429, 503)},
)
async def read_one(form_id: Annotated[FormId, Path(alias="formId")], trusted: Trusted, request: Request) -> JSONResponse:
    """The same, with the id in the path."""
    return answered(await in_thread(request, _read, form_id, None))


@router.patch(
    "/compose/forms",
    response_model=None,
    responses={
        200: {**FORM_ANSWER, "description": "The form, as it is now"},
        **errors(400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 429, 503),
    },
    openapi_extra={
        "requestBody": {
            "content": {
                "application/json": {
                    "schema": {"$ref": "#/components/schemas/TrustedChange"},
                    "example": {
                        "formId": "form_1765898400713_9f86d081884c7d659a2feaa0c55ad015",
                        "selectedVariations": {"0": 2},
                    },
                }
            }
        }
    },
)
async def change(
    body: dict[str, Any],
    trusted: Trusted,
    request: Request,
    if_match: Annotated[
        str | None, Header(max_length=500, description='The ETag you have seen, e.g. `"7"`; `*` for any')
    ] = None,
) -> JSONResponse:
    """Change what belongs to the customer: all of it or nothing. With If-Match, only if nothing has changed meanwhile."""
    asked = check_change(body, trusted)
    form = await in_thread(request, _change, asked, versions(if_match))
    return answered(form)


def check_change(body: dict[str, Any], trusted: bool) -> Change:
    """The change that this caller may ask for; a Refusal names the field that is not theirs or not there."""
    owned = sorted((NEVER if trusted else SERVER_OWNED) & body.keys())
    if owned:
        sentence = _("{field} belongs to the server.", field=owned[0])
        raise Refusal(403, "forbidden", sentence, {owned[0]: _("This belongs to the server.")})
    try:
        return (TrustedChange if trusted else Change).model_validate(body)
    except ValidationError as error:
        unknown = next((str(e["loc"][-1])[:40] for e in error.errors() if e["type"] == "extra_forbidden"), None)
        sentence = (
            _("There is no field {name}.", name=repr(unknown)) if unknown else _("The request is not of the expected shape.")
        )
        raise Refusal(422, "invalid_request", sentence, fields_of(error.errors())) from None


def versions(if_match: str | None) -> set[int] | None:
    """The versions that an If-Match header allows; None for any. A weak or foreign tag matches nothing."""
    if if_match is None or if_match.strip() == "*":
        return None
    return {int(tag) for tag in re.findall(r'(?<!W/)"(\d{1,9})"', if_match)}


def _change(asked: Change, expected: set[int] | None) -> FormView:
    if not drafts.FORM_ID.fullmatch(asked.form_id):
        raise NotFoundError("no such form")
    changes = {name: value for name, value in asked if value is not None and name != "form_id"}

    def check(song_count: int) -> None:
        _check_lists(asked, song_count)
        for name, field in (("selected_variations", "selectedVariations"), ("selected_task_ids", "selectedTaskIds")):
            unknown = sorted(song for song in changes.get(name, {}) if int(song) >= song_count)
            if unknown:
                raise wrong(field, _("There is no song {number}.", number=unknown[0]))

    change_form(asked.form_id, changes, expected=expected, check=check)
    return form_answered(asked.form_id)


def form_answered(form_id: str) -> FormView:
    """The form that an answer is about. Raises NotFoundError."""
    form = read_form(form_id, without=FOLLOWING)
    if form is None:
        raise NotFoundError("no such form")
    if form.status == FormStatus.EXPIRED:
        raise GoneError("this form has expired")
    return form


def answered(form: FormView, status: int = 200) -> JSONResponse:
    """`{success, form}`, never cached, with the version as its tag."""
    headers = {"Cache-Control": "no-store", "ETag": f'"{form.version}"'}
    return Json({"success": True, "form": as_json(form)}, status_code=status, headers=headers)
