"""Parses one webhook event: authentic, fresh and well-formed, or BadEvent and never another exception.

The signature is checked here and not by the SDK, which accepts timestamps from the future, raises TypeError for a
non-ASCII header and lets `{}` pass (stack notes 10). It also keeps the SDK out of processes that only take events in.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

TOLERANCE_SECONDS = 300  # Stripe's default; here also for timestamps in the future
_DEEPEST = 64  # Stripe's events nest about ten deep
_LAST_SECOND = 253_402_300_799  # the end of the year 9999: the last second of a datetime


class BadEvent(Exception):
    """This body is not an event from Stripe. The message names the fault and quotes no input."""


@dataclass(frozen=True)
class Event:
    """One event. `payload` is the whole of it as JSON values that PostgreSQL can keep; times are Unix seconds."""

    id: str
    type: str
    livemode: bool
    api_version: str | None
    created: int
    object_id: str  # empty for the few objects that have none (balance)
    object_type: str
    payload: dict[str, Any]


def read_event(raw_body: bytes, signature_header: str, secrets: Sequence[str], now: float | None = None) -> Event:
    """The event in `raw_body`, signed with any of `secrets` (two while rotating) within 300 s of `now`.

    Raises BadEvent for every other input. Wire format: https://docs.stripe.com/webhooks#verify-manually
    """
    _check_signature(raw_body, signature_header, secrets, time.time() if now is None else now)
    try:
        payload = json.loads(raw_body.decode("utf-8"))
        _check_storable(payload)
    except (ValueError, RecursionError):
        raise BadEvent("the body is not plain JSON") from None
    return shaped(payload)


def _check_signature(raw_body: bytes, header: str, secrets: Sequence[str], now: float) -> None:
    parts = [part.strip().partition("=")[::2] for part in header.split(",")]
    times = [value for name, value in parts if name == "t"]
    signatures = [value for name, value in parts if name == "v1" and value.isascii()]
    if len(times) != 1 or not signatures:
        raise BadEvent("the signature header is not t=..,v1=..")
    timestamp = times[0]
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise BadEvent("the signature's time is not a number of seconds")
    signed = timestamp.encode() + b"." + raw_body
    if not any(hmac.compare_digest(expected, found) for expected in _expected(signed, secrets) for found in signatures):
        raise BadEvent("no signature fits")
    if abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        raise BadEvent("the signature is too old or from the future")


def _expected(signed: bytes, secrets: Sequence[str]) -> Iterator[str]:
    """Signatures with each secret; an empty one is skipped, as anybody could use it."""
    for secret in secrets:
        if secret.strip():
            yield hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def _check_storable(value: object, depth: int = 0) -> None:
    """ValueError for what jsonb refuses: NaN and infinity, NUL, half a surrogate pair; and for excessive nesting."""
    if depth > _DEEPEST:
        raise ValueError("nested too deep")
    if isinstance(value, dict):
        for name, inner in value.items():
            _check_storable(name)
            _check_storable(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _check_storable(inner, depth + 1)
    elif isinstance(value, str):
        if "\0" in value:
            raise ValueError("NUL in text")
        value.encode("utf-8")  # UnicodeEncodeError is a ValueError
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError("not a number")


def shaped(payload: object) -> Event:
    """The event of a payload that Stripe sent or listed. Raises BadEvent."""
    if not isinstance(payload, dict) or payload.get("object") != "event":
        raise BadEvent("this is not an event")
    inner = payload["data"].get("object") if isinstance(payload.get("data"), dict) else None
    if not isinstance(inner, dict):
        raise BadEvent("the event is about no object")
    created, livemode, version = payload.get("created"), payload.get("livemode"), payload.get("api_version")
    if type(created) is not int or not 0 <= created <= _LAST_SECOND:  # type(): True is an int too
        raise BadEvent("created is not a moment")
    if not isinstance(livemode, bool) or not (version is None or isinstance(version, str)):
        raise BadEvent("livemode or api_version has the wrong type")
    return Event(
        id=_string(payload.get("id"), "id"),
        type=_string(payload.get("type"), "type"),
        livemode=livemode,
        api_version=version,
        created=created,
        object_id=_string(inner["id"], "object id") if inner.get("id") is not None else "",
        object_type=_string(inner.get("object"), "object type"),
        payload=payload,
    )


def _string(value: object, name: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 255:
        raise BadEvent(f"{name} is not a short text")
    return value
