"""Melody: one note per syllable. Rhythm from metrical weight, pitches by the cheapest path (contour, chords, small steps)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from integrations.music.studio.harmony import Chord
from integrations.music.studio.score import SungNote, chance
from integrations.music.studio.words import Syllable

_SHAPES: dict[str, tuple[float, ...]] = {  # semitones above the section's centre, spread over the phrase
    "rise": (-3, -1, 1, 2, 1),
    "fall": (3, 3, 1, -1, -2),
    "arch": (-1, 2, 4, 2, -1),
    "dip": (2, 0, -2, 0, 2),
    "lift": (0, 2, 4, 5, 4),
    "home": (2, 3, 1, -1, -3),
}
PLANS = {  # phrase by phrase: motif and shape; the last phrase of a section always comes home
    "verse": (("a", "rise"), ("b", "dip"), ("a", "rise"), ("c", "fall")),
    "prechorus": (("a", "rise"), ("a", "arch"), ("b", "lift"), ("b", "lift")),
    "chorus": (("a", "arch"), ("b", "fall"), ("a", "arch"), ("c", "fall")),
    "bridge": (("a", "fall"), ("b", "lift"), ("a", "fall"), ("c", "lift")),
}
INTERVAL_COST = (0.45, 0.0, 0.0, 0.45, 0.5, 1.0, 4.0, 1.7, 3.0, 3.0, 6.0, 7.0, 4.0)


@dataclass(frozen=True)
class Singer:
    """What every phrase needs to know."""

    seed: str
    metre: str
    centre: int  # the middle of the verse's range, MIDI
    harmony: Callable[[float], Chord]
    syncopated: float  # 0 on the beat .. 1 pushes off-beats
    swung: bool = False  # the second half of a beat is short: no room for two syllables
    turns: float = 0.0  # how likely a phrase ends with a turn on its last syllable, 0..1


def weight(beat: float, metre: str, bar: int) -> float:
    """How strong a place in the bar is: 1 for the downbeat, 0.1 for a sixteenth."""
    place = beat % bar
    if metre == "6/8":
        return 1.0 if place < 0.01 else 0.85 if abs(place - 1.5) < 0.01 else 0.45 if place * 2 % 1 < 0.01 else 0.1
    if place % 1 < 0.01:
        return 1.0 if place < 0.01 else 0.8 if bar == 4 and abs(place - 2) < 0.01 else 0.65
    return 0.4 if place * 2 % 1 < 0.01 else 0.12


def rhythm(count: int, slot: float, singer: Singer, motif: str, bar: int) -> list[float]:
    """`count` onsets in beats from the phrase's start; fewer where not even sixteenths would fit."""
    window = slot - max(0.75, 0.2 * slot)
    unit = 0.5 if count <= window / 0.5 else 0.25
    places = [i * unit for i in range(int(window / unit) + 1)]
    luck = chance(singer.seed, "rhythm", motif)
    wobble = {p: luck.random() for p in (i * 0.25 for i in range(64))}
    spread = max(unit, window / max(count, 1))

    def worth(place: float) -> float:
        strong = weight(place, singer.metre, bar)
        if singer.syncopated and abs(place * 2 % 2 - 1) < 0.01:
            strong += 0.35 * singer.syncopated
        evenness = 0.3 if abs(place / spread - round(place / spread)) < 0.26 else 0.0
        return strong + evenness + 0.42 * wobble[place % 16] - 0.25 * (place > window * 0.85)

    ranked = sorted(places, key=lambda p: (-worth(p), p))
    kept = sorted(ranked[: max(1, min(count, len(places)))])
    return _without_holes(kept, places, max(2.0, 2.2 * spread))


