"""<song-compare> for NiceGUI pages: three variations of one song in one custom element (ui/static/song-compare.js).

The page needs `ui.add_head_html(head_html("song-compare.js"))`. A cell is a plain dict in camelCase, made by `player_cell`
alone; where its status is "none" there is no cell. Playback never waits for the server: only choosing and retrying come
back.
"""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from math import inf
from typing import Any, Literal

from nicegui import events

from customer_texts import failed_recording, title_of
from i18n import N_, _
from jobs.views.form_types import CellView, SongView
from ui.components.plain_element import PlainElement
from ui.components.section_names import readable_cell
from ui.components.sound_check import checked_sentence

Cell = dict[str, Any]
NO_CELL: Cell = {"status": "none"}
_STAGES = (N_("composing"), N_("recording"), N_("mixing"))  # of a provider's words, those that customers read
OnVariation = Callable[[int], Awaitable[None] | None]
OnPick = Callable[[int, str], Awaitable[None] | None]


class SongCompare(PlainElement):
    """One song. Every setter sends only when something differs."""

    def __init__(
        self, label: str, *, selected: int | None = None, locked: bool = False, mode: Literal["choose", "listen"] = "choose"
    ) -> None:
        super().__init__("song-compare")
        self._picked: int | None = None
        self._look_again: Callable[[], Awaitable[None]] | None = None
        self._picks_in_work = 0
        self._picked_at = 0.0  # when the last pick was written or refused, by this process's monotonic clock
        self.props.update({"label": label, "mode": mode, "selected": str(selected or ""), **({"locked": ""} if locked else {})})

    def set_cell(self, variation: int, cell: Mapping[str, Any]) -> None:
        """Show one variation as it is now; the other two, and audio that plays, are not touched."""
        shown = {**readable_cell(cell), "variation": variation}
        self._set(f"cell-{variation}", json.dumps(shown, ensure_ascii=False, separators=(",", ":")))

    def set_selected(self, variation: int | None, read_at: float = inf) -> None:
        """Mark the chosen variation (None: none), as the row was at `read_at`. A row that was read before the customer's last
        pick was written takes nothing back.
        """
        if self._picks_in_work or read_at < self._picked_at:
            return
        shown, self._picked = self._picked, None
        self._set("selected", str(variation or ""))
        if shown:
            self.run_method("settle", self.props["selected"], shown)  # until then the browser shows what was pressed

    def set_label(self, label: str) -> None:
        """Change the song's label."""
        self._set("label", label)

    def on_pick(self, callback: OnPick, look_again: Callable[[], Awaitable[None]] | None = None) -> None:
        """Call back with 1..3 and the taskId of that cell when the customer chooses; then `look_again` reads the row.

        The element shows the choice at once; set_selected confirms or refuses it.
        """
        self._look_again = look_again
        self._listen("pick", callback)

    def on_retry(self, callback: OnVariation) -> None:
        """Call back with 1..3 when the customer asks for a failed one again."""
        self._listen("retry", callback)

    def _set(self, name: str, value: str | None) -> None:
        if self.props.get(name) != value:
            self.props.set_optional(name, value)

    def _listen(self, name: str, callback: Callable[..., Awaitable[None] | None]) -> None:
        def heard(event: events.GenericEventArguments) -> Awaitable[None] | None:
            detail = event.args.get("detail") if isinstance(event.args, dict) else None
            variation = detail.get("variation") if isinstance(detail, dict) else None
            if type(variation) is not int or not 1 <= variation <= 3:
                return None  # a browser may send anything
            if name != "pick" or not isinstance(detail, dict):
                return callback(variation)
            return self._in_work(variation, lambda: callback(variation, str(detail.get("taskId") or "")[:90]))

        self.on(name, heard, ["detail"])

    async def _in_work(self, variation: int, work: Callable[[], Awaitable[None] | None]) -> None:
        """Several picks may be on their way: what the row says counts once the last of them is written."""
        self._picked = variation
        self._picks_in_work += 1
        try:
            if (waiting := work()) is not None:
                await waiting
        finally:
            self._picks_in_work -= 1
            self._picked_at = time.monotonic()
            if self._look_again:  # also when it failed: the browser shows a choice that no row has
                await self._look_again()


