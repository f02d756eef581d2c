"""What pages and the API read of a form: values that nobody changes. Times are UTC without a zone, money in minor units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from jobs.generation.sound_check import SoundCheck
from models import PAID, FormStatus, VariationStatus


class SectionTimes(TypedDict):
    """A part of a song: a verse, a chorus. Its name is the writer's."""

    name: str
    start_ms: int
    end_ms: int


class SungTimes(TypedDict):
    """What is sung from when to when. `level`: a line, a word, or a word that is only hummed."""

    level: str
    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class CellView:
    """One recording: a version of a song as it is now, or one that is kept from before."""

    task_id: str
    variation: int  # 1..3
    revision: int  # which lyrics of the song it sings
    take: int  # which recording of these lyrics in this place
    status: str
    place: int | None = None  # in line, 1 is next
    progress: int | None = None  # percent
    stage: str | None = None  # what the provider says it is doing
    is_being_stored: bool = False  # the provider is done; we fetch its audio, check it and store it
    eta_seconds: int | None = None
    title: str | None = None
    late: bool = False  # it took longer than 90 % of the songs of this provider
    lyrics: str | None = None
    style: str | None = None
    preview_url: str | None = None
    audio_url: str | None = None  # the whole song; only of what was paid for
    download_url: str | None = None
    duration_ms: int | None = None
    preview_ms: int | None = None
    peaks: Sequence[int] = ()  # 0..100
    error_code: str | None = None  # why it failed; None where it did not
    untitled_for: str | None = None  # an older system gave no title: whom the song is for ("" where nobody knows)
    sections: Sequence[SectionTimes] = ()  # to follow the song while it plays
    timed_lyrics: Sequence[SungTimes] = ()
    sound_check: SoundCheck | None = None
    asked_lyrics: str | None = None  # the words of its revision; what is sung may have been softened
    asked_title: str | None = None
    asked_by: str | None = None  # who wanted it: customer, staff; None: it came with the song
    asked_at: datetime | None = None
    revised_from: int | None = None  # the revision that its words were changed from

    @property
    def has_failed(self) -> bool:
        """No work on it is left, and there is nothing to hear."""
        return self.status == VariationStatus.FAILED


@dataclass(frozen=True, slots=True)
class LyricDraftView:
    """What is written so far of a song whose lyrics are being written."""

    done: bool
    title: str
    lyrics: str


@dataclass(frozen=True, slots=True)
class SongView:
    """One song of a form: its lyrics, the three current versions, and all earlier ones."""

    index: int
    recipient_name: str
    title: str | None
    lyrics: str | None
    lyric_draft: LyricDraftView | None  # while the lyrics are being written
    lyric_sources: list[str]
    lyric_kept: list[int]
    selected: int | None
    revision: int
    variations: list[CellView]
    earlier: list[CellView]  # newest lyrics first
    changes_left: int
    more_left: int
    keeps_tune: bool = False  # a line that changes is sung into the versions as they are; else they are made anew

    @property
    def chosen(self) -> CellView | None:
        """The version that the customer chose."""
        return self.in_place(self.selected) if self.selected else None

    def in_place(self, variation: int) -> CellView | None:
        """The current version of a place."""
        return next((cell for cell in reversed(self.variations) if cell.variation == variation), None)


@dataclass(frozen=True, slots=True)
class FormView:
    """One order, as its customer may see it. The names are those of the contract, in snake_case and in its order."""

    id: str
    package_type: str
    song_count: int
    form_data: dict[str, Any]
    generated_prompts: list[str]
    generated_titles: list[str]
    generated_lyrics: list[str]
    music_styles: list[str]
    variation_styles: list[list[str]]
    variation_task_ids: dict[str, list[str | None]]
    variation_audio_urls: dict[str, dict[str, str]]
    variation_lyrics: dict[str, dict[str, str]]
    variation_titles: dict[str, dict[str, str]]
    selected_variations: dict[str, int]
    status: str
    stripe_session_id: str | None
    stripe_payment_intent_id: str | None
    amount_paid: int | None
    paid_at: datetime | None
    user_id: str | None
    guest_email: str | None
    submitted_at: datetime | None
    created_at: datetime | None
    mail_asked_at: datetime | None
    updated_at: datetime | None
    expires_at: datetime | None
    attention: str | None
    version: int
    selected_task_ids: dict[str, str]
    songs: list[SongView]
    share_urls: dict[str, str]
    held: bool  # paid, and not released yet: a member of staff hears it first
    may_be_extended: bool
    payment_status: str | None  # of the latest payment, or of the one that counts
    amount: int
    currency: str
    read_at: float = 0.0  # when its reading began, by this process's monotonic clock

    @property
    def is_paid(self) -> bool:
        """Paid, and not given back."""
        return self.status in PAID

    @property
    def is_draft(self) -> bool:
        """Its customer is still filling it in."""
        return self.status == FormStatus.CREATED and not self.submitted_at

    @property
    def cells(self) -> list[CellView]:
        """The current versions of all songs."""
        return [cell for song in self.songs for cell in song.variations]


@dataclass(frozen=True, slots=True)
class TaskView:
    """The progress of one variation, for whoever holds only its task id."""

    form_id: str | None  # None where the holder of the task id may not have it
    song_index: int
    audio_url: str | None  # absolute
    cell: CellView
