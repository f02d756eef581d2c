"""Stripe through its SDK: the four calls we make, with their responses validated."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from integrations.payments.answers import flag_in, paid_session, text_in, translated, whole_in
from integrations.payments.hosted_page import STRIPE_API, HostedPages
from integrations.payments.values import OpenedSession, PaidSession, PaymentsError, Refunded, SessionRequest

if TYPE_CHECKING:  # importing the SDK takes 0.2 s and 8 MB: processes that never pay do not
    import stripe

# The locales of the hosted page, as CheckoutSession.create of stripe 16.1 declares them.
LOCALES = """
bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hi-IN hr hu id it ja ko lt lv ms mt nb nl pl pt pt-BR ro ru sk sl
sv th tr vi zh zh-HK zh-TW
"""
_METADATA_LENGTH = 500  # of one value, https://docs.stripe.com/api/metadata


class Payments:
    """One Stripe account. Thread-safe; call it off the event loop: a call takes up to 2 x 13 s when Stripe hangs."""

    def __init__(
        self,
        api_key: str,
        api_base: str = STRIPE_API,
        page_origin: str = "",
        timeout: tuple[float, float] = (3, 10),
        page_hosts: tuple[str, ...] = (),
    ) -> None:
        """`page_origin`, `page_hosts`: see HostedPages; `timeout`: (connect, read) in seconds."""
        self._api_key, self._api_base, self._timeout = api_key, api_base, timeout
        self._pages = HostedPages(api_base, page_origin, page_hosts)
        self._client: stripe.StripeClient | None = None
        self._building = threading.Lock()

    @property
    def livemode(self) -> bool:
        """Whether our key moves real money. An object or event with another mode is not fulfilled."""
        return self._api_key.startswith(("sk_live_", "rk_live_"))

    def warm_up(self) -> None:
        """Load the SDK now (0.3 s), for a process whose forks will use it."""
        self._built_client()

    def open_session(self, request: SessionRequest) -> OpenedSession:
        """A new Checkout Session, or the same one again for the same idempotency key. Raises PaymentsError."""
        answer = self.ask(
            lambda client: client.v1.checkout.sessions.create(
                params=_session_params(request),  # type: ignore[arg-type]  # a TypedDict of 50 fields; the contract test checks ours
                options={"idempotency_key": request.idempotency_key},
            )
        )
        session_id, url = text_in(answer, "id"), text_in(answer, "url")
        try:
            self.check_page(url)
        except PaymentsError:
            with suppress(PaymentsError):  # it runs out by itself too
                self.expire_session(session_id)
            raise
        return OpenedSession(session_id, url, whole_in(answer, "expires_at"), flag_in(answer, "livemode"))

    def check_page(self, url: str) -> None:
        """Raises PaymentsError `page_refused` for an address that no customer is sent to."""
        if why := self._pages.why_not(url):
            raise PaymentsError("page_refused", why)

    def retrieve_session(self, session_id: str) -> PaidSession:
        """The session as it is now. Raises PaymentsError, `missing` also for a malformed id."""
        check_id(session_id, "cs_")
        return paid_session(self.ask(lambda client: client.v1.checkout.sessions.retrieve(session_id)))

    def expire_session(self, session_id: str) -> PaidSession:
        """Expire an open session, so that it cannot be paid any more. PaymentsError `not_open` when it was not open."""
        check_id(session_id, "cs_")
        try:
            return paid_session(self.ask(lambda client: client.v1.checkout.sessions.expire(session_id)))
        except PaymentsError as error:
            if error.reason == "rejected":  # Stripe has no error code for it, and no other reason to reject an expiry
                raise PaymentsError("not_open", error.detail) from error
            raise

    def refund(self, payment_intent_id: str, amount: int | None, idempotency_key: str) -> Refunded:
        """Refund `amount` minor units, or all that is left for None. Twice is harmless. Raises PaymentsError."""
        check_id(payment_intent_id, "pi_")
        params: dict[str, Any] = {"payment_intent": payment_intent_id}
        if amount is not None:
            params["amount"] = amount
        try:
            answer = self.ask(
                lambda client: client.v1.refunds.create(
                    params=params,  # type: ignore[arg-type]
                    options={"idempotency_key": idempotency_key},
                )
            )
        except PaymentsError as error:
            if error.reason == "rejected" and "charge_already_refunded" in error.detail:
                return Refunded(None, 0, "already_refunded")
            raise
        return Refunded(text_in(answer, "id"), whole_in(answer, "amount"), text_in(answer, "status"))

    def ask(self, ask: Callable[[stripe.StripeClient], Any]) -> dict[str, Any]:
        """One call through the SDK, as plain values. Raises PaymentsError."""
        client = self._built_client()
        import stripe

        try:
            answer = ask(client).to_dict()
        except stripe.StripeError as error:
            raise translated(error) from error
        except (AttributeError, TypeError, ValueError, KeyError) as error:  # a 200 whose body is no object
            raise PaymentsError("bad_answer", f"Stripe answered with something else than an object ({error})") from error
        if not isinstance(answer, dict):
            raise PaymentsError("bad_answer", "Stripe answered with something else than an object")
        return answer

    def _built_client(self) -> stripe.StripeClient:
        with self._building:
            if self._client is None:
                import requests
                import stripe

                stripe.enable_telemetry = False
                session = None
                if urlsplit(self._api_base).scheme == "http":  # the sandbox, wherever HOST lets the web process listen
                    session = requests.Session()
                    session.trust_env = False  # a proxy from the environment cannot reach our own machine
                self._client = stripe.StripeClient(
                    self._api_key,
                    base_addresses={"api": self._api_base},
                    http_client=stripe.RequestsClient(timeout=self._timeout, session=session),
                    max_network_retries=1,
                )
            return self._client


def _session_params(request: SessionRequest) -> dict[str, Any]:
    """The create parameters. Metadata holds ids only: no name and no story is sent to Stripe."""
    metadata = {"formId": request.form_id, "packageId": request.package_type, **_split(request.selected_task_ids)}
    if request.checkout_id:
        metadata["checkoutId"] = request.checkout_id
    price: dict[str, Any] = {
        "currency": request.currency,
        "unit_amount": request.amount,
        "product_data": {"name": request.label},
    }
    params: dict[str, Any] = {
        "mode": "payment",
        "line_items": [{"price_data": price, "quantity": 1}],
        "client_reference_id": request.form_id,
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata},
        "success_url": request.success_url,
        "cancel_url": request.cancel_url,
        "expires_at": request.expires_at,
        "locale": _locale(request.locale),
    }
    if request.automatic_tax:
        params["automatic_tax"] = {"enabled": True}
        price["tax_behavior"] = "inclusive"  # our prices include tax
    if request.promotion_codes:
        params["allow_promotion_codes"] = True
    if request.customer_email and request.customer_email.isascii():  # Stripe rejects other addresses
        params["customer_email"] = request.customer_email
    return params


def _split(selected_task_ids: Mapping[str, str]) -> dict[str, str]:
    """The selection as JSON under selectedTaskIds, selectedTaskIds_2, .. : a metadata value holds 500 characters."""
    text = json.dumps(dict(selected_task_ids), separators=(",", ":"))
    pieces = [text[start : start + _METADATA_LENGTH] for start in range(0, len(text), _METADATA_LENGTH)]
    return {"selectedTaskIds" if n == 1 else f"selectedTaskIds_{n}": piece for n, piece in enumerate(pieces, 1)}


def _locale(tag: str | None) -> str:
    """The closest locale of the hosted page; `auto` follows the browser."""
    by_lower = {locale.lower(): locale for locale in LOCALES.split()}
    wanted = (tag or "").replace("_", "-").lower()
    return by_lower.get(wanted) or by_lower.get(wanted.split("-")[0]) or "auto"


def check_id(value: str, prefix: str) -> None:
    """Raises PaymentsError `missing` for a malformed id: ids also come from URLs, and go into Stripe's paths."""
    if not re.fullmatch(prefix + r"[A-Za-z0-9_]{1,250}", value):
        raise PaymentsError("missing", f"not an id of the form {prefix}..")
