"""A log of all calls, for tests that check them against Stripe's contract: JSON lines in the file SANDBOX_CALL_LOG."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fastapi import Depends, Request


def noted() -> Sequence[Any]:
    """The logging dependency, where the environment names a file; else none."""
    name = os.environ.get("SANDBOX_CALL_LOG")
    if not name:
        return ()
    log = Path(name)

    async def note(request: Request) -> None:
        _, found, path = request.url.path.partition("/v1/")
        if found:
            write([request.method, f"/v1/{path}", request.url.query, (await request.body()).decode("utf-8", "replace")])

    def write(call: list[str]) -> None:
        with log.open("a") as lines:
            lines.write(json.dumps(call) + "\n")

    return [Depends(note)]
