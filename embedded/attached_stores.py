"""The stores of an operator command: those of the running `make run`, or some that run for as long as the command does."""

from __future__ import annotations

import contextlib
import sys
import time
from pathlib import Path

from embedded import places
from embedded.addresses import published
from embedded.programs import AlreadyRunningError, StoreError
from embedded.stores import start_stores

_PATIENCE = 60.0  # seconds until a `make run` that holds the data directory must have its stores up and migrated


def stores_of(data_dir: Path, wanted: set[str], stack: contextlib.ExitStack) -> dict[str, str]:
    """The environment that leads to the running stores, or to stores that stop with `stack`. Raises StoreError."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        owner = places.owner(data_dir)
        if owner is None:
            with contextlib.suppress(AlreadyRunningError):  # somebody was faster: look again
                return _started(data_dir, wanted, stack)
        elif found := published(data_dir, owner):
            if missing := wanted - set(found):
                raise StoreError(
                    f"The Serenade that runs on {data_dir} was given its {' and '.join(sorted(missing))}: set the same here."
                )
            return found
        time.sleep(0.1)  # `make run` is still starting, or another command has the stores to itself
    raise StoreError(f"Another process holds {data_dir} and its stores are not ready after {_PATIENCE:.0f} s: try again.")


def _started(data_dir: Path, wanted: set[str], stack: contextlib.ExitStack) -> dict[str, str]:
    """Stores for the length of one command, said so: nobody shall work on the wrong data unknowingly."""
    if "DATABASE_URL" in wanted and not any((data_dir / name).exists() for name in ("pg", "pg.place")):
        raise StoreError(
            f"There is no database in {data_dir}: `make run` first, or set the DATA_DIR or DATABASE_URL of the one that runs."
        )
    stores = start_stores(data_dir, "DATABASE_URL" in wanted, "REDIS_URL" in wanted)
    stack.callback(stores.stop)
    sys.stderr.write(f"Nothing runs on {data_dir}: its stores are started for this command.\n")
    return {"DATABASE_URL": stores.database_url, "REDIS_URL": stores.redis_url}
