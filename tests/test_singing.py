"""How the voices sing: in tune, in time, without clicks or holes, the same bytes every time."""

from __future__ import annotations

import hashlib
import itertools
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import pyworld

from integrations.music.studio.composer import compose
from integrations.music.studio.render import voice_parts
from integrations.music.studio.singing.breath import breath_before
from integrations.music.studio.singing.cast import VOICES_FOLDER, centre_of, names
from integrations.music.studio.singing.line import FRAME_STEP, STEADY, SungSyllable, join, spread_frames
from integrations.music.studio.singing.phones import SILENCE
from integrations.music.studio.singing.pitch import Manner, curve
from integrations.music.studio.singing.singer import ENVELOPE, LEAD, NEPER, VOICE_RATE, sing_line
from integrations.music.studio.singing.voice_bank import Unit, load
from tests.support.sung_requests import VOICE, a_line, a_song, sung

ROOT = Path(__file__).resolve().parents[1]


# the voices


def test_the_voices_are_small_and_come_with_their_licence() -> None:
    sizes = [path.stat().st_size for path in VOICES_FOLDER.glob("*.bin")]
    assert sizes
    assert max(sizes) <= 2_000_000
    assert sum(sizes) <= 8_000_000
    assert "Apache License" in (VOICES_FOLDER / "LICENSE").read_text()
    assert "Kokoro-82M" in (VOICES_FOLDER / "NOTICE").read_text()


@pytest.mark.parametrize("name", [name for name in names() if name.startswith(("it-", "fr-", "pt-"))])
def test_a_vowel_sounds_the_same_before_a_consonant_as_after_one(name: str) -> None:
    voice = load(name)
    for vowel in voice.inventory.vowels:
        before = [voice.unit(vowel, c).frames[0] for c in voice.inventory.consonants if voice.has(vowel, c)]
        after = [voice.unit(c, vowel).frames[-1] for c in voice.inventory.consonants if voice.has(c, vowel)]
        apart = np.linalg.norm((np.mean(before, axis=0) - np.mean(after, axis=0))[1:ENVELOPE])
        assert apart < 0.45, f"{vowel}: {apart:.2f}; 0.6 to 0.8 were heard as another vowel"


def test_what_is_held_of_a_vowel_is_one_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    voice = replace(load("es-female"))
    takes = {"a": 1.0, "m": 2.0}  # each unit sounds like one thing all along
    monkeypatch.setattr(voice, "unit", lambda a, b: Unit(np.full((30, ENVELOPE + 3), takes.get(b, 0), np.float32), 15))
    row, places = join(voice, [SILENCE, "t", "a", "m", SILENCE])
    reach = int(STEADY / FRAME_STEP)
    assert np.allclose(row[places[1].middle - reach - 1 : places[1].middle + reach + 1], 1.5)


@pytest.mark.parametrize("name", [name for name in names() if name.startswith(("it-", "fr-", "pt-"))])
def test_a_line_that_begins_with_a_stop_has_one_burst(name: str) -> None:
    voice = load(name)
    for stop in ("p", "t", "k", "b", "d", "g"):
        first, held = voice.unit(SILENCE, stop), voice.unit(stop, "a").frames[-1]
        assert (first.frames[first.border :, 0] < held[0] - 10 * NEPER).all(), stop


@pytest.mark.parametrize("name", names())
def test_a_voice_knows_every_consonant_with_every_vowel(name: str) -> None:
    voice = load(name)
    vowels, consonants = voice.inventory.vowels, voice.inventory.consonants
    missing = [(c, v) for c in consonants for v in vowels if not voice.has(c, v)]
    assert not missing
    assert all(voice.has("#", p) and voice.has(p, "#") for p in (*vowels, *consonants))


def test_a_missing_diphone_is_sung_by_a_substitute_and_counted() -> None:
    voice = load(VOICE)
    poor = replace(
        voice,
        places={k: v for k, v in voice.places.items() if k not in (("m", "iy"), ("er", "th"))},
        missing=type(voice.missing)(),
    )
    sound = sing_line(poor, a_line(), Manner(), "test")
    assert poor.missing == {("m", "iy"): 1, ("er", "th"): 1}
    assert len(sound) == len(sung())
    assert np.isfinite(sound).all()


def test_a_language_without_a_voice_is_played_as_before() -> None:
    score = compose(a_song("Zeg het met een lied", "nl"))
    assert score.voice == ""
    lead = voice_parts(score)[0]
    assert [n.pitch for n in lead.notes] == [n.pitch for n in score.vocal]


# the sound


def test_a_slow_drift_never_puts_a_short_note_out_of_tune() -> None:
    notes = [SungSyllable(i * 0.3, i * 0.3 + 0.3, 60, 0.8, ("m", "iy")) for i in range(300)]
    times = np.arange(100, 85_000, 5) / 1000
    cents = 1200 * np.log2(curve(notes, times, Manner(depth=0), "test") / (440 * 2 ** ((60 - 69) / 12)))
    assert 3 < np.abs(cents).max() <= 5.01


def test_the_same_line_is_the_same_bytes_in_another_process() -> None:
    script = "import sys; from tests.test_singing import *; sys.stdout.write(hashlib.sha256(sung().tobytes()).hexdigest())"
    other = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert other.stdout == hashlib.sha256(sung().tobytes()).hexdigest()


