"""Audio: what a provider sent becomes a levelled master, a really cut preview, and the bars of both waveforms."""

from __future__ import annotations

import hashlib
import io
import math
from dataclasses import dataclass, field

import lameenc
import numpy as np
import soundfile

from integrations.music import Reason
from integrations.music.containers import UnusableAudioError, is_mp3, readable_audio
from integrations.music.mp3_frames import cut_frames, frames_of
from integrations.music.studio.loudness import integrated
from integrations.music.tagging import tagged
from integrations.storage import storage
from jobs.generation.gaps_and_clipping import check_audio, loudest_channel
from jobs.generation.silence import sounding
from settings import settings

TARGET_LUFS = -16.0
TOLERANCE = 0.5  # LU
_KEPT = (TARGET_LUFS - 0.7, TARGET_LUFS + TOLERANCE)  # an MP3 in there keeps its frames: LAME makes -16.45 of the target
_CEILING = 0.891  # linear, -1 dBTP
HEADROOM = 0.94  # MP3 encoding moves peaks by up to half a dB
TAPS = 16  # samples on either side that true peaks are interpolated from
_offsets = np.array([0.25, 0.5, 0.75])[None, :] - np.arange(-TAPS + 1, TAPS + 1)[:, None]
BETWEEN = (np.sinc(_offsets) * np.cos(np.pi * _offsets / (2 * TAPS + 1)) ** 2).astype(np.float32)
PREVIEW_SECONDS = 45.0
FADE_SECONDS = 2.5
_BARS = 200
MEASURED_RATE = 44_100
_FRAME = 1152  # samples of an MP3 frame
_MOST_SECONDS = 600


@dataclass(frozen=True)
class LevelledAudio:
    """A finished variation, ready to store. Peaks are `BARS` whole numbers from 0 to 100."""

    master: bytes
    preview: bytes
    duration_ms: int
    preview_ms: int
    loudness_lufs: float
    master_peaks: list[int]
    preview_peaks: list[int]
    checks: dict[str, float] = field(default_factory=dict)
    cut_ms: int = 0  # silence cut off the beginning: everything that has a time of the provider's moves by so much


def make_recording(content: bytes, title: str = "", lyrics: str = "", least_seconds: float = 0.0) -> LevelledAudio:
    """Check, cut, level and tag a provider's file. Raises UnusableAudioError, also below `least_seconds`.

    `lyrics` stand in the tags of the whole song.
    """
    content = readable_audio(content)
    samples, rate = _song_in(content)
    level = loudness(samples, rate)
    checks = {"lufs": round(level, 1), **check_audio(samples, rate)}
    start, end = _ends(samples, rate, level, max(least_seconds, settings.least_song_seconds))
    master = _kept(content, start, end, len(samples)) if _KEPT[0] <= level <= _KEPT[1] else None
    samples = samples[start:end]
    highest = true_peak(samples)
    if master is None or highest > _CEILING:
        samples = levelled(samples, loudness(samples, rate), rate)
        master, level, highest = encode_levelled(samples, rate), loudness(samples, rate), true_peak(samples)
    checks["true_peak"] = round(20 * math.log10(max(highest, 1e-6)), 1)
    cut = preview_of(samples, rate)
    return LevelledAudio(
        master=tagged(master, title, lyrics),
        preview=tagged(encode_levelled(cut, rate, kbit=128), title),
        duration_ms=round(len(samples) / rate * 1000),
        preview_ms=round(len(cut) / rate * 1000),
        loudness_lufs=round(level, 2),
        master_peaks=peaks(samples),
        preview_peaks=peaks(cut),
        checks=checks,
        cut_ms=round(start / rate * 1000),
    )


def _ends(samples: np.ndarray, rate: int, level: float, least_seconds: float) -> tuple[int, int]:
    """First and last sample to keep, the first at the boundary of an MP3's frame."""
    start, end = sounding(samples, rate, level)
    start = start // _FRAME * _FRAME
    seconds = (end - start) / rate
    if seconds < least_seconds:
        raise UnusableAudioError(Reason.NO_SONG, f"{seconds:.1f} s of sound where {least_seconds:.0f} s are the least")
    return start, end


def _kept(content: bytes, start: int, end: int, length: int) -> bytes | None:
    """The provider's own MP3, its frames as they are, without silent ends; None where it must be encoded again.

    Measured: a cut at frames loses nothing, encoding again at 160 kbit/s leaves a difference 20 dB below the song.
    """
    if not is_mp3(content):
        return None
    return content if (start, end) == (0, length) else cut_frames(content, frames_of(content), start, end)


def decode(content: bytes) -> tuple[np.ndarray, int]:
    """Samples as float32 (frames, 2) and the rate in Hz. Raises UnusableAudioError for what is no song."""
    return _song_in(readable_audio(content))


def _song_in(content: bytes) -> tuple[np.ndarray, int]:
    samples, rate = samples_of(content)
    seconds = len(samples) / rate
    if not settings.least_song_seconds <= seconds <= _MOST_SECONDS:
        raise UnusableAudioError(Reason.NO_SONG, f"{seconds:.1f} s long")
    if not np.isfinite(samples).all() or float(np.abs(samples).max()) < 0.01:
        raise UnusableAudioError(Reason.NO_SONG, "silent")
    return np.repeat(samples, 2, axis=1) if samples.shape[1] == 1 else samples[:, :2], rate


