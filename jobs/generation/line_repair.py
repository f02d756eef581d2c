"""Line repair: one line of a song that was sung is changed. It is a new revision of that song alone, and its tune is kept.

A provider that cannot keep a tune makes a whole new song of it (docs/decisions/0063).
"""

from __future__ import annotations

from jobs.forms.wrong_fields import InvalidFormError, WrongFieldError
from jobs.generation.lyrics import MOST_OF_A_LINE, as_line, same_lines
from jobs.generation.revisions import begin_revision, check_lyrics, open_form
from models import Variation, transaction


def change_line(form_id: str, song_index: int, at: int, before: str, text: str, by: str = "customer") -> list[Variation]:
    """Three new variations of this song in which only this line differs; where it is sung again it changes again.

    `at` counts the lines of the lyrics from 0, `before` is the line as it was seen. It counts as one change of the lyrics.
    Raises InvalidFormError (`line`), WrongMomentError where the line is another one by now, and what `change_lyrics` raises.
    """
    text = check_line(text)
    with transaction():
        form = open_form(form_id, song_index)
        title = "".join(form.generated_titles[song_index : song_index + 1])
        lines = "".join(form.generated_lyrics[song_index : song_index + 1]).split("\n")
        for place in same_lines(lines, at, before):
            lines[place] = text
        return begin_revision(form, song_index, *check_lyrics(title, "\n".join(lines)), by, keep_tune=True)


def check_line(text: str) -> str:
    """One line as it may be sung; raises InvalidFormError naming what does not fit."""
    text = as_line(text)
    if not 1 <= len(text) <= MOST_OF_A_LINE:
        raise InvalidFormError({"line": WrongFieldError("line_length", most=MOST_OF_A_LINE, count=len(text))})
    return text
