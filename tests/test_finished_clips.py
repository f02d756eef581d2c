"""What a finished clip brings: files that are no songs, songs that are too short, names, times, and links that ran out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import jobs.generation.collecting
import jobs.generation.dispatching
import jobs.generation.polling
import jobs.generation.submitting
from integrations.storage import storage
from jobs.forms import form_data
from models import (
    ComposeForm,
)
from tests.support.fakes.vendor import FakeVendor
from tests.support.generation import Setup, hurry, order, rows_of, statuses, work
from tests.support.overrides import Override
from tests.support.stack import example_form_data

pytestmark = pytest.mark.usefixtures("migrated", "no_variations", "recorded_queue")


BAD_FILES = {"zero": "no_audio", "html": "no_audio", "truncated": "no_song", "silent": "no_song", "short": "no_song"}
BAD_FILES |= {"m4a": "audio_format", "404": "provider_bug", "huge": "provider_bug"}


@pytest.mark.parametrize("audio", BAD_FILES)
def test_a_bad_file_is_looked_at_again_and_never_stored_as_ready(
    audio: str,
    set_up: Setup,
    fakes: Callable[..., FakeVendor],
    override_settings: Override,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake = fakes("mureka", audio=audio)
    set_up(fake, max_attempts=1)
    override_settings(least_song_seconds=10)
    monkeypatch.setattr("integrations.music.download.MOST_AUDIO_BYTES", 4_000_000)
    form_id = order()
    work("mureka", rounds=4)
    assert statuses(form_id) == ["failed"] * 3
    assert {row.error_code for row in rows_of(form_id)} == {BAD_FILES[audio]}
    assert all(row.master_key is None for row in rows_of(form_id))
    assert fake.submits == 1, "looking again costs nothing, submitting does"


def test_a_song_that_is_too_short_for_its_words_is_another_attempt(
    set_up: Setup, fakes: Callable[..., FakeVendor], override_settings: Override
) -> None:
    fake = fakes("mureka")
    set_up(fake)
    override_settings(most_words_a_minute=300)  # two seconds of sound have room for ten words
    form_id = order()
    work("mureka", rounds=4)
    assert [(row.attempt, row.failures) for row in rows_of(form_id)] == [(2, {"mureka": 1})] * 3
    override_settings(most_words_a_minute=100_000)
    work("mureka")
    assert statuses(form_id) == ["ready"] * 3


@pytest.mark.parametrize("pronunciation", ["Sharn", ""])
def test_a_name_is_sung_as_it_is_said_and_read_as_it_is_written(
    pronunciation: str, set_up: Setup, fakes: Callable[..., FakeVendor], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = fakes("mureka")
    monkeypatch.setattr("tests.support.fakes.dialects.SUNG", pronunciation or "Siân")
    set_up(fake)
    data = form_data.check_form_data(example_form_data(1), 1)
    data["songs"][0] |= {"recipientName": "Siân", "pronunciation": pronunciation}
    form_id = order(data=data)
    work("mureka")
    sung = next(iter(fake.tasks.values())).body["lyrics"]
    assert ("Sharn" in sung, "Siân" in sung) == (bool(pronunciation), not pronunciation)
    for row in rows_of(form_id):
        assert row.status == "ready"
        assert "Siân" in row.lyrics
        assert [line["text"] for line in row.timed_lyrics if line["level"] == "word"] == ["Siân"]
        assert "Sharn" not in f"{row.lyrics}{row.title}{row.timed_lyrics}{ComposeForm.find(form_id).variation_lyrics}"
        assert b"Sharn" not in storage().get(row.master_key)


def test_times_follow_a_beginning_that_was_cut(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes("mureka", audio="late")
    set_up(fake)
    form_id = order()
    work("mureka")
    for row in rows_of(form_id):
        assert row.status == "ready"
        assert row.duration_ms < 3000
        (verse,) = row.sections
        assert verse["start_ms"] == 0
        assert 1000 <= verse["end_ms"] <= 1300, "six seconds, of which 4.8 were cut off"


def test_a_file_that_becomes_right_is_taken(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes("mureka", audio="500")
    set_up(fake)
    form_id = order()
    work("mureka")
    assert "ready" not in statuses(form_id)
    fake.audio = "wav"
    work("mureka")
    assert statuses(form_id) == ["ready"] * 3
    assert fake.submits == 1


@pytest.mark.parametrize("name", ["mureka", "suno", "musicgpt"])
def test_a_link_that_ran_out_is_asked_for_anew(name: str, set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes(name)
    set_up(fake)
    form_id = order()
    jobs.generation.dispatching._dispatch()
    jobs.generation.submitting.submit_next()
    hurry()
    jobs.generation.polling.poll_provider(name)
    fake.link = "?signed=later"
    jobs.generation.collecting.collect_ready()
    assert "ready" not in statuses(form_id)
    work(name, rounds=3)
    assert statuses(form_id) == ["ready"] * 3
    assert fake.submits == len(fake.tasks) == (1 if name == "mureka" else 2)
