"""Where a payment page may be: the only addresses that customers are sent to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

STRIPE_API, STRIPE_PAGES = "https://api.stripe.com", "checkout.stripe.com"
_A_NAME = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]+)")  # never an address in numbers


@dataclass(frozen=True)
class HostedPages:
    """The pages of one account.

    `origin`: a sandbox's, which are there and nowhere else. Without one they are Stripe's: at `checkout.stripe.com`, or at the
    account's custom domain ("If you're using Custom Domains, the URL will use your subdomain": `Session.url` in Stripe's API),
    which is whatever host an answer from `api_base` names, if that is Stripe's, or else one of `hosts`.
    """

    api_base: str = STRIPE_API
    origin: str = ""
    hosts: tuple[str, ...] = ()

    def why_not(self, url: str) -> str | None:
        """Why nobody is sent to this address, or None. Names its host and nothing else of it."""
        if not re.fullmatch(r"[!-\[\]-~]+", url):  # browsers drop control characters, and take a backslash for a slash
            return "its address has characters that no address has"
        parts = urlsplit(url)
        if self.origin:
            return None if f"{parts.scheme}://{parts.netloc}" == self.origin else f"it is not at {self.origin}"
        host = parts.netloc.lower()  # a port or a user name in it is no name
        if parts.scheme != "https" or not _A_NAME.fullmatch(host):
            return "it is no https:// address of a named host"
        if host == STRIPE_PAGES or host in self.hosts or (self.api_base == STRIPE_API and not self.hosts):
            return None
        return f"it is at {host[:80]}, which STRIPE_CHECKOUT_HOSTS does not name"
