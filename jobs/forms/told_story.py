"""The story of a song as its customer told it in one box, and the answers that were found in it.

An answer that was found stands in its own field as if typed; `foundInStory` beside it says which words it came from. What a
customer typed, changed or removed is theirs: nothing that is found later replaces it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from peewee import SQL

from jobs.forms.song_languages import song_languages
from models import ComposeForm, FormStatus, WrongMomentError, locked, notify, now, transaction

LONGEST_QUOTE = 600  # characters of the story that an answer shows as its origin
BETWEEN_WORDS = " … "  # joins words that stand apart in the story
FILLING = 3  # words of a sentence beside an answer that say nothing more: "She is patient and funny."
# Of a song; its other fields are the long form.
FIRST_ASKED = {"story", "foundInStory", "recipientName", "relationship", "theme", "language"}
TOLD_IN = ("favoriteMemory", "storySummary")  # the fields that hold whole sentences of a story
WISHES = ("neverMention", "style", "vibe", "voiceType", "pronunciation")
FULL_SUMMARY = 400  # characters: a found summary that is shorter had room for everything


class FoundAnswer(NamedTuple):
    """An answer as its field stores it, and the words of the story that say so."""

    value: str
    words: str


def answers_of(form_id: str, song_index: int) -> dict[str, Any]:
    """What the row holds about this song; nothing where there is no such song."""
    songs = ComposeForm.find(form_id).form_data.get("songs") or []
    return dict(songs[song_index]) if song_index < len(songs) else {}


def fill_from_story(
    form_id: str,
    song_index: int,
    story: str,
    found: Mapping[str, FoundAnswer],
    default_language: str = "en",
    only_more: bool = False,
) -> dict[str, Any]:
    """Put what was found in `story` into the draft; the song's answers afterwards. Nothing changes where its story is another
    one by now.

    `only_more`: what an earlier reading of the same story found stays; only what it did not find is added.
    Raises WrongMomentError once the form was submitted.
    """
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == form_id)).get()
        if form.status != FormStatus.CREATED or form.submitted_at:
            raise WrongMomentError("already_submitted")
        songs = list(form.form_data.get("songs") or [])
        if song_index >= len(songs) or songs[song_index].get("story", "") != story:
            return dict(songs[song_index]) if song_index < len(songs) else {}
        offered = song_languages(form.demo)
        sung = {name: one for name, one in found.items() if name != "language" or one.value in offered}
        filled = with_found(songs[song_index], sung, default_language, only_more)
        if filled != songs[song_index]:
            songs[song_index] = filled
            data = {**form.form_data, "songs": songs}
            ComposeForm.update(form_data=data, updated_at=now()).where(ComposeForm.id == form_id).execute()
            notify(form_id)
    return filled


def with_found(
    song: Mapping[str, Any], found: Mapping[str, FoundAnswer], default_language: str = "en", only_more: bool = False
) -> dict[str, Any]:
    """The song's answers with those found in its story. Of earlier ones, those go whose words the story has no longer."""
    answers = dict(song)
    marks = {name: dict(mark) for name, mark in (song.get("foundInStory") or {}).items()}
    story = str(song.get("story") or "")
    for name in [name for name, mark in marks.items() if not mark.get("own") and not _is_told(mark, story)]:
        del marks[name]
        answers[name] = default_language if name == "language" else ""
    for name, (value, words) in found.items():
        mark = marks.get(name)
        if mark is None:
            is_free = not answers.get(name) or (name == "language" and answers[name] == default_language)
        else:
            is_free = not mark.get("own") and not only_more
        if is_free:
            answers[name] = value
            marks[name] = {"words": words[:LONGEST_QUOTE], "own": False}
    return {**answers, "foundInStory": marks} if marks or "foundInStory" in song else answers


def _is_told(mark: Mapping[str, Any], story: str) -> bool:
    return all(part in story for part in _parts(mark))


def own_words(form_data: SQL, *path: str) -> SQL:
    """`form_data`, an expression, with the mark that this field is the customer's own from now on.

    Only a field that was found has a mark. Language gets one in any case: it is never empty, so nothing else would tell.
    """
    *song, name = path
    if not song:
        return form_data
    marks = "{" + ",".join([*song, "foundInStory"]) + "}"
    if name == "language":
        sql, own = "jsonb_set({0}, %s::text[], coalesce({0} #> %s::text[], '{{}}') || %s::jsonb)", '{"language": {"own": true}}'
        return SQL(sql.format(form_data.sql), (*form_data.params, marks, *form_data.params, marks, own))
    place = marks[:-1] + f",{name},own}}"
    return SQL(f"jsonb_set({form_data.sql}, %s::text[], 'true'::jsonb)", (*form_data.params, place))


def story_for_writer(song: Mapping[str, Any]) -> str:
    """The story of a song's brief: its summary, then what of a long story, or of one that nobody could read, no field holds."""
    return " ".join(filter(None, (str(song.get("storySummary") or ""), untold_rest(song))))


def untold_rest(song: Mapping[str, Any]) -> str:
    """The sentences of the story that no answer stands for. Never wishes to us, nor what the customer removed."""
    marks = song.get("foundInStory") or {}
    if any(name in marks for name in TOLD_IN) and len(str(marks.get("storySummary", {}).get("words") or "")) < FULL_SUMMARY:
        return ""
    held = [_folded(part) for name in (*TOLD_IN, *WISHES) if name in marks for part in _parts(marks[name]) if part]
    said = {word for name in set(marks) - set(TOLD_IN) for word in _folded(str(song.get(name) or "")).split()}
    rest = ((one, _folded(one)) for one in _sentences(str(song.get("story") or "")))
    return " ".join(
        one
        for one, plain in rest
        if plain and not any(plain in part or part in plain for part in held) and not _only_repeats(plain, said)
    )


def _only_repeats(sentence: str, said: set[str]) -> bool:
    fresh = [word for word in sentence.split() if word not in said]
    return len(fresh) <= FILLING and len(fresh) < len(sentence.split())


def _sentences(text: str) -> list[str]:
    return [one.strip() for one in re.findall(r"[^.!?…\n]+[.!?…]*", text)]


def _parts(mark: Mapping[str, Any]) -> list[str]:
    return str(mark.get("words") or "").split(BETWEEN_WORDS)


def has_told_more(form_data: Mapping[str, Any]) -> bool:
    """Whether a draft has answers of the long form that were not found in a story."""
    songs = [song for song in form_data.get("songs") or [] if isinstance(song, dict)]
    told = ({name for name, value in song.items() if value} - set(song.get("foundInStory") or {}) for song in songs)
    return bool(form_data.get("senderMessage")) or any(names - FIRST_ASKED for names in told)


def _folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
