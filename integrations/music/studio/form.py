"""Form: lays phrases out in bars so that the song lasts one to two minutes, or two and a half where there are many words."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from integrations.music.studio.styles import Arrangement
from integrations.music.studio.words import Stanza, Syllable

_SHORTEST, _BEST, _LONGEST = 66.0, 90.0, 150.0  # seconds
PER_PHRASE = {0.5: 3.0, 1.0: 0.0, 1.5: 0.5, 2.0: 0.0, 4.0: 2.0}  # bars that a phrase may have, and how unusual that is
RING = 3.6  # seconds that the last chord sounds
_ENERGY = {"intro": 0.49, "verse": 0.56, "prechorus": 0.7, "chorus": 0.84, "bridge": 0.6, "solo": 0.72, "outro": 0.5}


@dataclass
class Block:
    """A section in bars, with its phrases; `slot` is the beats one phrase has. Wordless phrases are lists of no syllables."""

    name: str
    kind: str
    bars: int
    energy: float
    phrases: list[list[Syllable]] = field(default_factory=list)
    slot: float = 0.0
    wordless: int = 0  # phrases that the lead plays alone


@dataclass
class BarForm:
    """The whole song in bars at a tempo."""

    blocks: list[Block]
    tempo: float

    def seconds(self, bar: int) -> float:
        """How long it lasts, without the last ring and the slowing."""
        return sum(b.bars for b in self.blocks) * bar * 60 / self.tempo


def lay_out(stanzas: list[Stanza], plan: Arrangement) -> BarForm:
    """Choose phrase length, tempo and instrumental sections."""
    stanzas = _packed(stanzas)
    best: tuple[float, BarForm] | None = None
    for per_phrase in (p for p in PER_PHRASE if p != 1.5 or plan.bar == 4):  # else a phrase would begin between two beats
        for percent in range(88, 131, 3):
            form = BarForm(_blocks(stanzas, per_phrase, plan.bar), plan.tempo * percent / 100)
            _fill_up(form, plan.bar)
            cost = _cost(form, per_phrase, percent, plan)
            if best is None or cost < best[0]:
                best = (cost, form)
    if best is None:
        raise ValueError("no form fits")
    form = best[1]
    seconds = form.seconds(plan.bar) + RING + 1.5
    if seconds > _LONGEST:  # only absurdly long lyrics come here
        form.tempo *= form.seconds(plan.bar) / (_LONGEST - RING - 1.5)
    return form


def with_words(form: BarForm, stanzas: list[Stanza]) -> BarForm | None:
    """The same form with other words; None where they do not fit: sections differ, or a line became longer than a breath."""
    fresh = [stanza for stanza in _packed(stanzas) if stanza.phrases]
    sung = [block for block in form.blocks if block.phrases]
    if [(b.kind, len(b.phrases)) for b in sung] != [(s.kind, len(s.phrases)) for s in fresh]:
        return None
    words = iter(fresh)
    return replace(form, blocks=[replace(b, phrases=next(words).phrases) if b.phrases else b for b in form.blocks])


def _packed(stanzas: list[Stanza]) -> list[Stanza]:
    """At most about 70 phrases: beyond that neighbours share one."""
    total = sum(len(s.phrases) for s in stanzas)
    size = -(-total // 70)
    if size <= 1:
        return stanzas
    packed = []
    for stanza in stanzas:
        joined = [[s for phrase in stanza.phrases[i : i + size] for s in phrase] for i in range(0, len(stanza.phrases), size)]
        packed.append(Stanza(stanza.name, stanza.kind, joined))
    while len(packed) > 30:  # hundreds of one-line sections: neighbours join
        packed = [
            Stanza(a.name, a.kind, a.phrases + (b.phrases if b else []))
            for a, b in zip(packed[::2], [*packed[1::2], None][: len(packed[::2])], strict=True)
        ]
    return packed


def _blocks(stanzas: list[Stanza], per_phrase: float, bar: int) -> list[Block]:
    blocks = []
    choruses = sum(s.kind == "chorus" for s in stanzas)
    seen: dict[str, int] = {}
    for i, stanza in enumerate(stanzas):
        seen[stanza.kind] = seen.get(stanza.kind, 0) + 1
        energy = _ENERGY[stanza.kind] + min(0.12, 0.07 * (seen[stanza.kind] - 1))
        if stanza.kind == "chorus" and seen["chorus"] == choruses and choruses > 1:
            energy = 1.0
        if not stanza.phrases and (stanza.kind != "solo" or i == len(stanzas) - 1):
            continue  # an empty [Intro] or [Outro]: the song has its own
        bars = int(-(-len(stanza.phrases) * per_phrase // 1)) if stanza.phrases else 4
        bars += bars % 2
        wordless = 0 if stanza.phrases else 2
        blocks.append(Block(stanza.name, stanza.kind, bars, energy, stanza.phrases, per_phrase * bar, wordless))
        if not stanza.phrases:
            blocks[-1].slot = 2 * bar
    return blocks


def _fill_up(form: BarForm, bar: int) -> None:
    """Intro and outro, and instrumental sections where the lyrics alone would make too short a song."""
    second = 60 * bar / form.tempo  # of one bar
    body = form.seconds(bar) + RING + 1.5
    intro = 4 if body + 6 * second < _BEST else 2
    form.blocks.insert(0, Block("Intro", "intro", intro, _ENERGY["intro"], slot=2 * bar, wordless=0))
    form.blocks.append(
        Block("Outro", "outro", 4 if body + 8 * second < _BEST else 2, _ENERGY["outro"], slot=2 * bar, wordless=1)
    )
    turn = 0
    sizes = ((8, "Instrumental", "solo"), (8, "Reprise", "chorus"), (8, "Interlude", "verse"))
    while form.seconds(bar) + RING + 1.5 < _SHORTEST:
        bars, name, kind = sizes[turn % 3]
        energy = (0.72, 0.92, 0.62)[turn % 3]
        place = len(form.blocks) - 1 if kind != "verse" else 1
        form.blocks.insert(place, Block(name, kind, bars, energy, slot=2 * bar, wordless=bars // 2))
        turn += 1


def _cost(form: BarForm, per_phrase: float, percent: int, plan: Arrangement) -> float:
    """How wrong this layout is: length, singing speed and distance from the style's own tempo."""
    seconds = form.seconds(plan.bar) + RING + 1.5
    cost = abs(seconds - _BEST) / 14 + abs(percent - 100) / 6
    cost += 60 + seconds if seconds > _LONGEST else 0
    cost += PER_PHRASE[per_phrase]
    slot = per_phrase * plan.bar * 60 / form.tempo
    counts = sorted(len(p) for b in form.blocks for p in b.phrases)
    if counts:
        busy, usual = counts[len(counts) * 9 // 10], counts[len(counts) // 2]
        pace = busy / (slot * 0.82)  # syllables a second
        cost += 2.2 * max(0.0, pace - 3.2) + 6 * max(0.0, pace - 5) + 2.5 * max(0.0, 1.5 - usual / (slot * 0.8))
    return cost
