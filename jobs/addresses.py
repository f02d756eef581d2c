"""E-mail addresses as they are taken: one, of a usual kind, and such that our mail server can write to it."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from models import CodedError
from settings import settings


class BadAddressError(CodedError):
    """Not an e-mail address, or none that our mail server can write to."""


def normal_address(text: str) -> str:
    """The address as rows have it: lower case, its domain in letters (not Punycode). Raises BadAddressError.

    Letters outside ASCII before the @ need a mail server with SMTPUTF8 all the way; a domain needs nothing.
    """
    try:
        address = validate_email(text.strip(), check_deliverability=False)
    except EmailNotValidError:
        raise BadAddressError("not_an_address") from None
    if address.smtputf8 and not settings.smtp_utf8:
        raise BadAddressError("not_plain_letters")
    return str(address.normalized.lower())
