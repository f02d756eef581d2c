"""E-mails and receipt lines about what is kept beside the chosen version of a song."""

from __future__ import annotations

from i18n import N_, _
from jobs.mail.layout import EmailText, greeting, utc_moment
from jobs.payments.consent import consent_text
from jobs.payments.extras import OTHER_VERSIONS
from jobs.price_text import price
from models import ComposeForm, Email, ExtraPurchase
from settings import settings

NOT_KEPT = {
    "duplicate": N_("You had bought this already. The second payment goes back to you; what you keep stays as it is."),
    "late": N_("Nothing could be added to this order any more when your payment arrived, so we send it back."),
    "undelivered": N_("We could not make your song without its singer. That is our fault, so you get everything back."),
    "order_refunded": N_("Your order was refunded, and so is what you had kept beside it."),
}


def extra_receipt(row: Email, form: ComposeForm) -> EmailText | None:
    """To the giver: what else is theirs now, where it is, and what was paid for it."""
    bought = ExtraPurchase.get_or_none(ExtraPurchase.id == row.facts["extra"])
    if bought is None or bought.fulfilled_at is None:
        return None
    if bought.what == OTHER_VERSIONS:
        subject = _("The other two versions are yours")
        there = _("the other two versions of your song are on your page of this order now, whole, to play and to download.")
    else:
        subject = _("Your song without its singer")
        there = _("your song without its singer is being made. In a few minutes it is on your page of this order.")
    given = [] if bought.amount else [_("It is a gift from us; there is nothing to pay.")]
    return EmailText(
        subject=subject,
        greeting=greeting(form),
        paragraphs=[there, *given],
        links=[(_("Your page of this order"), f"{settings.public_url}/compose/success?formId={form.id}")],
        small=extra_lines(bought, form),
    )


def refund_of_extra(row: Email) -> tuple[str | None, list[str]]:
    """(why it goes back, what follows from it) for the e-mail about a refund of something that was kept beside an order."""
    reason = NOT_KEPT.get(row.facts.get("why", ""))
    gone = row.facts.get("whole") and row.facts.get("why") not in ("duplicate", "late")
    return _(reason) if reason else None, [_("It is not on your page any more.")] if gone else []


def extra_name(what: str, name: str) -> str:
    """What a receipt calls it. `name`: whom the song is for."""
    if what == OTHER_VERSIONS:
        return _("The other two versions of the song for {name}", name=name)
    return _("The song for {name} without its singer", name=name)


def extra_lines(row: ExtraPurchase, form: ComposeForm) -> list[str]:
    """The receipt of one purchase; none for a gift of ours, or once the names are gone."""
    songs = form.form_data.get("songs") or []
    if not row.amount or row.amount_paid is None or row.fulfilled_at is None or row.song_index >= len(songs):
        return []
    lines = [
        _("Receipt {number}", number=row.id.removeprefix("extra_")[:12]),
        _("{what}: {price}", what=extra_name(row.what, songs[row.song_index]["recipientName"]), price=_money(row, row.amount)),
    ]
    if row.amount_paid != row.amount:
        lines.append(_("Discount: {price}", price=_money(row, row.amount - row.amount_paid)))
    paid, moment = _money(row, row.amount_paid), utc_moment(row.fulfilled_at)
    lines.append(_("Paid: {price} including tax, on {moment}", price=paid, moment=moment))
    if row.amount_refunded:
        lines.append(_("Given back: {price}", price=_money(row, row.amount_refunded)))
    if row.consent_at:
        agreed = _(consent_text(row.consent_version))
        lines.append(_("On {moment} you agreed: “{words}”", moment=utc_moment(row.consent_at), words=agreed))
    return lines


def _money(row: ExtraPurchase, amount: int) -> str:
    return price(amount, row.currency)
