"""Operator commands in a second terminal: they find the stores of DATA_DIR, or start them for as long as the command runs.

Whatever is wrong is said in one sentence. The traceback of what nobody foresaw goes to DATA_DIR/logs/commands.log.
Every process of Serenade comes by here: what only operator commands need is imported where it is needed.
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

OPERATOR_COMMANDS = {
    "backup",
    "bounced",
    "doctor",
    "evidence",
    "export",
    "forget",
    "grant",
    "migrate",
    "reconcile",
    "refund",
    "restore",
    "signout",
}
COULD_NOT_RUN = 2  # the exit code; `doctor` and `reconcile` say 1 when they found something
_MAIN = Path(__file__).parent.parent / "main.py"


def run_command(arguments: Sequence[str], command: Callable[[], int], first: Callable[[], None] | None = None) -> int:
    """The exit code of one command of main.py. Operator commands get their stores first; before that, `first` is done.

    `bounced` always ends with 0: a mail server must never bounce a bounce.
    """
    os.umask(os.umask(0o077) | 0o022)  # what customers wrote is nobody else's to change, even where files may be everybody's
    try:
        import settings  # noqa: F401 read here, so that what is wrong with it is told whatever the command
        from embedded.programs import StoreError
    except ValueError as problem:  # SettingsError, whose own module did not come up
        return _cannot_start(arguments[0], str(problem), 1)
    except OSError as error:  # what is made on first use and kept in DATA_DIR
        return _cannot_start(
            arguments[0], f"DATA_DIR cannot be used: {': '.join(filter(None, (error.strerror, error.filename)))}.", 1
        )
    except ImportError as error:
        return _cannot_start(arguments[0], _about_import(error), 1)
    if first:
        first()
    try:
        return _with_stores(arguments, command) if arguments[0] in OPERATOR_COMMANDS else command()
    except StoreError as problem:
        return _end(arguments[0], str(problem), COULD_NOT_RUN)
    except ImportError as error:
        return _cannot_start(arguments[0], _about_import(error), COULD_NOT_RUN)


def _cannot_start(name: str, problem: str, code: int) -> int:
    return _end(name, f"Serenade cannot start:\n{problem}", code)


def _end(name: str, problem: str, code: int) -> int:
    sys.stderr.write(f"{problem}\n")
    return 0 if name == "bounced" else code


def _about_import(error: ImportError) -> str:
    """A package that is missing or was built for another system."""
    from embedded.platforms import why_unsupported

    first = str(error).partition("\n")[0]
    if isinstance(error, ModuleNotFoundError) and not why_unsupported():
        return f"A package is missing ({first}): run `make setup`."
    return (
        why_unsupported()
        or f"A package cannot be loaded here ({first}): delete .venv and run `make setup`; docs/platforms.md says more."
    )


def _with_stores(arguments: Sequence[str], command: Callable[[], int]) -> int:
    """Here, where both URLs are known; else once more in a process that knows them, since settings are read once."""
    from embedded import places
    from embedded.attached_stores import stores_of
    from embedded.programs import StoreError
    from settings import settings

    if settings.database_url and settings.redis_url:
        return _in_sentences(arguments[0], command, settings.database_url, settings.data_dir)
    wanted = {name for name in ("DATABASE_URL", "REDIS_URL") if not getattr(settings, name.lower())}
    with contextlib.ExitStack() as stack:
        found = stores_of(settings.data_dir, wanted, stack)
        if settings.is_sandbox and arguments[0] in ("refund", "reconcile") and places.owner(settings.data_dir) == os.getpid():
            raise StoreError("The payment sandbox is a part of the web process, which does not run: `make run` first.")
        environment = {**found, **os.environ, **{name: found[name] for name in wanted}}
        code = subprocess.run([sys.executable, str(_MAIN), *arguments], env=environment).returncode  # noqa: S603 our own program
        if arguments[0] == "doctor" and "DATABASE_URL" in wanted and code != COULD_NOT_RUN:
            _say_what_is_not_given(settings.data_dir)
        return code


def _say_what_is_not_given(data_dir: Path) -> None:
    """A doctor in another environment examines another shop: better said than wondered about."""
    from embedded import places
    from embedded.addresses import given_elsewhere

    owner = places.owner(data_dir)
    if owner and (missing := sorted(given_elsewhere(data_dir, owner))):
        sys.stderr.write(
            f"The Serenade that runs was given {', '.join(missing)}: set the same here, or it is not what is examined.\n"
        )


def _in_sentences(name: str, command: Callable[[], int], database_url: str, data_dir: Path) -> int:
    """Run it on stores that are there. Raises StoreError in place of everything else."""
    from embedded.complaints import complaint_about, refuse_wrong_database
    from embedded.programs import StoreError

    refuse_wrong_database(database_url, None if name in ("migrate", "restore") else _MAIN.parent / "migrations")
    try:
        return command()
    except Exception as error:
        raise StoreError(f"{name}: {complaint_about(error)} {_keep_traceback(data_dir)}") from None


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
