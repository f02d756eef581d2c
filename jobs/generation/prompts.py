"""Writing: the brief of each song becomes a title, lyrics, a prompt and styles; then its variations may start."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from typing import Any

from integrations.writer import Brief, Writing
from integrations.writer.hamper import told_apart
from jobs.forms.choices import FESTIVE_THEMES
from jobs.forms.form_data import SONG_FIELDS
from jobs.forms.told_story import story_for_writer
from jobs.generation.authors import as_row, tell_staff
from jobs.generation.providers import writer
from jobs.queue import enqueue_once
from jobs.queue_names import DISPATCH, WRITE_PROMPTS, queue_for
from jobs.registry import job
from models import BEFORE_PAYING, ComposeForm, FormStatus, Variation, move, notify, take_lease, transaction

log = logging.getLogger("serenade.prompts")
_LEASE = 60.0
DRAFTS_EVERY = 0.3  # seconds
LyricDraft = dict[str, str | bool]  # title and lyrics so far, and whether they are done
UNWRITTEN = (ComposeForm.generated_lyrics == []) & (ComposeForm.status != FormStatus.EXPIRED)


@job(WRITE_PROMPTS)
def write_prompts(form_id: str) -> None:
    """Job: write what is not written yet, then start the variations that were asked for. Twice is harmless."""
    form = ComposeForm.find(form_id)
    if not form.generated_lyrics and take_lease(form, _LEASE, *BEFORE_PAYING, only_if=UNWRITTEN):
        _write(ComposeForm.find(form_id))  # as it is now: from here on a client's own prompts are refused
    start_generating(form_id)


def _write(form: ComposeForm) -> None:
    """Write every song; prompts and styles that a client brought itself are kept."""
    briefs = [brief_of(form.form_data, index) for index in range(form.song_count)]
    drafts: list[LyricDraft] = [{"title": "", "lyrics": "", "done": False} for _ in briefs]
    write = writer(form.demo).write
    with ThreadPoolExecutor(len(briefs)) as side_by_side:  # a chat API may take its whole deadline for each
        songs = [
            side_by_side.submit(write, brief, partial(_set_draft, draft)) for brief, draft in zip(briefs, drafts, strict=True)
        ]
        _show_drafts(form, drafts, songs)
    writings = told_apart(briefs, [song.result() for song in songs])
    written: dict[str, Any] = {
        "generated_titles": [w.title for w in writings],
        "generated_lyrics": [w.lyrics for w in writings],
        "lyric_sources": [list(w.sources) for w in writings],
        "lyric_authors": [as_row(w.author) for w in writings],
        "generated_prompts": form.generated_prompts or [w.prompt for w in writings],
        "music_styles": form.music_styles or [w.music_style for w in writings],
        "variation_styles": form.variation_styles or [list(w.variation_styles) for w in writings],
        "lyric_drafts": [],
        "lease_until": None,
    }
    with transaction():
        if not move(form, FormStatus.PROMPTS_GENERATED, by="write_prompts", **written):
            ComposeForm.update(**written).where(ComposeForm.id == form.id, UNWRITTEN).execute()
            notify(form.id)
        if not form.demo:
            tell_staff([w.author for w in writings])


def _set_draft(draft: LyricDraft, title: str, lyrics: str) -> None:
    draft.update(title=title, lyrics=lyrics)


def _show_drafts(form: ComposeForm, drafts: list[LyricDraft], songs: list[Future[Writing]]) -> None:
    """Until all songs are written: each draft so far goes into the row, and open pages are notified."""
    stored: list[LyricDraft] = []
    while wait(songs, DRAFTS_EVERY).not_done:
        for draft, song in zip(drafts, songs, strict=True):
            if song.done():
                draft.update(title=song.result().title, lyrics=song.result().lyrics, done=True)
        stands = [dict(draft) for draft in drafts]
        if any(draft["title"] or draft["lyrics"] for draft in stands) and stands != stored:
            ComposeForm.update(lyric_drafts=stands).where(ComposeForm.id == form.id, UNWRITTEN).execute()
            notify(form.id)
            stored = stands


def start_generating(form_id: str) -> None:
    """Where rows of variations exist and the lyrics are written, the form is generating and the queue is served."""
    form = ComposeForm.find(form_id)
    if form.generated_lyrics and Variation.select().where(Variation.form == form_id).exists():
        if form.status == FormStatus.PROMPTS_GENERATED:
            move(form, FormStatus.VARIATIONS_GENERATING, by="write_prompts")
        enqueue_once(DISPATCH, form.demo, queue=queue_for(form.demo))


def brief_of(form_data: dict[str, Any], song_index: int) -> Brief:
    """The brief of one song as plain values for a writer."""
    song = {key: value for key, value in form_data["songs"][song_index].items() if key in SONG_FIELDS}

    if song.get("theme") not in FESTIVE_THEMES:  # left over from another occasion: no snow in July
        song |= {"festiveLyricsLevel": "", "festiveSoundLevel": ""}

    def answer(name: str) -> str:
        return str(song.get(name) or "")

    return Brief(
        recipient_name=answer("recipientName"),
        pronunciation=answer("pronunciation"),
        nicknames=tuple(filter(None, (answer("recipientNickname"), answer("recipientNickname2")))),
        relationship=answer("relationship"),
        theme=answer("theme"),
        emotions=tuple(song.get("emotions") or ()),
        overall_message=answer("overallMessage"),
        story_summary=story_for_writer(song),
        qualities=answer("qualities"),
        characteristics=answer("characteristics"),
        grateful_for=answer("gratefulFor"),
        activities_together=answer("activitiesTogether"),
        favorite_memory=answer("favoriteMemory"),
        location_details=answer("locationDetails"),
        short_phrase=answer("shortPhrase"),
        child_friendly=bool(song.get("childFriendly")),
        faith_based=bool(song.get("faithBased")),
        festive_lyrics_level=answer("festiveLyricsLevel"),
        festive_sound_level=answer("festiveSoundLevel"),
        voice_type=answer("voiceType"),
        style=answer("style"),
        vibe=answer("vibe"),
        language=answer("language") or "en",
        must_include=answer("mustInclude"),
        never_mention=answer("neverMention"),
        sender_name=str(form_data.get("senderName") or ""),
        sender_message=str(form_data.get("senderMessage") or ""),
    )
