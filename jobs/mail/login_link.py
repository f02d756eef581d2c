"""The link to sign in by: its text, and the job that sends it."""

from __future__ import annotations

import logging
from datetime import timedelta

from i18n import _, speaking
from integrations.mail import MailError, Message, post
from jobs.accounts.login import MOST_TRIES, token_asked_for
from jobs.mail.layout import EmailText, as_message
from jobs.queue_names import SEND_LOGIN_LINK
from jobs.registry import job
from models import Login, now
from settings import settings

log = logging.getLogger("serenade.accounts")


@job(SEND_LOGIN_LINK)
def send_login_link(login_id: str) -> None:
    """Job: e-mail one link. The claim decides who sends; the Message-ID makes a repeat recognisable."""
    claim = Login.update(attempts=Login.attempts + 1, next_try_at=now() + timedelta(seconds=60)).where(
        Login.id == login_id, Login.mailed_at.is_null(), Login.next_try_at <= now(), Login.expires_at > now()
    )
    if not claim.execute():
        return
    row = Login.find(login_id)
    try:
        post().send(login_message(row, f"{settings.public_url}/login/{token_asked_for(row)}"))
    except MailError as error:
        log.warning("login link %s not sent: %s", row.id[:16], error)
        if error.permanent or (error.uncertain and row.attempts > 1):  # it may have arrived twice already
            Login.update(attempts=MOST_TRIES).where(Login.id == row.id).execute()
        return
    Login.update(mailed_at=now()).where(Login.id == row.id).execute()


def login_message(row: Login, link: str) -> Message:
    """To somebody who asked to sign in: one link, valid once, for 15 minutes."""
    with speaking(row.locale):
        text = EmailText(
            subject=_("Your link to {brand}", brand=settings.brand_name),
            greeting=_("Hello,"),
            paragraphs=[_("open this link to see your songs. It works once, for 15 minutes, on any device.")],
            links=[(_("See my songs"), link)],
            after=[_("If you did not ask for it, do nothing: nobody gets in without it.")],
        )
        return as_message(text, row.email, row.message_id)
