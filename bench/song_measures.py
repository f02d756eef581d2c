"""What is measured of a sung song: pitch, onsets, level against the band, the key that is heard, how two versions differ."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import pyworld

from integrations.music.studio.harmony import NOTE_NAMES
from integrations.music.studio.instrument_bank import RATE, Bank
from integrations.music.studio.mixing import master_mix
from integrations.music.studio.render import record_parts
from integrations.music.studio.sampler import Desk
from integrations.music.studio.score import Score
from integrations.music.studio.singing.front import add_voice
from integrations.music.studio.singing.line import SungSyllable, join, nucleus_of, spread_frames
from integrations.music.studio.singing.phones import SILENCE
from integrations.music.studio.singing.vocals import sing_backing, sing_score
from integrations.music.studio.singing.voice_bank import Voice

VOICELESS = frozenset(("p", "t", "k", "f", "s", "th", "sh", "ch", "x"))
DOUBTED = (95.0, 15.0)  # per cent in tune and cents of a note: what is worse is asked of the slower tracker
PROFILES = {  # how often each step of the scale stands in music of this mode (Albrecht and Shanahan, 2013)
    "major": (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081),
    "minor": (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052),
}


def hertz(pitch: float) -> float:
    """The frequency of a MIDI number."""
    return float(440 * 2 ** ((pitch - 69) / 12))


@dataclass
class Found:
    """What one song measured, or many together."""

    good: int = 0  # voiced frames within 35 cents of the score
    frames: int = 0
    medians: list[float] = field(default_factory=list)  # cents, one a note
    onsets: list[float] = field(default_factory=list)  # milliseconds, notes whose vowel follows a voiceless consonant

    @property
    def share(self) -> float:
        """Per cent of the voiced frames that are in tune."""
        return 100 * self.good / max(1, self.frames)

    def add(self, other: Found) -> None:
        """Take another's figures in."""
        self.good, self.frames = self.good + other.good, self.frames + other.frames
        self.medians += other.medians
        self.onsets += other.onsets

    @classmethod
    def of(cls, several: Iterable[Found]) -> Found:
        """Many together."""
        whole = cls()
        for found in several:
            whole.add(found)
        return whole


def held_until(voice: Voice, line: list[SungSyllable]) -> list[float]:
    """When the vowel of each note ends. In a voiceless consonant after it the tracker still finds some pitch for a moment."""
    phones = voice.joined([(p, i) for i, n in enumerate(line) for p in n.phones])
    _, places = join(voice, [SILENCE, *(p for p, _ in phones), SILENCE])
    owner = [n for _, n in phones]
    seconds, frames = spread_frames(voice, places, line, owner)
    return [float(np.interp(places[i].end, frames, seconds)) for i in nucleus_of(voice, places, owner, len(line))]


