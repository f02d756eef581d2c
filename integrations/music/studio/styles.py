"""Styles: which words mean which kind of music, and the three arrangements that each kind offers.

An arrangement is one line: tempo, metre, key shift in semitones, lead, then players as `instrument:pattern@energy~gain`.
A player is silent below that energy (0..1) and `gain` is in dB.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

STYLE_WORDS = {  # the first kind whose keywords occur wins; ties go to the earlier kind
    "lullaby": "lullaby sleep cradle goodnight",
    "jazz": "jazz swing bebop bigband crooner lounge bossa",
    "country": "country bluegrass nashville americana honkytonk",
    "soul": "soul r&b rnb motown gospel funk groove neo-soul",
    "festive": "orchestral festive celebratory orchestra symphonic majestic christmas carol cinematic epic",
    "folk": "folk singer-songwriter celtic irish indie",
    "romantic": "romantic tender love passionate waltz",
    "classic": "classic timeless vintage retro oldies doo-wop 60s 50s",
    "warm": "warm cozy cosy fireside homely campfire",
    "ballad": "ballad acoustic soft intimate slow gentle piano emotional",
    "pop": "pop upbeat energetic uplifting dance bright fun electronic rock",
}
BOOKS = {"country": "folk", "warm": "folk", "romantic": "ballad"}

ARRANGEMENTS: dict[str, tuple[str, str, str]] = {
    "pop": (
        "116 4/4 0 oohs fingerbass:drive drums:pop piano:stabs~-1 "
        "steel:strum@.55 strings:pad@.7 glockenspiel:sparkle@.8 brass:hits@.88",
        "124 4/4 3 trumpet fingerbass:sync drums:dance cleanguitar:arp epiano:stabs@.4 "
        "strings:high@.75 organ:pad@.6 brass:hits@.8 piano:pulse@.85",
        "104 4/4 -2 flute acousticbass:roots drums:shaker steel:strum "
        "nylon:pick@.3 pizzicato:spicc@.6 choir:pad@.8 glockenspiel:sparkle@.7",
    ),
    "ballad": (
        "72 4/4 0 oohs acousticbass:roots@.65 drums:none piano:broken strings:pad@.7 cello:counter@.8 choir:pad@.92",
        "80 4/4 2 altosax fingerbass:sync@.5 drums:ballad@.55 epiano:ballad "
        "steel:arp@.6 strings:pad@.65 organ:pad@.85 strings:high@.9",
        "92 6/8 -3 flute acousticbass:waltz@.7 drums:none nylon:pick cello:counter@.5 strings:pad@.65 harp:arp@.85",
    ),
    "classic": (
        "100 4/4 0 oohs fingerbass:sync drums:pop piano:pulse strings:high@.6 cleanguitar:stabs@.4 brass:hits@.8",
        "132 swing 2 trumpet acousticbass:walk drums:swing@.4 "
        "piano:comp jazzguitar:chunk@.5 brass:hits@.7 clarinet:counter@.85",
        "96 6/8 -2 violin acousticbass:waltz drums:sixeight@.5 cleanguitar:arp piano:triplets@.4 strings:pad@.65 choir:pad@.8",
    ),
    "romantic": (
        "76 4/4 0 violin acousticbass:roots@.5 drums:none piano:broken strings:pad@.6 horns:counter@.85 harp:arp@.8",
        "84 4/4 3 oohs fingerbass:sync@.5 drums:soft@.5 epiano:ballad nylon:arp@.5 strings:high@.7 altosax:counter@.8",
        "104 3/4 -2 clarinet acousticbass:waltz drums:waltz@.6 "
        "nylon:oompah cello:counter@.55 strings:pad@.65 celesta:sparkle@.85",
    ),
    "warm": (
        "92 4/4 0 harmonica acousticbass:roots@.4 drums:brush@.6 nylon:pick steel:strum@.6 piano:ballad@.7 strings:pad@.85",
        "104 4/4 2 oohs fingerbass:sync drums:shaker@.4 piano:stabs steel:strum@.5 accordion:pad@.65 choir:pad@.85",
        "108 3/4 -3 flute acousticbass:waltz@.4 drums:none "
        "steel:arp accordion:pad@.6 cello:counter@.7 glockenspiel:sparkle@.85",
    ),
    "festive": (
        "104 4/4 0 horns strings:bassline drums:march@.4 strings:pad pizzicato:spicc@.3 "
        "glockenspiel:sparkle@.5 choir:pad@.75 brass:hits@.85 harp:arp@.5",
        "132 4/4 3 choir acousticbass:drive@.4 drums:festive@.4 piano:stabs "
        "strings:high@.55 brass:hits@.65 celesta:sparkle@.4 trumpet:counter@.85",
        "126 3/4 -2 oohs pizzicato:bassline drums:sleigh@.4 harp:arp "
        "celesta:sparkle strings:pad@.55 flute:counter@.65 horns:counter@.85",
    ),
    "folk": (
        "96 4/4 0 harmonica acousticbass:roots@.45 drums:none steel:pick nylon:strum@.6 strings:pad@.85 flute:counter@.8",
        "112 4/4 2 violin acousticbass:boom drums:train@.5 steel:strum banjo:roll@.5 accordion:pad@.7 piano:stabs@.85",
        "118 6/8 -2 flute acousticbass:waltz@.5 drums:sixeight@.7 nylon:arp harp:arp@.5 cello:counter@.6 choir:pad@.85",
    ),
    "soul": (
        "84 4/4 0 oohs fingerbass:funk drums:soul epiano:ballad "
        "cleanguitar:chunk@.5 organ:pad@.6 brass:hits@.7 strings:high@.85",
        "104 4/4 3 altosax fingerbass:drive drums:pop piano:stabs "
        "cleanguitar:chunk@.4 brass:hits@.6 strings:high@.75 choir:pad@.8",
        "100 6/8 -2 choir fingerbass:waltz drums:sixeight organ:pad piano:triplets@.4 cleanguitar:arp@.6 brass:hits@.85",
    ),
    "country": (
        "104 4/4 0 violin acousticbass:boom drums:train@.4 steel:strum banjo:roll@.5 piano:stabs@.75 strings:pad@.9",
        "120 4/4 2 oohs fingerbass:drive drums:pop cleanguitar:arp steel:strum@.4 organ:pad@.6 banjo:roll@.75",
        "100 3/4 -3 harmonica acousticbass:waltz drums:waltz@.5 "
        "steel:oompah nylon:pick@.5 violin:counter@.65 accordion:pad@.85",
    ),
    "jazz": (
        "126 swing 0 altosax acousticbass:walk drums:swing "
        "piano:comp jazzguitar:chunk@.5 vibraphone:counter@.75 brass:hits@.85",
        "116 4/4 3 flute acousticbass:bossa drums:bossa nylon:bossa epiano:comp@.5 strings:high@.7 vibraphone:sparkle@.6",
        "96 swing -4 clarinet acousticbass:walk@.4 drums:brushswing piano:comp strings:pad@.6 trumpet:counter@.75",
    ),
    "lullaby": (
        "76 4/4 0 oohs drums:none piano:broken celesta:sparkle@.5 strings:pad@.6 cello:counter@.8",
        "96 3/4 3 flute acousticbass:waltz@.6 drums:none harp:arp musicbox:sparkle@.3 strings:high@.65 choir:pad@.85",
        "84 6/8 -3 violin acousticbass:waltz@.7 drums:none nylon:pick vibraphone:sparkle@.5 oohs:pad@.65 cello:counter@.7",
    ),
}
LEADS = {
    "male": {"oohs": "cello", "violin": "cello", "flute": "clarinet"},
    "female": {"altosax": "flute", "clarinet": "violin"},
}
RHYTHM = ("kit", "fingerbass", "acousticbass")
STYLE_NAMES = {
    "oohs": "soft voices",
    "altosax": "saxophone",
    "epiano": "electric piano",
    "steel": "steel-string guitar",
    "nylon": "nylon-string guitar",
    "cleanguitar": "electric guitar",
    "jazzguitar": "jazz guitar",
    "pizzicato": "plucked strings",
    "musicbox": "music box",
    "horns": "French horns",
}
PLAYER = re.compile(r"([a-z]+):([a-z]+)(?:@(\.\d+))?(?:~(-?\d+))?$")


@dataclass(frozen=True)
class Player:
    """Who plays which pattern, from which energy on, `gain` dB apart from usual."""

    instrument: str
    pattern: str
    energy: float
    gain: float


@dataclass(frozen=True)
class Arrangement:
    """One way to play a song."""

    kind: str
    book: str
    tempo: float
    metre: str  # '4/4', '3/4' or '6/8'
    swing: float
    shift: int
    lead: str
    players: tuple[Player, ...]

    def described(self) -> str:
        """What one hears, for people: 'Steel-string guitar and piano with drums, trumpet in front, swaying'."""
        ordered = sorted(self.players, key=lambda player: player.energy)
        names = [STYLE_NAMES.get(player.instrument, player.instrument) for player in ordered if player.instrument not in RHYTHM]
        front = STYLE_NAMES.get(self.lead, self.lead)
        band = " and ".join(list(dict.fromkeys(name for name in names if name != front))[:2])
        drums = any(player.instrument == "kit" and player.pattern != "none" for player in self.players)
        pulse = {"3/4": ", in waltz time", "6/8": ", swaying"}.get(self.metre, ", swung" if self.swing > 0.6 else "")
        words = f"{band}{' with drums' if drums else ''}, {front} in front{pulse}"
        return words[0].upper() + words[1:]

    @property
    def bar(self) -> int:
        """Beats (quarter notes) in a bar."""
        return 4 if self.metre == "4/4" else 3


def names_a_kind(style: str) -> bool:
    """Whether any of these style words is known."""
    return any(_counts(style).values())


@cache
def music_kind(style: str) -> str:
    """The kind of music that these style words ask for; pop where none is known."""
    counts = _counts(style)
    best = max(counts, key=lambda kind: counts[kind])
    return best if counts[best] else "pop"


def _counts(style: str) -> dict[str, int]:
    """How many of the words speak for each kind."""
    said = set(re.findall(r"[a-z0-9&]+(?:-[a-z]+)*", style.lower()))
    said |= {part for word in said for part in word.split("-")}
    counts = {kind: sum(w in said for w in words.split()) for kind, words in STYLE_WORDS.items()}
    if counts["pop"] and said & {"upbeat", "energetic", "dance", "uplifting"}:
        counts["pop"] += 2
    if "ballad" in said and counts["romantic"]:
        counts["romantic"] += 3  # a romantic ballad is romantic; the ballad in it is only the form
    return counts


def is_sad(style: str) -> bool:
    """Whether the words ask for a minor key."""
    return bool(re.search(r"\b(sad|melanchol\w+|minor|longing|bittersweet|grie\w+|mourn\w+|dark)\b", style.lower()))


def arrangement(style: str, variation: int, voice: str = "") -> Arrangement:
    """The arrangement for a variation (1..3, any other number wraps round)."""
    kind = music_kind(style)
    tempo, metre, shift, lead, *rest = ARRANGEMENTS[kind][(variation - 1) % 3].split()
    pace = float(tempo)
    low = style.lower()
    pace *= 1.08 if re.search(r"\b(fast|energetic|upbeat|driving)\b", low) else 1.0
    pace *= 0.93 if re.search(r"\b(slow|calm|gentle|soft)\b", low) else 1.0
    swing = 0.64 if metre == "swing" else 0.54 if kind == "soul" and metre == "4/4" else 0.5
    players = []
    for text in rest:
        if text.startswith("drums:"):
            text = text.replace("drums:", "kit:", 1)
        match = PLAYER.match(text)
        if match is None:
            raise ValueError(f"not a player: {text!r}")
        players.append(Player(match[1], match[2], float(match[3] or 0), float(match[4] or 0)))
    lead = LEADS.get(voice, {}).get(lead, lead)
    book = BOOKS.get(kind, kind)
    return Arrangement(kind, book, pace, "4/4" if metre == "swing" else metre, swing, int(shift), lead, tuple(players))
