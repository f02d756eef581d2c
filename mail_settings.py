"""The e-mail part of the settings, and the URLs that hold a password."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from settings_checks import Environment

_ADDRESS = re.compile(r"[^\s<>@,;:\"()\[\]\\]+@[^\s<>@,;:\"()\[\]\\]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NO_TLS = "?tls=no"
_HOST = re.compile(r"(?!.*[.-]{2})[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f.:]+\]")


def mail_from(environment: Environment) -> str:
    """MAIL_FROM as a header takes it: `Songs & Co, Inc. <songs@example.com>` gets its quotes. An address alone will do."""
    text = environment.text("MAIL_FROM", "Serenade <songs@localhost>").strip()
    found = re.fullmatch(r"(.*?)\s*<([^<>]*)>", text, re.DOTALL)
    name, address = found.groups() if found else ("", text)
    if name[:1] == name[-1:] == '"' and len(name) > 1:
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    local, _, domain = address.rpartition("@")
    domain = _ascii(domain)
    if not (_ADDRESS.fullmatch(address) and local.isascii() and domain) or _CONTROL.search(name):
        environment.problems.append(f"MAIL_FROM is {text!r}; it must look like Serenade <songs@example.com>")
        return text
    address = f"{local}@{domain}"
    if re.fullmatch(r"[\w ]*", name):
        return f"{name} <{address}>" if name else address
    quoted = re.sub(r'(["\\])', r"\\\1", name)
    return f'"{quoted}" <{address}>'


def _ascii(domain: str) -> str:
    """The domain as DNS has it; "" for none. `idna` is loaded only where it is needed: settings are read by every process."""
    if domain.isascii():
        return domain
    import idna

    try:
        return str(idna.encode(domain, uts46=True), "ascii")
    except idna.IDNAError:
        return ""


def smtp_url(environment: Environment) -> str:
    """`smtp://user:password@host:587` (STARTTLS), `smtps://` (TLS from the start), or `outbox:`, the folder in DATA_DIR."""
    if not environment.text("SMTP_URL") and environment.is_production:
        environment.problems.append("SMTP_URL is missing (name 'outbox:' on purpose to keep mails in a folder)")
    url = url_with_password(environment, "SMTP_URL")
    parts = re.fullmatch(rf"smtps?://[^/?#]+/?({re.escape(_NO_TLS)})?", url)
    if url and url != "outbox:" and not (parts and _has_host_and_port(url)):
        environment.problems.append("SMTP_URL must look like smtp://user:password@mail.example.com:587, smtps://... or outbox:")
    return url or "outbox:"


def smtp_plain(environment: Environment, url: str) -> bool:
    """No STARTTLS, for a relay inside a private network: SMTP_PLAIN, or `?tls=no` at the end of that relay's URL."""
    plain = environment.switch("SMTP_PLAIN", False) or url.endswith(_NO_TLS)
    if plain and url.startswith("smtps:"):
        environment.problems.append(
            f"SMTP_PLAIN is true (or SMTP_URL ends with {_NO_TLS}), and SMTP_URL asks for TLS (smtps:); one of them must go"
        )
    return plain


def smtp_ehlo_name(environment: Environment) -> str:
    """SMTP_EHLO_NAME: what we call ourselves to the mail server."""
    name = environment.text("SMTP_EHLO_NAME")
    if name and not _HOST.fullmatch(name):
        environment.problems.append(f"SMTP_EHLO_NAME is {name!r}; it must look like songs.example.com or [192.0.2.1]")
    return name


def security_contact(environment: Environment) -> str:
    """SECURITY_CONTACT as /.well-known/security.txt has it, a URL: an e-mail address becomes mailto:."""
    text = environment.text("SECURITY_CONTACT").strip()
    if _ADDRESS.fullmatch(text):
        text = f"mailto:{text}"
    if text and not re.fullmatch(r"(https://|mailto:|tel:)[!-~]+", text):
        environment.problems.append(
            f"SECURITY_CONTACT is {text!r}; it must be an e-mail address or look like https://songs.example.com/security"
        )
    return text


def url_with_password(environment: Environment, name: str) -> str:
    """A URL whose user name and password are percent-encoded. What is wrong is told by name: it may be part of a password."""
    url = environment.text(name)
    is_told = any(one.startswith(f"{name} holds") for one in environment.problems)
    if url and not is_told and not _is_encoded(url):
        environment.problems.append(
            f"{name} has a character in its user name or password that must be percent-encoded"
            " (# is %23, / is %2F, ? is %3F, @ is %40, % is %25), or a space"
        )
    return url


def _is_encoded(url: str) -> bool:
    """False where a password may have ended too early, or a percent sign stands for itself."""
    authority, rest = url.partition("://")[2], ""
    if cut := re.search("[/?#]", authority):
        authority, rest = authority[: cut.start()], authority[cut.start() :]
    if re.search(r"\s", url) or "#" in rest or authority.count("@") > 1:
        return False
    login, at, _ = authority.rpartition("@")
    if at:
        return not re.search(r"%(?![0-9A-Fa-f]{2})", login) and "[" not in login
    if "@" not in rest:
        return True
    path, _, query = rest.partition("?")  # without a login before it, an @ may be what is left of one
    named = "@" not in path and all(re.match(r"[\w.%-]+=", part) for part in query.split("&"))
    return named and (not authority or _has_host_and_port(url))


def _has_host_and_port(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
