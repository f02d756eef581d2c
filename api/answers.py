"""How the contract answers: JSON as fast as it gets, one error shape, and the same errors written into the document."""

from __future__ import annotations

import json
from typing import Any

import orjson
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field


class Json(JSONResponse):
    """JSON by orjson; what it cannot write (numbers beyond 64 bits) is written by the standard library."""

    def render(self, content: Any) -> bytes:
        """UTF-8 bytes."""
        try:
            return orjson.dumps(content)
        except TypeError:
            return json.dumps(content).encode()


class Refusal(Exception):
    """A request that is answered with an error of the one shape."""

    def __init__(
        self, status: int, code: str, message: str, fields: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.fields, self.headers = status, code, message, fields, headers


def refusal(
    status: int, code: str, message: str, fields: dict[str, str] | None = None, headers: dict[str, str] | None = None
) -> JSONResponse:
    """The one error shape (docs/api.md)."""
    error: dict[str, object] = {"code": code, "message": message}
    if fields:
        error["fields"] = fields
    if status in (429, 503):
        headers = {"Retry-After": "5", **(headers or {})}
    return Json({"success": False, "error": error}, status_code=status, headers=headers)


class Mistake(BaseModel):
    """What went wrong."""

    code: str = Field(description="A code for programs", examples=["wrong_moment"])
    message: str = Field(description="A sentence for people", examples=["This variation is not ready yet."])
    fields: dict[str, str] | None = Field(None, description="A sentence for each field that is wrong, by its path")


class Refused(BaseModel):
    """Nothing has changed."""

    success: bool = Field(False, examples=[False])
    error: Mistake


ERRORS = {
    400: ("bad_request", "The body is not JSON, or (webhook) the signature does not hold."),
    401: ("unauthorized", "There is an Authorization header, and its token is not ours."),
    403: ("forbidden", "This field, or this question, is for the server's own service token only."),
    404: ("not_found", "There is nothing under this id. A malformed id is answered alike."),
    408: ("request_timeout", "The body took longer than 10 seconds to arrive."),
    409: ("wrong_moment", "The form's status does not allow this now; nothing has changed."),
    410: ("gone", "The form has expired and what was in it is deleted."),
    412: ("stale", "If-Match names an older version; the ETag of this answer is the one there is."),
    413: ("too_large", "The body is larger than anything we expect."),
    415: ("unsupported_media_type", "Send application/json."),
    422: ("invalid_request", "A field is missing, unknown or not of the expected shape; fields names each."),
    429: ("too_many_requests", "Slow down; Retry-After says for how long."),
    503: ("busy", "Database or payment provider cannot be reached right now; Retry-After says when to come back."),
}


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The documentation of these error answers, each with an example."""
    documented: dict[int | str, dict[str, Any]] = {}
    for status in statuses:
        code, text = ERRORS[status]
        example = {"success": False, "error": {"code": code, "message": text}}
        documented[status] = {
            "model": Refused,
            "description": text,
            "content": {"application/json": {"example": example}},
        }
        if status in (429, 503):
            documented[status]["headers"] = {"Retry-After": {"description": "Seconds", "schema": {"type": "string"}}}
    return documented
