"""What the video of a gift's song shows, as plain values from the rows, in the language of its giver."""

from __future__ import annotations

from collections.abc import Iterator

from customer_texts import made_with_ai, song_for, with_love_from
from i18n import SOURCE, speaking
from integrations.lettering.faces import drawable, drawable_lines, whole_name
from integrations.video.script import FilmedLine, VideoScript, pieces_of
from jobs.forms.drafts import find_form
from jobs.generation.selection import chosen_rows
from jobs.gifts.gift import GiftSong, song_of
from jobs.gifts.photo_times import shown_in
from models import ComposeForm, Gift, NotFoundError, Photo
from settings import settings

VIDEO_SIZES = {"tall": (1080, 1920), "wide": (1920, 1080), "teaser": (1280, 720)}
FRAMES_PER_SECOND = 30
_CHORUS = ("chorus", "refrain", "hook", "estribillo")


def script_of(form_id: str, song_index: int, format: str) -> VideoScript:
    """The script of one song in one of VIDEO_SIZES. Raises NotFoundError where there is no song of ours."""
    form = find_form(form_id)
    chosen = chosen_rows(form).get(str(song_index))
    if chosen is None or not chosen.master_key or format not in VIDEO_SIZES:
        raise NotFoundError("no such video")
    with speaking(form.locale):
        return _script(form, song_of(form, chosen, 0, song_index), format)


def _script(form: ComposeForm, song: GiftSong, format: str) -> VideoScript:
    gift = Gift.get_or_none(Gift.form == form.id) or Gift(form=form.id)
    message = form.form_data.get("senderMessage", "") if gift.message is None else gift.message
    name, sender = whole_name(song.recipient_name), whole_name(form.form_data["senderName"])
    photos = list(Photo.select().where(Photo.form == form.id).order_by(Photo.position, Photo.created_at))
    width, height = VIDEO_SIZES[format]
    return VideoScript(
        width=width,
        height=height,
        fps=FRAMES_PER_SECOND,
        language=form.locale or SOURCE,
        brand=drawable(settings.brand_name),
        heading=song_for(name),
        sender=with_love_from(sender),
        message="" if format == "teaser" else drawable_lines(message),
        made=drawable(made_with_ai(settings.brand_name)),
        song_sha=song.master_key,
        song_ms=song.duration_ms,
        peaks=song.peaks or (30,),
        lines=tuple(_lines(song)),
        photos=tuple((photo.start_ms, photo.key) for photo in shown_in(photos, song, "")),
        teaser_from_ms=_chorus(song) if format == "teaser" else None,
    )


def _lines(song: GiftSong) -> Iterator[FilmedLine]:
    """In the letters that our fonts have; a word that would be nothing then leaves its line without moments."""
    for line in sorted(song.lines, key=lambda line: line.start_ms):
        words = list(zip(line.word_starts_ms, map(drawable, line.text.split()), strict=False))
        if text := drawable(line.text):
            yield FilmedLine(line.start_ms, line.end_ms, pieces_of(text, words))


def _chorus(song: GiftSong) -> int:
    """Where the part begins that everybody knows."""
    starts = [part["start_ms"] for part in song.sections if str(part["name"]).lower().startswith(_CHORUS)]
    return int(starts[0]) if starts else song.lines[0].start_ms if song.lines else 0
