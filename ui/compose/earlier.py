"""Earlier versions: recordings of a song that are in none of its three places now, to be chosen again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from i18n import N_, _
from jobs.views.form_types import CellView, SongView
from ui.components.elements import box, text
from ui.components.song_compare import NO_CELL, SongCompare, preview_cell

Pick = Callable[[int, str], Awaitable[None]]
Groups = dict[tuple[int, int], dict[int, CellView]]
_WORDS = (
    N_("With your first words"), N_("With your second words"), N_("With your third words"),
    N_("With your fourth words"), N_("With your fifth words"),
)  # fmt: skip


class Earlier:
    """A box with one <song-compare> for each set of versions; it is drawn when it is opened."""

    def __init__(self, element_id: str, on_pick: Pick) -> None:
        self.box = box("div", "earlier stack", id=element_id)
        self.box.set_visibility(False)
        self.on_pick = on_pick
        self.songs: dict[tuple[int, int], SongCompare] = {}

    def show(self, song: SongView) -> None:
        """Follow the row; cells that did not change are not touched."""
        found = groups(song)
        if list(found) != list(self.songs):
            self._build(found, song)
        for key, rows in found.items():
            for variation in (1, 2, 3):
                row = rows.get(variation)
                shown = preview_cell(row, song, can_retry=False) if row else NO_CELL
                self.songs[key].set_cell(variation, shown)

    def _build(self, found: Groups, song: SongView) -> None:
        self.box.clear()
        self.songs = {}
        with self.box:
            text("p", _("Nothing is lost. Choose one of these and it stands above again, with its words."), "muted")
            for key in found:
                element = self.songs[key] = SongCompare(_label(key, song))
                element.on_pick(self.on_pick)


def groups(song: SongView) -> Groups:
    """Sets of up to three versions that sing the same lyrics, by (revision, how many newer ones are in the same place)."""
    found: Groups = {}
    for row in song.earlier:  # newest lyrics first, and of each the newest recording first
        layer = 0
        while row.variation in found.get((row.revision, layer), {}):
            layer += 1
        found.setdefault((row.revision, layer), {})[row.variation] = row
    return dict(sorted(found.items(), key=lambda item: (-item[0][0], item[0][1])))


def _label(key: tuple[int, int], song: SongView) -> str:
    revision, layer = key
    if revision == song.revision:
        return _("More versions of the same words")
    words = _(_WORDS[revision - 1]) if revision <= len(_WORDS) else _("With your words number {n}", n=revision)
    return _("{words}, more versions", words=words) if layer else words
