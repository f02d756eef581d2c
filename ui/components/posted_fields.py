"""What a plain HTML form sends."""

from __future__ import annotations

from urllib.parse import parse_qs

from fastapi import Request


async def posted_fields(request: Request) -> dict[str, list[str]]:
    """The fields of a posted HTML form."""
    text = (await request.body()).decode("utf-8", "replace")
    return parse_qs(text, max_num_fields=300)
