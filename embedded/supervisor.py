"""Keeps every process of `make run` running, and ends them all when it ends: the stores start first and stop last."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import time
import webbrowser
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from embedded.addresses import publish_addresses
from embedded.children import Guard
from embedded.interrupts import Interrupts, StopAsked
from embedded.listening import refuse_port
from embedded.programs import Command, Program, StoreError
from embedded.stores import Stores, start_stores

GRACE = 1.5  # seconds from stop to kill; every job survives a kill, so there is no need to wait longer
_BACKOFF = (0.1, 0.5, 1.0)  # seconds before the second, third and every later try


@dataclass
class _Watch:
    """What the supervisor knows about one program."""

    program: Program
    started_at: float  # monotonic seconds
    young_seconds: float  # an exit within so many seconds of the start counts as an early one
    early_exits: int = 0
    again_at: float | None = None


def supervise(
    children: Mapping[str, Command],
    env: Mapping[str, str],
    *,
    data_dir: Path,
    first: Mapping[str, Command] | None = None,
    meanwhile: Callable[[str, str], None] = lambda database_url, redis_url: None,
    url: str = "",
    probe_url: str = "",
    opens_browser: bool = False,
    listens: tuple[str, int] | None = None,
    young_seconds: float = 5.0,
) -> int:
    """Run the stores that env does not name, then `first` (to its end, one by one), then the children until a signal.

    `meanwhile` is called with both URLs while the stores start. Children get env with DATABASE_URL and REDIS_URL. `listens`:
    host and port that must be free. `url` is announced once `probe_url` (default: url) answers with 200 at /healthz. An exit
    within `young_seconds` of its start is an early one. Returns 0 after a wanted stop, 1 after three early ones or no start.
    """
    with Interrupts() as interrupts:
        guard, stores, programs = Guard(), None, list[Program]()
        wanted, told = (not env.get("DATABASE_URL"), not env.get("REDIS_URL")), partial(_tell_urls, env, meanwhile)
        try:
            stores = start_stores(data_dir, *wanted, guard=guard, pause=interrupts.pause, meanwhile=told)
            if listens:
                refuse_port(*listens)
            env = _with_stores(env, stores)
            _run_first(guard, [Program(name, command, env) for name, command in (first or {}).items()], programs, interrupts)
            publish_addresses(data_dir, stores, env)
            _start_children(guard, programs, children, env)
            watches = [_Watch(program, time.monotonic(), young_seconds) for program in (*stores.programs, *programs)]
            _watch(guard, watches, interrupts, url, probe_url or url, opens_browser)
        except StopAsked:
            _say("Stopping.")
            return 0
        except StoreError as error:
            _say(str(error))
            return 1
        finally:
            _stop(guard, programs, stores, interrupts)


def _with_stores(env: Mapping[str, str], stores: Stores) -> dict[str, str]:
    """The children's environment, with the stores that were started here; says what is up."""
    for program in stores.programs:
        _say(f"{program.name} is up, data in {stores.kept_in[program.name]}")
    database, redis = _urls(env, stores)
    return {**env, "DATABASE_URL": database, "REDIS_URL": redis}


def _tell_urls(env: Mapping[str, str], meanwhile: Callable[[str, str], None], stores: Stores) -> None:
    meanwhile(*_urls(env, stores))


def _urls(env: Mapping[str, str], stores: Stores) -> tuple[str, str]:
    return env.get("DATABASE_URL") or stores.database_url, env.get("REDIS_URL") or stores.redis_url


def _start_children(guard: Guard, programs: list[Program], children: Mapping[str, Command], env: Mapping[str, str]) -> None:
    for name, argv in children.items():
        programs.append(Program(name, argv, env))
        guard.start(programs[-1])
    _say(f"Started {', '.join(children)}. Ctrl-C stops everything.")


def _run_first(guard: Guard, first: Sequence[Program], programs: list[Program], interrupts: Interrupts) -> None:
    """Run each to its end; raises StoreError unless it ends well."""
    for program in first:
        programs.append(program)
        guard.start(program)
        while program.is_running:
            interrupts.pause(1.0)
        if program.exit_code != 0:
            raise StoreError(f"{program.name} failed (exit {program.exit_code}); nothing else was started.")
        programs.remove(program)
        guard.exited(program)


def _watch(
    guard: Guard, watches: Sequence[_Watch], interrupts: Interrupts, url: str, probe_url: str, opens_browser: bool = False
) -> NoReturn:
    """Restart programs that exit. Ends only with StopAsked (a signal) or StoreError (given up)."""
    while True:
        for watch in watches:
            _look_after(guard, watch)
        if url and _answers(probe_url):
            _say(f"Serenade is ready at {url}")
            if opens_browser:
                _open(url)
            url = ""
        waiting = [watch.again_at - time.monotonic() for watch in watches if watch.again_at is not None]
        interrupts.pause(max(0.0, min([*waiting, 0.05 if url else 60.0])))


def _look_after(guard: Guard, watch: _Watch) -> None:
    """Check one program: schedule its restart when it has exited, or restart it when that is due."""
    program, now = watch.program, time.monotonic()
    if program.process and not program.is_running:
        code = program.exit_code
        guard.exited(program)
        watch.early_exits = watch.early_exits + 1 if now - watch.started_at < watch.young_seconds else 1
        if watch.early_exits >= program.lives:
            raise StoreError(
                f"{program.name} died {program.lives} times in a row (exit {code}); giving up.\n{program.log_tail()}".rstrip()
            )
        _say(f"{program.name} died (exit {code}); starting it again.")
        watch.again_at = now + _BACKOFF[min(watch.early_exits, len(_BACKOFF)) - 1]
    if watch.again_at is not None and now >= watch.again_at:
        guard.start(program)
        watch.started_at, watch.again_at = now, None


def _stop(guard: Guard, programs: Sequence[Program], stores: Stores | None, interrupts: Interrupts) -> None:
    """Children first, then the stores, then the guard. A second Ctrl-C kills at once."""
    ignored = max(1, interrupts.stop_count)

    def is_urgent() -> bool:
        return interrupts.stop_count > ignored

    guard.stop(programs, GRACE, is_urgent)
    if stores:
        stores.stop(GRACE, is_urgent)
    guard.close()


def _answers(url: str) -> bool:
    """Whether GET /healthz is answered with 200, over a bare socket (an HTTP client would cost 10 MB)."""
    parts = urlsplit(url)
    address = (parts.hostname or "127.0.0.1", parts.port or 80)
    with contextlib.suppress(OSError), socket.create_connection(address, timeout=0.5) as link:
        link.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
        return link.recv(16).split(b" ")[1:2] == [b"200"]
    return False


def _open(url: str) -> None:
    """Open the page on a machine with a display; elsewhere the printed URL is enough."""
    if sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        webbrowser.open(url)


def _say(line: str) -> None:
    with contextlib.suppress(OSError, ValueError):  # the terminal may be closed
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
