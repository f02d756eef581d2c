"""The sandbox: a stateful imitation of Stripe that the real SDK talks to over HTTP. No money moves.

Mount `sandbox_router(Sandbox(...))` where the sandbox's `page_base` says; settings' own is `sandbox_of(settings)`.
"""

from __future__ import annotations

from functools import cache

from fastapi import APIRouter

from integrations.payments.demo_keys import DEMO_PREFIX, demo_key, demo_webhook_secret
from integrations.payments.sandbox.api import api_router
from integrations.payments.sandbox.calls import noted
from integrations.payments.sandbox.dashboard import dashboard_router
from integrations.payments.sandbox.pay import pay_router
from integrations.payments.sandbox.stripe_sandbox import Sandbox
from settings import Settings, settings

__all__ = ["PREFIX", "Sandbox", "demo_sandbox", "demo_sandbox_router", "sandbox_of", "sandbox_router"]

PREFIX = "/sandbox/stripe"


def sandbox_router(sandbox: Sandbox) -> APIRouter:
    """The REST calls, the hosted page and the switches of one sandbox, under PREFIX."""
    router = APIRouter(prefix=PREFIX, dependencies=noted())
    router.include_router(dashboard_router(sandbox))
    router.include_router(pay_router(sandbox))
    router.include_router(api_router(sandbox))
    return router


def sandbox_of(settings: Settings) -> Sandbox:
    """The sandbox of `settings`. Raises RuntimeError in production and where the key is Stripe's own."""
    if settings.is_production or not settings.is_sandbox:
        raise RuntimeError("the sandbox does not run in production or with one of Stripe's keys")
    return Sandbox(
        data_dir=settings.data_dir,
        key=settings.stripe_secret_key,
        webhook_url=f"{settings.local_url}/api/stripe/webhook",
        webhook_secret=settings.webhook_secrets[0],
        page_base=settings.public_url + PREFIX,
        merchant=settings.brand_name,
    )


@cache
def demo_sandbox() -> Sandbox:
    """The demo's sandbox, also in production: its key works nowhere else, and no order is paid there."""
    return Sandbox(
        data_dir=settings.data_dir / "demo",
        key=demo_key(settings),
        webhook_url=f"{settings.local_url}/demo/webhook",
        webhook_secret=demo_webhook_secret(settings),
        page_base=settings.public_url + DEMO_PREFIX,
        merchant=settings.brand_name,
    )


def demo_sandbox_router() -> APIRouter:
    """The REST calls and the hosted page. No dashboard: it would show visitors each other's payments."""
    router = APIRouter(prefix=DEMO_PREFIX, dependencies=noted())
    router.include_router(pay_router(demo_sandbox()))
    router.include_router(api_router(demo_sandbox()))
    return router
