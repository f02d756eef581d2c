"""The sandbox: our own stateful Stripe look-alike, which the real SDK talks to over HTTP. No money moves.

Mount `sandbox_router(Sandbox(...))` where the sandbox's `page_base` says; settings' own is `sandbox_of(settings)`.
"""

from __future__ import annotations

from fastapi import APIRouter

from integrations.payments.sandbox.api import api_router
from integrations.payments.sandbox.calls import noted
from integrations.payments.sandbox.dashboard import dashboard_router
from integrations.payments.sandbox.pay import pay_router
from integrations.payments.sandbox.stripe_sandbox import Sandbox
from settings import Settings

__all__ = ["PREFIX", "Sandbox", "sandbox_of", "sandbox_router"]

PREFIX = "/sandbox/stripe"


def sandbox_router(sandbox: Sandbox) -> APIRouter:
    """The REST calls, the hosted page and the switches of one sandbox, under PREFIX."""
    router = APIRouter(prefix=PREFIX, dependencies=noted())
    router.include_router(dashboard_router(sandbox))
    router.include_router(pay_router(sandbox))
    router.include_router(api_router(sandbox))
    return router


def sandbox_of(settings: Settings) -> Sandbox:
    """The one that `settings` describes. Raises RuntimeError in production and where the key is Stripe's own."""
    if settings.is_production or not settings.is_sandbox:
        raise RuntimeError("the sandbox takes no part in production and no key of Stripe's")
    return Sandbox(
        data_dir=settings.data_dir,
        key=settings.stripe_secret_key,
        webhook_url=f"{settings.local_url}/api/stripe/webhook",
        webhook_secret=settings.webhook_secrets[0],
        page_base=settings.public_url + PREFIX,
        merchant=settings.brand_name,
    )