def samples_of(content: bytes) -> tuple[np.ndarray, int]:
    """Samples as float32 and the rate in Hz, whatever is in them. Raises UnusableAudioError."""
    try:
        samples, rate = soundfile.read(io.BytesIO(content), dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, RuntimeError) as error:
        raise UnusableAudioError(Reason.AUDIO_BROKEN, f"not decodable: {error}") from error
    return samples, rate


def levelled(samples: np.ndarray, level: float, rate: int) -> np.ndarray:
    """Brought to the target loudness; what would rise above the ceiling is limited, the rest keeps its level."""
    louder = np.asarray(samples * np.float32(10 ** ((TARGET_LUFS - level) / 20)), dtype=np.float32)
    if true_peak(louder) <= _CEILING * HEADROOM:
        return louder
    for _ in range(4):  # limiting costs some loudness: give back what it cost
        made = limited(louder)
        short = TARGET_LUFS - loudness(made, rate)
        if short < TOLERANCE:
            return made
        louder = np.asarray(louder * np.float32(10 ** (short * 1.3 / 20)), dtype=np.float32)
    return limited(louder)


def true_peak(samples: np.ndarray) -> float:
    """The highest value between the samples too: four times oversampled (ITU-R BS.1770-4, annex 2) where they are loud."""
    loudest = float(np.abs(samples).max()) if len(samples) else 0.0
    highest = loudest
    for channel in samples.T:
        near = np.flatnonzero(np.abs(channel[TAPS:-TAPS]) > 0.7 * loudest) + TAPS
        for begin in range(0, len(near), 200_000):
            at = near[begin : begin + 200_000]
            window = channel[at[:, None] + np.arange(-TAPS + 1, TAPS + 1)]
            highest = max(highest, float(np.abs(window @ BETWEEN).max()))
    return highest


def limited(samples: np.ndarray) -> np.ndarray:
    """A look-ahead limiter: the gain falls 5 ms before a peak and comes back over 50 ms."""
    step = 64
    frames = len(samples) // step + 1
    loud = loudest_channel(samples)
    loud = np.concatenate([loud, np.zeros(frames * step - len(loud), dtype=loud.dtype)]).reshape(frames, step).max(axis=1)
    needed = np.minimum(1.0, _CEILING * HEADROOM / np.maximum(loud, 1e-9))
    padded = np.concatenate([np.ones(4), needed, np.ones(4)])
    needed = np.lib.stride_tricks.sliding_window_view(padded, 9).min(axis=1)
    gain = np.minimum(needed, np.convolve(np.concatenate([np.ones(8), needed, np.ones(8)]), np.ones(17) / 17, "valid"))
    at = np.interp(np.arange(len(samples)), (np.arange(frames) + 0.5) * step, gain)
    out = samples * at[:, None].astype(np.float32)
    highest = true_peak(out)
    return np.asarray(out * np.float32(min(1.0, _CEILING * HEADROOM / max(highest, 1e-9))), dtype=np.float32)


def loudness(samples: np.ndarray, rate: int) -> float:
    """Integrated loudness in LUFS (ITU-R BS.1770), measured at 44.1 kHz."""
    if rate != MEASURED_RATE:
        at = np.linspace(0, len(samples) - 1, int(len(samples) * MEASURED_RATE / rate))
        samples = np.stack([np.interp(at, np.arange(len(samples)), channel) for channel in samples.T], axis=1)
    return integrated(*(np.ascontiguousarray(channel, dtype=np.float32) for channel in samples.T))


def preview_of(samples: np.ndarray, rate: int) -> np.ndarray:
    """The first 45 s (never more than 3/4 of the song) with a fade, at the same loudness as every other preview."""
    frames = int(min(PREVIEW_SECONDS, 0.75 * len(samples) / rate) * rate)
    cut = samples[:frames].copy()
    fade = min(int(FADE_SECONDS * rate), frames // 2)
    cut[-fade:] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)[:, None] ** 2
    return levelled(cut, loudness(cut, rate), rate)


def peaks(samples: np.ndarray) -> list[int]:
    """The waveform as `BARS` bars, 0..100, scaled to the loudest."""
    loud = loudest_channel(samples)
    step = max(1, len(loud) // _BARS)
    bars = loud[: step * _BARS].reshape(-1, step).max(axis=1) if len(loud) >= _BARS else loud
    return [int(bar) for bar in np.rint(bars / max(float(bars.max()), 1e-6) * 100)]


def encode_levelled(samples: np.ndarray, rate: int, kbit: int = 160) -> bytes:
    """MP3 at a constant bitrate, by LAME itself: six times as fast as libsndfile (130x against 22x real time)."""
    encoder = lameenc.Encoder()
    encoder.set_in_sample_rate(rate)
    encoder.set_channels(2)
    encoder.set_bit_rate(kbit)
    encoder.set_quality(7)
    encoder.silence()
    whole = (np.clip(samples, -1.0, 1.0) * 32767).astype("<i2").tobytes()
    return bytes(encoder.encode(whole)) + bytes(encoder.flush())


def store(folder: str, recording: LevelledAudio) -> tuple[str, str, str]:
    """(master key, preview key, sha256). Names carry the content's hash: twice is harmless, a URL never changes its audio."""
    sha = hashlib.sha256(recording.master).hexdigest()
    preview_sha = hashlib.sha256(recording.preview).hexdigest()
    master_key, preview_key = f"{folder}/master-{sha[:16]}.mp3", f"{folder}/preview-{preview_sha[:16]}.mp3"
    storage().put(master_key, recording.master)
    storage().put(preview_key, recording.preview)
    return master_key, preview_key, sha
