"""Builds `bank.bin`, the studio's instruments, from Debian's FluidR3_GM.sf2. Run by hand; the running studio never needs it.

    apt-get install fluid-soundfont-gm && python -m integrations.music.studio.build_instrument_bank

bank.bin = b"SRBK", length of the index (uint32, little endian), the index (JSON), then mono Ogg Vorbis files.
"""

from __future__ import annotations

import io
import json
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile as sf

from integrations.music.studio.arrays import Floats

_RATE = 32_000
_SOURCE = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
_TARGET = Path(__file__).with_name("bank.bin")

# name: (bank, preset, seconds kept, semitones between samples, lowest and highest root)
INSTRUMENTS: dict[str, tuple[int, int, float, int, int, int]] = {
    "piano": (0, 0, 4.0, 5, 33, 96),
    "epiano": (0, 4, 3.0, 6, 36, 88),
    "nylon": (0, 24, 2.6, 5, 40, 84),
    "steel": (0, 25, 2.6, 5, 40, 84),
    "jazzguitar": (0, 26, 1.8, 7, 40, 80),
    "cleanguitar": (0, 27, 2.0, 7, 40, 80),
    "banjo": (0, 105, 1.0, 7, 48, 84),
    "harp": (0, 46, 2.2, 8, 36, 91),
    "acousticbass": (0, 32, 1.8, 5, 28, 55),
    "fingerbass": (0, 33, 1.8, 5, 28, 55),
    "strings": (0, 48, 3.4, 5, 36, 93),
    "violin": (0, 40, 2.4, 6, 55, 91),
    "cello": (0, 42, 2.4, 6, 36, 72),
    "pizzicato": (0, 45, 0.8, 7, 36, 91),
    "choir": (0, 52, 3.0, 6, 43, 84),
    "oohs": (0, 53, 3.0, 6, 43, 84),
    "flute": (0, 73, 2.2, 6, 60, 94),
    "clarinet": (0, 71, 2.2, 6, 50, 86),
    "altosax": (0, 65, 2.2, 6, 50, 82),
    "harmonica": (0, 22, 1.8, 6, 60, 90),
    "accordion": (0, 21, 1.8, 7, 48, 88),
    "horns": (0, 60, 2.6, 6, 40, 77),
    "trumpet": (0, 56, 1.8, 6, 55, 84),
    "brass": (0, 61, 1.8, 7, 45, 84),
    "organ": (0, 17, 2.0, 6, 45, 84),
    "vibraphone": (0, 11, 3.0, 7, 53, 89),
    "celesta": (0, 8, 1.6, 7, 60, 100),
    "glockenspiel": (0, 9, 1.4, 7, 72, 103),
    "musicbox": (0, 10, 1.6, 7, 60, 96),
    "timpani": (0, 47, 1.6, 6, 36, 55),
}
_HELD = frozenset(
    [
        "strings",
        "violin",
        "cello",
        "choir",
        "oohs",
        "flute",
        "clarinet",
        "altosax",
        "harmonica",
        "accordion",
        "horns",
        "trumpet",
        "brass",
        "organ",
    ]
)
STANDARD, BRUSH, ORCHESTRA = (128, 0), (128, 40), (128, 48)
DRUMS: dict[str, tuple[tuple[int, int], int, float]] = {  # name: (bank and preset, MIDI key, seconds)
    "kick": (STANDARD, 36, 0.5),
    "softkick": (BRUSH, 36, 0.5),
    "snare": (STANDARD, 38, 0.6),
    "rim": (STANDARD, 37, 0.3),
    "clap": (STANDARD, 39, 0.5),
    "brushtap": (BRUSH, 38, 0.5),
    "brushslap": (BRUSH, 39, 0.5),
    "brushswirl": (BRUSH, 40, 1.2),
    "hat": (STANDARD, 42, 0.3),
    "pedalhat": (STANDARD, 44, 0.3),
    "openhat": (STANDARD, 46, 1.0),
    "ride": (STANDARD, 51, 1.6),
    "crash": (STANDARD, 49, 2.4),
    "lowtom": (STANDARD, 41, 0.8),
    "midtom": (STANDARD, 45, 0.8),
    "hightom": (STANDARD, 48, 0.7),
    "tambourine": (STANDARD, 54, 0.4),
    "shaker": (STANDARD, 82, 0.3),
    "cabasa": (STANDARD, 69, 0.3),
    "sleighbells": (STANDARD, 83, 0.6),
    "triangle": (STANDARD, 81, 1.6),
    "conga": (STANDARD, 63, 0.5),
    "lowconga": (STANDARD, 64, 0.5),
    "woodblock": (STANDARD, 76, 0.3),
    "concertbass": (ORCHESTRA, 36, 1.2),
    "swell": (ORCHESTRA, 59, 2.4),
}


