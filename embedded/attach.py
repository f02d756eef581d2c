"""Operator commands in a second terminal: they find the stores of DATA_DIR, or start them for as long as the command runs.

Whatever is wrong is said in one sentence. The traceback of what nobody foresaw goes to DATA_DIR/logs/commands.log.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from embedded import places
from embedded.addresses import published
from embedded.programs import AlreadyRunningError, StoreError
from embedded.stores import Stores, start_stores

OPERATOR_COMMANDS = {"bounced", "doctor", "evidence", "export", "forget", "grant", "migrate", "reconcile", "refund"}
COULD_NOT_RUN = 2  # the exit code; `doctor` and `reconcile` say 1 when they found something
_MAIN = Path(__file__).parent.parent / "main.py"
_PATIENCE = 60.0  # seconds until a `make run` that holds the data directory must have its stores up and migrated


def run_command(arguments: Sequence[str], command: Callable[[], int]) -> int:
    """The exit code of one command of main.py. Operator commands get their stores first.

    `bounced` always ends with 0: a mail server must never bounce a bounce.
    """
    name = arguments[0]
    try:
        with contextlib.ExitStack() as stack:
            return _run(arguments, command, stack)
    except StoreError as problem:
        sys.stderr.write(f"{problem}\n")
        return 0 if name == "bounced" else COULD_NOT_RUN


def _run(arguments: Sequence[str], command: Callable[[], int], stack: contextlib.ExitStack) -> int:
    try:
        from settings import settings
    except ValueError as problem:  # SettingsError, whose own module did not come up
        sys.stderr.write(f"Serenade cannot start:\n{problem}\n")
        return 1
    if arguments[0] not in OPERATOR_COMMANDS:
        return command()
    if settings.database_url and settings.redis_url:
        return _in_sentences(arguments[0], command, settings.database_url, settings.data_dir)
    wanted = {name for name in ("DATABASE_URL", "REDIS_URL") if not getattr(settings, name.lower())}
    environment = _stores_of(settings.data_dir, wanted, stack)
    if settings.is_sandbox and arguments[0] in ("refund", "reconcile") and places.owner(settings.data_dir) == os.getpid():
        raise StoreError("The payment sandbox is a part of the web process, which does not run: `make run` first.")
    environment = {**environment, **os.environ, **{name: environment[name] for name in wanted}}
    argv = [sys.executable, str(_MAIN), *arguments]  # once more: settings are read once, and now they are complete
    return subprocess.run(argv, env=environment).returncode  # noqa: S603 our own program


def _stores_of(data_dir: Path, wanted: set[str], stack: contextlib.ExitStack) -> dict[str, str]:
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
    stores: Stores = start_stores(data_dir, "DATABASE_URL" in wanted, "REDIS_URL" in wanted)
    stack.callback(stores.stop)
    sys.stderr.write(f"Nothing runs on {data_dir}: its stores are started for this command.\n")
    return {"DATABASE_URL": stores.database_url, "REDIS_URL": stores.redis_url}


def _in_sentences(name: str, command: Callable[[], int], database_url: str, data_dir: Path) -> int:
    """Run it on stores that are there. Raises StoreError in place of everything else."""
    from embedded.complaints import about, refuse_wrong_database

    refuse_wrong_database(database_url, None if name == "migrate" else _MAIN.parent / "migrations")
    try:
        return command()
    except Exception as error:
        raise StoreError(f"{name}: {about(error)} {_keep_traceback(data_dir)}") from None


def _keep_traceback(data_dir: Path) -> str:
    """Called while the exception is being handled; says where its traceback is."""
    path = data_dir / "logs/commands.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as file:
            file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')}\n{traceback.format_exc()}\n")
    except OSError:
        return ""
    return f"(Details: {path})"
