"""A name that the form sings: the notes are the song's, the sound is small, and no text of it stands anywhere."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile as sf

from integrations.music.studio.singing.name_line import MOST_SYLLABLES, NotSungError, name_notes, sung_name
from jobs.forms import heard_name
from jobs.rate_limits import TooManyError
from tests.support.stack import Stack


@pytest.mark.parametrize(
    ("name", "phones"),
    [
        ("Mia", [("m", "iy"), ("ax",)]),
        ("Shivawn", [("sh", "ih"), ("v", "ao", "n")]),
        ("Anna Lee", [("ae",), ("n", "ax"), ("l", "iy")]),
        ("🎉", []),
    ],
)
def test_a_name_has_the_syllables_that_the_song_gives_it(name: str, phones: list[tuple[str, ...]]) -> None:
    assert [note.phones for note in name_notes(name, "en", "en-female")] == phones


def test_the_stressed_syllable_is_the_highest_and_the_last_one_is_held() -> None:
    notes = name_notes("Elena", "es", "es-female")
    assert max(notes, key=lambda note: note.pitch).phones == ("l", "e")
    assert max(notes, key=lambda note: note.end - note.start) is notes[-1]
    assert len(name_notes("la " * 40, "en", "en-female")) == MOST_SYLLABLES


def test_a_name_is_sung_by_a_process_of_its_own() -> None:
    sound, rate = sf.read(io.BytesIO(sung_name("Mia", "en", "en-female")))
    assert 1 < len(sound) / rate < 4
    assert 0.3 < np.abs(sound).max() < 0.9
    assert sung_name("🎉", "en", "en-female") == b""
    with pytest.raises(NotSungError):
        sung_name("Mia", "en", "no-voice")


def test_who_has_no_voice_here_and_who_asks_too_often(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(rule: str, key: str) -> None:
        raise TooManyError(rule, 9)

    monkeypatch.setattr(heard_name, "spend", lambda rule, key: None)
    monkeypatch.setattr(heard_name, "sung_name", lambda *asked: " ".join(asked).encode())
    assert heard_name.hear_name(" Zoë\n", "en-GB", "male", "") == "Zoë en en-male".encode()
    assert len(heard_name.hear_name("x" * 5000, "es", "", "") or b"") < 100
    assert heard_name.hear_name("Jan", "nl", "", "") is None
    with pytest.raises(ValueError, match="nothing"):
        heard_name.hear_name("\x00", "en", "", "")
    monkeypatch.setattr(heard_name, "spend", refuse)
    with pytest.raises(TooManyError):
        heard_name.hear_name("Mia", "en", "", "")


def test_the_form_asks_over_http_and_the_name_is_in_no_log(stack: Stack) -> None:
    asked = {"name": "Xanthippe", "language": "en", "voice": "female"}
    answer = stack.call("POST", "/heard-name", json=asked)
    assert (answer.headers["Content-Type"], answer.headers["Cache-Control"]) == ("audio/mpeg", "no-store")
    assert len(answer.content) > 10_000
    assert stack.call("POST", "/heard-name", json={**asked, "language": "nl"}).status_code == 204
    for wrong in ({**asked, "name": "🎉"}, {**asked, "name": None}, [], "x"):
        assert stack.call("POST", "/heard-name", json=wrong).status_code == 422
    assert stack.call("POST", "/heard-name", json=asked, headers={"Origin": "https://evil.example"}).status_code == 403
    assert "Xanthippe" not in stack.read_log()
