"""The hosted payment page: plain HTML without scripts that says on every screen that no money moves."""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape
from string import Template

from fastapi.responses import HTMLResponse

from integrations.payments.sandbox.book import Object

_STYLE = """
:root{color-scheme:light dark;--ink:#1d1b26;--paper:#fff;--ground:#f4f2f7;--line:#8a8496;--go:#4b2a86;--on-go:#fff;
--warn:#fff2cc}
@media(prefers-color-scheme:dark){:root{--ink:#f3f0f8;--paper:#24212d;--ground:#17151d;--line:#8f889c;--go:#cdb6ff;--on-go:#1d1b26;
--warn:#4d3f10}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:1.05rem/1.5 system-ui,sans-serif}
.sandbox{margin:0;padding:.75rem 1rem;background:var(--warn);text-align:center;font-weight:600}
main{max-width:28rem;margin:0 auto;padding:1.5rem 1rem}
h1{font-size:1.35rem;margin:0 0 1rem;overflow-wrap:anywhere}
dl{background:var(--paper);border-radius:.75rem;padding:1rem;margin:0 0 1.25rem}
dt{font-size:.9rem}dd{margin:0 0 .6rem;overflow-wrap:anywhere;font-weight:600}
.amount{font-size:1.8rem;margin:0}
label{display:block;margin:0 0 .3rem}
input,button,.link{font:inherit;width:100%;min-height:3rem;border-radius:.6rem;border:1px solid var(--line);padding:.6rem 1rem}
input{background:var(--paper);color:var(--ink);margin:0 0 1rem}
button,.link{display:block;margin:0 0 .75rem;background:var(--paper);color:var(--ink);text-align:center;
cursor:pointer;text-decoration:none}
.pay{background:var(--go);color:var(--on-go);border-color:var(--go);font-weight:700}
:focus-visible{outline:3px solid var(--go);outline-offset:3px}
[role=alert]{border-left:.3rem solid #c62828;background:var(--paper);padding:.75rem 1rem;margin:0 0 1rem}
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_PAGE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>$title</title><style>$style</style></head>
<body><header class="sandbox">Sandbox: no money moves</header><main><h1>$title</h1>$body</main></body></html>
""")
_SIGNS = {"usd": "$", "eur": "€", "gbp": "£"}
_WAITING = "The bank transfer is on its way. In the sandbox you decide how it ends."


def payment_page(
    merchant: str, action: str, session: Object, lines: list[tuple[str, int]], problem: str = "", status: int = 200
) -> HTMLResponse:
    """The page for a session in whatever state. `problem` is a sentence above the buttons, which post to `action`."""
    target = escape(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]))
    onward = f'<a class="link pay" href="{target}">Back to {escape(merchant)}</a>'
    if session["status"] == "expired":
        back = escape(session["cancel_url"] or "")
        body = "<p>Nothing was paid. Please go back and start the payment again.</p>"
        body += f'<a class="link pay" href="{back}">Back to {escape(merchant)}</a>' if back else ""
        return _html("This payment page has expired", body, session, 410)
    summary = _summary(merchant, session, lines)
    if session["payment_status"] in ("paid", "no_payment_required"):
        return _html("Already paid", f"<p>Thank you. Nothing more to pay.</p>{summary}{onward}", session, status)
    if session["status"] == "complete" and problem:
        return _html("The transfer failed", f"<p>{escape(problem)}</p>{summary}{onward}", session, status)
    if session["status"] == "complete":
        buttons = _button("settled", "The transfer arrives") + _button("bounced", "The transfer fails")
        body = f'<p>{_WAITING}</p>{summary}<form method="post" action="{action}">{buttons}</form>{onward}'
        return _html("Payment on its way", body, session, status)
    alert = f'<p role="alert">{escape(problem)}</p>' if problem else ""
    form = f'{alert}<form method="post" action="{action}">{_email_field(session)}{_open_buttons(session)}</form>'
    return _html(f"Pay {merchant}", summary + form, session, status)


def lost_page(title: str, sentence: str, status: int) -> HTMLResponse:
    """For an address that leads to no session."""
    return _html(title, f"<p>{escape(sentence)}</p>", None, status)


def price_shown(amount: int, currency: str) -> str:
    """Minor units as a price; only for currencies with two decimals."""
    return f"{_SIGNS.get(currency, currency.upper() + ' ')}{amount // 100}.{amount % 100:02d}"


def _summary(merchant: str, session: Object, lines: list[tuple[str, int]]) -> str:
    items = ", ".join(name if quantity == 1 else f"{quantity} × {name}" for name, quantity in lines)
    rows = [("Merchant", merchant), ("For", items)]
    if session["customer_email"]:
        rows.append(("E-mail", session["customer_email"]))
    pairs = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in rows)
    total = escape(price_shown(session["amount_total"], session["currency"]))
    return f'<dl>{pairs}<dt>Total</dt><dd class="amount">{total}</dd></dl>'


def _email_field(session: Object) -> str:
    if session["customer_email"]:
        return ""
    return '<label for="email">E-mail</label><input id="email" name="email" type="email" autocomplete="email">'


def _open_buttons(session: Object) -> str:
    buttons = _button("paid", f"Pay {price_shown(session['amount_total'], session['currency'])}", "pay")
    buttons += _button("delayed", "Pay by bank transfer (settles later)") + _button(
        "declined", "Pay with a card that is declined"
    )
    if session["allow_promotion_codes"]:
        buttons += _button("free", "Use a promotion code worth everything")
    return buttons + (_button("cancel", "Cancel and go back") if session["cancel_url"] else "")


def _button(outcome: str, words: str, look: str = "") -> str:
    leave = " formnovalidate" if outcome == "cancel" else ""
    return f'<button name="outcome" value="{outcome}" class="{look}"{leave}>{escape(words)}</button>'


def plain_page(title: str, body: str) -> HTMLResponse:
    """A page of the sandbox around safe HTML."""
    return _html(title, body, None, 200)


def button(outcome: str, words: str) -> str:
    """A button that posts `outcome`."""
    return _button(outcome, words)


def _html(title: str, body: str, session: Object | None, status: int) -> HTMLResponse:
    page = _PAGE.substitute(title=escape(title), style=_STYLE, body=body)
    origins = {_origin(session[name]) for name in ("success_url", "cancel_url") if session[name]} if session else set()
    # Browsers apply form-action to the redirect after a form as well, so it must include the shop's origin.
    policy = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'; "
    headers = {
        "Content-Security-Policy": policy + " ".join(["form-action 'self'", *sorted(origins)]),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse(page, status, headers)


def _origin(address: str) -> str:
    """Scheme, host and port; addresses were checked when the session was made."""
    found = re.match(r"https?://[\w.:\[\]-]+", address, re.ASCII)
    return found.group() if found else "'self'"
