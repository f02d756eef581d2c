"""What the environment says about e-mail, and URLs with passwords: taken as meant, or refused at the start by name."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage

import pytest

from settings import Settings, SettingsError, read_settings

SECRET = "hunter2"


def read(**variables: str) -> Settings:
    return read_settings({"ENV": "development", **variables})


@pytest.mark.parametrize(
    ("written", "name", "address"),
    [
        ("Songs & Co, Inc. <songs@example.com>", "Songs & Co, Inc.", "songs@example.com"),
        ('"Songs & Co, Inc." <songs@example.com>', "Songs & Co, Inc.", "songs@example.com"),
        ('The "Best" Songs (EU) <songs@example.com>', 'The "Best" Songs (EU)', "songs@example.com"),
        ("Lieder für Söhne, GmbH <lieder@müller-test.de>", "Lieder für Söhne, GmbH", "lieder@xn--mller-test-9db.de"),
        ("歌 <songs@example.com>", "歌", "songs@example.com"),
        ("Ann@Home <songs@example.com>", "Ann@Home", "songs@example.com"),
        ("songs@example.com", "", "songs@example.com"),
        ("<songs@example.com>", "", "songs@example.com"),
    ],
)
def test_the_sender_is_quoted_as_a_header_needs_it(written: str, name: str, address: str) -> None:
    message = EmailMessage(policy.SMTP)
    message["From"] = read(MAIL_FROM=written).mail_from
    (sender,) = message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (name, address)
    assert message["From"].defects == ()


@pytest.mark.parametrize(
    "written",
    ["Serenade", "songs.example.com", "Serenade <songs>", "a@x.example, b@x.example", "A <a@b@c>", "A\nnn <a@x.example>"],
)
def test_a_sender_without_an_address_is_refused_at_the_start(written: str) -> None:
    with pytest.raises(SettingsError, match=r"MAIL_FROM is .*must look like Serenade <songs@example\.com>"):
        read(MAIL_FROM=written)


@pytest.mark.parametrize("letter", ["#", "?", "/", "@", "%", "[", " "])
@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("SMTP_URL", "smtp://songs:{}@mail.example.com:587"),
        ("SMTP_URL", "smtps://songs:{}@mail.example.com"),
        ("DATABASE_URL", "postgresql://songs:{}@db.example.com:5432/songs"),
        ("DATABASE_URL", "postgresql://songs:{}@db.example.com/songs?sslmode=require"),
        ("REDIS_URL", "redis://:{}@cache.example.com:6379/0"),
    ],
)
def test_a_password_that_is_not_encoded_is_refused_by_name_and_not_shown(letter: str, name: str, url: str) -> None:
    for password in (f"{SECRET}{letter}{SECRET}", f"{letter}{SECRET}", f"{SECRET}{letter}", f"12{letter}{SECRET}"):
        with pytest.raises(SettingsError, match=rf"{name} has a character .* percent-encoded") as refused:
            read(**{name: url.format(password)})
        assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("SMTP_URL", "smtp://songs%40example.com:hunter%232%25:x@mail.example.com:587"),
        ("SMTP_URL", "smtps://[2001:db8::1]:465"),
        ("SMTP_URL", "smtp://mail:1025?tls=no"),
        ("SMTP_URL", "outbox:"),
        ("DATABASE_URL", "postgresql:///songs?host=/var/run/postgresql"),
        ("DATABASE_URL", "postgresql://db.example.com/songs?user=songs@tenant&options=-c%20x%3D1"),
        ("DATABASE_URL", "postgresql://u:p@a.example.com:5432,b.example.com:5433/songs?application_name=a@b"),
        ("DATABASE_URL", "postgresql://u:p@%2Fvar%2Frun/songs"),
        ("REDIS_URL", "unix:///run/redis.sock?db=0"),
        ("REDIS_URL", "rediss://:p%2Fw@[::1]:6379/0"),
    ],
)
def test_a_url_that_is_right_is_taken_as_it_stands(name: str, url: str) -> None:
    assert getattr(read(**{name: url}), name.lower()) == url


@pytest.mark.parametrize(
    ("variables", "wrong"),
    [
        ({"SMTP_URL": "mail.example.com"}, "SMTP_URL must look like"),
        ({"SMTP_URL": "smtp://mail.example.com:mail"}, "SMTP_URL must look like"),
        ({"SMTP_URL": "smtp://mail.example.com?tls=yes"}, "SMTP_URL must look like"),
        ({"SMTP_URL": "smtps://mail.example.com?tls=no"}, "SMTP_URL ends with"),
        ({"SMTP_URL": "smtps://mail.example.com", "SMTP_PLAIN": "true"}, "SMTP_PLAIN is true"),
        ({"SMTP_EHLO_NAME": "two words"}, "SMTP_EHLO_NAME is 'two words'"),
        ({"SECURITY_CONTACT": "call us"}, "SECURITY_CONTACT is 'call us'"),
        ({"SECURITY_CONTACT": "http://example.com/"}, "SECURITY_CONTACT is"),
    ],
)
def test_what_is_wrong_about_mail_is_told_at_the_start(variables: dict[str, str], wrong: str) -> None:
    with pytest.raises(SettingsError, match=wrong):
        read(**variables)
