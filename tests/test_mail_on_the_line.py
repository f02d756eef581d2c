"""The bytes of an e-mail as a mail server gets them: nothing in them that a relay or a reader would break."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from integrations.mail import MailError, Message
from integrations.mail.outbox import Outbox
from integrations.mail.smtp import Smtp
from jobs.mail.templates import message_for
from models import ComposeForm, database
from settings import settings
from tests.support.gifts import give
from tests.support.overrides import Override
from tests.support.smtp import PlainServer, Sink, deliver, queued
from tests.support.stack import free_port

LONG = f"https://a-rather-long-name.of-a-shop.songs.example.com/mail/stop/{'a' * 64}?expires=1795000000&signature={'b' * 64}"


def a_message(**changes: str) -> Message:
    values = {"to_address": "mia@example.com", "subject": "Hello", "text": "a", "html": "<p>a</p>", "message_id": "<mail_ab@b>"}
    return Message(**{**values, **changes})


@pytest.fixture
def line() -> Iterator[Sink]:
    """A mail server that knows neither SMTPUTF8 nor 8BITMIME, and no database behind us."""
    yield from served(Bare)


class Bare(SMTP):
    def __init__(self, handler: Any) -> None:
        super().__init__(handler, hostname="sink.test", timeout=60)

    async def smtp_EHLO(self, hostname: str) -> None:
        await self.smtp_HELO(hostname)


class WithDsn(SMTP):
    """Takes what RFC 3461 adds to MAIL FROM, which aiosmtpd does not know."""

    def __init__(self, handler: Any) -> None:
        super().__init__(handler, hostname="sink.test", timeout=60)

    async def smtp_EHLO(self, hostname: str) -> None:
        await self.push("250-sink.test\r\n250-DSN")
        await super().smtp_EHLO(hostname)

    def _getparams(self, params: Any) -> dict[str, str | bool] | None:
        found = super()._getparams(params)
        return {name: value for name, value in (found or {}).items() if name not in ("RET", "ENVID")}


def served(kind: type[SMTP]) -> Iterator[Sink]:
    class Server(PlainServer):
        def factory(self) -> SMTP:
            return kind(self.handler)  # type: ignore[call-arg]

    handler = Sink()
    handler.port = free_port()
    server = Server(handler, hostname="127.0.0.1", port=handler.port)
    server.start()
    yield handler
    server.stop()


def sent(line: Sink, message: Message, **more: Any) -> bytes:
    Smtp(f"smtp://127.0.0.1:{line.port}", **more).send(message)
    return line.raw[-1]


def test_the_unsubscribe_header_is_one_raw_line_that_a_reader_can_post_to(sink: Sink) -> None:
    """RFC 8058: no encoded word and no fold, however long the address is."""
    with database.connection_context():
        form_id = give()
        ComposeForm.update(status="variations_ready").where(ComposeForm.id == form_id).execute()
    assert deliver(queued(form_id, "song_ready", to=f"{'long.' * 11}name+tag@{'sub.' * 8}example.com")).status == "sent"
    (raw,) = sink.raw
    (url,) = re.findall(rb"\r\nList-Unsubscribe: <([!-~]+)>\r\n", raw)
    assert url.startswith(settings.public_url.encode() + b"/mail/stop/")
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw


@pytest.mark.parametrize("url", [LONG, "https://songs.example.com/" + "x" * 900])
def test_a_long_address_stays_what_it_is(line: Sink, url: str) -> None:
    raw = sent(line, a_message(unsubscribe_url=url, message_id=f"<mail_{'i' * 60}@{'sub.' * 12}example.com>"))
    assert f"\r\nList-Unsubscribe: <{url}>\r\n".encode() in raw
    assert f"\r\nMessage-ID: <mail_{'i' * 60}@{'sub.' * 12}example.com>\r\n".encode() in raw


def test_a_url_that_would_begin_a_header_of_its_own_is_sent_nowhere(line: Sink) -> None:
    for url in ("https://a.example/\r\nBcc: x@example.com", "https://a.example/ü"):
        with pytest.raises(MailError) as refused:
            sent(line, a_message(unsubscribe_url=url))
        assert refused.value.permanent
    assert line.raw == []


@pytest.mark.parametrize("name", ["=?utf-8?q?Mia=0D=0ABcc:_x@example.com?=", "=?utf-8?b?TWlhDQoNCmhlbGxv?=", "=?utf-8?q?a?="])
def test_a_name_that_is_written_as_an_encoded_word_is_a_name_and_no_header(line: Sink, name: str) -> None:
    """Python's own e-mail package reads it, and writes the line break that it finds there."""
    raw = sent(line, a_message(subject=f"A song for {name}", to_address="mia@example.com"))
    head, _, _ = raw.partition(b"\r\n\r\n")
    assert re.findall(rb"\r\nSubject: (.*)\r\n", head) == [f"A song for {name}".replace("=?", "= ?").encode()]
    assert b"\r\nBcc:" not in raw
    with pytest.raises(MailError):
        sent(line, a_message(to_address="=?utf-8?q?a=0D=0Ab?=@example.com"))


