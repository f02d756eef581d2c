"""How an e-mail is written for a mail server: only ASCII, short lines, and URLs that nothing folds or encodes."""

from __future__ import annotations

import io
import re
from email.generator import BytesGenerator
from email.message import EmailMessage
from email.policy import EmailPolicy

import idna

# Values that are read as they stand. Python's policy writes whatever is longer than 78 characters and has no space as
# encoded words (=?utf-8?q?…?=), which RFC 2047 section 5 forbids here and no reader of RFC 8058 undoes.
AS_THEY_STAND = frozenset({"list-unsubscribe", "list-unsubscribe-post", "message-id", "x-email-id"})


class WirePolicy(EmailPolicy):
    """SMTP's lines, and no 8-bit text: a relay without 8BITMIME would rewrite it, and break a signature (DKIM)."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """One header. Raises ValueError where a second one would begin in it."""
        stands = name.lower() in AS_THEY_STAND
        folded = f"{name}: {value}{self.linesep}".encode("ascii") if stands else bytes(super().fold_binary(name, value))
        if re.search(rb"[\r\n](?![ \t\n])", folded.removesuffix(b"\r\n")):
            raise ValueError("a line break in a header")
        return folded


def as_it_stands(url: str) -> str:
    """A URL for a header. Raises ValueError for what is not ASCII, or would end it."""
    if not re.fullmatch("[!-;=?-~]+", url):
        raise ValueError("not a URL for a header")
    return url


WIRE = WirePolicy(linesep="\r\n", cte_type="7bit")


def as_bytes(message: EmailMessage) -> bytes:
    """The whole e-mail with CRLF. Every line keeps to the 998 octets that SMTP allows (RFC 5321 section 4.5.3.1.6).

    Only a part before the @ that is not ASCII stands in UTF-8 (RFC 6532): there is no other way to write it.
    """
    needs_utf8 = any(not mailbox.addr_spec.isascii() for mailbox in message["To"].addresses)
    written = io.BytesIO()
    BytesGenerator(written, mangle_from_=False, policy=WIRE.clone(utf8=needs_utf8)).flatten(message)
    return written.getvalue()


def ascii_domain(address: str) -> str:
    """The address with its domain as DNS has it: `info@müller.de` is `info@xn--mller-kva.de` (IDNA 2008, UTS 46).

    The part before the @ is nobody's to change. Raises UnicodeError for what is no domain.
    """
    local, at, domain = address.rpartition("@")
    return address if domain.isascii() else local + at + str(idna.encode(domain, uts46=True), "ascii")
