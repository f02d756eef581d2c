"""The composer: a SongRequest becomes a Score. The same request always becomes the same score, byte for byte."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from integrations.music import SongRequest
from integrations.music.studio.bars import Bar, Changes, Hand, write_bars
from integrations.music.studio.bass import bass_bar
from integrations.music.studio.counter import counter_melody, sung_below, thirds_below
from integrations.music.studio.drums import drum_bar
from integrations.music.studio.form import RING, BarForm, Block, lay_out, with_words
from integrations.music.studio.harmony import NOTE_NAMES
from integrations.music.studio.melody import Singer, sing_phrase
from integrations.music.studio.patterns import PATTERNS
from integrations.music.studio.score import Note, Part, Score, Span, SungNote, chance, tempo_map
from integrations.music.studio.singing.cast import centre_of, other_of, voice_for
from integrations.music.studio.stage import BASSES, LEAD_ROOM, SEATS, gain
from integrations.music.studio.styles import Arrangement, Player, arrangement, is_sad
from integrations.music.studio.words import Text, clean_line, read_lyrics, spellings

TONICS = (0, 2, 3, 5, 7, 9, 10)
_CENTRES = {"male": 59, "female": 67}  # the middle of a verse, MIDI, where it is played; no preference lies between
TURNS = {  # how likely a phrase ends with a turn on its last syllable
    "soul": 0.8, "jazz": 0.5, "ballad": 0.4, "romantic": 0.4, "pop": 0.35, "country": 0.3, "classic": 0.3, "festive": 0.2,
}  # fmt: skip
SOLOISTS = ("cello", "violin", "flute", "altosax", "clarinet", "horns", "trumpet", "harmonica", "accordion", "vibraphone")


def compose(request: SongRequest, seed_number: int = 0) -> Score:
    """Write the whole song. Every `seed_number` and every take is another tune for the same words.

    Where the words of `tune_of` have the same shape, all but the lines that differ is composed as it was for those.
    """
    number = seed_number or request.take - 1
    seed = f"{request.title}|{request.tune_of or request.lyrics}" + (f"|{number}" if number else "")
    plan = arrangement(request.style, request.variation, request.voice)
    text = _read(request, request.lyrics)
    form, former = _forms(request, text, plan)
    minor = is_sad(request.style)
    tonic = (chance(seed, "song").choice(TONICS) + plan.shift) % 12
    lifts = _lifts(form.blocks, plan, request.variation)
    bars = write_bars(form.blocks, plan, seed, tonic, minor, lifts)
    changes = Changes(bars)
    voice = voice_for(request.language, request.voice, request.variation)
    singer = _singer(request, plan, seed, changes, voice)
    second = other_of(voice) if voice and request.duet else voice
    vocal, solo = _tune(form.blocks, former.blocks, singer, plan.bar, lifts, centre_of(second) if second != voice else None)
    beats = float(bars[-1].start + plan.bar)
    spans = _spans(form.blocks, plan.bar)
    parts = _parts(plan, bars, changes, [*vocal, *solo], form.blocks)
    parts += [_solo_part(plan, solo)] if solo else []
    together = _sung_together(spans, vocal, duet=second != voice) if voice else []
    return Score(
        title=clean_line(request.title),
        key=f"{NOTE_NAMES[tonic]} {'minor' if minor else 'major'}",
        tempo=round(form.tempo, 3), metre=plan.metre, swing=plan.swing, lead=plan.lead, manner=plan.kind,
        vocal=vocal,
        harmony=[(start, end, here.symbol) for start, end, here in changes.rows],
        lifts=[(span.start, lift) for span, lift in zip(spans, lifts, strict=True)],
        parts=[part for part in parts if part.notes],
        spans=spans, lines=text.lines, words=text.words, beats=beats,
        tempo_map=tempo_map(form.tempo, beats, float(2 * plan.bar)),
        ring=RING,
        voice=voice, second=second,
        backing=[n for s in together for n in sung_below(vocal, changes, s.start, s.end, centre_of(second))],
        hummed=text.hummed if voice else [],
    )  # fmt: skip


def _forms(request: SongRequest, text: Text, plan: Arrangement) -> tuple[BarForm, BarForm]:
    """The form of these words, and the one whose tune is kept: the same where no tune is, or where the words do not fit it."""
    former = lay_out(_read(request, request.tune_of or request.lyrics).stanzas, plan)
    fitted = with_words(former, text.stanzas)
    if fitted:
        return fitted, former
    form = lay_out(text.stanzas, plan)
    return form, form


def _singer(request: SongRequest, plan: Arrangement, seed: str, changes: Changes, voice: str) -> Singer:
    """Who sings the melody, and how: a voice of ours, or the instrument that plays it."""
    centre = centre_of(voice) if voice else _CENTRES.get(request.voice, 64)
    pushed = {"pop": 1.0, "soul": 1.0, "jazz": 0.7}.get(plan.kind, 0.25)
    turns = TURNS.get(plan.kind, 0.0) if voice else 0.0
    return Singer(seed, plan.metre, centre, changes, pushed, plan.swing != 0.5, turns)


def _solo_part(plan: Arrangement, solo: Sequence[SungNote]) -> Part:
    """The melody without words, on an instrument that can carry one."""
    soloist = next((p.instrument for p in plan.players if p.instrument in SOLOISTS and p.instrument != plan.lead), plan.lead)
    notes = [Note(n.start, n.duration, n.pitch, n.velocity) for n in solo]
    return Part(soloist, "solo", gain(soloist, "solo"), 0.12, LEAD_ROOM, notes)


def _sung_together(spans: Sequence[Span], vocal: Sequence[SungNote], *, duet: bool) -> list[Span]:
    """The choruses with a second voice: all of them in a duet, the last one where one singer sings both."""
    choruses = [s for s in spans if s.kind == "chorus" and any(s.start <= n.start < s.end for n in vocal)]
    return choruses if duet else choruses[1:][-1:]


def _read(request: SongRequest, lyrics: str) -> Text:
    return read_lyrics(
        lyrics, request.language, spellings(request.recipient_name, request.pronunciation), request.recipient_name
    )


def _lifts(blocks: list[Block], plan: Arrangement, variation: int) -> list[int]:
    """The last chorus and all after it a whole tone higher, in lively second variations."""
    lifted = [0] * len(blocks)
    choruses = [i for i, b in enumerate(blocks) if b.kind == "chorus"]
    if plan.kind in ("pop", "festive", "classic", "country") and variation % 3 == 2 and len(choruses) > 1:
        for i in range(choruses[-1], len(blocks)):
            lifted[i] = 2
    return lifted


def _tune(
    blocks: list[Block], former: list[Block], singer: Singer, bar: int, lifts: list[int], second: int | None
) -> tuple[list[SungNote], list[SungNote]]:
    """The sung melody, and the wordless one of instrumental sections.

    Every other verse and the bridge are the second singer's, where one has a middle of the range, `second`. A phrase comes
    from the pitch that the one before ended on in `former`: a changed line changes no other.
    """
    vocal: list[SungNote] = []
    verses = 0
    solo: list[SungNote] = []
    start, before = 0.0, None
    for block, was, lift in zip(blocks, former, lifts, strict=True):
        verses += block.kind == "verse"
        turn = block.kind == "bridge" or (block.kind == "verse" and verses % 2 == 0)
        handed = second is not None and turn and bool(block.phrases)
        here = replace(singer, centre=(second if second is not None and handed else singer.centre) + lift)
        count = len(block.phrases) or block.wordless
        for number in range(count):
            syllables = block.phrases[number] if block.phrases else []
            at = start + number * block.slot
            last = number == count - 1
            kind = "chorus" if block.kind in ("solo", "outro") else block.kind
            wordless = min(9, max(3, round(block.slot * 0.85)))
            words = was.phrases[number] if was.phrases else []
            notes = sing_phrase(syllables, wordless, at, block.slot, kind, number, last, before, here, bar, block.energy)
            kept = notes
            if [(s.text, s.phones) for s in words] != [(s.text, s.phones) for s in syllables]:
                kept = sing_phrase(words, wordless, at, block.slot, kind, number, last, before, here, bar, block.energy)
            notes = [replace(note, second=True) for note in notes] if handed else notes
            (vocal if block.phrases else solo).extend(notes)
            before = kept[-1].pitch
        start += block.bars * bar
    if solo and blocks[-1].wordless:  # the very last tone is held into the ring
        end = solo[-1]
        hold = start - end.start + 2.0
        solo[-1] = SungNote(end.start, hold, end.pitch, end.velocity * 0.85, closes=True)
    return vocal, solo


def _spans(blocks: list[Block], bar: int) -> list[Span]:
    spans, start = [], 0.0
    for block in blocks:
        end = start + block.bars * bar
        spans.append(Span(block.name, block.kind, start, end, block.energy))
        start = end
    return spans


def _parts(plan: Arrangement, bars: list[Bar], changes: Changes, tune: list[SungNote], blocks: list[Block]) -> list[Part]:
    """Every player's notes."""
    ordered = sorted(tune, key=lambda n: n.start)
    main = next(p for p in plan.players if p.instrument != "kit" and p.pattern not in BASSES)
    parts = [_played(player, bars, ordered, player is main) for player in plan.players]
    top = [s for s in _spans(blocks, plan.bar) if s.kind == "chorus" and s.energy > 0.88]
    if top:
        second = "choir" if plan.lead == "oohs" else "oohs"
        notes = [n for s in top for n in thirds_below(ordered, changes, s.start, s.end)]
        parts.append(Part(second, "harmony", gain(second, "harmony"), 0.35, 0.45, notes))
    return parts


