"""SMTP: one connection per e-mail, TLS unless the server is this machine, each failure classified as permanent or not."""

from __future__ import annotations

import ipaddress
import logging
import smtplib
import ssl
import time
from contextlib import suppress
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

from integrations.mail.message import MailError, Message
from integrations.mail.wire import as_bytes

log = logging.getLogger("serenade.mail")
TIMEOUT = 10.0  # seconds, for every wait
DATA_SECONDS = 35.0  # until DATA begins: a claim lasts a minute, after which another worker would send it too


class _Client(smtplib.SMTP):
    """Knows whether the transmission of the e-mail had begun when the connection was lost."""

    on_the_wire = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.until = time.monotonic() + DATA_SECONDS
        super().__init__(*args, **kwargs)

    def data(self, msg: Any) -> tuple[int, bytes]:
        """The body, and the server's answer to it."""
        if time.monotonic() > self.until:
            raise smtplib.SMTPServerDisconnected("too slow")
        self.on_the_wire = True
        return super().data(msg)


class _TlsClient(_Client, smtplib.SMTP_SSL):
    """The same with TLS from the start."""


class Smtp:
    """`smtp://user:password@host:587` uses STARTTLS (required unless the host is this machine), `smtps://` TLS.

    `plain`: never STARTTLS, for a relay inside a private network. `ehlo_name`: what we call ourselves, "": this machine.
    """

    def __init__(self, url: str, *, plain: bool = False, ehlo_name: str = "") -> None:
        parts = urlsplit(url)
        self.host = parts.hostname or ""
        self.direct_tls = parts.scheme == "smtps"
        self.port = parts.port or (465 if self.direct_tls else 587)
        self.plain, self.ehlo_name = plain, ehlo_name or None
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")

    def send(self, message: Message) -> None:
        """Send once; raises MailError. After a loss past DATA it may have arrived: the Message-ID stays the same."""
        content = message.as_message()
        client = self._connect()
        try:
            _transmit(client, message, content)
        except smtplib.SMTPServerDisconnected as error:
            raise _lost(error, client) from error
        except smtplib.SMTPException as error:
            raise _classified(error, message.envelope_address()) from error
        except OSError as error:
            raise _lost(error, client) from error
        finally:
            with suppress(smtplib.SMTPException, OSError):
                client.quit()  # its answer does not matter: the result is known
            client.close()

    def prove(self) -> None:
        """Connect, encrypt and log in as for an e-mail, and send none. Raises MailError."""
        client = self._connect()
        with suppress(smtplib.SMTPException, OSError):
            client.quit()
        client.close()

    def _connect(self) -> _Client:
        try:
            if self.direct_tls:
                context = ssl.create_default_context()
                client: _Client = _TlsClient(self.host, self.port, self.ehlo_name, timeout=TIMEOUT, context=context)
            else:
                client = _Client(self.host, self.port, self.ehlo_name, timeout=TIMEOUT)
        except (smtplib.SMTPException, OSError) as error:
            raise MailError(f"no connection: {error.__class__.__name__}", permanent=False) from error
        try:
            self._greet(client)
        except (smtplib.SMTPException, OSError) as error:
            client.close()
            log.error("the mail server rejected the login or TLS: %s", error.__class__.__name__)  # a setting is wrong
            raise MailError(f"refused before any e-mail: {error.__class__.__name__}", permanent=False) from error
        return client

    def _greet(self, client: smtplib.SMTP) -> None:
        client.ehlo_or_helo_if_needed()
        if not (self.direct_tls or self.plain) and (client.has_extn("starttls") or not _is_this_machine(self.host)):
            client.starttls(context=ssl.create_default_context())  # raises where it is not offered: no password in plain text
            client.ehlo()
        if self.user:
            client.login(self.user, self.password)


def _transmit(client: smtplib.SMTP, message: Message, content: EmailMessage) -> None:
    """MAIL, RCPT and DATA. SMTPUTF8 only for an address that cannot be written without it: many relays do not know it."""
    to_address, options = message.envelope_address(), []
    if not to_address.isascii():
        if not client.has_extn("smtputf8"):
            raise smtplib.SMTPNotSupportedError("SMTPUTF8")
        options = ["SMTPUTF8", "BODY=8BITMIME"]
    if client.has_extn("dsn"):  # RFC 3461: a bounce names our reference, and returns the headers without the text
        options += ["RET=HDRS", f"ENVID={message.reference}"]
    client.sendmail(content["From"].addresses[0].addr_spec, [to_address], as_bytes(content), options)


def _lost(error: OSError, client: _Client) -> MailError:
    return MailError(f"connection lost: {error.__class__.__name__}", permanent=False, uncertain=client.on_the_wire)


def _is_this_machine(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _classified(error: smtplib.SMTPException, address: str) -> MailError:
    """5xx is permanent, 4xx temporary. A refused recipient's own code comes first: the exception itself has none then."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, answer = error.recipients.get(address) or next(iter(error.recipients.values()))
        return MailError(f"recipient refused: {code} {_excerpt(answer)}", permanent=code >= 500)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return MailError("the mail server does not support this address (SMTPUTF8)", permanent=True)
    if isinstance(error, smtplib.SMTPResponseException):
        return MailError(f"refused: {error.smtp_code} {_excerpt(error.smtp_error)}", permanent=error.smtp_code >= 500)
    return MailError(f"refused: {error.__class__.__name__}", permanent=False)


def _excerpt(answer: bytes | str) -> str:
    """The server's answer, short, without addresses (they are personal data)."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join("<address>" if "@" in word else word for word in text.split())[:120]
