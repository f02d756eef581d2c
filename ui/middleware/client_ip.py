"""The client's address, as rate limits count it, and whether another site's page made the browser send a request."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Scope

from settings import settings


def caller(scope: Scope) -> str:
    """The client's address; IPv6 counts as its /64, the usual block of one customer.

    X-Forwarded-For counts only from TRUSTED_PROXIES, and of it only the last hop that is not such a proxy: the client
    can write everything before that hop.
    """
    peer = (scope.get("client") or ("unknown", 0))[0]
    found = _address(peer)
    if found is None:
        return str(peer)
    if _is_trusted(found):
        for hop in reversed(",".join(Headers(scope=scope).getlist("x-forwarded-for")).split(",")):
            address = _hop(hop)
            if address is None:
                break
            if not _is_trusted(address):
                found = address
                break
    return str(found if isinstance(found, IPv4Address) else ip_network((found.packed, 64), strict=False).network_address)


# An address as proxies write it: bare, in quotes, in brackets, with a port (Azure's gateways do, IIS in front of a page too).
_HOP = re.compile(r'"?(?:\[(?P<v6>[0-9A-Fa-f:.%\w]+)\](?::\d{1,5})?|(?P<v4>[0-9.]+):\d{1,5}|(?P<bare>[^"\[\]]+))"?')


def _hop(text: str) -> IPv4Address | IPv6Address | None:
    """The address in one hop of X-Forwarded-For; None for `unknown`, `_hidden` and everything else that names nobody."""
    parts = _HOP.fullmatch(text.strip())
    return _address(parts["v6"] or parts["v4"] or parts["bare"]) if parts else None


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An IPv4 address that came through an IPv6 socket is an IPv4 address."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _is_trusted(address: IPv4Address | IPv6Address) -> bool:
    return any(address in network for network in settings.trusted_proxies)


def is_from_proxy(scope: Scope) -> bool:
    """Whether one of TRUSTED_PROXIES sent this: only then do headers about the client say more than a client could."""
    peer = _address((scope.get("client") or ("", 0))[0])
    return peer is not None and _is_trusted(peer)


def host_of(url: str) -> str:
    """The host and port in an address; '' for a malformed URL, such as `http://[`."""
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""


def is_cross_site(headers: Headers) -> bool:
    """True when a browser says that another site's page made it send this request.

    Sec-Fetch-Site is set by the browser; where it is missing (plain http on a network, older browsers) the Origin must
    match the host. Programs send neither header, and no cookie of somebody else.
    """
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if origin and origin == settings.public_url:
        return False
    if site:
        return site not in ("same-origin", "none")
    return bool(origin) and host_of(origin or "") != headers.get("host")


def is_from_our_page(request: Request) -> bool:
    """False for a form on somebody else's page. Our pages send no referrer, so old browsers may say Origin: null."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    host = host_of(request.headers.get("origin", ""))
    return bool(host) and host in (host_of(settings.public_url), request.headers.get("host"))
