"""The film of a song: what is seen when, and that phones and messengers can play it. A song of three seconds, very small."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from customer_texts import FAILED_VIDEO
from integrations.lettering.faces import drawable
from integrations.video import VIDEO_CODES, NotWantedError, VideoError, film_apart
from integrations.video.filming import Film
from integrations.video.layers import Layers
from integrations.video.planes import VideoFrame, overlay_of, planes_of, tinted
from integrations.video.scenery import photo_scene
from integrations.video.script import (
    COVER_MS,
    FilmedLine,
    FilmedPiece,
    VideoScript,
    pieces_of,
    read_script,
    timeline,
)
from tests.support.gifts import sound

LINE = FilmedLine(1000, 2400, pieces_of("Mia my dear", [(1000, "Mia"), (1500, "my"), (1900, "dear")]))
SCRIPT = VideoScript(
    width=90, height=160, fps=5, language="en", brand="Serenade", heading="A song for Mia", sender="with love from Dad",
    message="Play it loud", made="Made with AI", song_sha="task/master.mp3", song_ms=3000, peaks=(20, 80, 50), lines=(LINE,),
    photos=(),
)  # fmt: skip


def photo(colour: str, size: tuple[int, int] = (60, 80)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("text", "words", "pieces"),
    [
        ("Mia, my dear", [(1, "Mia,"), (2, "my"), (3, "dear")], [("Mia, ", 1), ("my ", 2), ("dear", 3)]),
        ("la la la", [(1, "la"), (2, "la"), (3, "la")], [("la ", 1), ("la ", 2), ("la", 3)]),
        ("“Mia” my", [(1, "Mia"), (2, "my")], [("“Mia” ", 1), ("my", 2)]),
        ("生日快乐", [(1, "生日"), (2, "快乐")], [("生日", 1), ("快乐", 2)]),
        ("Mia my dear", [(1, "Mia"), (2, "mine")], [("Mia my dear", None)]),
        ("Mia my dear", [], [("Mia my dear", None)]),
        ("Mia", [(1, " ")], [("Mia", None)]),
    ],
)
def test_a_line_is_cut_where_its_words_begin_and_stays_whole_where_they_are_others(
    text: str, words: list[tuple[int, str]], pieces: list[tuple[str, int | None]]
) -> None:
    assert [(piece.text, piece.start_ms) for piece in pieces_of(text, words)] == pieces


def test_the_cover_comes_first_and_hides_no_word() -> None:
    plan = timeline(SCRIPT)
    assert plan.cues[0].start_ms >= plan.cover_until_ms == COVER_MS
    assert plan.video_ms(1000) == plan.cues[0].start_ms + 200
    late = timeline(replace(SCRIPT, song_ms=60_000, lines=(replace(LINE, start_ms=20_000, end_ms=22_000),)))
    assert (late.lead_ms, late.length_ms) == (0, 60_000), "a long prelude needs no silence before it, and no time after"


def test_every_word_is_emphasised_from_its_moment_on_and_a_line_gives_way_to_the_next() -> None:
    lines = (LINE, FilmedLine(2500, 2900, (FilmedPiece("and more", None),)))
    plan = timeline(replace(SCRIPT, lines=lines))
    first = [cue for cue in plan.cues if cue.line == 0]
    assert [cue.states for cue in first] == [(0, 0, 0), (1, 0, 0), (2, 1, 0), (2, 2, 1)]
    assert [cue.start_ms - plan.lead_ms for cue in first] == [800, 1000, 1500, 1900]
    assert [cue.start_ms - plan.lead_ms for cue in plan.cues if cue.line == 1] == [2300]
    assert all(before.end_ms <= after.start_ms for before, after in pairwise(plan.cues))
    assert plan.card_from_ms is not None
    assert plan.cues[-1].end_ms <= plan.card_from_ms
    assert plan.length_ms - plan.card_from_ms >= 5000, "the giver's words can be read"


def test_a_teaser_is_fifteen_seconds_from_the_chorus_on_and_keeps_the_giver_s_words_to_itself() -> None:
    song = replace(SCRIPT, song_ms=90_000, lines=(replace(LINE, start_ms=31_000, end_ms=33_000),), teaser_from_ms=30_000)
    plan = timeline(song)
    assert (plan.begin_ms, plan.length_ms, plan.card_from_ms) == (28_000, 15_000, None)
    assert plan.cues[0].start_ms == 2800
    assert timeline(replace(song, teaser_from_ms=89_000)).begin_ms == 75_000
    assert timeline(replace(song, song_ms=4000)).length_ms == 4000


def test_whatever_is_seen_is_in_the_fingerprint_and_the_script_reads_itself() -> None:
    assert read_script(SCRIPT.as_json()) == SCRIPT
    assert json.loads(SCRIPT.as_json())["message"] == "Play it loud"
    other: list[dict[str, Any]] = [
        {"message": "Quietly"},
        {"photos": ((0, "photo_1/a.jpg"),)},
        {"song_sha": "x"},
        {"width": 92},
    ]
    assert len({SCRIPT.fingerprint(), *(replace(SCRIPT, **change).fingerprint() for change in other)}) == 5


def test_colours_become_those_of_bt_709_in_limited_range() -> None:
    found = {}
    for colour in ("white", "black", "red"):
        y, u, v = planes_of(Image.new("RGB", (4, 4), colour))
        found[colour] = (y[0, 0], u[0, 0], v[0, 0])
    assert found == {"white": (235, 128, 128), "black": (16, 128, 128), "red": (63, 102, 240)}


def test_an_overlay_covers_as_much_as_it_says_and_only_where_it_is() -> None:
    frame = VideoFrame(16, 8)
    frame.y[:], frame.u[:], frame.v[:] = 16, 128, 128
    image = Image.new("RGBA", (8, 8))
    image.paste((255, 255, 255, 255), (2, 2, 6, 6))
    overlay = overlay_of(image, 4, 0)
    assert overlay is not None
    overlay.on(frame, 0.5)
    assert (frame.y[3, 7], frame.y[3, 5], frame.y[3, 11]) == (125, 16, 16)
    tinted(np.ones((4, 8)), (255, 255, 255), 0, 0).on(frame, columns=(0, 4))
    assert (frame.y[0, 3], frame.y[0, 4]) == (235, 16)
    assert overlay_of(Image.new("RGBA", (8, 8)), 0, 0) is None


@pytest.mark.parametrize(("size", "whole"), [((60, 80), False), ((80, 60), True), ((160, 20), True), ((20, 160), True)])
def test_a_photo_fills_the_frame_and_is_shown_whole_where_too_much_would_be_cut(size: tuple[int, int], whole: bool) -> None:
    """Upright frame: what is left beside the whole photo is filled with the photo itself, darker and out of focus."""
    frame = VideoFrame(90, 160)
    photo_scene(photo("white", size), 90, 160, 0).onto(frame, 0.0)
    assert (min(frame.y[2, 45], frame.y[80, 2]) < 200) == whole
    assert frame.y[:, 45].max() > 230


def test_a_photo_that_is_pinned_late_is_seen_from_the_beginning_and_every_way_stays_on_the_picture() -> None:
    pinned = replace(SCRIPT, photos=((2500, "a"), (2600, "b"), (2700, "c"), (2800, "d")))
    colours = ("navy", "darkred", "darkgreen", "gold")
    film = Film(pinned, [photo(colour) for colour in colours], np.zeros((100, 2), np.float32), 25)
    seen = [film.at(ms).u[5, 20] for ms in range(0, film.plan.length_ms, 50)]
    assert seen[70] > 160, "blue after the cover"
    light = Film(SCRIPT, [], np.zeros((100, 2), np.float32), 25)
    for ms in range(0, 130_000, 1009):
        light._scenery(ms)


@pytest.mark.parametrize("said", ["Mia", "生日快乐亲爱的", "سعيد يا ميا", "🎂 Mia 🎁", "w" * 120, "a long line of words " * 9])
def test_letters_of_every_script_stand_within_the_room_for_the_words(said: str) -> None:
    line = FilmedLine(1000, 2400, pieces_of(drawable(said), []))
    script = replace(SCRIPT, width=360, height=640, lines=(line,))
    layers = Layers(script, timeline(script).cues)
    (page,) = layers.words.values()
    letters = Image.open(io.BytesIO(page)).getchannel("A")
    left, top, right, bottom = letters.getbbox() or (0, 0, 0, 0)
    assert letters.size == (layers.room.width, layers.room.height)
    assert right - left > 20
    assert left >= 0 < letters.width - right + 1
    assert top > 0 < letters.height - bottom


def test_the_film_is_what_phones_play_with_its_cover_first_and_its_index_in_front() -> None:
    heard: list[int] = []

    def said(percent: int) -> bool:
        heard.append(percent)
        return True

    script = replace(SCRIPT, photos=((0, "a"), (1500, "b")))
    film = film_apart(script, sound(3.0), [photo("navy"), photo("darkred")], said)
    assert heard == sorted(set(heard))
    assert heard[-1] == 100
    assert film.index(b"moov") < film.index(b"mdat"), "it plays before all of it is there"
    with av.open(io.BytesIO(film)) as movie:
        picture, track = movie.streams.video[0], movie.streams.audio[0]
        seconds = timeline(script).length_ms / 1000
        assert float(movie.duration or 0) / 1e6 == pytest.approx(seconds, abs=0.3)
        context = picture.codec_context
        assert (context.name, context.profile, context.pix_fmt) == ("h264", "High", "yuv420p")
        assert (context.width, context.height, context.colorspace, context.color_primaries, context.color_trc) == (
            90,
            160,
            1,
            1,
            1,
        )
        assert (track.codec_context.name, track.codec_context.profile, track.rate) == ("aac", "LC", 44_100)
        frames = [frame.to_image() for frame in movie.decode(picture)]
    assert min(frames[0].getpixel((4, 80))) > 220, "the cover's paper"
    behind = frames[int(3.9 * 5)].getpixel((45, 20))
    assert behind[2] > behind[0] + 50, "the first photo"
    assert min(frames[-1].getpixel((4, 80))) > 220, "the card at the end"


def test_a_film_that_nobody_wants_any_more_ends_at_once() -> None:
    with pytest.raises(NotWantedError):
        film_apart(SCRIPT, sound(3.0), [], lambda percent: False)


def test_what_goes_wrong_has_a_code_and_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(FAILED_VIDEO) == set(VIDEO_CODES)
    with pytest.raises(VideoError) as failed:
        film_apart(SCRIPT, b"no song", [], lambda percent: True)
    assert failed.value.code == "failed"
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    with pytest.raises(VideoError) as full:
        film_apart(SCRIPT, b"", [], lambda percent: True)
    assert full.value.code == "no_room"
    monkeypatch.setattr("integrations.video.find_spec", lambda name: None)
    with pytest.raises(VideoError) as missing:
        film_apart(SCRIPT, b"", [], lambda percent: True)
    assert missing.value.code == "no_encoder"
