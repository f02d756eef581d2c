"""Headers as ASGI has them, for what every request passes: Starlette's own types cost as much as the rest of a middleware."""

from __future__ import annotations

from starlette.types import Message, Scope


def sent_header(scope: Scope, name: bytes) -> str:
    """The first header of this name (in lower case) that the client sent, or ''."""
    return next((value for one, value in scope["headers"] if one == name), b"").decode("latin-1")


def add_missing(message: Message, *headers: tuple[bytes, bytes]) -> None:
    """Give an answer those of these headers that it does not have yet."""
    have = {name for name, _ in message["headers"]}
    message["headers"] = [*message["headers"], *(one for one in headers if one[0] not in have)]
