"""What cannot be started is told in one sentence: HOST and PORT, a full disk, an old locale; `::` means IPv4 and IPv6."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from embedded import places
from embedded.attach import run_command
from embedded.listening import listening_socket, refuse_port
from embedded.programs import StoreError
from tests.support.stack import ROOT, free_port


def can(family: socket.AddressFamily, address: str) -> bool:
    try:
        with socket.socket(family) as probe:
            probe.bind((address, 0))
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not can(socket.AF_INET6, "::1"), reason="this machine has no IPv6")


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "localhost"])
def test_a_port_in_use_is_named_and_a_free_one_is_not(host: str) -> None:
    said = r"^Port \d+ is in use by another program: stop that one, or set PORT\.$"
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(StoreError, match=said):
        refuse_port(host, other.getsockname()[1])
    refuse_port(host, free_port())


@pytest.mark.parametrize(("host", "said"), [
    ("203.0.113.9", "HOST is 203.0.113.9, which is no address of this machine"),
    ("nowhere.invalid", "HOST is nowhere.invalid, a name that leads to no address"),
])  # fmt: skip
def test_a_host_of_somewhere_else_is_named(host: str, said: str) -> None:
    with pytest.raises(StoreError) as refused:
        refuse_port(host, free_port())
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize(("number", "said"), [
    (errno.EACCES, "This user may not listen on port 80"),
    (errno.EAFNOSUPPORT, "HOST is ::, and this machine has no IPv6: set HOST=0.0.0.0."),
    (errno.ENOBUFS, "The web process cannot listen on ::, port 80 (HOST, PORT): No buffer space available."),
])  # fmt: skip
def test_every_other_refusal_of_the_system_is_a_sentence_too(monkeypatch: pytest.MonkeyPatch, number: int, said: str) -> None:
    def refuse(*_: object, **__: object) -> socket.socket:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(socket, "socket", refuse)
    with pytest.raises(StoreError) as refused:
        refuse_port("::", 80)
    assert str(refused.value).startswith(said)


@needs_ipv6
def test_two_colons_listen_to_ipv4_as_well() -> None:
    port = free_port()
    refuse_port("::", port)
    mine = listening_socket("::", port)
    assert mine is not None
    with mine:
        for address in ("127.0.0.1", "::1"):
            socket.create_connection((address, port), 2).close()
        with pytest.raises(StoreError, match="is in use"):
            refuse_port("::", port)


def test_everything_else_is_left_to_the_web_server() -> None:
    assert [listening_socket(host, 1) for host in ("0.0.0.0", "127.0.0.1", "::1", "localhost")] == [None] * 4


def test_a_web_process_whose_port_is_taken_ends_with_that_sentence_alone(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        environment = {**os.environ, "PORT": str(other.getsockname()[1]), "DATA_DIR": str(tmp_path), "HOST": "127.0.0.1"}
        done = subprocess.run(
            [sys.executable, "main.py", "web"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
        )
    assert (done.returncode, done.stderr.count("\n"), "is in use by another program" in done.stderr) == (2, 1, True), (
        done.stderr
    )


def test_a_locale_of_old_changes_nothing(tmp_path: Path) -> None:
    """Without UTF-8 our own texts and the operator's names would be read as something else."""
    place = tmp_path / "dàta"
    odd = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "BRAND_NAME": "Café", "DATA_DIR": str(place)}
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")} | odd
    done = subprocess.run([sys.executable, "main.py", "doctor"], cwd=ROOT, env=environment, capture_output=True, timeout=60)
    assert f"There is no database in {place}".encode() in done.stderr, done.stderr


@pytest.mark.parametrize(("free", "has_database", "is_refused"), [
    (50_000_000, False, True),
    (50_000_000, True, False),
    (19_000_000, True, True),
    (101_000_000, False, False),
])  # fmt: skip
def test_a_full_disk_is_told_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, has_database: bool, is_refused: bool
) -> None:
    if has_database:
        (tmp_path / "pg").mkdir()
    monkeypatch.setattr(places.shutil, "disk_usage", lambda place: SimpleNamespace(free=free))
    said = ""
    try:
        places.refuse_full_disk(tmp_path)
    except StoreError as error:
        said = str(error)
    assert said.startswith(f"The disk of {tmp_path} has {free // 10**6} MB left") == is_refused


@pytest.mark.parametrize(("mine", "used"), [(0o000, 0o022), (0o022, 0o022), (0o077, 0o077), (0o002, 0o022)])
def test_no_umask_lets_others_write_what_customers_wrote(mine: int, used: int) -> None:
    seen: list[int] = []

    def look() -> int:
        seen.append(os.umask(0o022))
        return 0

    before = os.umask(mine)
    try:
        run_command(["web"], look)
    finally:
        os.umask(before)
    assert seen == [used]