def _played(player: Player, bars: list[Bar], tune: list[SungNote], main: bool) -> Part:
    """One player through the whole song; silent in sections calmer than its threshold."""
    level = gain(player.instrument, player.pattern, main) + player.gain
    if player.instrument == "kit":
        playing = [] if player.pattern == "none" else [b for b in bars if b.energy >= player.energy or b.final]
        return Part("kit", player.pattern, level, 0.0, 0.1, [n for bar in playing for n in drum_bar(player.pattern, bar)])
    pan, room, centre = SEATS[player.instrument]
    part = Part(player.instrument, player.pattern, level, pan, room)
    if player.pattern == "counter":
        part.notes = counter_melody(bars, tune, player.energy, int(centre))
        return part
    hand = Hand(centre + (14 if player.pattern == "high" else 0))
    for i, bar in enumerate(bars):
        entering = bar.rising and bar.number == bar.of - 1 and player.pattern == "pad" and bar.energy + 0.2 > player.energy
        if bar.energy < player.energy and not entering and not bar.final:
            continue
        if bar.final:
            part.notes += _last_chord(player, bar, hand)
        elif player.pattern in BASSES:
            following = bars[i + 1].chords[0][2] if i + 1 < len(bars) else None
            part.notes += bass_bar(player.pattern, bar, hand, following)
        else:
            part.notes += PATTERNS[player.pattern](bar, hand)
    return part


def _last_chord(player: Player, bar: Bar, hand: Hand) -> list[Note]:
    """The chord that ends the song, rolled from low to high and left to ring."""
    start, _, here = bar.chords[0]
    length = bar.length + 4.0
    if player.pattern in BASSES:
        return [Note(start, length, hand.bass(here.root), 0.6)]
    hand.count = max(3, hand.count)
    spread = 0.12 if player.pattern not in ("pad", "high") else 0.0
    notes = [Note(start + i * spread, length, p, 0.42) for i, p in enumerate(hand.take(here))]
    if player.pattern in ("ballad", "broken", "stabs", "pulse"):
        notes.append(Note(start, length, hand.bass(here.root, 36, 48), 0.5))
    return notes
