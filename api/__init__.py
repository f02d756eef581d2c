"""The REST contract: an application of its own below /api, with its own error shape and OpenAPI document."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from peewee import OperationalError
from playhouse.pool import MaxConnectionsExceeded
from starlette.exceptions import HTTPException

from api import callbacks, checkouts, forms, tasks
from checkout import PaymentsError
from jobs.composing import FormExistsError
from jobs.form_data import InvalidFormError
from models import NotFoundError, WrongMomentError
from settings import settings

log = logging.getLogger("serenade.api")


def create_api() -> FastAPI:
    """The application that main mounts at /api."""
    api = FastAPI(
        title=f"{settings.brand_name} API",
        version="1",
        description="Order personalised songs: create a form, generate variations, choose, pay, share.",
        docs_url="/docs",
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    for router in (forms.router, tasks.router, checkouts.router, callbacks.router):
        api.include_router(router)
    api.add_exception_handler(RequestValidationError, _invalid_request)
    api.add_exception_handler(InvalidFormError, _invalid_form)
    for kind, status, code in (
        (NotFoundError, 404, "not_found"),
        (FormExistsError, 409, "form_exists"),
        (WrongMomentError, 409, "wrong_moment"),
        (PaymentsError, 503, "payments_unavailable"),
        (MaxConnectionsExceeded, 503, "busy"),
        (OperationalError, 503, "busy"),
    ):
        api.add_exception_handler(kind, _answer_with(status, code))
    api.add_exception_handler(HTTPException, _http_error)
    api.add_exception_handler(Exception, _unexpected)
    return api


def refusal(status: int, code: str, message: str, fields: dict[str, str] | None = None) -> JSONResponse:
    """The one error shape of section 5."""
    error: dict[str, object] = {"code": code, "message": message}
    if fields:
        error["fields"] = fields
    headers = {"Retry-After": "5"} if status == 503 else None
    return JSONResponse({"success": False, "error": error}, status_code=status, headers=headers)


MESSAGES = {
    "not_found": "There is nothing here under this id.",
    "form_exists": "This form id is in use.",
    "payments_unavailable": "Payment is not possible right now. Please try again in a moment; nothing was charged.",
    "busy": "We are busy right now. Please try again in a moment.",
}


def _answer_with(status: int, code: str):  # type: ignore[no-untyped-def] # FastAPI's type of a handler is narrower than its use
    def answer(request: Request, error: Exception) -> JSONResponse:
        if status == 503:
            log.error("%s: %s", code, error)
        return refusal(status, code, MESSAGES.get(code) or f"{str(error).capitalize()}.")

    return answer


def _invalid_form(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, InvalidFormError)  # noqa: S101 registered for this type only
    return refusal(422, "invalid_form", "Some answers are missing or not quite right.", error.fields)


def _invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 registered for this type only
    fields = {".".join(map(str, e["loc"][1:])) or "body": e["msg"] for e in error.errors()}
    return refusal(422, "invalid_request", "The request is not of the expected shape.", fields)


def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 registered for this type only
    return refusal(error.status_code, str(error.detail).lower().replace(" ", "_"), str(error.detail))


def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log.exception("unexpected", exc_info=error)
    return refusal(500, "unexpected", "Something went wrong on our side. Please try again.")