def test_what_is_silent_in_a_line_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    synthesize = pyworld.synthesize
    monkeypatch.setattr(pyworld, "synthesize", lambda pitch, *more: (made.append(len(pitch)), synthesize(pitch, *more))[1])
    sound = sing_line(load(VOICE), a_line(), Manner(), "test")
    heard = np.flatnonzero(sound)
    assert made[0] * FRAME_STEP <= (heard[-1] - heard[0]) / VOICE_RATE + 0.13
    assert not sound[: heard[0]].any()
    assert np.array_equal(sound, sung())


def test_notes_are_in_tune() -> None:
    sound = sung()[::2].astype(np.float64)
    found, times = pyworld.harvest(sound, VOICE_RATE // 2, f0_floor=200, f0_ceil=600, frame_period=5)
    near = []
    for note in a_line():
        inside = (times > note.start + 0.1) & (times < note.end - 0.13) & (found > 0)
        cents = 1200 * np.log2(found[inside] / (440 * 2 ** ((note.pitch - 69) / 12)))
        near += list(np.abs(cents) <= 35)
        assert not len(cents) or abs(np.median(cents)) <= 15, note
    assert np.mean(near) >= 0.95


@pytest.mark.parametrize("voice", [name for name in names() if name.startswith("en-")])
def test_a_vowel_that_moves_does_not_pull_its_short_note_down(voice: str) -> None:
    words = [("m", "ay"), ("ay",), ("t", "ay", "m"), ("f", "l", "aw"), ("y", "uw"), ("n", "ay", "t", "s")]
    pitches = [centre_of(voice) + step for step in (0, 2, 0, -3, 2, 0)]
    notes = [SungSyllable(i * 0.36, (i + 1) * 0.36, p, 0.8, w) for i, (w, p) in enumerate(zip(words, pitches, strict=True))]
    sound = sing_line(load(voice), notes, Manner(), "test")[::2].astype(np.float64)
    found, times = pyworld.harvest(sound, VOICE_RATE // 2, f0_floor=75, f0_ceil=500, frame_period=5)
    for note in notes:
        inside = (times > LEAD + note.start + 0.1) & (times < LEAD + note.end - 0.13) & (found > 0)
        cents = 1200 * np.log2(found[inside] / (440 * 2 ** ((note.pitch - 69) / 12)))
        assert abs(np.median(cents)) <= 15, note


def test_vowels_begin_on_their_notes_and_consonants_before() -> None:
    voice, notes = load(VOICE), a_line()
    phones = voice.joined([(p, i) for i, n in enumerate(notes) for p in n.phones])
    _, places = join(voice, ["#", *(p for p, _ in phones), "#"])
    seconds, frames = spread_frames(voice, places, notes, [n for _, n in phones])
    assert seconds == sorted(seconds)
    assert frames == sorted(frames)
    for note, vowel in zip(notes, [p for p in places if voice.inventory.is_vowel(p.phone)], strict=False):
        assert abs(float(np.interp(vowel.start, frames, seconds)) - note.start) < FRAME_STEP / 2 or vowel.phone == "y"


def test_a_line_neither_clicks_nor_clips_and_reaches_into_the_high_octave() -> None:
    sound = sung()
    assert np.abs(sound).max() < 4
    assert np.abs(sound[: int(0.1 * VOICE_RATE)]).max() < 1e-4
    assert np.abs(sound[-200:]).max() < 1e-4
    level = np.sqrt((sound[: len(sound) // 441 * 441].reshape(-1, 441) ** 2).mean(axis=1))
    start, end = int(LEAD * 100), int((LEAD + 3.9) * 100)
    assert (level[start:end] < level.max() * 0.003).mean() < 0.08
    spectrum = np.abs(np.fft.rfft(sound)) ** 2
    hz = np.fft.rfftfreq(len(sound), 1 / VOICE_RATE)
    assert spectrum[(hz > 12_500) & (hz < 15_000)].sum() > 1e-6 * spectrum.sum()


@pytest.mark.parametrize("name", names())
def test_no_voice_has_a_hole_below_the_octave_that_is_copied(name: str) -> None:
    voice = load(name)
    line = [replace(n, pitch=n.pitch - (0 if name.endswith("-female") else 12)) for n in a_line()]
    if not name.startswith("en"):
        line = [replace(n, phones=("s", "a")) for n in line]
    spectrum = np.abs(np.fft.rfft(sing_line(voice, line, Manner(), "test"))) ** 2
    hz = np.fft.rfftfreq(2 * len(spectrum) - 2, 1 / VOICE_RATE)
    levels = [10 * np.log10(spectrum[(hz > at) & (hz < at + 500)].mean()) for at in range(8500, 12_000, 500)]
    assert max(a - b for a, b in itertools.pairwise(levels)) < 14, levels


def test_a_breath_is_soft_and_only_where_there_is_time_for_it() -> None:
    sound, at = breath_before(10.0, 1.0, sung(), Manner())
    assert 9.4 < at < at + len(sound) / VOICE_RATE < 10
    assert np.abs(sound).max() < 0.2 * np.abs(sung()).max()
    assert len(breath_before(10.0, 0.15, sung(), Manner())[0]) == 0
    near, _ = breath_before(10.0, 1.0, sung(), Manner(breath=0.1))
    assert np.abs(near).max() > 1.3 * np.abs(sound).max()
