"""The stage: where every instrument sits, how loud it is against the lead, and how much room it gets."""

from __future__ import annotations

from integrations.music.studio.levels import LEVELS

# instrument: (pan -1..1, room 0..1, centre of its chords in MIDI)
SEATS: dict[str, tuple[float, float, float]] = {
    "piano": (-0.3, 0.22, 61),
    "epiano": (0.35, 0.22, 60),
    "nylon": (0.55, 0.22, 58),
    "steel": (-0.6, 0.18, 58),
    "jazzguitar": (0.55, 0.18, 58),
    "cleanguitar": (0.65, 0.22, 60),
    "banjo": (0.6, 0.15, 63),
    "harp": (0.5, 0.4, 64),
    "acousticbass": (0.0, 0.05, 36),
    "fingerbass": (0.0, 0.04, 36),
    "strings": (-0.45, 0.42, 60),
    "violin": (-0.25, 0.38, 72),
    "cello": (0.4, 0.36, 55),
    "pizzicato": (0.4, 0.35, 63),
    "choir": (0.1, 0.5, 62),
    "oohs": (-0.1, 0.45, 62),
    "flute": (0.4, 0.36, 74),
    "clarinet": (0.45, 0.34, 66),
    "altosax": (0.4, 0.3, 65),
    "harmonica": (0.3, 0.3, 69),
    "accordion": (0.5, 0.25, 63),
    "horns": (0.45, 0.45, 57),
    "trumpet": (0.4, 0.34, 66),
    "brass": (-0.4, 0.32, 62),
    "organ": (-0.55, 0.25, 61),
    "vibraphone": (-0.5, 0.35, 70),
    "celesta": (-0.55, 0.4, 81),
    "glockenspiel": (0.55, 0.4, 86),
    "musicbox": (0.5, 0.35, 81),
}
LEAD_ROOM = 0.32
# dB against the lead, in loudness: what plays the first accompaniment, and what plays which pattern
_MAIN = -3.2
BALANCE = {
    "lead": 0.0,
    "solo": -0.5,
    "double": -7.0,
    "harmony": -8.5,
    "counter": -7.0,
    "pad": -8.5,
    "high": -9.5,
    "hits": -9.5,
    "sparkle": -12.0,
    "spicc": -9.5,
    "drums": -3.5,
    "soft drums": -8.0,
    "bass": -5.5,
    "other": -7.0,
}
QUIET_KITS = frozenset(("shaker", "soft", "brush", "brushswing", "march", "waltz", "sleigh", "bossa"))
BASSES = frozenset(("roots", "bassline", "boom", "waltz", "sync", "bossa", "funk", "drive", "walk"))


def gain(instrument: str, pattern: str, main: bool = False) -> float:
    """Gain in dB that brings a player to its place in the balance."""
    if instrument == "kit":
        wanted = BALANCE["soft drums" if pattern in QUIET_KITS else "drums"]
    elif pattern in BASSES and not main:
        wanted = BALANCE["bass"]
    else:
        wanted = _MAIN if main else BALANCE.get(pattern, BALANCE["other"])
    return round(wanted - LEVELS.get(f"{instrument}:{pattern}", -17.0) - 17.0, 1)


PIECES: dict[str, tuple[float, float, float]] = {  # drum piece: (gain dB, pan, room)
    "kick": (0.0, 0.0, 0.03),
    "softkick": (-1.5, 0.0, 0.06),
    "snare": (-2.5, 0.06, 0.16),
    "rim": (-7.0, 0.15, 0.2),
    "clap": (-6.5, -0.2, 0.25),
    "brushtap": (-7.5, 0.2, 0.15),
    "brushslap": (-7.5, 0.2, 0.15),
    "brushswirl": (-10.0, -0.25, 0.15),
    "hat": (-13.5, 0.45, 0.05),
    "pedalhat": (-13.0, 0.4, 0.05),
    "openhat": (-14.5, 0.45, 0.06),
    "ride": (-12.5, -0.45, 0.1),
    "crash": (-9.5, -0.5, 0.25),
    "lowtom": (-4.0, -0.45, 0.2),
    "midtom": (-4.5, 0.0, 0.2),
    "hightom": (-5.0, 0.4, 0.2),
    "tambourine": (-14.5, -0.6, 0.15),
    "shaker": (-15.5, 0.6, 0.08),
    "cabasa": (-15.0, 0.6, 0.08),
    "sleighbells": (-13.0, -0.55, 0.2),
    "triangle": (-16.0, 0.6, 0.3),
    "conga": (-9.0, 0.5, 0.15),
    "lowconga": (-8.5, 0.4, 0.15),
    "woodblock": (-13.0, -0.4, 0.2),
    "concertbass": (-4.0, 0.0, 0.4),
    "swell": (-12.0, -0.3, 0.3),
}
EXPRESSIVE = frozenset(
    ["violin", "cello", "oohs", "choir", "flute", "clarinet", "altosax", "harmonica", "horns", "trumpet", "accordion"]
)
