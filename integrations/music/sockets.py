"""A session with a total deadline: all sockets are shut then, however slowly data arrives; on request public addresses only."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
from types import TracebackType
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class NotPublicError(Exception):
    """The name resolves to an address that is not public."""


def public_address(text: str) -> bool:
    """Whether an IP address is public: not private, loopback, link-local, carrier NAT, multicast, mapped."""
    address = ipaddress.ip_address(text.split("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return address.is_global and not address.is_multicast


class Sockets:
    """`with Sockets(30) as session:` gives a plain requests session, without any retry, that is over after 30 seconds.

    The timeouts of requests bound each read of a socket, not the call: two bytes a second pass them for ever.
    """

    def __init__(self, seconds: float, *, public_only: bool = False) -> None:
        self.seconds, self.public_only = seconds, public_only
        self.opened: list[HTTPConnection] = []
        self.done = threading.Event()

    def __enter__(self) -> requests.Session:
        session = requests.Session()
        adapter = _Adapter(self)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        if self.public_only:
            session.trust_env = False  # a proxy would resolve names for itself
        self.session = session
        threading.Thread(target=self._watch, daemon=True).start()
        return session

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.done.set()
        self.session.close()

    def _watch(self) -> None:
        pause = self.seconds
        while not self.done.wait(pause):
            for connection in self.opened:
                with contextlib.suppress(OSError, AttributeError, TypeError):
                    socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)  # None: suppressed
            pause = 0.2


class _Watched:
    """Registers its socket with the session; connects only to public addresses where that is asked."""

    sockets: Sockets
    port: int
    timeout: Any
    _dns_host: str

    def _new_conn(self) -> socket.socket:
        self.sockets.opened.append(self)  # type: ignore[arg-type] # a mixin: it is one
        if not self.sockets.public_only:
            return super()._new_conn()  # type: ignore[misc, no-any-return] # the connection's own
        # Resolved once, checked, and then connected to exactly that address: so DNS rebinding cannot change it in between.
        found = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        if not found or not all(public_address(str(place[4][0])) for place in found):
            raise NotPublicError
        family, kind, protocol, _, address = found[0]
        opened = socket.socket(family, kind, protocol)
        opened.settimeout(self.timeout if isinstance(self.timeout, (int, float)) else 5)
        try:
            opened.connect(address)
        except OSError:
            opened.close()
            raise
        return opened


class _Adapter(HTTPAdapter):
    def __init__(self, sockets: Sockets) -> None:
        self.sockets = sockets
        super().__init__(max_retries=0)

    def init_poolmanager(self, *arguments: Any, **more: Any) -> None:
        super().init_poolmanager(*arguments, **more)

        class Plain(_Watched, HTTPConnection):
            sockets = self.sockets

        class Safe(_Watched, HTTPSConnection):
            sockets = self.sockets

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SafePool(HTTPSConnectionPool):
            ConnectionCls = Safe

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SafePool}
