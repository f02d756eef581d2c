"""Drums: step patterns per style in a calm and a lively form, fills before a new section, cymbals where one begins."""

from __future__ import annotations

from integrations.music.studio.bars import Bar
from integrations.music.studio.score import Note

Steps = dict[str, str]  # piece: one digit (1..9, how loud) or dot per sixteenth
_PATTERNS: dict[str, tuple[Steps, Steps]] = {
    "pop": (
        {"kick": "9.....5.8.......", "rim": "....7.......7...", "hat": "6.4.6.4.6.4.6.4."},
        {"kick": "9.....6.8.6.....", "snare": "....9.......9...", "hat": "7.5.7.5.7.5.7.5.", "tambourine": "..4...5...4...5."},
    ),
    "dance": (
        {"kick": "9...8...8...8...", "clap": "....7.......7...", "hat": "..6...6...6...6."},
        {
            "kick": "9...8...8...8...",
            "clap": "....8.......8...",
            "snare": "....6.......6..3",
            "openhat": "..5...5...5...5.",
            "shaker": "4353435343534353",
        },
    ),
    "shaker": (
        {"shaker": "6.4.6.4.6.4.6.4."},
        {
            "shaker": "6354635463546354",
            "softkick": "8.......7...4...",
            "tambourine": "....6.......6...",
            "conga": "......4.......54",
        },
    ),
    "ballad": (
        {"softkick": "8.........5.....", "rim": "....6.......6...", "hat": "4.3.4.3.4.3.4.3."},
        {"kick": "8.....4.7.......", "snare": "....7.......7...", "hat": "5.4.5.4.5.4.5.4.", "ride": "5...4...5...4..."},
    ),
    "soft": (
        {"shaker": "4.3.4.3.4.3.4.3.", "rim": "............4..."},
        {"softkick": "7.......6.4.....", "rim": "....6.......6...", "shaker": "5.3.5.3.5.3.5.3.", "conga": "......4.....4.5."},
    ),
    "brush": (
        {"brushswirl": "5.......5.......", "brushtap": "....5.......5...", "softkick": "6..............."},
        {"brushtap": "4.4.7.4.4.4.7.4.", "softkick": "8.......7.......", "tambourine": "....4.......4..."},
    ),
    "swing": (
        {"ride": "6...5.4.6...5.4.", "pedalhat": "....5.......5...", "softkick": "3.......3......."},
        {
            "ride": "7...6.5.7...6.5.",
            "pedalhat": "....6.......6...",
            "softkick": "5...3...4...3..4",
            "snare": "......3.......4.",
        },
    ),
    "brushswing": (
        {"brushswirl": "5.......5.......", "pedalhat": "....4.......4..."},
        {
            "brushswirl": "5.......5.......",
            "brushtap": "....5.4.....5.4.",
            "pedalhat": "....5.......5...",
            "softkick": "5.......5.......",
        },
    ),
    "train": (
        {"brushtap": "4.4.6.4.4.4.6.4.", "softkick": "8.......8......."},
        {
            "brushtap": "5.5.8.5.5.5.8.55",
            "kick": "8...5...8...5...",
            "snare": "....6.......6...",
            "tambourine": "..4...4...4...4.",
        },
    ),
    "soul": (
        {"kick": "9......5..7.....", "rim": "....7.......7...", "hat": "6353635363536353"},
        {
            "kick": "9......6..8....4",
            "snare": "....9..2.2..9..3",
            "hat": "6353635363536363",
            "clap": "............5...",
            "tambourine": "..5...5...5...5.",
        },
    ),
    "march": (
        {"sleighbells": "7...5...7...5...", "concertbass": "6..............."},
        {
            "sleighbells": "7.4.6.4.7.4.6.4.",
            "concertbass": "8.......6.......",
            "snare": "5...4.335...4.33",
            "triangle": "5...............",
        },
    ),
    "festive": (
        {"sleighbells": "6.4.6.4.6.4.6.4.", "softkick": "8.......7......."},
        {
            "sleighbells": "7.5.7.5.7.5.7.5.",
            "kick": "9.......8.5.....",
            "snare": "....8.......8...",
            "clap": "....6.......6...",
            "hat": "..5...5...5...5.",
        },
    ),
    "bossa": (
        {"softkick": "7.....5.7.....5.", "rim": "6.....6.....6...", "shaker": "5343534353435343"},
        {"softkick": "8.....6.8.....6.", "rim": "7..6..6...6..6..", "shaker": "6353635363536353", "conga": "......4.....4.5."},
    ),
    "waltz": (
        {"softkick": "7...........", "brushtap": "....5...5..."},
        {"kick": "7...........", "brushslap": "....5...5...", "hat": "..3.5.3.5.3.", "ride": "5..........."},
    ),
    "sleigh": (
        {"sleighbells": "6...5...5..."},
        {"sleighbells": "7.4.6.4.6.4.", "concertbass": "6...........", "triangle": "5..........."},
    ),
    "sixeight": (
        {"softkick": "8.........4.", "rim": "......6.....", "hat": "5.3.3.5.3.3."},
        {"kick": "9.........5.", "snare": "......8.....", "hat": "6.4.4.6.4.4.", "tambourine": "......5....."},
    ),
}
_LOUD = frozenset(("pop", "dance", "ballad", "soul", "festive", "sixeight", "train"))


def drum_bar(name: str, bar: Bar) -> list[Note]:
    """One bar of drums, with its cymbal and its fill."""
    calm, lively = _PATTERNS[name]
    steps = lively if bar.energy >= 0.68 else calm
    if bar.final:
        pieces = ("crash", "kick") if name in _LOUD else ("triangle",)
        return [Note(bar.start, 2.0, 60, 0.5, piece) for piece in pieces]
    fill = bar.number == bar.of - 1 and bar.rising and bar.energy > 0.45
    stop = bar.length - (1.0 if fill else 0.0)
    notes = []
    for piece, line in steps.items():
        for i, mark in enumerate(line):
            if mark != "." and i / 4 < stop:
                wobble = 0.94 + 0.12 * bar.luck.random()
                notes.append(Note(bar.start + i / 4, 0.25, 60, int(mark) / 9 * wobble * (0.72 + 0.28 * bar.energy), piece))
    if fill:
        notes += _fill(name, bar, bar.start + stop)
    if bar.number == 0 and bar.energy >= 0.68 and name in _LOUD:
        notes.append(Note(bar.start, 2.0, 60, 0.35 + 0.35 * bar.energy, "crash"))
    return notes


def _fill(name: str, bar: Bar, start: float) -> list[Note]:
    """The last beat before a new section."""
    if name not in _LOUD:
        soft = {"march": "snare", "sleigh": "sleighbells", "shaker": "tambourine"}.get(name, "brushtap")
        roll = [Note(start + i / 4, 0.25, 60, 0.3 + 0.1 * i, soft) for i in range(4)]
        return [*roll, Note(start - 1.0, 2.0, 60, 0.3, "swell")] if name in ("march", "sleigh") else roll
    figures = (
        ("snare", "hightom", "midtom", "lowtom"),
        ("snare", "snare", "midtom", "lowtom"),
        ("hightom", "hightom", "lowtom", "snare"),
    )
    pieces = bar.luck.choice(figures)
    notes = [Note(start + i / 4, 0.25, 60, (0.5 + 0.09 * i) * (0.6 + 0.4 * bar.energy), p) for i, p in enumerate(pieces)]
    return [*notes, Note(start, 0.25, 60, 0.6, "kick")]
