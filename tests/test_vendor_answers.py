"""Answers that one vendor alone gives, and what they mean."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from integrations.music import Reason, State, elevenlabs
from tests.support.fakes.vendor import FakeVendor
from tests.support.overrides import Override
from tests.support.vendors import ADAPTERS, REQUEST, adapter, reason_of


@pytest.fixture(params=ADAPTERS)
def fake(request: pytest.FixtureRequest) -> Iterator[FakeVendor]:
    with FakeVendor(request.param) as vendor:
        yield vendor


@pytest.fixture
def music(fake: FakeVendor, override_settings: Override) -> Any:
    return adapter(fake, override_settings)


@pytest.mark.parametrize("name", ["suno", "kie"])
def test_the_same_code_means_another_thing_at_the_other_reseller(name: str, override_settings: Override) -> None:
    with FakeVendor(name) as fake:
        music = adapter(fake, override_settings)
        fake.faults = ["rate"]
        assert reason_of(music.submit, REQUEST) is Reason.RATE_LIMITED
        fake.faults = ["402"]
        assert reason_of(music.submit, REQUEST) is Reason.OUT_OF_CREDIT


@pytest.mark.parametrize("name", ["suno", "kie"])
def test_a_sound_that_somebody_else_owns_is_a_matter_of_words(name: str, override_settings: Override) -> None:
    with FakeVendor(name) as fake:
        music = adapter(fake, override_settings)
        fake.fates = ["existing"]
        task_id = music.submit(REQUEST).task_id
        error = music.statuses([task_id])[task_id].error
    assert error.reason is Reason.MODERATION


def test_an_engine_that_keeps_no_statistics_still_tells_of_the_tasks_that_are_there(override_settings: Override) -> None:
    with FakeVendor("acestep") as fake:
        music = adapter(fake, override_settings)
        task_id = music.submit(REQUEST).task_id
        fake.read_faults = ["", "500"]  # the tasks, then the statistics
        states = music.statuses([task_id, "tnobody"])
    assert [states[one].state for one in (task_id, "tnobody")] == [State.SUCCEEDED, State.QUEUED]


def test_a_long_section_becomes_two_and_no_word_is_left_out() -> None:
    words = [f"word{number}" for number in range(300)]
    lines = [" ".join(words[:100]), *words[100:]]  # one of 800 characters, and two hundred short ones
    sections = elevenlabs.plan(replace(REQUEST, lyrics="[Verse]\n" + "\n".join(lines)))["sections"]
    assert {section["section_name"] for section in sections} == {"Verse"}
    assert max(len(section["lines"]) for section in sections) <= 30
    sung = [line for section in sections for line in section["lines"]]
    assert max(map(len, sung)) <= 200
    assert " ".join(sung).split() == words


def test_a_quota_that_is_used_up_is_no_rush(override_settings: Override) -> None:
    with FakeVendor("elevenlabs") as fake:
        music = adapter(fake, override_settings)
        for status, reason in (("quota_exceeded", Reason.OUT_OF_CREDIT), ("system_busy", Reason.RATE_LIMITED)):
            fake.dialect.refused["busy"] = (429, {"detail": {"status": status}})
            fake.faults = ["busy"]
            assert reason_of(music.submit, REQUEST) is reason
        del fake.dialect.refused["busy"]


def test_musicgpt_s_flat_answer_is_one_clip_once_it_is_completed(
    monkeypatch: pytest.MonkeyPatch, override_settings: Override
) -> None:
    with FakeVendor("musicgpt") as fake:
        music = adapter(fake, override_settings)
        for status, count in (("IN_PROGRESS", 0), ("COMPLETED", 1)):
            conversion = {"task_id": "t", "status": status, "audio_url": f"{fake.url}/files/t/0.mp3", "title": "For Mia"}
            read = staticmethod(lambda *_, conversion=conversion: (200, {"success": True, "conversion": conversion}))
            monkeypatch.setattr(fake.dialect, "read", read)
            clips = music.statuses(["t"])["t"].clips
            assert [(clip.index, clip.title) for clip in clips] == [(0, "For Mia")] * count


def answers(fake: FakeVendor, monkeypatch: pytest.MonkeyPatch, reply: dict[str, Any]) -> None:
    monkeypatch.setattr(fake.dialect, "read", staticmethod(lambda *_: (200, reply)))


MUREKA_WORDS = {
    "SUCCEEDED": State.SUCCEEDED, "completed": State.SUCCEEDED, "success": State.SUCCEEDED, "timeout": State.FAILED,
    "canceled": State.FAILED, "Failed": State.FAILED, "reviewing": State.RUNNING, "new": State.RUNNING, "": State.RUNNING,
}  # fmt: skip


@pytest.mark.parametrize("word", MUREKA_WORDS)
def test_a_status_word_in_another_spelling_is_understood_and_an_unknown_one_is_no_failure(
    word: str, monkeypatch: pytest.MonkeyPatch, override_settings: Override
) -> None:
    with FakeVendor("mureka") as fake:
        music = adapter(fake, override_settings)
        answers(fake, monkeypatch, {"id": 7, "status": word, "choices": [{"index": 0, "url": f"{fake.url}/files/7/0.mp3"}]})
        state = music.statuses(["t"])["t"]
    assert state.state is MUREKA_WORDS[word]
    assert len(state.clips) == (0 if state.state is State.RUNNING else 1)


@pytest.mark.parametrize("status", [1, "1", 1.0])
@pytest.mark.parametrize("as_text", [True, False])
def test_acestep_s_result_is_read_as_text_or_as_it_is(
    status: Any, as_text: bool, monkeypatch: pytest.MonkeyPatch, override_settings: Override
) -> None:
    result: Any = [{"file": "/v1/audio?path=/out/x.mp3"}]
    with FakeVendor("acestep") as fake:
        music = adapter(fake, override_settings)
        result = json.dumps(result) if as_text else result
        answers(fake, monkeypatch, {"data": [{"task_id": "t", "status": status, "result": result}]})
        state = music.statuses(["t"])["t"]
    assert (state.state, len(state.clips)) == (State.SUCCEEDED, 1)


SUNO_CLIPS = {
    "audioUrl": ("https://cdn1.suno.ai/x.mp3", 1),
    "audio_url": ("https://cdn1.suno.ai/x.mp3", 1),
    "forbidden": ("https://studio-api.prod.suno.com/api/forbidden", 0),
    "none": ("https://cdn1.suno.ai/None.mp3", 0),
    "streamAudioUrl": ("https://audiopipe.suno.ai/?item_id=x", 0),
}


@pytest.mark.parametrize("kind", SUNO_CLIPS)
def test_a_link_that_leads_to_no_file_is_no_clip(
    kind: str, monkeypatch: pytest.MonkeyPatch, override_settings: Override
) -> None:
    url, count = SUNO_CLIPS[kind]
    with FakeVendor("suno") as fake:
        music = adapter(fake, override_settings)
        data = [{"id": "a", kind if "url" in kind.lower() else "audioUrl": url}]
        answers(fake, monkeypatch, {"code": 200, "data": {"status": "SUCCESS", "response": {"sunoData": data}}})
        assert len(music.statuses(["t"])["t"].clips) == count


def test_sound_that_is_called_something_else_is_sound(monkeypatch: pytest.MonkeyPatch, override_settings: Override) -> None:
    with FakeVendor("elevenlabs") as fake:
        music = adapter(fake, override_settings)
        monkeypatch.setattr(fake.dialect, "receipt", staticmethod(lambda task: (200, task.fake.file())))  # application/json
        assert music.submit(REQUEST).audio == fake.file()


def test_musicgpt_finds_a_task_whose_receipt_was_lost(override_settings: Override) -> None:
    with FakeVendor("musicgpt") as fake:
        music = adapter(fake, override_settings)
        fake.faults = ["accept_then_close"]
        assert reason_of(music.submit, REQUEST) is Reason.SUBMIT_UNCERTAIN
        made = next(iter(fake.tasks.values()))
        assert music.recent("For Mia", made.made - 5) == [made.id]
        assert music.recent("For Mia", made.made + 5) == []
        assert music.recent("Another", made.made - 5) == []