@dataclass
class Zone:
    """One sample as one preset uses it. Loop bounds are frames from the sample's start; loop end 0 means it does not loop."""

    name: str
    root: float
    keys: tuple[int, int]
    velocities: tuple[int, int]
    rate: int
    frames: Floats
    loop: tuple[int, int]


class SoundFont:
    """Just enough of the SoundFont 2.04 format: presets, their zones and 16-bit samples."""

    def __init__(self, path: Path) -> None:
        self.raw = path.read_bytes()
        self.chunks: dict[bytes, tuple[int, int]] = {}
        for name, start, size in self._walk(12, len(self.raw)):
            if name == b"LIST":
                self.chunks.update({n: (s, k) for n, s, k in self._walk(start + 4, start + size)})
        self.presets = {(bank, number): i for i, (_, number, bank, _) in enumerate(self._rows(b"phdr", "<20sHHH12x")[:-1])}
        self.preset_bags = [row[3] for row in self._rows(b"phdr", "<20sHHH12x")]
        self.instrument_bags = [row[1] for row in self._rows(b"inst", "<20sH")]
        self.bags = {name: [row[0] for row in self._rows(name, "<HH")] for name in (b"pbag", b"ibag")}
        self.generators = {name: self._rows(name, "<HH") for name in (b"pgen", b"igen")}
        self.samples = self._rows(b"shdr", "<20sIIIIIBbHH")

    def _walk(self, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
        while start < end:
            name, size = struct.unpack_from("<4sI", self.raw, start)
            yield name, start + 8, size
            start += 8 + size + (size & 1)

    def _rows(self, chunk: bytes, shape: str) -> list[tuple[int, ...]]:
        start, size = self.chunks[chunk]
        return list(struct.iter_unpack(shape, self.raw[start : start + size]))

    def _zones_of(self, bags: bytes, gens: bytes, first: int, last: int) -> Iterator[dict[int, int]]:
        shared: dict[int, int] = {}
        for number in range(first, last):
            lo, hi = self.bags[bags][number], self.bags[bags][number + 1]
            zone = {row[0]: row[1] for row in self.generators[gens][lo:hi]}
            if (53 if gens == b"igen" else 41) in zone:
                yield shared | zone
            elif number == first:
                shared = zone

    def zones(self, bank: int, number: int) -> list[Zone]:
        """All zones of a preset, stereo pairs included."""
        place = self.presets[(bank, number)]
        found = []
        for outer in self._zones_of(b"pbag", b"pgen", self.preset_bags[place], self.preset_bags[place + 1]):
            instrument = outer[41]
            first, last = self.instrument_bags[instrument], self.instrument_bags[instrument + 1]
            for inner in self._zones_of(b"ibag", b"igen", first, last):
                found.append(self._zone(inner))
        return found

    def _zone(self, gens: dict[int, int]) -> Zone:
        name, start, end, loop_start, loop_end, rate, original, correction, _, _ = self.samples[gens[53]]

        def signed(key: int) -> int:
            value = gens.get(key, 0)
            return value - 65536 if value > 32767 else value

        start += signed(0) + 32768 * signed(4)
        end += signed(1) + 32768 * signed(12)
        loop_start += signed(2) + 32768 * signed(45)
        loop_end += signed(3) + 32768 * signed(50)
        root = gens.get(58, original)
        root = original if root > 127 else root
        tuned = root - signed(51) - (signed(52) + correction) / 100
        smpl = self.chunks[b"smpl"][0]
        pcm = np.frombuffer(self.raw, "<i2", end - start, smpl + 2 * start).astype(np.float32) / np.float32(32768)
        loop = (loop_start - start, loop_end - start) if gens.get(54, 0) & 1 else (0, 0)
        pair = [(gens.get(k, 127 << 8) & 255, gens.get(k, 127 << 8) >> 8) for k in (43, 44)]
        label = bytes(name).split(b"\0")[0].decode("latin-1")
        return Zone(label, tuned, pair[0], pair[1], rate, pcm, loop)


def resampled_zone(frames: Floats, ratio: float) -> Floats:
    """`frames` stretched to `ratio` times as many, band limited (one FFT; the ends are padded so that nothing wraps)."""
    padded = np.concatenate([frames, np.zeros(4096, np.float32)])
    spectrum = np.fft.rfft(padded)
    length = round(len(padded) * ratio)
    out = np.zeros(length // 2 + 1, np.complex64)
    kept = min(len(spectrum), len(out))
    out[:kept] = spectrum[:kept]
    return (np.fft.irfft(out, length) * ratio)[: round(len(frames) * ratio)].astype(np.float32)


def unrolled(zone: Zone, seconds: float, held: bool) -> Floats:
    """The sample at its own rate, its loop repeated until it is `seconds` long; a struck or plucked one goes on dying away."""
    wanted = int(seconds * zone.rate)
    start, end = zone.loop
    if end <= start or len(zone.frames) >= wanted:
        return zone.frames[:wanted]
    body = zone.frames[start:end]
    turns = max(0, wanted - end) // len(body) + 1
    frames = np.concatenate([zone.frames[:end], np.tile(body, turns)])[:wanted]
    if not held:
        decibels = 12.0 * 2 ** ((zone.root - 60) / 24) * np.maximum(0, np.arange(len(frames)) - start) / zone.rate
        frames = frames * 10 ** (-decibels / 20)
    return frames.astype(np.float32)


def loop_points(frames: Floats) -> tuple[int, int]:
    """Where a held note may jump back: the pair of places in the second half whose surroundings look most alike."""
    end, span = len(frames) - 1600, 1024
    target = frames[end - span : end]
    low, high = int(len(frames) * 0.30), int(len(frames) * 0.62)
    area = frames[low - span : high]
    scores = np.correlate(area, target, "valid") / np.sqrt(np.convolve(area**2, np.ones(span), "valid") + 1e-9)
    return low + int(np.argmax(scores)), end


def trimmed(frames: Floats) -> Floats:
    """Without the silence in front (a late attack drags), with a short fade at the end, peak at 0.9."""
    loud = np.flatnonzero(np.abs(frames) > 0.02 * np.abs(frames).max())
    frames = frames[max(0, int(loud[0]) - 48) :].copy()
    frames[:16] *= np.linspace(0, 1, 16, dtype=np.float32)
    tail = min(len(frames) // 4, 1600)
    frames[-tail:] *= np.linspace(1, 0, tail, dtype=np.float32)
    scaled: Floats = (frames * (0.9 / np.abs(frames).max())).astype(np.float32)
    return scaled


def level_of(frames: Floats) -> float:
    """How loud the first second sounds: root mean square of its loudest 0.2 s."""
    power = np.convolve(frames[:_RATE] ** 2, np.ones(6400) / 6400, "same") if len(frames) > 6400 else frames**2
    return float(np.sqrt(power.max()))


def chosen_zones(zones: list[Zone], spacing: int, low: int, high: int) -> list[Zone]:
    """One zone per `spacing` semitones: played at a medium loudness, the left one of a stereo pair."""
    fit = [z for z in zones if z.velocities[0] <= 88 <= z.velocities[1] and low - 3 <= z.root <= high + 3]
    names: dict[int, Zone] = {}
    for zone in fit:
        names.setdefault(round(zone.root), zone)
    picked: list[Zone] = []
    for root in sorted(names):
        if not picked or root - picked[-1].root >= spacing - 0.5:
            picked.append(names[root])
    return picked


def encoded(frames: Floats) -> bytes:
    """One mono Ogg Vorbis file."""
    out = io.BytesIO()
    sf.write(out, frames, _RATE, format="OGG", subtype="VORBIS", compression_level=0.55)
    return out.getvalue()


def build(source: Path = _SOURCE, target: Path = _TARGET) -> None:
    """Write the bank."""
    font, blobs = SoundFont(source), bytearray()
    index: dict[str, list[list[float]]] = {}

    def keep(name: str, zone: Zone, seconds: float, root: float) -> None:
        raw = resampled_zone(unrolled(zone, seconds, name in _HELD), _RATE / zone.rate)
        frames = trimmed(raw)
        loop = loop_points(frames) if name in _HELD else (0, 0)
        blob = encoded(frames)
        row = [len(blobs), len(blob), round(root, 3), *loop, round(level_of(frames), 4)]
        index.setdefault(name, []).append(row)
        blobs.extend(blob)

    for name, (bank, number, seconds, spacing, low, high) in INSTRUMENTS.items():
        for zone in chosen_zones(font.zones(bank, number), spacing, low, high):
            keep(name, zone, seconds, zone.root)
    for name, ((bank, number), key, seconds) in DRUMS.items():
        fit = [z for z in font.zones(bank, number) if z.keys[0] <= key <= z.keys[1] and z.velocities[1] >= 100]
        if not fit:
            raise SystemExit(f"no sample for {name}")
        keep(name, fit[0], seconds, 60 + fit[0].root - key)
    head = json.dumps({"rate": _RATE, "instruments": index}, separators=(",", ":")).encode()
    target.write_bytes(b"SRBK" + struct.pack("<I", len(head)) + head + bytes(blobs))
    for name, rows in index.items():
        sys.stdout.write(
            f"{name:14} {[r[2] for r in rows]} loops={sum(r[4] > 0 for r in rows)} kB={sum(r[1] for r in rows) // 1000}\n"
        )
    sys.stdout.write(f"{target}: {target.stat().st_size / 1e6:.2f} MB\n")


if __name__ == "__main__":
    build()