def spoken_rhythm(stresses: Sequence[bool], slot: float, singer: Singer, motif: str, bar: int) -> list[float]:
    """An onset in beats for every syllable: stressed ones on strong places, the motif's own preferences, no wide holes.

    Fewer onsets than syllables where not even sixteenths would fit.
    """
    window = slot - max(0.75, 0.13 * slot)
    unit = 0.5 if len(stresses) <= window / 0.5 else 0.25
    places = [i * unit for i in range(int(window / unit) + 1)]
    if len(places) <= len(stresses):
        return places[: len(stresses)]
    luck = chance(singer.seed, "rhythm", motif)
    wobble = {p: luck.random() for p in (i * 0.25 for i in range(64))}
    even = window / len(stresses)
    strong = [weight(p, singer.metre, bar) for p in places]
    pushed = [0.35 * singer.syncopated if abs(p * 2 % 2 - 1) < 0.01 else 0.0 for p in places]
    cramped = [1.2 if singer.swung and abs(p % 1 - 0.75) < 0.01 else 0.0 for p in places]
    best: list[tuple[float, list[int]]] = [(-0.3 * p, []) for p in places]
    for i, stressed in enumerate(stresses):
        own = [
            (1.5 * strong[k] if stressed else 0.35 * strong[k] + pushed[k])
            + (0.42 * wobble[p % 16] - 0.25 * (p > window * 0.85) - cramped[k])
            for k, p in enumerate(places)
        ]
        if i == 0:
            best = [(own[k] - 0.3 * p / even, [k]) for k, p in enumerate(places)]
            continue
        earlier, best = best, []
        for k, p in enumerate(places):
            options = [(earlier[j][0] - 0.45 * abs((p - places[j]) / even - 1) ** 1.5, j) for j in range(k) if earlier[j][1]]
            value, j = max(options, default=(0.0, -1))
            best.append((value + own[k], [*earlier[j][1], k]) if j >= 0 else (-1e9, []))
    ended = [(value - 0.2 * (window - places[row[-1]]) / even, row) for value, row in best if row]
    return [places[k] for k in max(ended, key=lambda pair: pair[0])[1]]


def _without_holes(kept: list[float], places: list[float], widest: float) -> list[float]:
    """Move single notes into gaps wider than `widest` beats, so that the phrase flows."""
    for _ in range(4):
        gaps = [(b - a, a, b) for a, b in pairwise(kept)]
        if not gaps or max(gaps)[0] <= widest:
            break
        _, left, right = max(gaps)
        middle = min((p for p in places if left < p < right), key=lambda p: abs(p - (left + right) / 2), default=None)
        close = min(range(1, len(kept)), key=lambda i: kept[i] - kept[i - 1])
        if middle is None or kept[close] == right:
            break
        kept = sorted({*kept[:close], *kept[close + 1 :], middle})
    return kept


def contour(shape: str, at: float) -> float:
    """Semitones from the centre at a place 0..1 of the phrase."""
    points = _SHAPES[shape]
    x = at * (len(points) - 1)
    i = min(int(x), len(points) - 2)
    return points[i] + (points[i + 1] - points[i]) * (x - i)


def _onsets(syllables: Sequence[Syllable], wordless: int, slot: float, singer: Singer, motif: str, bar: int) -> list[float]:
    """Beats of the notes from the phrase's start: stresses where they are heard, for words that can be said."""
    if any(s.phones for s in syllables):
        return spoken_rhythm([s.stressed for s in syllables], slot, singer, motif, bar)
    return rhythm(len(syllables) or wordless, slot, singer, motif, bar)


def sing_phrase(
    syllables: Sequence[Syllable],
    wordless: int,
    start: float,
    slot: float,
    kind: str,
    number: int,
    last: bool,
    before: int | None,
    singer: Singer,
    bar: int,
    energy: float,
) -> list[SungNote]:
    """One phrase from beat `start`. `number` counts phrases inside the section; `before` is the pitch it comes from."""
    plan = PLANS.get(kind, PLANS["verse"])
    motif, shape = plan[number % len(plan)]
    shape = "home" if last and kind != "prechorus" else shape
    onsets = _onsets(syllables, wordless, slot, singer, f"{kind}{motif}", bar)
    ends = [*onsets[1:], min(slot - 0.35, onsets[-1] + max(1.0, min(2.5, slot - onsets[-1] - 0.5)))]
    lifted = singer.centre + {"chorus": 4, "solo": 4, "prechorus": 2, "bridge": 2}.get(kind, 0)
    luck = chance(singer.seed, "pitch", kind, motif)
    curve = [
        lifted + contour(shape, i / max(1, len(onsets) - 1)) + luck.choice((-3, -2, -1, 0, 0, 1, 2, 3))
        for i in range(len(onsets))
    ]
    pitches = _path([start + o for o in onsets], [start + e for e in ends], curve, last, kind, before, singer, bar)
    notes = []
    shares = _shares(syllables, len(onsets))
    for i, (onset, end, pitch) in enumerate(zip(onsets, ends, pitches, strict=True)):
        swell = 0.08 * math.sin(math.pi * (i + 0.5) / len(onsets)) + 0.07 * weight(onset, singer.metre, bar)
        held = min(end - onset, 2.5)
        text, line, word, phones, also = shares[i] if shares else ("", -1, -1, (), -1)
        velocity = round(min(1.0, 0.55 + 0.28 * energy + swell), 3)
        place, closes = (round(start + onset, 4), round(held, 4)), i == len(onsets) - 1
        notes.append(SungNote(*place, pitch, velocity, text, line, word, closes, phones, also=also))
    if notes[-1].phones and chance(singer.seed, "turn", kind, motif).random() < singer.turns:
        notes[-1:] = _turned(notes[-1], singer)
    return notes


