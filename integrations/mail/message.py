"""An e-mail, ready to send, and what keeps it from being sent."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate

from integrations.mail.wire import WIRE, as_it_stands, ascii_domain
from settings import settings


class MailError(Exception):
    """Not sent. `permanent`: the address will never accept it; otherwise a retry may work.

    `uncertain`: the connection was lost while the e-mail was transmitted, so that it may have been accepted.
    """

    def __init__(self, detail: str, *, permanent: bool, uncertain: bool = False) -> None:
        super().__init__(detail)
        self.permanent, self.uncertain = permanent, uncertain


@dataclass(frozen=True)
class Message:
    """One e-mail, ready to send."""

    to_address: str
    subject: str
    text: str
    html: str
    message_id: str
    unsubscribe_url: str = ""  # for reminders, which nobody asked for

    def as_message(self) -> EmailMessage:
        """RFC 5322; raises MailError(permanent) for an address or subject with a header injection."""
        message = EmailMessage(WIRE)
        try:
            message["From"] = settings.mail_from
            message["To"] = self.envelope_address()
            # Python reads encoded words in what it is given, and a line break in one would begin a header.
            message["Subject"] = " ".join(self.subject.split()).replace("=?", "= ?")
            message["Message-ID"] = self.message_id
            message["X-Email-Id"] = self.reference  # Amazon SES writes a Message-ID of its own; this one it keeps
            message["Date"] = formatdate()
            if self.unsubscribe_url:
                message["List-Unsubscribe"] = f"<{as_it_stands(self.unsubscribe_url)}>"
                message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
            message["Auto-Submitted"] = "auto-generated"
        except ValueError as error:
            raise MailError("the address or subject is not a header value", permanent=True) from error
        if [str(mailbox.addr_spec) for mailbox in message["To"].addresses] != [self.envelope_address()]:
            raise MailError("not exactly one address", permanent=True)  # `a@x, b@x` in To would go to both
        message.set_content(self.text)  # a line over 78 characters makes it quoted-printable: a relay may not break lines
        message.add_alternative(self.html, subtype="html")
        return message

    @property
    def reference(self) -> str:
        """What a bounce is matched by: the Message-ID without our domain."""
        return self.message_id.strip("<>").partition("@")[0]

    def envelope_address(self) -> str:
        """The address as a mail server takes it. Raises MailError(permanent)."""
        try:
            return ascii_domain(self.to_address)
        except UnicodeError as error:
            raise MailError("the address has no domain that DNS could know", permanent=True) from error
