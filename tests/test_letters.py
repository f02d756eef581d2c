"""Texts are cut between letters as people see them, and file names fit every file system."""

from __future__ import annotations

import io
import zipfile

import pytest

from integrations.lettering.letters import clusters, in_bytes, shortened
from jobs.mail.layout import EmailText, as_message
from ui.gift.offline_copy import file_name

FAMILY, SCOTLAND, HEART = "👩‍👩‍👧‍👦", "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", "❤️‍🔥"
LETTERS = [FAMILY, SCOTLAND, HEART, "👍🏽", "🇩🇪", "1️⃣", "é", "ễ", "क्", "สี", "𠮷", "한", "م\u064f", "x"]


@pytest.mark.parametrize("letter", LETTERS)
def test_no_letter_is_cut_in_two(letter: str) -> None:
    text = letter * 200
    assert list(clusters(text)) == [letter] * 200
    for most in range(60):
        for kept in (shortened(text, most), shortened(text, most, in_bytes)):
            assert kept == letter * (len(kept) // len(letter))
        assert in_bytes(shortened(text, most, in_bytes)) <= most
    assert shortened(text, 10_000) == text


@pytest.mark.parametrize("letter", LETTERS)
def test_a_file_name_has_room_on_every_file_system(letter: str) -> None:
    name = file_name(letter * 100)
    assert name == letter * (len(name) // len(letter))
    full = f"03 {name}.mp3"
    assert 80 < in_bytes(full) <= 255
    pipe = io.BytesIO()
    with zipfile.ZipFile(pipe, "w") as archive:
        archive.writestr(full, b"")
    assert zipfile.ZipFile(pipe).namelist() == [full]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("", "song"),
        ("...", "song"),
        ("CON", "CON song"),
        ("lpt1", "lpt1 song"),
        ("Connie", "Connie"),
        ("a/b\\c:d", "a b c d"),
        ("\u202egnp.exe", "gnp.exe"),
        ("M" + "\u0301" * 300 + "ia", "song"),
        ("نام\u200cها", "نام\u200cها"),
    ],
)
def test_a_file_name_is_one(title: str, name: str) -> None:
    assert file_name(title) == name


def test_a_subject_ends_with_a_whole_letter() -> None:
    message = as_message(EmailText("x" * 195 + FAMILY * 3, "", []), "a@example.com", "<a@b>")
    assert message.subject == "x" * 195
