"""Measures the studio: how fast it renders, how soon a song can be played, and what its singing is like.

.venv/bin/python -m bench.studio             all of it, with six briefs of each language
.venv/bin/python -m bench.studio 50          with fifty of each (about ten seconds of one idle core a brief); 36-49: those only
taskset -c 0 .venv/bin/python -m bench.studio --speed     nine songs, times real time
.venv/bin/python -m bench.studio --submit    seconds from submit to the first of three, and to all nine of a hamper, cold
.venv/bin/python -m bench.studio --submit-long    the same with a song of many words, of two minutes and more
.venv/bin/python -m bench.studio --pictures docs/   draws three songs: spectrogram with the score on it, piano roll
.venv/bin/python -m bench.studio --same      whether two processes make the same bytes
.venv/bin/python -m bench.studio --levels    the table for integrations/music/studio/levels.py
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp())

from integrations.music import SongRequest, State
from integrations.music.studio import Studio

VERSE = """Remember when we walked along the shore
The summer wind was dancing through your hair
You told me all the things you're dreaming for
And I just smiled because I knew I'd be there
"""
CHORUS = """Happy birthday Anna, this one is for you
Every candle burning for a dream come true
Through the rain and sunshine, you have been my home
Happy birthday Anna, you'll never walk alone
"""
BRIDGE = "And when the years go by like falling leaves\nI will hold your hand and still believe\n"
LYRICS = f"[Verse 1]\n{VERSE}[Chorus]\n{CHORUS}[Verse 2]\n{VERSE}[Chorus]\n{CHORUS}[Bridge]\n{BRIDGE}[Chorus]\n{CHORUS}"
STYLES = ("Pop, Upbeat, Energetic", "Acoustic Ballad, Soft, Intimate", "Orchestral, Festive, Celebratory")


def a_request(style: str, variation: int, reference: str = "bench", lyrics: str = LYRICS) -> SongRequest:
    """A song of the usual length."""
    return SongRequest(reference, "For Anna", lyrics, style, "", variation)


def speed(styles: tuple[str, ...] = STYLES, variations: tuple[int, ...] = (1, 2, 3), lyrics: str = LYRICS) -> None:
    """Render nine songs in this process."""
    began = time.perf_counter()
    from integrations.music.studio.instrument_bank import Bank
    from integrations.music.studio.mixing import room
    from integrations.music.studio.render import render_song

    bank = Bank()
    room()
    print(f"imports, bank and room: {time.perf_counter() - began:.2f} s")
    for style in styles:
        for variation in variations:
            marks: dict[str, float] = {}
            wall, cpu = time.perf_counter(), time.process_time()

            def report(stage: str, percent: int, marks: dict[str, float] = marks, cpu: float = cpu) -> None:
                key = "encoding" if stage == "mixing" and percent > 48 else stage
                marks[key] = time.process_time() - cpu

            song = render_song(a_request(style, variation, lyrics=lyrics), bank, report)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            rate = len(song.mp3) * 8 / song.seconds / 1000
            stages = " ".join(f"{k} {v:.2f}" for k, v in marks.items())
            print(
                f"{style[:12]:12} {variation}: {song.seconds:5.1f} s in {wall:5.2f} s ({cpu:5.2f} s of cpu) = "
                f"{song.seconds / wall:4.1f}x ({song.seconds / cpu:4.1f}x), {rate:.0f} kbit/s, {song.loudness:.2f} LUFS, "
                f"cpu until the end of {stages}"
            )


def submit(lyrics: str = LYRICS) -> None:
    """A cold engine: three variations at once, then the nine of a hamper."""
    for count, promise in ((3, "the first within 6 s"), (9, "all within 30 s")):
        print(f"{count} songs at once ({promise}), {os.cpu_count()} cores, load {os.getloadavg()[0]:.0f}")
        _submitted(count, lyrics)


def submit_long() -> None:
    """As `submit`, with a song of many words."""
    from bench.song_briefs import a_song

    submit(a_song(25, "en").lyrics)


def _submitted(count: int, lyrics: str) -> None:
    engine = subprocess.Popen(
        [sys.executable, "-c", "from integrations.music.studio import run_studio; run_studio()"], cwd=Path(__file__).parents[1]
    )
    try:
        time.sleep(1.5)
        print(
            "engine idle:",
            next(x for x in Path(f"/proc/{engine.pid}/status").read_text().splitlines() if x.startswith("VmRSS")),
        )
        studio, began = Studio(), time.perf_counter()
        tasks = [studio.submit(a_request(STYLES[i // 3], 1 + i % 3, f"bench{count}-{i}", lyrics)).task_id for i in range(count)]
        print(f"submitted after {time.perf_counter() - began:.3f} s")
        running: set[str] = set()
        while tasks:
            for task, now in studio.statuses(tasks).items():
                if now.state != State.QUEUED and task not in running:
                    running.add(task)
                    print(f"{task[:12]} running after {time.perf_counter() - began:.2f} s")
                if now.state in (State.SUCCEEDED, State.FAILED):
                    tasks.remove(task)
                    print(f"{task[:12]} {now.state} after {time.perf_counter() - began:.2f} s")
            time.sleep(0.02)
    finally:
        engine.terminate()
        engine.wait()


def same_bytes() -> None:
    """One song in two processes."""
    script = (
        "import hashlib; from bench.studio import a_request, STYLES; "
        "from integrations.music.studio.instrument_bank import Bank; "
        "from integrations.music.studio.render import render_song; "
        "print(hashlib.sha256(render_song(a_request(STYLES[0], 2), Bank(), lambda stage, percent: None).mp3).hexdigest())"
    )
    command = [sys.executable, "-c", script]
    hashes = [
        subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True).stdout.strip()
        for _ in range(2)
    ]
    print(f"one song in two processes: {'the same bytes' if len(set(hashes)) == 1 else 'DIFFERENT'}, {hashes[0][:16]}")


def levels() -> None:
    """Every player of every arrangement, alone, with levels.py's trims taken out."""
    from integrations.music.studio.composer import compose
    from integrations.music.studio.instrument_bank import RATE, Bank
    from integrations.music.studio.loudness import integrated
    from integrations.music.studio.render import voice_parts
    from integrations.music.studio.sampler import Desk, play
    from integrations.music.studio.styles import STYLE_WORDS

    bank, found = Bank(), dict[str, list[float]]()
    for kind in STYLE_WORDS:
        for variation in (1, 2, 3):
            score = compose(a_request(kind, variation))
            for part in [*score.parts, *voice_parts(score)]:
                desk = Desk(int((score.length + 0.2) * RATE))
                play(part, score, bank, desk, lambda _: None)
                loud = integrated(desk.left, desk.right) - part.gain
                found.setdefault(f"{part.instrument}:{part.role}", []).append(loud)
    for name, values in sorted(found.items()):
        print(f'    "{name}": {sum(values) / len(values):.1f},')


def main() -> None:
    """What `python -m bench studio` shows."""
    if "--pictures" in sys.argv:
        from bench.song_pictures import draw_songs

        draw_songs(Path(sys.argv[-1]))
        return
    parts = {"--speed": speed, "--submit": submit, "--submit-long": submit_long, "--same": same_bytes, "--levels": levels}
    part = parts.get(sys.argv[-1])
    if part is not None:
        part()
        return
    from bench import singing

    speed()
    submit()
    same_bytes()
    singing.run(singing.numbers_from(sys.argv[1:]))


if __name__ == "__main__":
    main()
