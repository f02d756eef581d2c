"""Whether the web process can listen where HOST and PORT say: asked before it starts, answered in one sentence."""

from __future__ import annotations

import errno
import socket

from embedded.programs import StoreError


def refuse_port(host: str, port: int) -> None:
    """Raises StoreError, with what to change, unless somebody could listen there now."""
    try:
        places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError:
        raise StoreError(f"HOST is {host}, a name that leads to no address: set HOST to an address of this machine.") from None
    for family, kind, protocol, _, address in places:
        try:
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the web process will
                if family == socket.AF_INET6:
                    probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, host != "::")
                probe.bind(address)
        except OSError as error:
            raise StoreError(_why_not(error, host, port)) from None


def listening_socket(host: str, port: int) -> socket.socket | None:
    """For `::` one that IPv4 reaches too, as operators know it from other servers; None where uvicorn's own will do."""
    if host != "::" or not socket.has_dualstack_ipv6():
        return None
    return socket.create_server((host, port), family=socket.AF_INET6, backlog=2048, dualstack_ipv6=True)


def _why_not(error: OSError, host: str, port: int) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"Port {port} is in use by another program: stop that one, or set PORT."
        case errno.EACCES:
            return f"This user may not listen on port {port}: set PORT to 1024 or more, and let the proxy in front have {port}."
        case errno.EADDRNOTAVAIL:
            return (
                f"HOST is {host}, which is no address of this machine: set one that is, or 0.0.0.0 (all of IPv4), or :: (all)."
            )
        case errno.EAFNOSUPPORT:
            return f"HOST is {host}, and this machine has no IPv6: set HOST=0.0.0.0."
    return f"The web process cannot listen on {host}, port {port} (HOST, PORT): {error.strerror}."
