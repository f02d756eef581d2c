"""Downloads: https from an allowed host, checked again where the socket opens, at most three redirects, capped."""

from __future__ import annotations

import re
import time
from urllib.parse import urljoin, urlsplit

import requests

from integrations.music import MusicError, Reason
from integrations.music.sockets import NotPublicError, Sockets

MOST_AUDIO_BYTES = 60_000_000
_DEADLINE = 60.0
REDIRECTS = 3


class RefusedHostError(MusicError):
    """The file is on a host that we do not fetch from. Costs no attempt: a setting may be wrong."""


def download(url: str, hosts: str, *, private: str = "", headers: dict[str, str] | None = None) -> bytes:
    """The bytes behind `url`. `hosts` as in settings; `private` is the one origin that may be unencrypted and not public.

    `headers` (with a key, say) go to `private` only. Raises MusicError.
    """
    until = time.monotonic() + _DEADLINE
    for _ in range(REDIRECTS + 1):
        own = bool(private) and _origin(url) == _origin(private)
        if not own:
            _check(url, hosts)
        with Sockets(max(until - time.monotonic(), 0.1), public_only=not own) as session:
            try:
                with session.get(
                    url, headers=headers if own else None, stream=True, timeout=(5, 15), allow_redirects=False
                ) as answer:
                    if answer.status_code in (301, 302, 303, 307, 308):
                        url = urljoin(url, answer.headers.get("Location", ""))
                        continue
                    return _content(answer, until)
            except MusicError:
                raise
            except Exception as error:
                if _is_not_public(error):
                    raise RefusedHostError(Reason.PROVIDER_BUG, "the file's host is not a public one") from None
                raise MusicError(Reason.TRANSIENT, f"download: {error.__class__.__name__}") from None
    raise MusicError(Reason.PROVIDER_BUG, "too many redirects")


def _content(answer: requests.Response, until: float) -> bytes:
    if answer.status_code in (404, 410):
        raise MusicError(Reason.PROVIDER_BUG, f"download: HTTP {answer.status_code}")
    if answer.status_code != 200 and not _is_whole(answer):
        raise MusicError(Reason.TRANSIENT, f"download: HTTP {answer.status_code}")
    length = answer.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > MOST_AUDIO_BYTES:
        raise MusicError(Reason.PROVIDER_BUG, "the file is too large")
    content = bytearray()
    for piece in answer.raw.stream(131_072, decode_content=True):
        content += piece
        if len(content) > MOST_AUDIO_BYTES:
            raise MusicError(Reason.PROVIDER_BUG, "the file is too large")
        if time.monotonic() > until:
            raise MusicError(Reason.TRANSIENT, "download: too slow")
    packed = (
        answer.headers.get("Content-Encoding", "identity").lower() != "identity"
    )  # then it is the length of the packed bytes
    if length.isdigit() and not packed and len(content) < int(length):
        raise MusicError(Reason.TRANSIENT, "download: cut short")
    return bytes(content)


def _is_whole(answer: requests.Response) -> bool:
    """Some stores answer 206 to a request without a range: whole, where the range says so."""
    found = re.fullmatch(r"bytes 0-(\d+)/(\d+)", answer.headers.get("Content-Range", ""))
    return answer.status_code == 206 and found is not None and int(found[1]) + 1 == int(found[2])


def _check(url: str, hosts: str) -> None:
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip(".").lower(), parts.port
    except ValueError:
        raise RefusedHostError(Reason.PROVIDER_BUG, "not a URL") from None
    if parts.scheme != "https" or port not in (None, 443) or parts.username is not None or not host:
        raise RefusedHostError(Reason.PROVIDER_BUG, "not a plain https URL")
    allowed = [one.strip().lower() for one in hosts.split(",") if one.strip()]
    if "*" not in allowed and not any(host == one or host.endswith("." + one) for one in allowed):
        raise RefusedHostError(Reason.PROVIDER_BUG, f"{host[:100]} is not among the provider's AUDIO_HOSTS")


def _origin(url: str) -> tuple[str, str, int | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port
    except ValueError:
        return "", "", None


def _is_not_public(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, NotPublicError):
            return True
        error = error.__cause__ or error.__context__
    return False
