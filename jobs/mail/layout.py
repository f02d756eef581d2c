"""The layout of every e-mail: the same text as plain text and as HTML, where names are escaped like any hostile text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from html import escape

from i18n import _, clock_time, day, spoken
from integrations.lettering.faces import one_line
from integrations.lettering.letters import shortened
from integrations.mail import Message
from models import ComposeForm
from settings import settings

BUTTON = "background:#8a3b2e;color:#fff;padding:14px 22px;border-radius:10px;text-decoration:none"
BODY = "font:17px/1.6 Georgia,serif;color:#2b2320;background:#fbf6ef;padding:24px"


@dataclass(frozen=True)
class EmailText:
    """The text of one e-mail. `links` are (label, url) pairs, drawn as buttons."""

    subject: str
    greeting: str
    paragraphs: list[str]
    links: list[tuple[str, str]] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    small: list[str] = field(default_factory=list)
    unsubscribe_url: str = ""


def greeting(form: ComposeForm) -> str:
    """The greeting of an e-mail to the giver."""
    name = form.form_data.get("senderName")
    return _("Dear {name},", name=name) if name else _("Hello,")


def utc_moment(at: datetime) -> str:
    """A moment as receipts tell it."""
    return _("{date}, {time} UTC", date=day(at), time=clock_time(at))


def as_message(mail: EmailText, to_address: str, message_id: str) -> Message:
    """The text in our layout, in the current language."""
    small = [_("Songs are made with AI, from the giver's own words."), *mail.small]
    if mail.unsubscribe_url:
        small.append(_("No more reminders to this address: {url}", url=mail.unsubscribe_url))
    parts = [mail.greeting, *mail.paragraphs, *(f"{one_line(label)}:\n{url}" for label, url in mail.links), *mail.after]
    text = "\n\n".join([*parts, *small, settings.brand_name]) + "\n"
    fine_print = "<br>".join(escape(part) for part in small)
    html = (
        f'<!doctype html><html lang="{spoken()}"><body style="{BODY}">'
        + "".join(_paragraph(part) for part in (mail.greeting, *mail.paragraphs))
        + "".join(_button(label, url) for label, url in mail.links)
        + "".join(_paragraph(part) for part in mail.after)
        + f"<p><small>{fine_print}</small></p><p>{escape(settings.brand_name)}</p></body></html>"
    )
    return Message(
        to_address=to_address,
        subject=shortened(one_line(mail.subject), 200),
        text=text,
        html=html,
        message_id=message_id,
        unsubscribe_url=mail.unsubscribe_url,
    )


def _paragraph(text: str) -> str:
    return f"<p><bdi>{'<br>'.join(escape(text).splitlines())}</bdi></p>"


def _button(label: str, url: str) -> str:
    return (
        f'<p style="margin:24px 0"><a href="{escape(url)}" style="{BUTTON}"><bdi>{escape(one_line(label))}</bdi></a>'
        f"<br><small>{escape(url)}</small></p>"
    )
