"""Pictures of three songs for docs/studio.md: the voice's spectrogram with the score's notes on it, and the piano roll.

.venv/bin/python -m bench.studio --pictures docs/
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from bench.song_briefs import a_song
from bench.song_measures import hertz
from integrations.music import SongRequest
from integrations.music.studio.composer import compose
from integrations.music.studio.instrument_bank import RATE
from integrations.music.studio.score import Note, Score, SungNote
from integrations.music.studio.singing.vocals import sing_score

SECONDS, WIDTH = 10.0, 1120
LEFT, TOP, HIGH, ROLL, GAP = 70, 80, 360, 270, 50  # pixels: margins, the height of the spectrogram and of the piano roll
LOWEST, HIGHEST = 80.0, 9000.0  # hertz of the spectrogram
COLOURS = ("#4e79a7", "#59a14f", "#b07aa1", "#9c755f", "#17becf", "#d4a017", "#7f7f7f", "#1b3a6b", "#8fce00", "#ff9da7")
GREYS = 14
SUNG, INK, FAINT = "#d62728", "#222222", "#dddddd"
_FONT = ImageFont.truetype(Path(__file__).resolve().parents[1] / "integrations/lettering/fonts/fraunces-latin.ttf", 15)

N = TypeVar("N", Note, SungNote)


def draw_songs(folder: Path) -> None:
    """A lullaby, a soul chorus and a Spanish song, each from the beginning of its first chorus."""
    for name, number, language in (("lullaby", 7, "en"), ("soul", 2, "en"), ("spanish", 9, "es")):
        path = folder / f"song-{name}.png"
        draw_song(a_song(number, language), path)
        print(f"{path}: {path.stat().st_size // 1024} KB")


def draw_song(request: SongRequest, path: Path) -> None:
    """Twelve seconds of one song."""
    score = compose(request)
    begin = score.seconds(next(span.start for span in score.spans if span.kind == "chorus")) - 0.4
    track = sing_score(score, lambda share: None)
    image = Image.new("RGB", (WIDTH, TOP + HIGH + GAP + ROLL + 50), "white")
    sound = track[int(begin * RATE) : int((begin + SECONDS) * RATE)]
    image.paste(Image.fromarray(spectrogram(sound)), (LEFT, TOP))
    draw = ImageDraw.Draw(image)
    _write(
        draw, LEFT, 8, f"{score.title}: {score.manner}, {score.key}, {score.metre} at {score.tempo:.0f}, sung by {score.voice}"
    )
    _notes_on_spectrogram(draw, score, begin)
    _piano_roll(draw, score, begin)
    for second in range(int(SECONDS)):
        x = LEFT + _x(second)
        draw.line((x, TOP + HIGH, x, TOP + HIGH + 6), INK)
        _write(draw, x - 8, TOP + HIGH + 8, f"{second} s")
    image.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)


def spectrogram(sound: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The level at each moment (columns) and frequency (rows, high ones first, one octave as high as the next), as greys."""
    size, columns = 4096, WIDTH - LEFT - 10
    padded = np.pad(sound, size // 2)
    starts = np.linspace(0, len(sound) - 1, columns).astype(int)
    power = np.stack([np.abs(np.fft.rfft(padded[at : at + size] * np.hanning(size))) ** 2 for at in starts])
    rows = LOWEST * (HIGHEST / LOWEST) ** np.linspace(1, 0, HIGH)
    where = rows * size / RATE
    low = where.astype(int)
    part = where - low
    decibels = 10 * np.log10(power[:, low] * (1 - part) + power[:, low + 1] * part + 1e-9)
    grey = np.round(np.clip((decibels.T - decibels.max() + 56) / 56, 0, 1) * GREYS) / GREYS
    return np.asarray(np.repeat((255 - 235 * grey)[:, :, None], 3, axis=2), np.uint8)


def _notes_on_spectrogram(draw: ImageDraw.ImageDraw, score: Score, begin: float) -> None:
    """Every sung note as a frame around its fundamental, half a tone high on each side, with its words above."""
    free = [0.0, 0.0, 0.0]  # from where on each of the three rows of words is free
    seen: set[int] = set()
    for note, start, end in _shown(score, score.vocal, begin):
        y = [TOP + _y(hertz(note.pitch + step)) for step in (1, -1)]
        draw.rectangle((LEFT + _x(start), y[0], LEFT + _x(end), y[1]), outline=SUNG, width=2)
        begins = [score.words[place][1] for place in (note.word, note.also) if place >= 0 and place not in seen]
        seen |= {note.word, note.also}
        x = LEFT + _x(start)
        row = next((r for r, edge in enumerate(free) if edge <= x), 2)
        if begins:
            _write(draw, x, TOP - 20 - 17 * row, " ".join(begins), SUNG)
            free[row] = x + draw.textlength(" ".join(begins), _FONT) + 5
    for mark in (100, 200, 500, 1000, 2000, 5000):
        _write(draw, 8, TOP + int(_y(mark)) - 9, f"{mark} Hz")
        draw.line((LEFT - 6, TOP + _y(mark), LEFT, TOP + _y(mark)), INK)


def _piano_roll(draw: ImageDraw.ImageDraw, score: Score, begin: float) -> None:
    """The players' notes in their colours, the sung ones in front; drums stand on one line below."""
    top, lowest, highest = TOP + HIGH + GAP, 28, 90
    step = (ROLL - 24) / (highest - lowest)
    for pitch in range(36, highest, 12):
        y = top + (highest - pitch) * step
        draw.line((LEFT, y, WIDTH - 10, y), FAINT)
        _write(draw, 30, int(y) - 9, f"C{pitch // 12 - 1}")
    legend = LEFT
    sung = [Note(n.start, n.duration, n.pitch, n.velocity) for n in score.vocal]
    rows = [(part.instrument, COLOURS[i % len(COLOURS)], part.notes) for i, part in enumerate(score.parts)]
    for name, colour, notes in [*rows, ("voice", SUNG, sung)]:
        for note, start, end in _shown(score, notes, begin):
            drum = name == "kit"
            y = top + ROLL - 12 if drum else top + (highest - note.pitch) * step
            thick, until = (5, start + 0.03) if drum else (5 if name == "voice" else 3, end)
            draw.rectangle(
                (LEFT + _x(start), y - thick // 2, LEFT + max(_x(start) + 2, _x(until) - 1), y + thick // 2), fill=colour
            )
        if not any(_shown(score, notes, begin)):
            continue
        draw.rectangle((legend, top + ROLL + 14, legend + 12, top + ROLL + 26), fill=colour)
        _write(draw, legend + 18, top + ROLL + 10, name)
        legend += 34 + int(draw.textlength(name, _FONT))


def _shown(score: Score, notes: list[N], begin: float) -> Iterator[tuple[N, float, float]]:
    """The notes that are heard in the picture, with the seconds of it in which they are."""
    for note in notes:
        start, end = (score.seconds(beat) - begin for beat in (note.start, note.start + note.duration))
        if start > -0.1 and start < SECONDS:
            yield note, max(0.0, start), min(SECONDS, end)


def _x(second: float) -> int:
    return round(second / SECONDS * (WIDTH - LEFT - 10))


def _y(frequency: float) -> float:
    return float(HIGH * np.log(HIGHEST / frequency) / np.log(HIGHEST / LOWEST))


def _write(draw: ImageDraw.ImageDraw, x: int, y: int, text: str, colour: str = INK) -> None:
    draw.text((x, y), text, colour, _FONT)
