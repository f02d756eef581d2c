"""Where the stores of a running `make run` are: written by the supervisor, read by operator commands in another terminal."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from embedded.stores import Stores

_FILE = "stores.json"


def publish(data_dir: Path, stores: Stores, env: Mapping[str, str]) -> None:
    """Write the embedded stores' URLs, and the port of the web process, which the payment sandbox is reached at.

    URLs that the environment gave stay out of the file: they hold passwords. Nobody has to remove it: `published` believes
    it only while the process that wrote it holds the data directory.
    """
    if stores.lock is None:  # nothing is embedded
        return
    found = {"DATABASE_URL": stores.database_url, "REDIS_URL": stores.redis_url, "PORT": env.get("PORT", "")}
    unfinished = data_dir / f"{_FILE}.new"
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({"pid": os.getpid(), "environment": {name: value for name, value in found.items() if value}}, file)
    unfinished.replace(data_dir / _FILE)


def published(data_dir: Path, owner: int) -> dict[str, str] | None:
    """The environment that leads to the stores of the supervisor `owner`; None while it has not said that they are ready."""
    try:
        told = json.loads((data_dir / _FILE).read_text())
        return dict(told["environment"]) if told["pid"] == owner else None
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