def player_cell(
    *,
    title: str | None,
    audio_url: str | None,
    duration_ms: int | None,
    peaks: Iterable[int] = (),
    style: str | None = None,
    lyrics: str | None = None,
    sections: Iterable[Mapping[str, Any]] = (),
    lines: Iterable[Mapping[str, Any]] = (),
    until_ms: float = inf,
    **state: Any,
) -> Cell:
    """One sound as the element plays it: the only place that maps a row to the element's own field names.

    A preview ends at `until_ms`, and its last section with it. Of `lines` only those of the level "line" are followed, not
    single words. `state` is what else a cell can say: status (queued | submitted | generating | ready | failed), place,
    progress, stage, etaSeconds, fullDurationMs, message, canRetry, taskId, note and checked (a sentence each about
    a ready one).
    """
    return {
        "status": "ready",
        "title": title,
        "style": style,
        "lyrics": lyrics,
        "peaks": list(peaks),
        "audioUrl": audio_url,
        "durationMs": duration_ms,
        "sections": [
            {"name": part["name"], "startMs": part["start_ms"], "endMs": min(part["end_ms"], until_ms)}
            for part in sections
            if part["start_ms"] < until_ms
        ],
        "timedLyrics": [_timed(line) for line in lines if line.get("level", "line") == "line"],
        **state,
    }


def _timed(line: Mapping[str, Any]) -> Cell:
    shown = {"startMs": line["start_ms"], "endMs": line["end_ms"], "text": line["text"]}
    return {**shown, "words": line["word_starts_ms"]} if line.get("word_starts_ms") else shown


def preview_cell(cell: CellView, song: SongView, *, can_retry: bool = True) -> Cell:
    """A version before it is paid for: its progress, and then its first 45 seconds."""
    return player_cell(
        title=title_of(cell) or song.title,
        audio_url=cell.preview_url,
        duration_ms=cell.preview_ms,
        peaks=cell.peaks,
        style=cell.style,
        lyrics=cell.lyrics,
        sections=cell.sections,
        lines=cell.timed_lyrics,
        note=_hummed(cell),
        checked=checked_sentence(cell.sound_check),
        until_ms=cell.preview_ms or 0,
        taskId=cell.task_id,
        status=cell.status,
        place=cell.place,
        progress=cell.progress,
        stage=_stage(cell),
        etaSeconds=cell.eta_seconds,
        fullDurationMs=cell.duration_ms,
        message=failed_recording(cell.error_code) if cell.error_code is not None else None,
        canRetry=can_retry and cell.has_failed,
    )


def silent_cell(status: str, *, title: str | None = None, lyrics: str | None = None, message: str | None = None) -> Cell:
    """A place of which there is no recording: nothing was asked for yet, or never will be."""
    return player_cell(
        title=title, audio_url=None, duration_ms=None, lyrics=lyrics, status=status, message=message, canRetry=False
    )


def cell_in_place(song: SongView, variation: int, *, can_retry: bool = True) -> Cell:
    """The cell of one of a song's three places; one that nothing was asked for yet is queued."""
    cell = song.in_place(variation)
    if cell is None:
        return silent_cell("queued", title=song.title, lyrics=song.lyrics)
    return preview_cell(cell, song, can_retry=can_retry)


def whole_cell(cell: CellView) -> Cell:
    """A version that is paid for: the whole song."""
    return player_cell(
        title=title_of(cell),
        audio_url=cell.audio_url,
        duration_ms=cell.duration_ms,
        peaks=cell.peaks,
        style=cell.style,
        lyrics=cell.lyrics,
        sections=cell.sections,
        lines=cell.timed_lyrics,
        note=_hummed(cell),
        status=cell.status,
    )


def _stage(cell: CellView) -> str:
    """What is being done for a version, in the customer's language; "" where the provider says nothing that we know."""
    if cell.is_being_stored:
        return _("finishing")
    return _(cell.stage) if cell.stage in _STAGES else ""


def _hummed(cell: CellView) -> str | None:
    """What is told about words that the singer could not say; the first three of them."""
    words = list(dict.fromkeys(str(line["text"])[:30] for line in cell.timed_lyrics if line["level"] == "hummed"))
    if not words:
        return None
    said = ", ".join(words[:3]) + ("…" if len(words) > 3 else "")
    return _(
        "Our singer does not know yet how {words} is said and hums it softly; written as it sounds, it is sung.", words=said
    )
