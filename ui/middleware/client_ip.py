"""The client's address, as rate limits count it, and whether another site's page made the browser send a request."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network
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
    if _is_trusted(peer):
        for hop in reversed(",".join(Headers(scope=scope).getlist("x-forwarded-for")).split(",")):
            if not _is_address(hop.strip()):
                break
            if not _is_trusted(hop.strip()):
                peer = hop.strip()
                break
    return _as_counted(peer)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_trusted(text: str) -> bool:
    return _is_address(text) and any(ip_address(text) in network for network in settings.trusted_proxies)


def _as_counted(text: str) -> str:
    if not _is_address(text):
        return text
    address = ip_address(text)
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network(f"{address}/64", strict=False).network_address)
    return text


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
