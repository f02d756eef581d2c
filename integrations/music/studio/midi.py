"""MIDI: a score as a Standard MIDI File (format 1), with the sung syllables as lyric events."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

from integrations.music.studio.score import Score

TICKS = 480  # of a quarter note
_BEND = 0.25  # beats between two tempo marks: swing and ritardando lie in them
_PROGRAMS = {  # General MIDI program numbers, counted from 0
    "piano": 0, "epiano": 4, "celesta": 8, "glockenspiel": 9, "musicbox": 10, "vibraphone": 11, "organ": 16, "accordion": 21,
    "harmonica": 22, "nylon": 24, "steel": 25, "jazzguitar": 26, "cleanguitar": 27, "acousticbass": 32, "fingerbass": 33,
    "violin": 40, "cello": 42, "pizzicato": 45, "harp": 46, "strings": 48, "choir": 52, "oohs": 53, "trumpet": 56,
    "horns": 60, "brass": 61, "altosax": 65, "clarinet": 71, "flute": 73, "banjo": 105,
}  # fmt: skip
_DRUMS = {  # General MIDI percussion keys
    "kick": 36, "softkick": 35, "snare": 38, "rim": 37, "clap": 39, "brushtap": 38, "brushslap": 40, "brushswirl": 40,
    "hat": 42, "pedalhat": 44, "openhat": 46, "ride": 51, "crash": 49, "lowtom": 45, "midtom": 47, "hightom": 50,
    "tambourine": 54, "shaker": 70, "cabasa": 69, "sleighbells": 83, "triangle": 81, "conga": 63, "lowconga": 64,
    "woodblock": 76, "concertbass": 35, "swell": 55,
}  # fmt: skip
_VOICE = 53  # "Voice Oohs"
_DRUM_CHANNEL = 9
MidiEvent = tuple[float, bytes]  # beat and message


def as_midi(score: Score) -> bytes:
    """The whole score: tempo and title, the vocal with its syllables, then every part."""
    tracks = [_conductor(score), _vocal(score)]
    channels = [c for c in range(1, 16) if c != _DRUM_CHANNEL]
    for number, part in enumerate(score.parts):
        drums = part.instrument == "kit"
        channel = _DRUM_CHANNEL if drums else channels[number % len(channels)]
        events = [(0.0, _text(3, f"{part.instrument} {part.role}"))]
        if not drums:
            events.append((0.0, bytes((0xC0 | channel, _PROGRAMS[part.instrument]))))
        for note in part.notes:
            key = _DRUMS[note.piece] if note.piece else note.pitch
            events += _note(channel, note.start, note.duration, key, note.velocity)
        tracks.append(events)
    chunks = b"".join(_track(events) for events in tracks)
    return b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), TICKS) + chunks


def _conductor(score: Score) -> list[MidiEvent]:
    """Title, metre and tempo; every change of pace is a tempo mark of its own."""
    beats, unit = (int(n) for n in score.metre.split("/"))
    events = [(0.0, _text(3, score.title)), (0.0, bytes((0xFF, 0x58, 4, beats, unit.bit_length() - 1, 24, 8)))]
    before, at = 0, 0.0
    while at < score.beats:
        pace = round((score.seconds(at + _BEND) - score.seconds(at)) / _BEND * 1e6)
        if pace != before:
            events.append((at, b"\xff\x51\x03" + min(pace, 0xFFFFFF).to_bytes(3)))
        before, at = pace, at + _BEND
    return events


def _vocal(score: Score) -> list[MidiEvent]:
    events = [(0.0, _text(3, score.voice or score.lead)), (0.0, bytes((0xC0, _VOICE)))]
    for note in score.vocal:
        if note.syllable:
            events.append((note.start, _text(5, note.syllable)))
        events += _note(0, note.start, note.duration, note.pitch, note.velocity)
    return events


def _note(channel: int, start: float, duration: float, key: int, velocity: float) -> Iterator[MidiEvent]:
    key = max(0, min(127, key))
    yield start, bytes((0x90 | channel, key, max(1, min(127, round(velocity * 110)))))
    yield start + max(0.05, duration - 0.01), bytes((0x80 | channel, key, 0))


def _text(kind: int, text: str) -> bytes:
    content = text.encode()[:120]
    return bytes((0xFF, kind)) + _length(len(content)) + content


def _length(number: int) -> bytes:
    """A number in MIDI's variable length."""
    out = [number & 0x7F]
    while number := number >> 7:
        out.append(0x80 | number & 0x7F)
    return bytes(reversed(out))


def _track(events: Iterable[MidiEvent]) -> bytes:
    body, at = b"", 0
    for tick, _, message in sorted((round(beat * TICKS), i, message) for i, (beat, message) in enumerate(events)):
        body += _length(max(0, tick) - at) + message
        at = max(0, tick)
    body += b"\x00\xff\x2f\x00"
    return b"MTrk" + struct.pack(">I", len(body)) + body
