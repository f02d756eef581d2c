"""Who wrote: the chat model or the built-in lyricist, and why. Read from the rows; staff hear of a model that never writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from integrations.writer import Author
from jobs.alerts import raise_alert
from models import database, now
from settings import settings

LAST_SONGS = 10
_WINDOW = timedelta(days=30)  # older songs say nothing about how it is now
_NEWEST = """
SELECT f.created_at, a ->> 'by', coalesce(a ->> 'why', '') FROM compose_forms f, jsonb_array_elements(f.lyric_authors) a
WHERE f.created_at > %s AND NOT f.demo ORDER BY f.created_at DESC, f.id DESC LIMIT %s
"""
_LAST_BY_MODEL = """
SELECT created_at FROM compose_forms WHERE created_at > %s AND NOT demo AND lyric_authors @> '[{"by": "model"}]'
ORDER BY created_at DESC LIMIT 1
"""


@dataclass(frozen=True)
class Written:
    """Who wrote one song. `by`: 'model' or 'lyricist'; `why` the lyricist, '' for a model's."""

    at: datetime
    by: str
    why: str


def as_row(author: Author) -> dict[str, str]:
    """What the row keeps of an author."""
    return {"by": author.by} | ({"why": author.why} if author.by != "model" else {})


def author_text(author: Any) -> str:
    """A row's author for staff: "chat model", or "built-in lyricist, because …"; '' where the row does not say."""
    if not isinstance(author, dict) or author.get("by") not in ("model", "lyricist"):
        return ""
    if author["by"] == "model":
        return "chat model"
    return f"built-in lyricist, because {author.get('why') or 'it does not say why'}"


def last_written(most: int = LAST_SONGS) -> list[Written]:
    """Who wrote the newest songs of real orders, newest first; songs that a client brought itself are none of them."""
    rows = database.execute_sql(_NEWEST, (now() - _WINDOW, most)).fetchall()
    return [Written(*row) for row in rows]


def who_wrote(most: int = LAST_SONGS) -> str:
    """One sentence for the doctor: "the chat model wrote 9 of the last 10 songs; the newest of the others because …"."""
    songs = last_written(most)
    if not songs:
        return "no song was written in the last 30 days"
    others = [song for song in songs if song.by != "model"]
    sentence = f"the chat model wrote {len(songs) - len(others)} of the last {len(songs)} songs"
    return f"{sentence}; the built-in lyricist wrote the newest of the others, because {others[0].why}" if others else sentence


def model_is_silent(songs: Sequence[Written]) -> bool:
    """Whether a chat model is set and wrote none of the last songs."""
    return bool(settings.writer_base_url) and len(songs) >= LAST_SONGS and all(song.by != "model" for song in songs)


def tell_staff(authors: Sequence[Author]) -> None:
    """After a form was written, in its transaction: alert staff of a setting that must change, or a model that never writes.

    Each once: for its setting and name, and until the model has written again.
    """
    if not settings.writer_base_url:
        return
    for author in authors:
        if author.mend:
            raise_alert(
                "writer_setting", f"{author.mend}: {author.why}", "the chat API cannot write; the built-in lyricist does"
            )
    songs = last_written()
    if model_is_silent(songs):
        last = database.execute_sql(_LAST_BY_MODEL, (now() - _WINDOW,)).fetchone()
        since = f"{last[0]:%Y-%m-%d %H:%M}" if last else "the beginning"
        why = next(song.why for song in songs)
        raise_alert(
            "writer_silent", f"{settings.writer_model} since {since}", f"it wrote none of the last {LAST_SONGS} songs: {why}"
        )
