"""The REST contract: an application of its own below /api, with its own error shape and OpenAPI document."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from peewee import OperationalError
from playhouse.pool import MaxConnectionsExceeded
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from api import callbacks, checkouts, extras, forms, reference, tasks, webhooks
from api.answers import Json, Refusal, refusal
from api.mistakes import INVALID_FORM, REFUSAL_STATUS, fields_of
from api.threads import DatabaseThreads
from customer_texts import refusal_in_words, wrong_fields_in_words
from i18n import N_, _
from jobs.contract.form_patch import StaleError
from jobs.forms.drafts import FormExistsError
from jobs.forms.wrong_fields import InvalidFormError
from jobs.payments.checkout import ConsentMissingError, PaymentsError
from jobs.rate_limits import TooManyError
from models import CodedError, GoneError, NotFoundError, WrongMomentError
from settings import settings

log = logging.getLogger("serenade.api")
UNREADABLE = "There was an error parsing the body"  # FastAPI's message where its JSON parser raised an error


ROUTERS = (forms.router, tasks.router, checkouts.router, extras.router, webhooks.router, callbacks.router)


def create_api() -> FastAPI:
    """The application that main mounts at /api."""
    api = FastAPI(
        title=f"{settings.brand_name} API",
        version="1",
        description="Order personalised songs: create a form, generate variations, choose, pay, share.",
        docs_url=None,  # FastAPI's own page loads its scripts from a CDN; ours is api/reference.py
        redoc_url=None,
        openapi_url="/openapi.json",
        servers=[{"url": "/api"}],
        root_path_in_servers=False,
        default_response_class=Json,
    )
    api.state.threads = DatabaseThreads()
    for router in ROUTERS:
        api.include_router(router)
    reference.describe(api)
    api.add_exception_handler(Refusal, _refused)
    api.add_exception_handler(StaleError, _stale)
    api.add_exception_handler(RequestValidationError, _invalid_request)
    api.add_exception_handler(InvalidFormError, _invalid_form)
    for kind, status, code in (
        (NotFoundError, 404, "not_found"),
        (GoneError, 410, "gone"),
        (FormExistsError, 409, "form_exists"),
        (WrongMomentError, 409, "wrong_moment"),
        (PaymentsError, 503, "payments_unavailable"),
        (ConsentMissingError, 422, "consent_missing"),
        (MaxConnectionsExceeded, 503, "busy"),
        (OperationalError, 503, "busy"),
    ):
        api.add_exception_handler(kind, _answer_with(status, code))
    api.add_exception_handler(TooManyError, _too_many)
    api.add_exception_handler(HTTPException, http_error)
    api.add_exception_handler(405, _wrong_method)
    api.add_exception_handler(Exception, _unexpected)
    return api


MESSAGES = {
    "not_found": N_("There is nothing here under this id."),
    "gone": N_("This order has expired. Everything that belonged to it was removed."),
    "form_exists": N_("This form id is in use."),
    "payments_unavailable": N_("Payment is not possible right now. Please try again in a moment; nothing was charged."),
    "consent_missing": N_("The customer must agree to immediate supply first (consent: true)."),
    "busy": N_("We are busy right now. Please try again in a moment."),
}


def _answer_with(status: int, code: str):  # type: ignore[no-untyped-def] # FastAPI's type of a handler is narrower than its use
    def answer(request: Request, error: Exception) -> JSONResponse:
        if status == 503:
            log.error("%s: %s", code, error)
        return refusal(status, code, _(MESSAGES[code]) if code in MESSAGES else _sentence(error))

    return answer


def _sentence(error: Exception) -> str:
    said = refusal_in_words(error) if isinstance(error, CodedError) else str(error)
    return f"{said.capitalize()}."


def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)  # noqa: S101 registered for this type only
    return refusal(error.status, error.code, error.message, error.fields, error.headers)


def _stale(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, StaleError)  # noqa: S101 registered for this type only
    message = _("This form has changed since you read it. Read it again and decide anew.")
    return refusal(412, "stale", message, headers={"ETag": f'"{error.version}"'})


def _too_many(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TooManyError)  # noqa: S101 registered for this type only
    answer = refusal(429, "too_many", _("That is a lot at once. Please try again a little later."))
    answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _invalid_form(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, InvalidFormError)  # noqa: S101 registered for this type only
    return refusal(422, "invalid_form", _(INVALID_FORM), wrong_fields_in_words(error.fields))


def _invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 registered for this type only
    if any(e["type"] == "json_invalid" for e in error.errors()):
        return refusal(400, "bad_request", _("The body is not JSON."))
    return refusal(422, "invalid_request", _("The request is not of the expected shape."), fields_of(error.errors(), skip=1))


def http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 registered for this type only
    headers = dict(error.headers) if error.headers else None
    detail = str(error.detail)
    if detail == UNREADABLE:  # too deep, a number without end, not UTF-8
        return refusal(400, "bad_request", _("The body is not JSON."))
    return refusal(error.status_code, detail.lower().replace(" ", "_"), _(REFUSAL_STATUS.get(detail, detail)), headers=headers)


def _wrong_method(request: Request, error: Exception) -> JSONResponse:
    """The framework names the methods of one route only; an address may have several."""
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, Route)]
    here = (route for route in routes if route.matches(request.scope)[0] is not Match.NONE)
    answer = http_error(request, error)
    answer.headers["Allow"] = ", ".join(sorted({method for route in here for method in route.methods or ()})) or "GET"
    return answer


def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log.exception("unexpected", exc_info=error)
    return refusal(500, "unexpected", _("Something went wrong on our side. Please try again."))