def heard(track: np.ndarray, lines: list[list[SungSyllable]], voice: Voice) -> list[Found]:
    """Of each line: pitch of the vowels outside glides, every steady pitch of at least 40 ms; and where voicing begins after a
    voiceless consonant."""
    notes = [note for line in lines for note in line]
    low, high = min(n.pitch for n in notes), max(n.pitch for n in notes)
    sound = track[::2].astype(np.float64)
    rough, times = pyworld.dio(sound, RATE // 2, f0_floor=hertz(low - 5), f0_ceil=hertz(high + 5), frame_period=5)
    pitch = pyworld.stonemask(sound, rough, times, RATE // 2)  # the same figures as harvest's, in a fourteenth of its time
    found = []
    for line in lines:
        ends = held_until(voice, line)
        found.append(_heard_line(times, pitch, line, ends))
        if found[-1].frames and (found[-1].share < DOUBTED[0] or max(found[-1].medians, default=0) > DOUBTED[1]):
            found[-1] = _heard_line(*_again(sound, line), line, ends)
    return found


def _again(sound: np.ndarray, line: list[SungSyllable]) -> tuple[np.ndarray, np.ndarray]:
    """Times and pitch of one line by the slower tracker, which mistakes octaves less and is not misled by breath."""
    begin = max(0, int((line[0].start - 0.2) * RATE / 2))
    piece = sound[begin : int((line[-1].end + 0.2) * RATE / 2)]
    low, high = min(n.pitch for n in line), max(n.pitch for n in line)
    pitch, times = pyworld.harvest(piece, RATE // 2, f0_floor=hertz(low - 5), f0_ceil=hertz(high + 5), frame_period=5)
    return times + begin / (RATE / 2), pitch


def _heard_line(times: np.ndarray, pitch: np.ndarray, line: list[SungSyllable], ends: list[float]) -> Found:
    found = Found()
    voiced = np.convolve(pitch > 0, np.ones(9), "same") > 8.5  # 20 ms away from where the voice starts and stops
    for note, vowel in zip(line, ends, strict=True):
        steps = [(note.start, note.pitch), *note.turns]
        for (start, tone), (end, _) in itertools.pairwise([*steps, (note.end, 0)]):
            inside = (times > start + 0.1) & (times < min(end - 0.13, vowel - 0.02)) & voiced
            if inside.sum() >= 8:
                cents = 1200 * np.log2(pitch[inside] / hertz(tone))
                found.good, found.frames = found.good + int((np.abs(cents) <= 35).sum()), found.frames + len(cents)
                found.medians.append(abs(float(np.median(cents))))
        if len(note.phones) > 1 and note.phones[0] in VOICELESS and note.phones[1] not in VOICELESS:
            near = np.nonzero((times > note.start - 0.06) & (times < note.start + 0.15) & (pitch > 0))[0]
            if len(near) and times[near[0]] > note.start - 0.055:  # else the voice never stopped
                found.onsets.append(1000 * abs(float(times[near[0]]) - note.start))
    return found


def stems(score: Score, bank: Bank) -> tuple[np.ndarray, np.ndarray, np.ndarray, Desk]:
    """The singing alone; voice and band as they stand in the mix, dry and mono; the finished mix.

    The mix is linear before it is mastered: inverting the band separates them.
    """
    track = sing_score(score, lambda share: None)
    backing = sing_backing(score, lambda share: None) if score.backing else None
    band = Desk(int((score.length + 0.2) * RATE))
    record_parts(replace(score, voice="", vocal=[]), bank, band, lambda share: None)
    desks = []
    for sign in (1, -1):
        desk = Desk(len(band.left))
        desk.left, desk.right, desk.send = band.left * sign, band.right * sign, band.send * sign
        add_voice(desk, track, score, backing)
        desks.append(desk)
    plus, minus = ((d.left + d.right) / 2 for d in desks)
    master_mix(desks[0], score.length)
    return track, (plus + minus) / 2, (plus - minus) / 2, desks[0]


def band_level(sound: np.ndarray, where: np.ndarray) -> float:
    """dB of what lies between 300 and 3400 Hz in the frames of `where` (one flag per 100 ms)."""
    rows = sound[: len(sound) // 4410 * 4410].reshape(-1, 4410)
    power = np.abs(np.fft.rfft(rows * np.hanning(4410))) ** 2
    hz = np.fft.rfftfreq(4410, 1 / RATE)
    inside = power[:, (hz > 300) & (hz < 3400)].sum(1)
    return float(10 * np.log10(inside[: len(where)][where[: len(inside)]].mean() + 1e-9))


def key_heard(sound: np.ndarray) -> str:
    """The key that fits the sound best, from how often each of the twelve tones is heard in it."""
    size = 16_384
    rows = sound[: len(sound) // size * size].reshape(-1, size)
    power = np.abs(np.fft.rfft(rows * np.hanning(size)))
    hz = np.fft.rfftfreq(size, 1 / RATE)
    chroma = np.zeros((len(rows), 12))
    for tone in range(40, 77):  # E2 to E5: fundamentals more than overtones
        near = np.abs(12 * np.log2(np.maximum(hz, 1) / hertz(tone))) < 0.35
        chroma[:, tone % 12] += power[:, near].max(1)
    share = (chroma / (chroma.max(1, keepdims=True) + 1e-9)).mean(0)
    fits = {
        f"{NOTE_NAMES[tonic]} {mode}": np.corrcoef(np.roll(profile, tonic), share)[0, 1]
        for tonic in range(12)
        for mode, profile in PROFILES.items()
    }
    return max(fits, key=lambda key: fits[key])


def differing(a: Score, b: Score) -> int:
    """How many of six things differ: tempo by 4 %, metre or swing, key, lead, voice, and at least half of the players."""
    players = [{f"{p.instrument} {p.role}" for p in s.parts} for s in (a, b)]
    same = len(players[0] & players[1]) / max(1, len(players[0] | players[1]))
    return sum(
        (
            abs(a.tempo / b.tempo - 1) >= 0.04,
            (a.metre, a.swing) != (b.metre, b.swing),
            a.key != b.key,
            a.lead != b.lead,
            a.voice != b.voice,
            same <= 0.5,
        )
    )