def _turned(end: SungNote, singer: Singer) -> list[SungNote]:
    """The long note that ends a phrase, with a turn over the next tone of the scale; a short one stays as it is."""
    scale = singer.harmony(end.start).scale
    above = next((end.pitch + step for step in (1, 2) if (end.pitch + step) % 12 in scale), None)
    if end.duration < 1 or above is None:
        return [end]
    quick = 0.5 if end.duration >= 1.75 else 0.25  # beats of each of the first two
    held = replace(end, syllable="", phones=(), also=-1)
    return [
        replace(end, duration=quick, closes=False),
        replace(held, start=end.start + quick, duration=quick, pitch=above, closes=False),
        replace(held, start=end.start + 2 * quick, duration=round(end.duration - 2 * quick, 4)),
    ]


def _shares(syllables: Sequence[Syllable], notes: int) -> list[tuple[str, int, int, tuple[str, ...], int]]:
    """Syllables dealt out to notes: one each, several where there are more syllables than notes."""
    if not syllables:
        return []
    cuts = [round(i * len(syllables) / notes) for i in range(notes + 1)]
    groups = [syllables[a:b] or syllables[-1:] for a, b in pairwise(cuts)]
    return [
        ("".join(s.text for s in g), g[0].line, g[0].word, tuple(p for s in g for p in s.phones), g[0].also) for g in groups
    ]


def _path(
    starts: list[float],
    ends: list[float],
    curve: list[float],
    last: bool,
    kind: str,
    before: int | None,
    singer: Singer,
    bar: int,
) -> list[int]:
    """The cheapest sequence of pitches (Viterbi over semitones)."""
    low, high = singer.centre - 8, singer.centre + 13
    costs: dict[int, tuple[float, list[int]]] = {}
    for i, (start, end, wish) in enumerate(zip(starts, ends, curve, strict=True)):
        here = singer.harmony(start)
        final = i == len(starts) - 1
        later: dict[int, tuple[float, list[int]]] = {}
        for pitch in range(low, high + 1):
            own = _own_cost(pitch, here, end - start, weight(start, singer.metre, bar), final, last, kind)
            if own is None:
                continue
            own += 0.34 * abs(pitch - wish)
            if not costs:
                later[pitch] = (own + (0.3 * max(0, abs(pitch - before) - 4) if before else 0), [pitch])
                continue
            best = min(((c + _step_cost(path, pitch), path) for c, path in costs.values()), key=lambda pair: pair[0])
            later[pitch] = (own + best[0], [*best[1], pitch])
        costs = later
    return min(costs.values(), key=lambda pair: pair[0])[1]


def _own_cost(pitch: int, here: Chord, length: float, strength: float, final: bool, last: bool, kind: str) -> float | None:
    """What a pitch costs at its place; None where it must not sound."""
    pc = pitch % 12
    if pc not in here.scale:
        return None
    inside = pc in here.pcs
    if (final or strength >= 0.8) and not inside:
        return None
    cost = 0.0 if inside else 0.35 + 1.6 * (strength >= 0.6) + (2.5 if length >= 0.9 else 0)
    if not inside and any((pc - c) % 12 == 1 for c in here.pcs):
        cost += 1.5  # a semitone above a chord tone rubs
    if final and pc not in (here.pcs[0], here.pcs[2]):
        cost += 1.5 if "sus" in here.symbol or pc != here.pcs[1] else 0.2  # rest on what is stable
    if final and last and kind in ("chorus", "outro", "solo"):
        cost += 0 if pc == here.tonic else 4
    elif final and not last:
        cost += 0.8 if pc == here.tonic else 0
    return cost


def _step_cost(path: list[int], pitch: int) -> float:
    """What moving to `pitch` costs: steps are free, leaps are dear and want to turn back."""
    jump = pitch - path[-1]
    cost = INTERVAL_COST[abs(jump)] if abs(jump) <= 12 else 12.0
    if len(path) > 1:
        earlier = path[-1] - path[-2]
        if abs(earlier) > 4 and earlier * jump >= 0:
            cost += 1.0
        if jump == 0 and earlier == 0:
            cost += 0.8
        if pitch == path[-2] and jump:  # to and fro is no melody
            cost += 0.5 + 1.2 * (len(path) > 2 and path[-3] == path[-1])
    return cost
