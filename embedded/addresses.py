"""Where the stores of a running `make run` are: written by the supervisor, read by operator commands in another terminal."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from embedded.stores import Stores

_FILE = "stores.json"


def publish_addresses(data_dir: Path, stores: Stores, env: Mapping[str, str]) -> None:
    """Write the embedded stores' URLs, and host and port of the web process, where the payment sandbox is reached.

    URLs that the environment gave stay out of the file: they hold passwords. Nobody has to remove it: `published` believes
    it only while the process that wrote it holds the data directory.
    """
    if stores.lock is None:  # nothing is embedded
        return
    found = {
        "DATABASE_URL": stores.database_url,
        "REDIS_URL": stores.redis_url,
        "HOST": env.get("HOST", ""),
        "PORT": env.get("PORT", ""),
    }
    from settings import settings  # here, as whoever only supervises needs none

    unfinished = data_dir / f"{_FILE}.new"
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        environment = {name: value for name, value in found.items() if value}
        json.dump({"pid": os.getpid(), "environment": environment, "given": sorted(settings.given)}, file)
    unfinished.replace(data_dir / _FILE)


def published(data_dir: Path, owner: int) -> dict[str, str] | None:
    """The environment that leads to the stores of the supervisor `owner`; None while it has not said that they are ready."""
    try:
        return dict(_told(data_dir, owner)["environment"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def given_elsewhere(data_dir: Path, owner: int) -> set[str]:
    """The settings that the supervisor `owner` was given and this process was not, by name; those it passes on are left out."""
    from settings import settings

    try:
        return set(_told(data_dir, owner)["given"]) - settings.given - {"DATA_DIR", "DATABASE_URL", "REDIS_URL", "HOST", "PORT"}
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return set()


def _told(data_dir: Path, owner: int) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((data_dir / _FILE).read_text())
    if told["pid"] != owner:
        raise ValueError("it was written by another process")
    return told
