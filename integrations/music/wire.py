"""HTTP as the adapters need it: a total deadline, a byte cap, no redirects, and a submit that is never sent twice."""

from __future__ import annotations

import email.utils
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NameResolutionError, NewConnectionError

from integrations.music import MusicError, Reason
from integrations.music.sockets import Sockets

_CONNECT, _READ = 5.0, 20.0
_DEADLINE = 30.0
_MOST = 5_000_000
QUOTA = re.compile(r"quota|balance|credit|insufficient|billing", re.I)
MODERATED = re.compile(r"moderat|sensitive|artist.name|prohibited|copyright|policy|inappropriate|bad_prompt", re.I)


def read_json(content: object) -> Any:
    """A vendor's JSON of any type; None where it cannot be parsed."""
    try:
        return json.loads(content)  # type: ignore[arg-type] # whatever it is
    except (TypeError, ValueError, RecursionError):
        return None


@dataclass(frozen=True)
class HttpAnswer:
    """A complete HTTP response."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    submits: bool

    def json(self) -> dict[str, Any]:
        """The object in it. Anything else is a bug of the vendor's; after a submit it leaves open whether work started."""
        found = read_json(self.content)
        if isinstance(found, dict):
            return found
        raise MusicError(
            Reason.SUBMIT_UNCERTAIN if self.submits else Reason.PROVIDER_BUG, f"HTTP {self.status} without a JSON object"
        )

    @property
    def retry_after(self) -> float | None:
        """Seconds, from either form of the header; at most an hour."""
        text = self.headers.get("Retry-After", "")
        if text.isascii() and text.isdigit():
            return min(float(text), 3600.0)
        try:
            return min(max(email.utils.parsedate_to_datetime(text).timestamp() - time.time(), 0.0), 3600.0)
        except ValueError:
            return None


def _content(answer: requests.Response, until: float, most: int, submits: bool) -> bytes:
    content = bytearray()
    for piece in answer.raw.stream(65_536, decode_content=True):
        content += piece
        if time.monotonic() > until or len(content) > most:
            raise _cut(submits, "too slow" if len(content) <= most else "too long")
    return bytes(content)


def _no_netrc(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Without an `auth` of ours, a .netrc of the machine would replace our key."""
    return request


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: Mapping[str, Any] | None = None,
    params: Mapping[str, str] | None = None,
    fields: Mapping[str, str] | None = None,
    file: tuple[str, bytes, str] | None = None,
    submits: bool = False,
    seconds: float = _DEADLINE,
    read: float = _READ,
    most: int = _MOST,
) -> HttpAnswer:
    """One request, one attempt. Raises MusicError: TRANSIENT if nothing was sent or it only read, else SUBMIT_UNCERTAIN.

    `file` (name, content, media type) goes as the part "file" of a multipart form, with `fields` beside it.
    """
    until = time.monotonic() + seconds
    options: dict[str, Any] = {
        "headers": headers,
        "json": body,
        "data": fields,
        "files": {"file": file} if file else None,
        "params": params,
    }
    options |= {"timeout": (_CONNECT, min(read, seconds)), "allow_redirects": False, "stream": True, "auth": _no_netrc}
    try:
        with Sockets(seconds) as session, session.request(method, url, **options) as answer:
            whole = HttpAnswer(answer.status_code, answer.headers, _content(answer, until, most, submits), submits)
    except MusicError:
        raise
    except Exception as error:  # requests' and urllib3's own, and what broken bytes make them raise
        if isinstance(error, requests.RequestException) and never_sent(error):
            raise MusicError(Reason.TRANSIENT, "not reachable") from None
        raise _cut(submits, error.__class__.__name__) from None
    if 300 <= whole.status < 400:
        raise MusicError(Reason.PROVIDER_BUG, f"HTTP {whole.status}: a redirect where none belongs")
    return whole


def never_sent(error: requests.RequestException) -> bool:
    """True only where no connection was made. A ConnectionError alone does not prove that; if unsure, it counts as sent."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    if isinstance(cause, MaxRetryError):
        cause = cause.reason
    return isinstance(cause, (NewConnectionError, NameResolutionError, ConnectTimeoutError))


def _cut(submits: bool, why: str) -> MusicError:
    return MusicError(Reason.SUBMIT_UNCERTAIN if submits else Reason.TRANSIENT, why)


def provider_refusal(answer: HttpAnswer) -> MusicError:
    """What an HTTP error status means where the vendor has no table of its own."""
    text = answer.content[:2000].decode("utf-8", "replace")
    detail = f"HTTP {answer.status}"
    match answer.status:
        case 401 | 403:
            reason = Reason.OUT_OF_CREDIT if QUOTA.search(text) else Reason.AUTH
        case 402:
            reason = Reason.OUT_OF_CREDIT
        case 429:
            reason = Reason.OUT_OF_CREDIT if QUOTA.search(text) else Reason.RATE_LIMITED
        case 404 | 410:
            reason = Reason.BAD_REQUEST if answer.submits else Reason.LOST
        case status if 400 <= status < 500:
            reason = Reason.MODERATION if MODERATED.search(text) else Reason.BAD_REQUEST
        case 503:
            reason = Reason.TRANSIENT
        case status if status >= 500:
            stated = text.lstrip().startswith("{") and status not in (502, 504)
            reason = Reason.TRANSIENT if stated or not answer.submits else Reason.SUBMIT_UNCERTAIN
        case _:
            reason = Reason.PROVIDER_BUG
    return MusicError(reason, detail, answer.retry_after)
