"""The routes of the hosted page: GET shows it, POST presses a button."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from integrations.payments.sandbox import sessions
from integrations.payments.sandbox.book import Ledger, Object
from integrations.payments.sandbox.objects import backside_id
from integrations.payments.sandbox.page import lost_page, payment_page
from integrations.payments.sandbox.parameters import ParameterRefusal, email
from integrations.payments.sandbox.stripe_sandbox import Sandbox
from integrations.payments.sandbox.wire import Body, form_of

_OUTCOMES = ("paid", "delayed", "declined", "cancel", "settled", "bounced", "free", "late")


def pay_router(sandbox: Sandbox) -> APIRouter:
    """GET /pay/{id} shows a session; POST /pay/{id}/pay with `outcome` does what a buyer would do."""
    router = APIRouter(include_in_schema=False)

    @router.get("/pay/{session_id}")
    @router.get("/pay/{session_id}/pay")  # the URL after a declined card, which the buyer may reload
    def show(session_id: str) -> Response:
        return _answered(lambda ledger: _shown(sandbox, ledger, session_id), sandbox)

    @router.post("/pay/{session_id}/pay")
    def press(session_id: str, body: Body) -> Response:
        try:
            form = form_of(body)
        except ParameterRefusal as refusal:
            return lost_page("That did not work", str(refusal), refusal.status)
        outcome, address = form.get("outcome"), form.get("email") or ""
        if outcome not in _OUTCOMES or not isinstance(address, str):
            return lost_page("That did not work", f"The field outcome must be one of {', '.join(_OUTCOMES)}.", 400)
        return _answered(lambda ledger: _pressed(sandbox, ledger, session_id, outcome, address), sandbox)

    return router


def _answered(look: Callable[[Ledger], Response], sandbox: Sandbox) -> Response:
    try:
        return _with_scripts(sandbox.ask(look), sandbox.page_scripts())
    except ParameterRefusal:
        return lost_page("No such payment", "This address leads to no payment. Please go back to the shop.", 404)


def _with_scripts(page: Response, tags: str) -> Response:
    """The page with our own scripts, which its policy then allows."""
    if not tags or page.status_code == 303:
        return page
    headers = dict(page.headers)
    headers["content-security-policy"] += "; script-src 'self'; connect-src 'self'; img-src 'self' data:"
    del headers["content-length"]
    return Response(bytes(page.body).replace(b"</body>", f"{tags}</body>".encode()), page.status_code, headers)


def _shown(sandbox: Sandbox, ledger: Ledger, session_id: str, problem: str = "", status: int = 200) -> Response:
    session = ledger.found("checkout.session", session_id)
    unpaid = session["status"] == "complete" and session["payment_status"] == "unpaid"
    if unpaid and not sessions.is_settling(ledger, session):
        problem = "The money did not arrive. Nothing was paid."  # shown only where the session is not paid
    lines = ledger.found("backside", backside_id(session_id))["lines"]
    action = f"{urlsplit(sandbox.page_base).path}/pay/{session_id}/pay"  # absolute: the page is also shown at this URL
    return payment_page(sandbox.merchant, action, session, lines, problem, status)


def _pressed(sandbox: Sandbox, ledger: Ledger, session_id: str, outcome: str, address: str) -> Response:
    """Pay a session; a second press on a paid one redirects like the first and charges nothing."""
    session = ledger.found("checkout.session", session_id)
    if session["status"] == "open":
        if outcome == "cancel" and session["cancel_url"]:
            return _sent_to(session["cancel_url"])
        if outcome == "declined":
            return _shown(sandbox, ledger, session_id, "Your card was declined. Nothing was paid. Please try another way.", 402)
        try:
            checked = email(address, "email") if address else ""
        except ParameterRefusal as refusal:
            return _shown(sandbox, ledger, session_id, str(refusal), 400)
        session = sessions.pay(ledger, session, outcome, checked)
    else:
        session = sessions.pay(ledger, session, outcome, "")
    if session["status"] == "complete":
        return _sent_to(_success_url(session))
    return _shown(sandbox, ledger, session_id)


def _success_url(session: Object) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _sent_to(address: str) -> Response:
    return RedirectResponse(address, 303, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
