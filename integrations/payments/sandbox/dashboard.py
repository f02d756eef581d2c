"""The sandbox's dashboard: refunds, returned refunds, disputes and their outcome. Plain HTML, no script."""

from __future__ import annotations

from html import escape
from urllib.parse import urlsplit

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from integrations.payments.sandbox import sessions
from integrations.payments.sandbox.book import Ledger, Object
from integrations.payments.sandbox.page import button, lost_page, plain_page, price_shown
from integrations.payments.sandbox.parameters import ParameterRefusal
from integrations.payments.sandbox.stripe_sandbox import Sandbox
from integrations.payments.sandbox.wire import Body, form_of

SHOWN = 20


def dashboard_router(sandbox: Sandbox) -> APIRouter:
    """GET /dashboard shows the latest payments; POST does one action on one of them."""
    router = APIRouter(include_in_schema=False)

    @router.get("/dashboard")
    def show() -> Response:
        return plain_page("Payments", sandbox.ask(lambda ledger: _listed(sandbox, ledger)))

    @router.post("/dashboard")
    def press(body: Body) -> Response:
        try:
            form = form_of(body)
            sandbox.ask(lambda ledger: _done(ledger, str(form.get("outcome")), str(form.get("id"))))
        except ParameterRefusal as refusal:
            return lost_page("That did not work", str(refusal), refusal.status)
        return RedirectResponse(_address(sandbox), 303)

    return router


def _address(sandbox: Sandbox) -> str:
    return f"{urlsplit(sandbox.page_base).path}/dashboard"


def _done(ledger: Ledger, outcome: str, object_id: str) -> None:
    """Raises Refusal."""
    if outcome in ("refund", "part"):
        amount = {"amount": "300"} if outcome == "part" else {}
        sessions.refund_sandbox_payment(ledger, {"charge": object_id, **amount})
    elif outcome in ("arrived", "bounced"):
        sessions.end_refund(ledger, object_id, outcome == "arrived")
    elif outcome == "dispute":
        sessions.open_dispute(ledger, object_id)
    elif outcome in ("won", "lost"):
        sessions.close_dispute(ledger, object_id, outcome == "won")
    else:
        raise ParameterRefusal("There is no such button.")


def _listed(sandbox: Sandbox, ledger: Ledger) -> str:
    charges = ledger.newest("charge", SHOWN)
    others = ledger.newest("refund", 200) + ledger.newest("dispute", 200)
    body = "".join(_payment(sandbox, one, [other for other in others if other["charge"] == one["id"]]) for one in charges)
    return body or "<p>Nobody has paid yet.</p>"


def _payment(sandbox: Sandbox, charge: Object, others: list[Object]) -> str:
    back = f", {price_shown(charge['amount_refunded'], charge['currency'])} given back" if charge["amount_refunded"] else ""
    rows = f"<dt>{escape(charge['billing_details']['email'] or '')}</dt>"
    rows += f"<dd>{price_shown(charge['amount'], charge['currency'])}{back}</dd>"
    forms = ""
    if not charge["refunded"]:
        buttons = button("refund", "Give everything back") + button("part", "Give 3.00 back")
        forms += _form(sandbox, charge["id"], buttons + ("" if charge["disputed"] else button("dispute", "Dispute")))
    for other in others:
        rows += (
            f"<dt>{other['object']}</dt><dd>{escape(other['status'])}, {price_shown(other['amount'], other['currency'])}</dd>"
        )
        forms += _form(sandbox, other["id"], _buttons_of(other))
    return f"<dl>{rows}</dl>{forms}"


def _buttons_of(other: Object) -> str:
    if other["object"] == "dispute":
        open_still = other["status"] not in ("won", "lost")
        return button("won", "We win the dispute") + button("lost", "We lose the dispute") if open_still else ""
    arrived = button("arrived", "The refund arrives") if other["status"] == "pending" else ""
    return arrived + (button("bounced", "The refund fails") if other["status"] != "failed" else "")


def _form(sandbox: Sandbox, object_id: str, buttons: str) -> str:
    if not buttons:
        return ""
    hidden = f'<input type="hidden" name="id" value="{escape(object_id)}">'
    return f'<form method="post" action="{_address(sandbox)}">{hidden}{buttons}</form>'
