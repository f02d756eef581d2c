"""Tone: how each instrument starts, stops and sings."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.music.studio.stage import PIECES, SEATS


@dataclass(frozen=True)
class Tone:
    """Times in seconds, `low_cut` in Hz, `bright` in dB at the top, vibrato in semitones."""

    attack: float = 0.0
    release: float = 0.16
    low_cut: float = 95.0
    bright: float = 4.0
    vibrato: float = 0.0
    wide: bool = False  # an ensemble: each ear hears another sample
    layered: bool = False  # has a darker, softer layer
    spread: float = 0.0  # how far its keys lie apart in the picture (a piano)


SPECIAL: dict[str, Tone] = {
    "piano": Tone(release=0.3, low_cut=55, bright=4.5, layered=True, spread=0.5),
    "epiano": Tone(release=0.25, low_cut=80, layered=True, spread=0.4),
    "nylon": Tone(release=0.3, low_cut=80, bright=4.5, layered=True, spread=0.15),
    "steel": Tone(release=0.25, low_cut=110, bright=4, layered=True, spread=0.15),
    "jazzguitar": Tone(release=0.15, low_cut=110),
    "cleanguitar": Tone(release=0.2, low_cut=110),
    "harp": Tone(release=0.7, low_cut=80, spread=0.5),
    "acousticbass": Tone(release=0.1, low_cut=34),
    "fingerbass": Tone(release=0.09, low_cut=34),
    "strings": Tone(attack=0.07, release=0.32, low_cut=110, wide=True, layered=True),
    "violin": Tone(attack=0.02, release=0.16, low_cut=160, vibrato=0.08),
    "cello": Tone(attack=0.02, release=0.18, low_cut=60, vibrato=0.08),
    "choir": Tone(attack=0.06, release=0.3, low_cut=140, bright=5, vibrato=0.06, wide=True),
    "oohs": Tone(attack=0.025, release=0.22, low_cut=130, bright=6, vibrato=0.16, wide=True),
    "flute": Tone(attack=0.012, release=0.12, low_cut=200, vibrato=0.12),
    "clarinet": Tone(attack=0.012, release=0.1, low_cut=120, vibrato=0.08),
    "altosax": Tone(attack=0.008, release=0.1, low_cut=120, vibrato=0.16),
    "harmonica": Tone(attack=0.01, release=0.1, low_cut=180, vibrato=0.15),
    "horns": Tone(attack=0.02, release=0.22, low_cut=80, wide=True),
    "trumpet": Tone(attack=0.008, release=0.12, low_cut=160, vibrato=0.08),
    "brass": Tone(attack=0.005, release=0.12, low_cut=110, wide=True),
    "organ": Tone(attack=0.01, release=0.12, low_cut=110),
    "accordion": Tone(attack=0.03, release=0.15, low_cut=130),
    "vibraphone": Tone(release=0.8, low_cut=110, spread=0.4),
    "celesta": Tone(release=0.8, low_cut=150, spread=0.3),
    "glockenspiel": Tone(release=0.8, low_cut=300, spread=0.2),
    "musicbox": Tone(release=0.8, low_cut=150, spread=0.3),
    "kick": Tone(low_cut=32),
    "softkick": Tone(low_cut=32),
    "concertbass": Tone(low_cut=30),
    "lowtom": Tone(low_cut=50),
}
TONES: dict[str, Tone] = {name: SPECIAL.get(name, Tone()) for name in (*SEATS, *PIECES)}
