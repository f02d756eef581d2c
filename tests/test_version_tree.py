"""The version tree: what was sung with which words, who changed what, as one picture from the rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from jobs.views.form_types import CellView, SongView
from jobs.views.version_tree import WordRun, changed_lines, revisions_of, version_tree
from ui.compose.revisions import outline, what_changed

FIRST = "[Verse]\nYou taught the cat to dance\nWe laughed all night\n\n[Chorus]\nMia, Mia, louder than the rain"
SECOND = FIRST.replace("taught the cat to dance", "taught the dog to sing")
THIRD = FIRST.replace("We laughed all night", "We sang all night")
BEGUN = datetime(2026, 11, 26, 17, 0)


def cell(variation: int, revision: int = 1, take: int = 1, **more: Any) -> CellView:
    words = {1: FIRST, 2: SECOND, 3: THIRD}[revision]
    said: dict[str, Any] = {
        "asked_lyrics": words,
        "asked_title": "Mia",
        "asked_at": BEGUN + timedelta(minutes=revision * 10 + take),
    }
    said |= {"asked_by": None if revision == take == 1 else "customer"}
    return CellView(f"task_{revision}{variation}{take}", variation, revision, take, "ready", **(said | more))


def song(now: list[CellView], earlier: list[CellView], selected: int | None = None, sources: tuple[str, ...] = ()) -> SongView:
    return SongView(
        index=0, recipient_name="Mia", title="Mia", lyrics=FIRST, lyric_draft=None, lyric_sources=list(sources), lyric_kept=[],
        selected=selected, revision=now[0].revision if now else 1, variations=now, earlier=earlier, changes_left=0, more_left=0,
    )  # fmt: skip


def three(revision: int, **more: Any) -> list[CellView]:
    return [cell(variation, revision, **more) for variation in (1, 2, 3)]


def test_each_text_has_its_versions_who_asked_for_it_and_when() -> None:
    tree = version_tree(song(three(2, revised_from=1), three(1), selected=3, sources=("", "yours", "qualities")))
    assert tree is not None
    (second,) = tree.following
    assert (tree.number, tree.by, tree.own_lines, tree.shown, tree.changed) == (1, None, 1, False, ())
    assert (second.number, second.by, second.at, second.own_lines) == (2, "customer", BEGUN + timedelta(minutes=21), 0)
    assert [(one.cell.variation, one.shown, one.chosen) for one in second.versions] == [
        (1, True, False), (2, True, False), (3, True, True),
    ]  # fmt: skip
    assert not any(one.shown or one.chosen for one in tree.versions), "the same number of other words is not chosen"


def test_words_that_were_changed_from_an_earlier_text_hang_on_that_one() -> None:
    """Went back to the first words and changed those: a tree, and no row."""
    rows = [*three(2, revised_from=1), *three(1)]
    side_by_side = version_tree(song(three(3, revised_from=1), rows))
    in_a_row = version_tree(song(three(3, revised_from=2), rows))
    from_before = version_tree(song(three(3), rows))  # rows from before it was written down
    assert [[one.number for one in revisions_of(tree)] for tree in (side_by_side, in_a_row)] == [[1, 2, 3]] * 2
    assert [one.number for one in side_by_side.following] == [2, 3]  # type: ignore[union-attr]
    for tree in (in_a_row, from_before):
        assert [one.number for one in tree.following[0].following] == [3]  # type: ignore[union-attr]
    third = side_by_side.following[1]  # type: ignore[union-attr]
    assert [line.words for line in third.changed] == [
        (WordRun("same", "We"), WordRun("gone", "laughed"), WordRun("new", "sang"), WordRun("same", "all night"))
    ]


def test_one_more_take_is_another_version_of_the_same_words() -> None:
    tree = version_tree(song([cell(1, take=2), cell(2), cell(3)], [cell(1)], selected=1))
    assert tree is not None
    assert not tree.following
    assert [(one.cell.task_id, one.shown, one.chosen, one.newest) for one in tree.versions] == [
        ("task_111", False, False, False), ("task_112", True, True, True),
        ("task_121", True, False, True), ("task_131", True, False, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (FIRST, FIRST, []),
        (FIRST, SECOND, [("Verse", "=You taught the -cat +dog =to -dance +sing")]),
        (FIRST, FIRST.replace("rain", "sea"), [("Chorus", "=Mia, Mia, louder than the -rain +sea")]),
        ("[Chorus]\nLa rain\n[Chorus]\nLa rain", "[Chorus]\nLa sea\n[Chorus]\nLa sea", [("Chorus", "=La -rain +sea")]),
        ("La\nOpen up the curtains", "La\nWe missed the train", [("", "-Open up the curtains +We missed the train")]),
        ("[Verse]\nOne\nTwo", "[Verse]\nOne", [("Verse", "-Two")]),
        ("[Verse]\nOne\n[Chorus]\nTwo", "[Verse]\nTwo", [("Verse", "-One"), ("Chorus", "-[Chorus]")]),
        ("[Verse]\nOne", "[Verse]\nOne\nTwo words", [("Verse", "+Two words")]),
        ("[Verse]\nOne", "[Verse]\n\n\nOne\n", []),
        ("", "[Verse]\nשלום 🎂 <b>", [("Verse", "+[Verse]"), ("Verse", "+שלום 🎂 <b>")]),
        ("One\n[Chorus]", "[Chorus]\nOne", [("Chorus", "+[Chorus]"), ("Chorus", "-[Chorus]")]),
    ],
    ids=[
        "same", "a word", "a chorus", "a chorus again", "another line", "removed", "a section removed", "added",
        "empty lines", "new", "moved",
    ],
)  # fmt: skip
def test_what_changed_is_told_line_by_line_and_word_by_word(before: str, after: str, told: list[tuple[str, str]]) -> None:
    marks = {"same": "=", "gone": "-", "new": "+"}
    found = changed_lines(before, after)
    assert [(line.section, " ".join(marks[one.kind] + one.text for one in line.words)) for line in found] == told


def test_a_song_of_which_nothing_is_sung_has_no_tree() -> None:
    assert version_tree(song([], [])) is None
    assert list(revisions_of(None)) == []


def test_another_title_is_a_change_too() -> None:
    renamed = [replace(one, asked_title="Dancing Mia") for one in three(2, revised_from=1)]
    tree = version_tree(song(renamed, three(1)))
    assert tree is not None
    assert [(one.title, one.new_title) for one in revisions_of(tree)] == [("Mia", False), ("Dancing Mia", True)]


def test_an_open_page_keeps_the_outline_of_a_song_and_announces_as_with_all_of_it() -> None:
    """The words of three versions, each with its time, are 0.3 MB: they are sent and not kept."""
    heavy = {"timed_lyrics": [{"text": "Mia"}] * 50, "peaks": [7] * 400, "lyrics": FIRST}
    before = song(three(1, **heavy), [], selected=2)
    now = song(three(2, **heavy), three(1, **heavy), selected=2)
    assert what_changed(outline(before), outline(now)) == what_changed(before, now) != ""
    for kept in (*outline(now).variations, *outline(now).earlier):
        assert [kept.timed_lyrics, kept.peaks, kept.lyrics] == [(), (), None], kept.task_id
