"""How the studio sounds, measured as decoded MP3: loudness, tags, timed lines, variations that differ."""

from __future__ import annotations

import io
import itertools
from functools import cache

import numpy as np
import pytest
import soundfile as sf
from mutagen.id3 import ID3
from mutagen.mp3 import MP3

from integrations.music.studio import mixing
from integrations.music.studio.instrument_bank import RATE, Bank
from integrations.music.studio.render import Recording, render_song
from integrations.music.studio.sampler import Desk
from tests.support.studio_requests import BALLAD, HOSTILE, LYRICS, a_request


@cache
def recorded(variation: int, style: str = BALLAD) -> tuple[Recording, np.ndarray]:
    """A rendered song and its decoded frames, shape (frames, 2)."""
    song = render_song(a_request(variation, style), Bank(), lambda stage, percent: None)
    frames, rate = sf.read(io.BytesIO(song.mp3), dtype="float32")
    assert rate == 44_100
    return song, frames


def test_lines_and_sections_are_timed_in_order() -> None:
    song, frames = recorded(1)
    lines = [line for line in song.lines if line.level == "line"]
    assert [line.text for line in lines] == [x for x in LYRICS.splitlines() if not x.startswith("[")]
    assert all(a.end_ms <= b.start_ms for a, b in itertools.pairwise(lines))
    words = [w.text for w in song.lines if w.level == "word"]
    assert words == " ".join(line.text for line in lines).split()
    assert [s.name for s in song.sections if s.name.startswith(("Verse", "Chorus"))] == [
        "Verse 1",
        "Chorus",
        "Verse 2",
        "Chorus",
    ]
    assert abs(song.sections[-1].end_ms / 1000 - len(frames) / 44_100) < 0.2


# the sound


@pytest.mark.parametrize("variation", [1, 2, 3])
def test_the_mp3_is_as_loud_and_clean_as_promised(variation: int) -> None:
    _song, frames = recorded(variation)
    assert 60 <= len(frames) / 44_100 <= 120
    assert abs(_lufs(frames) + 16) <= 0.5
    assert 0.3 < np.abs(frames).max() <= 10 ** (-1 / 20)
    assert np.abs(frames.mean(axis=0)).max() < 0.001
    level = np.abs(frames).max(axis=1)[: len(frames) // 2205 * 2205].reshape(-1, 2205).max(axis=1)
    quiet = (level < 10 ** (-50 / 20))[:-40]
    assert not (np.convolve(quiet, np.ones(30), "valid") >= 30).any()
    assert level[-2:].max() < 0.01
    assert np.corrcoef(frames[:, 0], frames[:, 1])[0, 1] < 0.95


def test_variations_do_not_sound_alike() -> None:
    centres, onsets = [], []
    for variation in (1, 2, 3):
        _, frames = recorded(variation)
        mono = frames.mean(axis=1)
        rows = np.abs(np.fft.rfft(mono[: len(mono) // 4096 * 4096].reshape(-1, 4096) * np.hanning(4096)))
        centres.append(float((rows.mean(axis=0) * np.arange(2049)).sum() / rows.mean(axis=0).sum()))
        onsets.append(float(np.maximum(0, np.diff(np.log1p(rows), axis=0)).mean()))
    distances = [abs(np.log(centres[a] / centres[b])) + abs(np.log(onsets[a] / onsets[b])) for a, b in ((0, 1), (0, 2), (1, 2))]
    assert min(distances) > 0.08


def _lufs(frames: np.ndarray) -> float:
    """BS.1770 with the standard's own digital filters, evaluated over the whole file at once: independent of loudness.py."""
    size = 1 << int(np.ceil(np.log2(len(frames) + 44_100)))
    spectrum = np.fft.rfft(frames, size, axis=0)
    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size * 44_100 / 48_000)  # the coefficients are for 48 kHz
    shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2) / (
        1 - 1.69065929318241 * z + 0.73248077421585 * z**2
    )
    high = (1 - 2 * z + z**2) / (1 - 1.99004745483398 * z + 0.99007225036621 * z**2)
    weighted = np.fft.irfft(spectrum * (shelf * high)[:, None], size, axis=0)[: len(frames)]
    hops = (weighted[: len(frames) // 4410 * 4410] ** 2).reshape(-1, 4410, 2).mean(axis=1).sum(axis=1)
    blocks = (hops[:-3] + hops[1:-2] + hops[2:-1] + hops[3:]) / 4
    loud = blocks[blocks > 10 ** ((-70 + 0.691) / 10)]
    loud = loud[loud > loud.mean() / 10]
    return float(-0.691 + 10 * np.log10(loud.mean()))


def test_the_tags_say_that_a_machine_made_it_and_hostile_names_are_inert() -> None:
    from integrations.music.studio.mp3 import tagged_recording

    plain = recorded(1)[0].mp3
    tags = ID3(io.BytesIO(plain))
    assert tags.version[:2] == (2, 3)
    assert str(tags["TPE1"]) == "Serenade Studio"
    assert tags["TXXX:AI-Generated"].text == ["yes / made with AI"]  # TXXX: ID3's own-text frame
    assert "Happy birthday Anna" in str(tags["USLT::eng"])
    assert str(tags["TLAN"]) == "eng"
    hostile = tagged_recording(plain, a_request(title="Zoë\x00<script>\u202e\nX 🎉" + "y" * 500, lyrics=HOSTILE))
    title = str(ID3(io.BytesIO(hostile))["TIT2"])
    assert title.startswith("Zoë<script> X 🎉")
    assert len(title) <= 200
    assert MP3(io.BytesIO(plain)).info.sample_rate == 44_100


def test_a_mix_that_is_as_loud_as_it_should_be_keeps_its_peaks_in_bounds_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mixing, "integrated", lambda left, right: -16.0)
    desk = Desk(8 * RATE)
    desk.left[:: RATE // 2] = desk.right[:: RATE // 2] = 3.0
    mixing.master_mix(desk, 8.0)
    assert np.abs(np.stack([desk.left, desk.right])).max() <= 10 ** (-2.1 / 20)
