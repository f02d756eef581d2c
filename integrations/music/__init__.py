"""Music: one small interface for every API that turns lyrics into sound.

`submit` starts (and bills) work and answers with a task id; `statuses` tells where the tasks are; `audio` brings a
finished clip. Facts of the vendors: see the adapter of each. State is kept per clip, not per task.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Reason(StrEnum):
    """Why a provider could not do it; what helps against each is decided in jobs/generation/failures.py."""

    AUTH = "auth"
    OUT_OF_CREDIT = "out_of_credit"
    RATE_LIMITED = "rate_limited"
    MODERATION = "moderation"
    BAD_REQUEST = "bad_request"
    TRANSIENT = "transient"
    SUBMIT_UNCERTAIN = "submit_uncertain"
    LOST = "lost"
    PROVIDER_BUG = "provider_bug"
    NO_AUDIO = "no_audio"  # the file is empty, or a page
    AUDIO_FORMAT = "audio_format"  # it is of a kind that we cannot decode
    AUDIO_BROKEN = "audio_broken"  # it is of a kind that we know, but its end is missing or its inside damaged
    NO_SONG = "no_song"  # it plays, but is silent, or far too short or long for a song


class MusicError(Exception):
    """The one error that providers raise; `str(error)` is for staff, never for customers."""

    def __init__(self, reason: Reason, detail: str = "", retry_after: float | None = None) -> None:
        super().__init__(detail or reason.value)
        self.reason = reason
        self.retry_after = retry_after


@dataclass(frozen=True)
class Capabilities:
    """What a provider can do."""

    max_parallel: int  # tasks it works on at once
    poll_interval: float  # seconds between two status reads while tasks are open
    max_lyrics: int
    max_style: int
    safe_resubmit: bool = False  # the same reference submitted twice is one task, billed once
    max_n: int = 1  # variations that one submit serves, at most
    spare: bool = False  # a submit always makes max_n clips, wanted or not
    max_prompt: int = 280
    max_title: int = 80
    callbacks: bool = False  # it calls back when something changed: taken only as a reason to ask
    batch_status: bool = True  # one status read covers all tasks
    list_recent: bool = False  # `recent` finds tasks whose submit answer was lost
    synchronous: bool = False  # `submit` answers with the audio itself
    lost_grace: float = 0.0  # seconds after the submit in which "unknown task" does not mean lost
    keeps_tune: bool = False  # it obeys `tune_of`: only changed lines are sung anew, the rest stays as it was heard
    unofficial: bool = False  # a reseller of somebody else's service, which may end at any time


@dataclass(frozen=True)
class SongRequest:
    """One variation as any provider needs it. `reference` is our task id; `lyrics` carry section tags like [Verse 1]."""

    reference: str
    title: str
    lyrics: str
    style: str
    prompt: str
    variation: int  # 1..3: an engine with a seed must make these audibly different
    language: str = "en"  # BCP 47
    voice: str = ""  # 'male', 'female' or '' for no preference
    recipient_name: str = ""
    sender_name: str = ""
    n: int = 1  # how many variations this one submit should make (at most `max_n`)
    callback_url: str = ""  # carries a secret: never log it
    duet: bool = False  # a female and a male voice together; `voice` is '' then
    pronunciation: str = ""  # how the recipient's name is said, in the giver's own spelling ("Peeter")
    take: int = 1  # another number is another tune for the same words, where the provider has a seed
    tune_of: str = ""  # where only lines changed: the words that the song was made for, and whose tune is kept
    instrumental: bool = False  # the same notes, and nobody sings: of the built-in studio only


@dataclass(frozen=True)
class Submission:
    """The answer to a submit. `audio` is there only for synchronous providers, together with `clip`."""

    task_id: str
    eta_seconds: float | None = None
    audio: bytes | None = None
    clip: Clip | None = None


@dataclass(frozen=True)
class Section:
    """A stretch of the song, for markers in the waveform."""

    name: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class TimedLine:
    """One sung line (level 'line') or word ('word'); also a word that was hummed, since nobody can say it ('hummed')."""

    start_ms: int
    end_ms: int
    text: str
    level: str = "line"


@dataclass(frozen=True)
class Clip:
    """One finished piece of audio. `location` is only for the provider's own `audio`."""

    location: str
    title: str = ""
    style: str = ""  # how it really sounds, where the provider says so
    timed_lyrics: tuple[TimedLine, ...] = ()
    sections: tuple[Section, ...] = ()
    index: int = 0  # which of the task's clips
    clip_id: str = ""
    error: MusicError | None = None  # this clip failed, whatever became of its siblings
    lyrics: str = ""


class State(StrEnum):
    """Where a provider's task is. Unknown words of a vendor map to RUNNING, never to FAILED."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    LOST = "lost"


@dataclass(frozen=True)
class TaskState:
    """`progress` is 0..100 and real, or None where the provider does not say."""

    state: State
    progress: int | None = None
    stage: str = ""  # what the provider is doing: 'composing', 'recording', 'mixing'
    clips: tuple[Clip, ...] = ()
    error: MusicError | None = None


class MusicProvider(Protocol):
    """What jobs ask of every provider."""

    name: str
    languages: tuple[str, ...]  # codes of those it sings; () where its documents name none: then any
    capabilities: Capabilities

    def submit(self, request: SongRequest) -> Submission:
        """Start one variation. Raises MusicError; SUBMIT_UNCERTAIN once bytes were sent and no answer came."""
        ...

    def statuses(self, task_ids: Sequence[str]) -> Mapping[str, TaskState]:
        """The state of each task; one it does not know is LOST, one left out has not changed.

        Raises MusicError when nothing can be said. Clips are there as soon as each is finished, whatever the task says.
        """
        ...

    def audio(self, clip: Clip) -> bytes:
        """The finished file (MP3, WAV, FLAC or OGG). Raises MusicError."""
        ...

    def timed(self, task_id: str, clip: Clip) -> tuple[TimedLine, ...]:
        """The clip's timed lyrics, where they need a call of their own. Raises MusicError."""
        ...

    def task_in_callback(self, body: bytes) -> str | None:
        """The task id that a callback names: untrusted, so its status is always asked for."""
        ...

    def recent(self, title: str, since: float) -> list[str]:
        """Ids of tasks of this title made after `since` (Unix time), where `list_recent`. Raises MusicError."""
        ...

    def balance(self) -> float | None:
        """What is left on the account, in the vendor's own credits; None where it cannot be asked. Raises MusicError."""
        ...
