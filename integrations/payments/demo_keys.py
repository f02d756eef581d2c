"""The keys of the demo's own sandbox, derived from SECRET_KEY: nothing to configure, and nothing that Stripe would accept."""

from __future__ import annotations

import hashlib
import hmac

from settings import Settings

DEMO_PREFIX = "/demo/stripe"


def demo_key(settings: Settings) -> str:
    """The API key for the demo's sandbox."""
    return "sk_sandbox_demo" + _derived(settings, "key")[:24]


def demo_webhook_secret(settings: Settings) -> str:
    """The secret that the demo's sandbox signs its events with. The real webhook does not accept it."""
    return "whsec_" + _derived(settings, "webhook")


def _derived(settings: Settings, purpose: str) -> str:
    return hmac.new(settings.secret_key.encode(), b"demo sandbox " + purpose.encode(), hashlib.sha256).hexdigest()
