"""The studio's promises: real songs, honest tasks, and nothing lost when processes die. Audio is measured as decoded MP3."""

from __future__ import annotations

import io
import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import soundfile as sf
from mutagen.id3 import ID3
from mutagen.mp3 import MP3

from integrations.music import MusicError, Reason, SongRequest, State, TaskState
from integrations.music.studio import mixing, provider
from integrations.music.studio import render as render_module
from integrations.music.studio.composer import compose
from integrations.music.studio.harmony import NOTE_NAMES, chord
from integrations.music.studio.instrument_bank import RATE, Bank
from integrations.music.studio.provider import Studio
from integrations.music.studio.render import Recording, render_song
from integrations.music.studio.sampler import Desk
from integrations.music.studio.score import Score
from integrations.music.studio.spool import Spool, task_of
from integrations.music.studio.styles import STYLE_WORDS, music_kind
from integrations.music.studio.timed_lines import timed_lines
from integrations.music.studio.words import clean_line, read_lyrics, syllables

ROOT = Path(__file__).resolve().parents[1]
CHORUS = "Happy birthday Anna, this one is for you\nEvery candle burning for a dream come true\n"
LYRICS = f"""[Verse 1]
Remember when we walked along the shore
The summer wind was dancing through your hair
[Chorus]
{CHORUS}[Verse 2]
You bake the bread on Sunday in the rain
You sing so loudly when you drive the car
[Chorus]
{CHORUS}"""
BALLAD = "Acoustic Ballad, Soft, Intimate"
HOSTILE = "[Verse 1]\n\u202eevil\x00 name 🎉🎉\n[[[\n[Chorus]\n‮שלום עולם\nمرحبا يا صديقي\n🎂\n"
STYLES = [
    "Pop, Upbeat, Energetic",
    BALLAD,
    "Classic Pop, Timeless",
    "Romantic Ballad, Emotional, Tender",
    "Acoustic, Warm, Cozy",
    "Orchestral, Festive, Celebratory",
    "Folk",
    "Soul, R&B",
    "Country",
    "Jazz, Swing",
    "Lullaby",
]


def a_request(
    variation: int = 1,
    style: str = BALLAD,
    lyrics: str = LYRICS,
    title: str = "For Anna",
    reference: str = "r1",
    language: str = "en",
) -> SongRequest:
    return SongRequest(reference, title, lyrics, style, "", variation, language)


@cache
def composed(variation: int, style: str) -> Score:
    return compose(a_request(variation, style))


@cache
def recorded(variation: int, style: str = BALLAD) -> tuple[Recording, np.ndarray]:
    """A rendered song and its decoded frames, shape (frames, 2)."""
    song = render_song(a_request(variation, style), Bank(), lambda stage, percent: None)
    frames, rate = sf.read(io.BytesIO(song.mp3), dtype="float32")
    assert rate == 44_100
    return song, frames


# the score


def test_the_same_request_always_becomes_the_same_score_even_in_another_process() -> None:
    script = "import sys; from tests.test_studio import *; sys.stdout.buffer.write(compose(a_request(2)).as_bytes())"
    other = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": "7"}
    )
    assert other.stdout == compose(a_request(2)).as_bytes()


@pytest.mark.parametrize("style", STYLES)
def test_three_variations_are_three_arrangements_of_one_song(style: str) -> None:
    scores = [composed(v, style) for v in (1, 2, 3)]
    assert len({s.lead for s in scores}) == 3
    assert len({(s.metre, round(s.tempo / 4), s.swing) for s in scores}) == 3
    assert len({s.key for s in scores}) == 3
    assert len({tuple(sorted(p.instrument for p in s.parts)) for s in scores}) == 3


def test_every_kind_of_music_in_the_catalogue_is_its_own() -> None:
    assert len({music_kind(style) for style in STYLES}) == len(STYLE_WORDS) == 11
    assert music_kind("Romantic Ballad, Emotional, Tender, slightly varied, female voice") == "romantic"
    assert music_kind("") == "pop"


@pytest.mark.parametrize("variation", [1, 2, 3])
@pytest.mark.parametrize(
    "lyrics",
    [
        "",
        "Hi",
        LYRICS,
        HOSTILE,
        "la " * 1000,
        "a\n" * 1500,
        "[Chorus]\n" * 300,
        ("A rather long line of words to be sung by somebody\n" * 60)[:3000],
    ],
)
def test_every_song_lasts_one_to_two_minutes_and_half_a_minute_more_for_many_words(lyrics: str, variation: int) -> None:
    longest = 155 if len(lyrics) > 1000 else 120
    for style in (STYLES[0], BALLAD):
        assert 60 <= compose(a_request(variation, style, lyrics)).length <= longest


