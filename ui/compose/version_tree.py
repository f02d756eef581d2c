"""The version tree on the page: each text of the words, what changed in it, and its versions, all to be heard and chosen.

The page needs `head_html("song-compare.js", "local-time.js")`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import nullcontext

from nicegui.element import Element

from i18n import N_, _, day, n_
from jobs.views.form_types import CellView, SongView
from jobs.views.version_tree import ChangedLine, RevisionNode, revisions_of, version_tree
from ui.components.elements import box, text
from ui.components.section_names import readable_sections, section_name
from ui.components.song_compare import NO_CELL, SongCompare, preview_cell

Pick = Callable[[int, str], Awaitable[None]]
Groups = dict[tuple[int, int], dict[int, CellView]]
_WORDS = (
    N_("With your first words"), N_("With your second words"), N_("With your third words"),
    N_("With your fourth words"), N_("With your fifth words"),
)  # fmt: skip
_UNFOLDED = 5  # changed lines


class Earlier:
    """A nested list: under each text what was made from it. What stands above is named; what does not has its players here."""

    def __init__(self, element_id: str, on_pick: Pick) -> None:
        self.box = box("div", "earlier stack", id=element_id)
        self.box.set_visibility(False)
        self.on_pick = on_pick
        self.drawn: object = None
        self.songs: dict[tuple[int, int], SongCompare] = {}
        self.marks: dict[int, Element] = {}  # beside what stands above: which one is chosen

    def show(self, song: SongView) -> None:
        """Follow the row; what did not change is not touched, so that what plays here plays on."""
        found, tree = groups(song), version_tree(song)
        picture = [(one.number, one.shown, one.changed) for one in revisions_of(tree)]
        if self.drawn != (list(found), picture):
            self._build(found, tree, song)
            self.drawn = (list(found), picture)
        for key, rows in found.items():
            for variation in (1, 2, 3):
                row = rows.get(variation)
                shown = preview_cell(row, song, can_retry=False) if row else NO_CELL
                self.songs[key].set_cell(variation, shown)
        for variation, mark in self.marks.items():
            mark.set_visibility(song.selected == variation)

    def _build(self, found: Groups, tree: RevisionNode | None, song: SongView) -> None:
        self.box.clear()
        self.songs, self.marks = {}, {}
        with self.box:
            text("p", _("Nothing is lost. Choose one of these and it stands above again, with its words."), "muted")
            if tree:
                with box("ol", "tree"):
                    self._revision(tree, found, song)

    def _revision(self, one: RevisionNode, found: Groups, song: SongView) -> None:
        with box("li", "revision now" if one.shown else "revision"):
            text("h3", words_name(one.number))
            self._who(one)
            if one.new_title:
                text("p", _("New title: {title}", title=one.title or ""), dir="auto")
            if one.changed:
                _changes(one.changed)
            if one.shown:
                self._above(one, song)
            for key in (key for key in found if key[0] == one.number):
                label = _("More versions of the same words") if one.shown else label_of(key)
                element = self.songs[key] = SongCompare(label)
                element.props.set_optional("untitled", None if one.shown or key[1] else "")
                element.on_pick(self.on_pick)
            if one.following:
                with box("ol", "tree"):
                    for following in one.following:
                        self._revision(following, found, song)

    def _who(self, one: RevisionNode) -> None:
        with text("p", f"{said_by(one)} ", "who muted"):
            if one.at:
                moment = text("local-time", day(one.at))
                moment.props["datetime"] = f"{one.at.isoformat(timespec='seconds')}Z"

    def _above(self, one: RevisionNode, song: SongView) -> None:
        """The versions that stand above: named, played there, and which one is chosen."""
        with box("ul", "above", aria_label=_("These stand above")):
            for version in (version for version in one.versions if version.shown):
                number = version.cell.variation
                with box("li"):
                    play = text("button", "▶ " + _("Version {number}", number=number), "btn small quiet", type="button")
                    play.props["aria-label"] = _("Play {what}", what=_("Version {number}", number=number))
                    where = f"song-compare[data-song='{song.index}']"
                    play.on("click", js_handler=f'() => document.querySelector("{where}").toggle({number})')
                    self.marks[number] = text("span", _("Chosen"), "mark")


def _changes(lines: tuple[ChangedLine, ...]) -> None:
    """The lines that differ; folded where there are so many that the versions would be far away."""
    folded = len(lines) > _UNFOLDED
    with box("details") if folded else nullcontext():
        if folded:
            text("summary", _("What changed"))
        with box("ul", "changes", aria_label=_("What changed")):
            for line in lines:
                _changed(line)


def _changed(line: ChangedLine) -> None:
    tags = {"same": "span", "gone": "del", "new": "ins"}
    with box("li"):
        if line.section:
            text("span", section_name(line.section), "eyebrow")
        with box("p", dir="auto"):
            for at, piece in enumerate(line.words):
                if at:
                    text("span", " ")  # a margin would part them for the eye alone
                text(tags[piece.kind], readable_sections(piece.text))


def said_by(one: RevisionNode) -> str:
    """Who made this text, in a sentence; "" where the rows do not say."""
    if one.by == "staff":
        return _("Changed by our team.")
    if one.number > 1 and not one.by:
        return ""
    if one.number > 1:
        if not one.changed:
            return _("Changed by you.")
        return n_("You changed one line.", "You changed {n} lines.", len(one.changed))
    if one.own_lines:
        return n_(
            "Written from your answers; one line is your own.",
            "Written from your answers; {n} lines are your own.",
            one.own_lines,
        )
    return _("Written from your answers.")


def groups(song: SongView) -> Groups:
    """Sets of up to three versions that sing the same lyrics, by (revision, how many newer ones are in the same place)."""
    found: Groups = {}
    for row in song.earlier:  # newest lyrics first, and of each the newest recording first
        layer = 0
        while row.variation in found.get((row.revision, layer), {}):
            layer += 1
        found.setdefault((row.revision, layer), {})[row.variation] = row
    return dict(sorted(found.items(), key=lambda item: (-item[0][0], item[0][1])))


def words_name(number: int) -> str:
    """What one text of a song is called."""
    return _(_WORDS[number - 1]) if number <= len(_WORDS) else _("With your words number {n}", n=number)


def label_of(key: tuple[int, int]) -> str:
    """What a set of versions is called."""
    words = words_name(key[0])
    return _("{words}, more versions", words=words) if key[1] else words
