"""`make demo-data`: a sample order in every status, made by the product itself with real studio sound, to look at and to try.

Beside the running product (`make run`), over HTTP like any customer. Nobody is charged or emailed: it only works
on the sandbox, never in production. With SERVICE_TOKEN set it can also make an expired one.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import requests

from settings import settings

API = f"{settings.local_url}/api"

SENDER = {"senderName": "Alex (sample)", "senderEmail": "alex@example.com", "senderMessage": "A sample order. Turn it up."}
SONGS: tuple[dict[str, Any], ...] = (
    {
        "recipientName": "Mia",
        "relationship": "daughter",
        "theme": "birthday",
        "emotions": ["love", "pride"],
        "qualities": "kind, brave, stubborn",
        "favoriteMemory": "the night we missed the last train and walked home singing",
        "style": "bright-uplifting",
    },
    {
        "recipientName": "Rosa",
        "relationship": "grandmother",
        "theme": "thank-you",
        "emotions": ["gratitude"],
        "qualities": "patient and funny",
        "activitiesTogether": "dancing in the kitchen",
        "style": "soft-heartfelt",
    },
    {
        "recipientName": "Sam",
        "relationship": "best friend",
        "theme": "missing-you",
        "storySummary": "We shared a desk for ten years, and now you live by the sea.",
        "characteristics": "always late, and always with cake",
        "style": "folk-storytelling",
    },
)


def main() -> int:
    """Make one of each and print where they are."""
    if settings.is_production or not settings.is_sandbox:
        sys.stderr.write("Sample orders are only made on the sandbox, never in production.\n")
        return 2
    try:
        requests.get(f"{settings.local_url}/readyz", timeout=5).raise_for_status()
        requests.get(f"{settings.local_url}/sandbox/stripe/dashboard", timeout=5).raise_for_status()
    except requests.RequestException:
        sys.stderr.write(f"Start the product first (make run): none with a sandbox answers at {settings.local_url}.\n")
        return 1
    for name, make in ORDERS.items():
        form_id = make()
        status = _form(form_id).get("status", "expired")
        page = {"created": "create", "prompts_generated": "lyrics", "delivered": "success"}.get(status, "variations")
        sys.stdout.write(f"{name:26} {status:22} {settings.public_url}/compose/{page}?formId={form_id}\n")
        sys.stdout.flush()
    return 0


def draft() -> str:
    """A draft, half filled in."""
    return _create("solo-serenade", [{"recipientName": "Mia", "relationship": "daughter"}], draft=True)


def written() -> str:
    """The lyrics are there, and nobody has pressed *Make the song*."""
    return _once(_create("solo-serenade", [SONGS[0]]), "prompts_generated")


def being_made() -> str:
    """Nine variations on their way."""
    form_id = _create("holiday-hamper", [*SONGS])
    _call("POST", "/generate", {"formId": form_id})
    return form_id


def ready() -> str:
    """To listen to and choose from."""
    form_id = _create("solo-serenade", [SONGS[1]])
    _call("POST", "/generate", {"formId": form_id})
    return _once(form_id, "variations_ready")


def at_the_till() -> str:
    """Chosen, and the payment page is open."""
    form_id = ready()
    _till(form_id)
    return form_id


def slow_payment() -> str:
    """Paid by a way that takes days; the money is not there yet."""
    form_id = ready()
    _press(_till(form_id), "delayed")
    return form_id


def given() -> str:
    """Paid, wrapped and delivered: the gift page is there."""
    form_id = ready()
    _press(_till(form_id), "paid")
    return _once(form_id, "delivered")


def refunded() -> str:
    """Refunded."""
    form_id = given()
    paid = {"payment_intent": _form(form_id)["stripePaymentIntentId"]}
    headers = {"Authorization": f"Bearer {settings.stripe_secret_key}"}
    address = f"{settings.local_url}/sandbox/stripe/v1/refunds"
    requests.post(address, data=paid, headers=headers, timeout=30).raise_for_status()
    return _once(form_id, "refunded")


def over() -> str:
    """Expired: its week has passed."""
    form_id = draft()
    if settings.service_token:
        _call("PATCH", "/compose/forms", {"formId": form_id, "expiresAt": "2020-01-01T00:00:00Z"})
        _once(form_id, "expired", 60)
    return form_id


def _create(package: str, songs: list[dict[str, Any]], **more: Any) -> str:
    body = {"packageType": package, "formData": {**SENDER, "songs": songs}, **more}
    return str(_call("POST", "/compose/forms", body)["form"]["id"])


def _till(form_id: str) -> str:
    body = {"formId": form_id, "selectedVariations": {"0": 2}, "consent": True}
    return str(_call("POST", "/stripe/checkout", body)["url"]).replace(settings.public_url, settings.local_url)


def _press(address: str, outcome: str) -> None:
    requests.post(f"{address}/pay", data={"outcome": outcome}, allow_redirects=False, timeout=30).raise_for_status()


def _call(method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {settings.service_token}"} if settings.service_token else {}
    answer = requests.request(method, API + path, json=body, headers=headers, timeout=30)
    answer.raise_for_status()
    return dict(answer.json())


def _form(form_id: str) -> dict[str, Any]:
    """Empty once it is over."""
    answer = requests.get(f"{API}/compose/forms", params={"formId": form_id}, timeout=30)
    return dict(answer.json().get("form") or {})


def _once(form_id: str, status: str, seconds: float = 300) -> str:
    until = time.monotonic() + seconds
    while _form(form_id).get("status", "expired") != status:
        if time.monotonic() > until:
            raise SystemExit(f"{form_id} did not become {status} within {seconds:.0f} s")
        time.sleep(0.2)  # the product works in processes of its own
    return form_id


ORDERS: dict[str, Callable[[], str]] = {
    "half filled in": draft,
    "lyrics to read": written,
    "ready to choose from": ready,
    "at the till": at_the_till,
    "payment on its way": slow_payment,
    "given": given,
    "given back": refunded,
    "over": over,
    "being made (look at once)": being_made,
}

if __name__ == "__main__":
    sys.exit(main())
