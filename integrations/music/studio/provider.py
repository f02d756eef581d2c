"""The provider: the studio behind the interface of remote music APIs. Imports no numpy; rendering happens elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from integrations.music import Capabilities, Clip, MusicError, Reason, SongRequest, Submission, TaskState, TimedLine
from integrations.music.studio.singing.cast import sung_languages
from integrations.music.studio.singing.say import sayable_languages
from integrations.music.studio.spool import SECONDS_PER_SONG, Spool, task_of
from settings import settings

MAX_LYRICS, MAX_STYLE = 3000, 1000


@cache
def spool() -> Spool:
    """The spool folder of this installation."""
    return Spool(settings.data_dir / "studio")


class Studio:
    """Makes songs on this machine. `python main.py studio` is its engine."""

    name = "studio"
    languages = sung_languages() or sayable_languages()  # without any voice it plays these, as it would all others

    def __init__(self, own_spool: Spool | None = None, at_once: int = settings.workers) -> None:
        self.spool, self.at_once = own_spool or spool(), at_once
        self.capabilities = Capabilities(at_once, 0.5, MAX_LYRICS, MAX_STYLE, safe_resubmit=True, keeps_tune=True)

    def submit(self, request: SongRequest) -> Submission:
        """Hand a request in; the same reference again is the same task."""
        try:
            task_id, before = self.spool.hand_in(_shortened(request))
        except OSError as error:
            raise MusicError(Reason.TRANSIENT, f"the spool folder refuses: {error}") from error
        return Submission(task_id, SECONDS_PER_SONG * (1 + before // self.at_once))

    def statuses(self, task_ids: Sequence[str]) -> Mapping[str, TaskState]:
        """Where the tasks are."""
        try:
            return self.spool.statuses(task_ids)
        except OSError as error:
            raise MusicError(Reason.TRANSIENT, f"the spool folder refuses: {error}") from error

    def audio(self, clip: Clip) -> bytes:
        """The finished MP3."""
        try:
            return self.spool.audio(clip.location)
        except OSError as error:
            raise MusicError(Reason.TRANSIENT, f"the spool folder refuses: {error}") from error

    def timed(self, task_id: str, clip: Clip) -> tuple[TimedLine, ...]:
        """They come with the clip."""
        return clip.timed_lyrics

    def task_in_callback(self, body: bytes) -> str | None:
        """It does not call back."""
        return None

    def recent(self, title: str, since: float) -> list[str]:
        """Not needed: a reference handed in twice is one task."""
        return []

    def balance(self) -> float | None:
        """Our own engine asks for nothing."""
        return None


def _shortened(request: SongRequest) -> SongRequest:
    """Lyrics and style of a length that is sung; the other providers cut in the same way. Nobody who has paid is refused."""
    if len(request.lyrics) <= MAX_LYRICS and len(request.style) <= MAX_STYLE:
        return request
    from integrations.music.remote import cut_lyrics, within_words  # what remote APIs need is not loaded for everybody

    return replace(request, lyrics=cut_lyrics(request.lyrics, MAX_LYRICS), style=within_words(request.style, MAX_STYLE))


def tidy_recordings() -> int:
    """Remove recordings that ended more than 48 hours ago; answers how many files went."""
    return spool().tidy()


def forget_recording(reference: str) -> None:
    """Remove what was handed in under this reference, and what was made from it."""
    spool().remove(task_of(reference))