@pytest.mark.parametrize("style", STYLES[::3])
def test_nobody_has_to_sing_more_than_five_and_a_half_syllables_a_second(style: str) -> None:
    line = "There are people like weather, they come and they go\n"  # thirteen syllables, thirty times: a long song
    score = compose(a_request(1, style, "".join(f"[{name}]\n{line * 6}" for name in ("Verse", "Chorus") * 2 + ("Verse",))))
    for number in range(30):
        notes = [n for n in score.vocal if n.line == number]
        seconds = score.seconds(notes[-1].start + notes[-1].duration) - score.seconds(notes[0].start)
        assert len(notes) / seconds <= 5.5


def test_a_spanish_line_of_many_vowels_is_not_hurried_and_no_syllable_is_cut_short() -> None:
    verse = "El amor es un plato que espera al llegar\nY tienes la idea que ayuda a seguir\n" * 4
    for style in ("Acoustic, Warm, Cozy", "Classic Pop, Timeless"):
        score = compose(SongRequest("r", "x", f"[Verse]\n{verse}[Chorus]\n{verse}" * 2, style, "", 2, "es"))
        seconds = [score.seconds(n.start + n.duration) - score.seconds(n.start) for n in score.vocal]
        assert min(seconds) > 0.1


def test_each_syllable_has_its_note_and_the_chorus_returns_with_the_same_tune() -> None:
    score = compose(a_request(1))
    sung = ["".join(n.syllable for n in score.vocal if n.line == i) for i in range(len(score.lines))]
    assert sung == [line.replace(" ", "") for line in score.lines]
    assert all(a.start + a.duration <= b.start + 1e-6 for a, b in zip(score.vocal, score.vocal[1:], strict=False))
    first, second = ([n.pitch for n in score.vocal if n.line in lines] for lines in ((2, 3), (6, 7)))
    assert first == second
    verse = [n.pitch for n in score.vocal if n.line in (0, 1)]
    assert np.mean(first) > np.mean(verse) + 1


@pytest.mark.parametrize("style", STYLES)
def test_the_melody_fits_its_chords_and_the_bass_carries_them(style: str) -> None:
    for variation in (1, 2, 3):
        score = composed(variation, style)
        bars = 4 if score.metre == "4/4" else 3
        strong = [n for n in score.vocal if n.start % bars < 0.01]
        assert strong
        assert sum(n.pitch % 12 in _pcs(score, n.start) for n in strong) == len(strong)
        basses = [p for p in score.parts if "bass" in p.instrument]
        downbeats = [n for p in basses for n in p.notes if n.start % bars < 0.01]
        assert all(n.pitch % 12 in _pcs(score, n.start) for n in downbeats)
        assert all(28 <= n.pitch <= 50 for n in downbeats)


def _pcs(score: Score, beat: float) -> tuple[int, ...]:
    """Pitch classes of the chord at a beat, in the key of that moment."""
    symbol = next(s for start, end, s in score.harmony if start - 1e-6 <= beat < end - 1e-6)
    lift = next((lift for start, lift in reversed(score.lifts) if beat >= start - 1e-6), 0)
    return chord(symbol, NOTE_NAMES.index(score.key.split()[0]) + lift, "minor" in score.key).pcs


def test_lines_and_sections_are_timed_in_order() -> None:
    song, frames = recorded(1)
    lines = [line for line in song.lines if line.level == "line"]
    assert [line.text for line in lines] == [x for x in LYRICS.splitlines() if not x.startswith("[")]
    assert all(a.end_ms <= b.start_ms for a, b in itertools.pairwise(lines))
    words = [w.text for w in song.lines if w.level == "word"]
    assert words == " ".join(line.text for line in lines).split()
    assert [s.name for s in song.sections if s.name.startswith(("Verse", "Chorus"))] == [
        "Verse 1",
        "Chorus",
        "Verse 2",
        "Chorus",
    ]
    assert abs(song.sections[-1].end_ms / 1000 - len(frames) / 44_100) < 0.2


