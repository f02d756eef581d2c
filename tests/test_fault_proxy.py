"""The proxy that `make chaos-faults` hurts every wire with: each mode does what its name says, until it is switched off."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Iterator

import pytest

from tests.support.fault_proxy import DELAY, Wire, Wires
from tests.support.stack import free_port

ASK, ANSWER = b"q" * 40, b"answer, " * 5


class _Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        while self.request.recv(100):
            self.request.sendall(ANSWER)


@pytest.fixture
def wire() -> Iterator[Wire]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Echo) as server, Wires() as wires:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield wires.lay("echo", ("127.0.0.1", int(server.server_address[1])), free_port())
        server.shutdown()


def dial(wire: Wire, wait: float = 5.0) -> socket.socket:
    return socket.create_connection(("127.0.0.1", wire.port), timeout=wait)


def ask(link: socket.socket) -> bytes:
    """What comes back until the answer is whole or the connection ends."""
    link.sendall(ASK)
    got = b""
    while len(got) < len(ANSWER) and (piece := link.recv(1000)):
        got += piece
    return got


def test_it_passes_everything(wire: Wire) -> None:
    with dial(wire) as link:
        assert [ask(link), ask(link)] == [ANSWER, ANSWER]


def test_nobody_listens_while_it_refuses_and_what_was_open_is_reset(wire: Wire) -> None:
    with dial(wire) as open_before:
        ask(open_before)
        wire.switch("refuse")
        with pytest.raises(ConnectionError):
            dial(wire)
        with pytest.raises(ConnectionError):
            ask(open_before)
    wire.switch("pass")
    with dial(wire) as link:
        assert ask(link) == ANSWER


def test_while_it_hangs_it_takes_connections_and_says_nothing_and_then_goes_on(wire: Wire) -> None:
    with dial(wire) as before, dial(wire) as after:
        ask(before)
        wire.switch("hang")
        for link in (before, after, fresh := dial(wire)):
            link.settimeout(0.05)
            link.sendall(ASK)
            with pytest.raises(TimeoutError):
                link.recv(100)
        wire.switch("pass")
        for link in (before, after, fresh):
            link.settimeout(5)
            assert link.recv(100) == ANSWER
        fresh.close()


@pytest.mark.parametrize(("mode", "least"), [("delay", 2 * DELAY), ("drip", 0.2)])
def test_slow_is_slow_and_whole(wire: Wire, mode: str, least: float) -> None:
    wire.switch(mode)
    with dial(wire) as link:
        began = time.monotonic()
        assert ask(link) == ANSWER
        assert time.monotonic() - began >= least


def test_it_cuts_in_the_middle_of_an_answer(wire: Wire) -> None:
    with dial(wire) as link:
        ask(link)
        link.sendall(ASK)
        wire.switch("cut")
        link.sendall(ASK)
        got = b""
        while piece := link.recv(1000):
            got += piece
        assert len(got) < 2 * len(ANSWER)


def test_it_resets(wire: Wire) -> None:
    with dial(wire) as link:
        ask(link)
        wire.switch("reset")
        with pytest.raises(ConnectionError):
            ask(link)


def test_a_mode_that_is_none_is_refused_and_changes_nothing(wire: Wire) -> None:
    with pytest.raises(KeyError, match="burn"):
        wire.switch("burn")
    assert wire.mode == "pass"
