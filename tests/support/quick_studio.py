"""A renderer for tests whose promise is not the music: a tone of twelve seconds for every song, at hardly any cost.

The engine starts it instead of `integrations.music.studio.child` where STUDIO_RENDERER names it, as `Stack` does. A real
rendering and all that follows from it takes three seconds of a processor, this a third of one. `Stack.studio_pace` writes
into a file how long a rendering takes, or "real": then it is the studio's own. "1 60" is one second for a tone of 60. "held":
no rendering begins before the file is gone, so that what is to be seen meanwhile can be seen on any machine.
"""

from __future__ import annotations

import time
from typing import Any

from integrations.music import SongRequest, State
from integrations.music.studio import child
from integrations.music.studio.spool import Spool
from settings import settings

SECONDS = 12.0
PACE = "studio-pace"  # a file in DATA_DIR
USUAL = 0.4  # seconds
LOUD = 0.506  # brings the tone to the loudness of a master, so that it is kept byte for byte
render_really = child.perform


def sound_of(variation: int, seconds: float) -> bytes:
    """The MP3 of a variation: each is another, all are made once for all processes of a data directory."""
    kept = settings.data_dir / f"tone-{variation}-{seconds}.mp3"
    if not kept.exists():
        from tests.support.fakes.tones import song

        fresh = settings.data_dir / f"fresh-tone-{variation}-{time.monotonic_ns()}"
        fresh.write_bytes(song(seconds + variation / 10, LOUD))
        fresh.replace(kept)
    return kept.read_bytes()


def pace() -> str:
    """What `Stack.studio_pace` asked for."""
    try:
        return (settings.data_dir / PACE).read_text()
    except FileNotFoundError:
        return str(USUAL)


def perform(spool: Spool, task_id: str, request: SongRequest, *more: Any) -> None:
    """What `child.perform` does, without the music."""
    if pace() != "real":
        child.tell_engine("-")  # a second core is of no use
    while pace() == "held":
        time.sleep(0.05)
    asked, _, length = pace().partition(" ")
    if asked == "real":
        render_really(spool, task_id, request, *more)
        return
    seconds = float(length or SECONDS)
    for stage, percent in (("composing", 0), ("recording", 30), ("mixing", 60), ("mixing", 90)):
        spool.progress(task_id, stage, percent)
        child.tell_engine(task_id)
        if percent == 0:
            child.misbehave(request.style, lambda *_: None)
        time.sleep(float(asked) / 4)
    spool.finish(task_id, result_of(request, seconds), sound_of(request.variation, seconds))


def result_of(request: SongRequest, seconds: float) -> dict[str, Any]:
    """The lyrics, evenly over the tone."""
    lines = [line for line in request.lyrics.splitlines() if line.strip() and not line.startswith("[")] or ["la"]
    each = int(seconds * 1000 / len(lines))
    timed = [(n * each, (n + 1) * each, line, "line") for n, line in enumerate(lines)]
    return {
        "state": State.SUCCEEDED,
        "title": request.title,
        "style": request.style,
        "seconds": seconds,
        "loudness": -16.0,
        "lines": timed,
        "sections": [("Verse", 0, 6000), ("Chorus", 6000, int(seconds * 1000))],
    }


if __name__ == "__main__":
    child.perform = perform
    child.main()