def test_words_of_many_languages_fall_into_syllables() -> None:
    counts = {
        "en": {"birthday": 2, "remember": 3, "love": 1, "candles": 2, "walked": 1, "wanted": 2, "times": 1, "🎉": 0},
        "de": {"Geburtstag": 3},
        "nl": {"verjaardag": 3},
        "es": {"corazón": 3},
        "ru": {"счастье": 2},
        "ja": {"ありがとう": 5},
        "ko": {"생일": 2},
    }
    for language, word, count in [(language, *row) for language, rows in counts.items() for row in rows.items()]:
        pieces = syllables(word, language)
        assert len(pieces) == count, (word, pieces)
        assert "".join(pieces) == (word if count else "")
    assert clean_line("a\x00b\u202ec\nd\u2028e") == "abc d e"
    assert read_lyrics("", "en").stanzas == []


# the sound


@pytest.mark.parametrize("variation", [1, 2, 3])
def test_the_mp3_is_as_loud_and_clean_as_promised(variation: int) -> None:
    _song, frames = recorded(variation)
    assert 60 <= len(frames) / 44_100 <= 120
    assert abs(_lufs(frames) + 16) <= 0.5
    assert 0.3 < np.abs(frames).max() <= 10 ** (-1 / 20)
    assert np.abs(frames.mean(axis=0)).max() < 0.001
    level = np.abs(frames).max(axis=1)[: len(frames) // 2205 * 2205].reshape(-1, 2205).max(axis=1)
    quiet = (level < 10 ** (-50 / 20))[:-40]
    assert not (np.convolve(quiet, np.ones(30), "valid") >= 30).any()
    assert level[-2:].max() < 0.01
    assert np.corrcoef(frames[:, 0], frames[:, 1])[0, 1] < 0.95


def test_variations_do_not_sound_alike() -> None:
    centres, onsets = [], []
    for variation in (1, 2, 3):
        _, frames = recorded(variation)
        mono = frames.mean(axis=1)
        rows = np.abs(np.fft.rfft(mono[: len(mono) // 4096 * 4096].reshape(-1, 4096) * np.hanning(4096)))
        centres.append(float((rows.mean(axis=0) * np.arange(2049)).sum() / rows.mean(axis=0).sum()))
        onsets.append(float(np.maximum(0, np.diff(np.log1p(rows), axis=0)).mean()))
    distances = [abs(np.log(centres[a] / centres[b])) + abs(np.log(onsets[a] / onsets[b])) for a, b in ((0, 1), (0, 2), (1, 2))]
    assert min(distances) > 0.08


def _lufs(frames: np.ndarray) -> float:
    """BS.1770 with the standard's own digital filters, evaluated over the whole file at once: independent of loudness.py."""
    size = 1 << int(np.ceil(np.log2(len(frames) + 44_100)))
    spectrum = np.fft.rfft(frames, size, axis=0)
    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size * 44_100 / 48_000)  # the coefficients are for 48 kHz
    shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2) / (
        1 - 1.69065929318241 * z + 0.73248077421585 * z**2
    )
    high = (1 - 2 * z + z**2) / (1 - 1.99004745483398 * z + 0.99007225036621 * z**2)
    weighted = np.fft.irfft(spectrum * (shelf * high)[:, None], size, axis=0)[: len(frames)]
    hops = (weighted[: len(frames) // 4410 * 4410] ** 2).reshape(-1, 4410, 2).mean(axis=1).sum(axis=1)
    blocks = (hops[:-3] + hops[1:-2] + hops[2:-1] + hops[3:]) / 4
    loud = blocks[blocks > 10 ** ((-70 + 0.691) / 10)]
    loud = loud[loud > loud.mean() / 10]
    return float(-0.691 + 10 * np.log10(loud.mean()))


def test_the_tags_say_that_a_machine_made_it_and_hostile_names_are_inert() -> None:
    from integrations.music.studio.mp3 import tagged_recording

    plain = recorded(1)[0].mp3
    tags = ID3(io.BytesIO(plain))
    assert tags.version[:2] == (2, 3)
    assert str(tags["TPE1"]) == "Serenade Studio"
    assert tags["TXXX:AI-Generated"].text == ["yes / made with AI"]  # TXXX: ID3's own-text frame
    assert "Happy birthday Anna" in str(tags["USLT::eng"])
    assert str(tags["TLAN"]) == "eng"
    hostile = tagged_recording(plain, a_request(title="Zoë\x00<script>\u202e\nX 🎉" + "y" * 500, lyrics=HOSTILE))
    title = str(ID3(io.BytesIO(hostile))["TIT2"])
    assert title.startswith("Zoë<script> X 🎉")
    assert len(title) <= 200
    assert MP3(io.BytesIO(plain)).info.sample_rate == 44_100


# the spool


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Spool:
    """A spool folder of its own; Studio() uses it."""
    spool = Spool(tmp_path / "studio")
    monkeypatch.setattr(provider, "spool", lambda: spool)
    return spool


def test_the_same_reference_twice_is_one_task(spool: Spool) -> None:
    studio = Studio()
    first, again, other = (studio.submit(a_request(reference=r)).task_id for r in ("a", "a", "b"))
    assert first == again != other
    assert spool.waiting() == [first, other]
    assert [s.stage for s in studio.statuses([first, other]).values()] == ["place 1", "place 2"]
    spool.finish(first, {"state": "succeeded", "title": "", "lines": [], "sections": []}, b"mp3")
    assert studio.submit(a_request(reference="a")).task_id == first
    assert spool.waiting() == [other]


def test_a_request_says_that_nobody_sings_only_where_that_is_asked(spool: Spool) -> None:
    """An engine of the release before does not know the word."""
    sung, played = a_request(reference="sung"), replace(a_request(reference="played"), instrumental=True)
    texts = [spool.path("open", spool.hand_in(request)[0]).read_text() for request in (sung, played)]
    assert ["instrumental" in text for text in texts] == [False, True]
    assert spool.request(task_of("played")) == played


def test_without_its_singer_the_band_plays_every_note_that_it_plays_with_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from integrations.music.studio.singing import front, vocals

    score = composed(1, BALLAD)
    heard: list[Any] = []
    voices: list[str] = []
    assert score.voice
    monkeypatch.setattr(render_module, "play", lambda part, *_: heard.append(part))
    monkeypatch.setattr(vocals, "sing_score", lambda *_: voices.append("sung"))
    monkeypatch.setattr(vocals, "sing_backing", lambda *_: None)
    monkeypatch.setattr(front, "add_voice", lambda *_: None)
    for sung in (True, False):
        render_module.record_parts(score, cast(Bank, None), cast(Desk, None), lambda share: None, sung=sung)
    assert heard[: len(heard) // 2] == heard[len(heard) // 2 :]
    assert voices == ["sung"]


def test_strange_task_ids_open_no_files(spool: Spool) -> None:
    studio = Studio()
    strange = ["../../etc/passwd", "studio_" + "0" * 32, "studio_../x", "", "studio_" + "a" * 32 + "\n"]
    assert {s.state for s in studio.statuses(strange).values()} == {State.LOST}
    for name in strange:
        with pytest.raises(MusicError):
            spool.audio(name)


def test_finished_tasks_go_after_two_days(spool: Spool) -> None:
    task, _ = spool.hand_in(a_request())
    spool.finish(task, {"state": "succeeded", "title": "", "lines": [], "sections": []}, b"mp3")
    spool.tidy()
    assert spool.audio(task) == b"mp3"
    spool.tidy(time.time() + 49 * 3600)
    assert spool.statuses([task])[task].state == State.LOST


# the engine


class Engine:
    """A real engine process on its own data folder."""

    def __init__(self, data: Path) -> None:
        self.env = {**os.environ, "DATA_DIR": str(data), "WORKERS": "1", "ENV": "development"}
        self.spool = Spool(data / "studio")
        self.start()

    def start(self) -> None:
        script = (  # whoever listens for changes fails every time: that must not stop the music
            "import os; from integrations.music.studio import run_studio\n"
            "def changed(task): open(os.environ['DATA_DIR'] + '/changed', 'a').write(task + '\\n'); raise ValueError\n"
            "run_studio(on_change=changed)"
        )
        self.process = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, env=self.env)

    def children(self) -> list[int]:
        text = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in text.split()]

    def state(self, task: str) -> TaskState:
        return self.spool.statuses([task])[task]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    running = Engine(tmp_path)
    yield running
    running.process.kill()
    running.process.wait()


def wait_for(question: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.02)


def test_a_request_becomes_a_song_and_a_killed_child_or_engine_loses_nothing(engine: Engine, tmp_path: Path) -> None:
    task, _ = engine.spool.hand_in(a_request(1, lyrics="Hi", reference="x"))
    wait_for(lambda: engine.state(task).stage == "recording")
    (child,) = engine.children()
    os.kill(child, signal.SIGKILL)  # a child dies in the middle of the song
    wait_for(lambda: engine.children() not in ([], [child]))
    wait_for(lambda: engine.state(task).stage == "recording")
    (child,) = engine.children()
    engine.process.kill()  # the engine itself dies
    engine.process.wait()
    wait_for(lambda: not _alive(child))
    engine.start()
    seen: list[int] = []

    def finished() -> bool:
        now = engine.state(task)
        if now.progress is not None and now.state == State.RUNNING:
            seen.append(now.progress)
        return now.state == State.SUCCEEDED

    wait_for(finished)
    assert len(set(seen)) > 3
    clip = engine.state(task).clips[0]
    assert len(engine.spool.audio(clip.location)) > 500_000
    assert clip.sections
    assert set((tmp_path / "changed").read_text().split()) == {task}
    assert engine.spool.waiting() == []


def test_faults_can_be_asked_for_and_sigterm_stops_at_once(engine: Engine) -> None:
    failing, _ = engine.spool.hand_in(a_request(style="Pop fault:fail", reference="f"))
    wait_for(lambda: engine.state(failing).state == State.FAILED)
    error = engine.state(failing).error
    assert error is not None
    assert error.reason == Reason.TRANSIENT
    slow, _ = engine.spool.hand_in(a_request(style="Pop fault:slow", reference="s"))
    wait_for(lambda: engine.state(slow).state == State.RUNNING)
    children, began = engine.children(), time.monotonic()
    engine.process.terminate()
    engine.process.wait(5)
    assert time.monotonic() - began < 1.5
    assert not any(_alive(pid) for pid in children)
    assert engine.spool.waiting() == [slow]
    assert engine.state(slow).state == State.QUEUED


def test_the_idle_engine_is_light(engine: Engine) -> None:
    wait_for(lambda: engine.spool.wake_fifo.exists())
    time.sleep(0.2)
    status = Path(f"/proc/{engine.process.pid}/status").read_text()
    assert int(status.split("VmRSS:")[1].split()[0]) < 22_000  # kB
    script = "import sys; from integrations.music import studio; assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=engine.env, check=True)


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_a_mix_that_is_as_loud_as_it_should_be_keeps_its_peaks_in_bounds_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mixing, "integrated", lambda left, right: -16.0)
    desk = Desk(8 * RATE)
    desk.left[:: RATE // 2] = desk.right[:: RATE // 2] = 3.0
    mixing.master_mix(desk, 8.0)
    assert np.abs(np.stack([desk.left, desk.right])).max() <= 10 ** (-2.1 / 20)


def test_timed_lines_cover_even_absurd_lyrics() -> None:
    score = compose(a_request(lyrics="a\n" * 1500))
    assert {line.text for line in timed_lines(score) if line.level == "line"} == {"a"}


def test_the_three_variations_say_truly_and_differently_how_they_sound() -> None:
    from integrations.music.studio.styles import ARRANGEMENTS, STYLE_NAMES, arrangement

    for kind in ARRANGEMENTS:
        said = [arrangement(kind, variation).described() for variation in (1, 2, 3)]
        assert len(set(said)) == 3, kind
        for variation, words in zip((1, 2, 3), said, strict=True):
            lead = arrangement(kind, variation).lead
            assert STYLE_NAMES.get(lead, lead).lower() in words.lower()


GIVING_WAY = """
import os, sys
from pathlib import Path
from integrations.music.studio.giving_way import give_way
group = Path("/proc/self/autogroup")
own_group = lambda: group.read_text() if group.exists() else ""  # empty too, for a session that has no group
before = own_group()
give_way(int(sys.argv[1]))
print(os.sched_getscheduler(0) == os.SCHED_IDLE, own_group() != before, before != "")
"""


@pytest.mark.skipif(not hasattr(os, "SCHED_IDLE"), reason="Linux alone has idle priority; elsewhere the studio runs without")
@pytest.mark.parametrize(("steps", "own_session"), [(19, True), (10, True), (19, False)])
def test_who_gives_way_does_so_for_every_session_and_takes_nobody_along(steps: int, own_session: bool) -> None:
    """Where the kernel groups by session, niceness inside one says nothing to the others."""
    command = [sys.executable, "-c", GIVING_WAY, str(steps)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, start_new_session=own_session)
    idle, moved, grouped = (word == "True" for word in done.stdout.split())
    niceness = os.nice(0) + steps  # the tests themselves may have been asked to give way
    assert (idle, moved) == (niceness >= 19, own_session and grouped)