BODIES = {
    "one long line": "<p>" + "word " * 2000 + "</p>",
    "one long word": "x" * 5000,
    "accents": "é " * 400,
    "another script": "שלום לך אמא " * 200,
    "emoji": "🎁👩‍👩‍👧‍👦" * 300,
    "dots": ".\r\n..\r\n.hidden\r\n" + ".\n" * 20,
    "bare line feeds and returns": "a\nb\rc\r\nd\x0be\x0cf\u2028g",
    "From": "From me to you\nFrom me",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_whatever_is_said_travels_in_short_lines_of_ascii(line: Sink, body: str) -> None:
    """Long lines are broken and 8-bit text rewritten on the way, which breaks DKIM; bare line feeds are refused (smuggling)."""
    raw = sent(line, a_message(text=body, html=body))
    assert max(map(len, raw.split(b"\r\n"))) <= 200
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    read = email.message_from_bytes(raw, policy=email.policy.default)
    told = str(read.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert told.split() == body.split()
    assert len(line.raw) == 1, "a dot alone does not end it"


SUBJECTS = [
    "A song for Mia 🎁",
    "🎁 " * 60,
    "Eine ganz außerordentlich lange Überschrift über Blumentopferde, Wärmeleitfähigkeit und noch viel mehr schöne Dinge",
    "שיר לאמא, באהבה רבה",
    "Una canción para José, María, Ángel, Íñigo y todos los demás que no caben en esta línea tan larga",
    "x" * 190,
    "Nguyễn Thị Hồng Ngọc " * 6,
]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_arrives_as_it_was_written(line: Sink, subject: str) -> None:
    raw = sent(line, a_message(subject=subject))
    read = email.message_from_bytes(raw, policy=email.policy.default)["Subject"]
    assert " ".join(read.split()) == " ".join(subject.split())
    assert raw.partition(b"\r\n\r\n")[0].isascii()


@pytest.mark.parametrize(
    ("address", "on_the_line"),
    [
        ("info@müller-test.de", "info@xn--mller-test-9db.de"),
        ("info@MÜLLER-test.de", "info@xn--mller-test-9db.de"),
        ("mia@faß.example", "mia@xn--fa-hia.example"),  # IDNA 2008: not fass.example, which may be somebody else's
        ("mia@例え.テスト", "mia@xn--r8jz45g.xn--zckzah"),
        ("mia+songs@example.com", "mia+songs@example.com"),
        ("o'neil@example.com", "o'neil@example.com"),
    ],
)
def test_a_domain_outside_ascii_needs_nothing_of_the_mail_server(line: Sink, address: str, on_the_line: str) -> None:
    raw = sent(line, a_message(to_address=address))
    assert line.envelopes[0].rcpt_tos == [on_the_line]
    assert f"\r\nTo: {on_the_line}\r\n".encode() in raw


@pytest.mark.parametrize("address", ["mia@ex ample.com", "mia@..", "mia@" + "ü" * 70 + ".com", "mia@\u202eexample.com"])
def test_what_is_no_domain_is_refused_for_good(line: Sink, address: str) -> None:
    with pytest.raises(MailError) as refused:
        sent(line, a_message(to_address=address))
    assert refused.value.permanent
    assert line.raw == []


def test_a_sender_with_a_comma_and_umlauts_arrives_quoted(line: Sink, override_settings: Override) -> None:
    for name in ("Songs & Co, Inc.", "Lieder für Söhne, GmbH und viele andere, die hier noch stehen könnten"):
        override_settings(mail_from=f'"{name}" <songs@xn--mller-test-9db.de>')
        read = email.message_from_bytes(sent(line, a_message()), policy=email.policy.default)
        assert [(one.display_name, one.addr_spec) for one in read["From"].addresses] == [(name, "songs@xn--mller-test-9db.de")]
        assert line.envelopes[-1].mail_from == "songs@xn--mller-test-9db.de"


def test_where_the_mail_server_can_a_bounce_is_asked_to_name_the_email_and_return_no_text() -> None:
    for handler in served(WithDsn):
        sent(handler, a_message())
        assert set(handler.envelopes[0].mail_options) >= {"RET=HDRS", "ENVID=MAIL_AB"}  # aiosmtpd's capitals
        assert b"\r\nX-Email-Id: mail_ab\r\n" in handler.raw[0]


def test_the_name_that_we_give_is_a_setting(line: Sink) -> None:
    sent(line, a_message(), ehlo_name="songs.example.com")
    assert line.names == ["songs.example.com"]


def test_a_relay_without_tls_inside_a_private_network_is_a_setting(line: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integrations.mail.smtp._is_this_machine", lambda host: False)
    with pytest.raises(MailError):
        sent(line, a_message())
    assert line.raw == []
    assert sent(line, a_message(), plain=True)


def test_the_outbox_folder_has_the_same_bytes(sink: Sink, tmp_path: Any) -> None:
    with database.connection_context():
        row = queued(give(), "delivery")
        message = message_for(row)
    assert message
    Outbox(tmp_path).send(message)
    (path,) = tmp_path.glob("*.eml")
    written = path.read_bytes()
    assert written.isascii()
    assert b"\n" not in written.replace(b"\r\n", b"")
