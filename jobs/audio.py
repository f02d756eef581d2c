"""Audio: what a provider sent becomes a levelled master, a really cut preview, and the bars of both waveforms."""

from __future__ import annotations

import io
from dataclasses import dataclass

import lameenc
import numpy as np
import soundfile

from integrations.music.studio.loudness import integrated

TARGET_LUFS = -16.0
TOLERANCE = 0.5  # LU: a master this close is kept byte for byte
CEILING = 0.89  # linear, -1 dBFS
PREVIEW_SECONDS = 45.0
FADE_SECONDS = 2.5
BARS = 200
MEASURED_RATE = 44_100


class UnusableAudioError(Exception):
    """Not audio, silent, or of a length no song has; the message is for staff."""


@dataclass(frozen=True)
class Recording:
    """A finished variation, ready to store. Peaks are `BARS` whole numbers from 0 to 100."""

    master: bytes
    preview: bytes
    duration_ms: int
    preview_ms: int
    loudness_lufs: float
    master_peaks: list[int]
    preview_peaks: list[int]


def record(content: bytes) -> Recording:
    """Check, level and cut a provider's file. Raises UnusableAudioError."""
    samples, rate = decode(content)
    level = loudness(samples, rate)
    master = content
    if not _is_mp3(content) or abs(level - TARGET_LUFS) > TOLERANCE:
        samples = levelled(samples, level)
        master, level = encode(samples, rate), loudness(samples, rate)
    cut = preview_of(samples, rate)
    return Recording(
        master=master,
        preview=encode(cut, rate, kbit=128),
        duration_ms=round(len(samples) / rate * 1000),
        preview_ms=round(len(cut) / rate * 1000),
        loudness_lufs=round(level, 2),
        master_peaks=peaks(samples),
        preview_peaks=peaks(cut),
    )


def decode(content: bytes) -> tuple[np.ndarray, int]:
    """Samples as float32 (frames, 2) and the rate in Hz. Raises UnusableAudioError for what is no song."""
    try:
        samples, rate = soundfile.read(io.BytesIO(content), dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, RuntimeError) as error:
        raise UnusableAudioError(f"not decodable: {error}") from error
    seconds = len(samples) / rate
    if not 10 <= seconds <= 600:
        raise UnusableAudioError(f"{seconds:.1f} s long")
    if not np.isfinite(samples).all() or float(np.abs(samples).max()) < 0.01:
        raise UnusableAudioError("silent")
    return np.repeat(samples, 2, axis=1) if samples.shape[1] == 1 else samples[:, :2], rate


def levelled(samples: np.ndarray, level: float) -> np.ndarray:
    """Brought to the target loudness, but never into clipping."""
    gain = 10 ** ((TARGET_LUFS - level) / 20)
    loudest = float(np.abs(samples).max()) * gain
    return np.asarray(samples * min(gain, gain * CEILING / loudest if loudest > CEILING else gain), dtype=np.float32)


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
    fade = int(FADE_SECONDS * rate)
    cut[-fade:] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)[:, None] ** 2
    return levelled(cut, loudness(cut, rate))


def peaks(samples: np.ndarray) -> list[int]:
    """The waveform as `BARS` bars, 0..100, scaled to the loudest."""
    loud = np.abs(samples).max(axis=1)
    step = max(1, len(loud) // BARS)
    bars = loud[: step * BARS].reshape(-1, step).max(axis=1) if len(loud) >= BARS else loud
    return [int(bar) for bar in np.rint(bars / max(float(bars.max()), 1e-6) * 100)]


def encode(samples: np.ndarray, rate: int, kbit: int = 160) -> bytes:
    """MP3 at a constant bitrate, by LAME itself: six times as fast as libsndfile (130x against 22x real time)."""
    encoder = lameenc.Encoder()
    encoder.set_in_sample_rate(rate)
    encoder.set_channels(2)
    encoder.set_bit_rate(kbit)
    encoder.set_quality(7)
    encoder.silence()
    whole = (np.clip(samples, -1.0, 1.0) * 32767).astype("<i2").tobytes()
    return bytes(encoder.encode(whole)) + bytes(encoder.flush())


def _is_mp3(content: bytes) -> bool:
    return content[:3] == b"ID3" or (content[0] == 0xFF and content[1] & 0xE0 == 0xE0)
