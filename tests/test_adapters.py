"""Every adapter against our own fake of its vendor, over HTTP: what goes out, what comes back, what each fault means."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from integrations.music import MusicError, Reason, SongRequest, State, elevenlabs, wire
from provider_settings import read_vendors
from tests.support.fakes.vendor import FakeVendor
from tests.support.overrides import Override

ADAPTERS = {
    "musicgpt": ("musicgpt", "MusicGPT"),
    "suno": ("suno", "Suno"),
    "kie": ("suno", "Suno"),
    "mureka": ("mureka", "Mureka"),
    "acestep": ("acestep", "AceStep"),
    "elevenlabs": ("elevenlabs", "ElevenLabs"),
}
ASYNCHRONOUS = [name for name in ADAPTERS if name != "elevenlabs"]
REQUEST = SongRequest(
    reference="task_x-1",
    title="For Mia",
    lyrics="[Verse 1]\nMia, hello\nMia, again\n[Chorus]\nOh Mia",
    style="bright pop, piano",
    prompt="A song for Mia",
    variation=1,
    voice="female",
    callback_url="http://127.0.0.1:9/secret",
)


@pytest.fixture(params=ADAPTERS)
def fake(request: pytest.FixtureRequest) -> Iterator[FakeVendor]:
    with FakeVendor(request.param) as vendor:
        yield vendor


def adapter(fake: FakeVendor, override_settings: Override, **more: Any) -> Any:
    module_name, class_name = ADAPTERS[fake.name]
    vendors = read_vendors({**fake.environment(), **more}, (), [])
    override_settings(vendors=vendors, allow_private_hosts=True)
    return getattr(importlib.import_module(f"integrations.music.{module_name}"), class_name)()


@pytest.fixture
def music(fake: FakeVendor, override_settings: Override) -> Any:
    return adapter(fake, override_settings)


def reason_of(call: Any, *arguments: Any) -> Reason:
    with pytest.raises(MusicError) as caught:
        call(*arguments)
    return caught.value.reason


def test_one_submit_makes_the_clips_it_promises_and_each_can_be_fetched(fake: FakeVendor, music: Any) -> None:
    n = music.capabilities.max_n
    submission = music.submit(replace(REQUEST, n=n))
    assert fake.submits == 1
    if music.capabilities.synchronous:
        assert submission.audio == fake.file()
        assert submission.clip.timed_lyrics[0].text == "Mia"
        return
    state = music.statuses([submission.task_id])[submission.task_id]
    assert state.state is State.SUCCEEDED
    assert [clip.index for clip in state.clips] == list(range(n))
    assert all(music.audio(clip) == fake.file() for clip in state.clips)
    if fake.name != "acestep":  # it has none
        line = music.timed(submission.task_id, state.clips[0])[0]
        assert "Mia" in line.text
        assert "[" not in line.text
        assert 0 <= line.start_ms < line.end_ms


def test_the_lyrics_and_the_wanted_voice_reach_the_vendor(fake: FakeVendor, music: Any) -> None:
    music.submit(REQUEST)
    sent = str(next(iter(fake.tasks.values())).body)
    assert "Mia, again" in sent
    if fake.name != "mureka":  # its older models take no voice
        assert "female" in sent or "'vocalGender': 'f'" in sent


def test_texts_are_cut_to_the_vendors_limits(override_settings: Override) -> None:
    with FakeVendor("musicgpt") as fake:
        music = adapter(fake, override_settings, MUSICGPT_MAX_LYRICS="60", MUSICGPT_MAX_PROMPT="20")
        music.submit(replace(REQUEST, lyrics="A line of a song\n" * 20, prompt="word " * 50))
        body = next(iter(fake.tasks.values())).body
    assert len(body["lyrics"]) <= 60
    assert body["lyrics"].endswith("A line of a song")
    assert len(body["prompt"]) <= 20


FAULTS = {
    "429": Reason.RATE_LIMITED,
    "500": Reason.TRANSIENT,
    "502": Reason.SUBMIT_UNCERTAIN,
    "html": Reason.SUBMIT_UNCERTAIN,
    "empty": Reason.SUBMIT_UNCERTAIN,
    "wrong_json": Reason.SUBMIT_UNCERTAIN,
    "deep": Reason.SUBMIT_UNCERTAIN,
    "close": Reason.SUBMIT_UNCERTAIN,
    "accept_then_close": Reason.SUBMIT_UNCERTAIN,
    "redirect": Reason.PROVIDER_BUG,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_submit_is_sent_once_and_has_the_right_reason(fake: FakeVendor, music: Any, fault: str) -> None:
    fake.faults = [fault]
    assert reason_of(music.submit, REQUEST) is FAULTS[fault]
    assert fake.submits == 1


def test_rate_limits_say_how_long_to_wait(fake: FakeVendor, music: Any) -> None:
    fake.faults = ["429"]
    with pytest.raises(MusicError) as caught:
        music.submit(REQUEST)
    assert caught.value.retry_after == 1.0


def test_no_credit_a_wrong_key_and_refused_lyrics_are_told_apart(fake: FakeVendor, music: Any) -> None:
    wanted = {"402": Reason.OUT_OF_CREDIT, "auth": Reason.AUTH, "moderation": Reason.MODERATION}
    for fault, reason in wanted.items():
        if fault == "402" and fake.name == "acestep":  # our own server has no price
            continue
        fake.faults = [fault]
        assert reason_of(music.submit, REQUEST) is reason, fault


@pytest.mark.parametrize("name", ["suno", "kie"])
def test_the_same_code_means_another_thing_at_the_other_reseller(name: str, override_settings: Override) -> None:
    with FakeVendor(name) as fake:
        music = adapter(fake, override_settings)
        fake.faults = ["rate"]
        assert reason_of(music.submit, REQUEST) is Reason.RATE_LIMITED
        fake.faults = ["402"]
        assert reason_of(music.submit, REQUEST) is Reason.OUT_OF_CREDIT


@pytest.mark.parametrize("fault", ["hang", "drip"])
def test_a_submit_that_hangs_or_drips_ends_in_time_and_stays_uncertain(
    fault: str, fake: FakeVendor, music: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.music.remote.call", lambda *a, **k: wire.call(*a, **{**k, "seconds": 0.6, "read": 0.5}))
    fake.faults = [fault]
    assert reason_of(music.submit, REQUEST) is Reason.SUBMIT_UNCERTAIN


def test_a_connection_that_never_stood_is_safe_to_try_again(override_settings: Override) -> None:
    with FakeVendor("mureka") as fake:
        music = adapter(fake, override_settings)
    assert reason_of(music.submit, REQUEST) is Reason.TRANSIENT  # nobody listens any more


def test_a_name_that_does_not_resolve_is_safe_to_try_again(override_settings: Override) -> None:
    with FakeVendor("mureka") as fake:
        music = adapter(fake, override_settings, MUREKA_BASE_URL="http://no-such-host.invalid")
        assert reason_of(music.submit, REQUEST) is Reason.TRANSIENT


@pytest.mark.parametrize("fate", ["fail", "moderated", "never", "one_early", "one_fails"])
@pytest.mark.parametrize("name", ASYNCHRONOUS)
def test_the_state_of_a_task_is_what_the_vendor_says_of_each_clip(name: str, fate: str, override_settings: Override) -> None:
    with FakeVendor(name) as fake:
        music = adapter(fake, override_settings)
        fake.fates = [fate]
        if fate.startswith("one_early"):
            fake.latency = 60
        task_id = music.submit(replace(REQUEST, n=music.capabilities.max_n)).task_id
        state = music.statuses([task_id])[task_id]
    if fate in ("fail", "moderated"):
        assert state.state is State.FAILED
        moderated = fate == "moderated" and name in ("musicgpt", "suno", "kie")
        assert state.error is not None
        assert state.error.reason is (Reason.MODERATION if moderated else Reason.TRANSIENT)
    elif fate == "never":
        assert state.state in (State.QUEUED, State.RUNNING)
    elif name in ("musicgpt", "suno", "kie"):  # these show single clips
        assert [clip.index for clip in state.clips] == ([0] if fate == "one_early" else [1])


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


def test_a_task_that_the_vendor_does_not_know_is_lost(fake: FakeVendor, music: Any) -> None:
    assert music.statuses(["tnobody"])["tnobody"].state is State.LOST


@pytest.mark.parametrize("name", ASYNCHRONOUS)
def test_a_status_read_that_fails_brings_no_news_and_loses_nothing(name: str, override_settings: Override) -> None:
    with FakeVendor(name) as fake:
        music = adapter(fake, override_settings)
        task_id = music.submit(REQUEST).task_id
        for fault in ("500", "html", "close"):
            fake.read_faults = [fault]
            assert reason_of(music.statuses, [task_id]) in (Reason.TRANSIENT, Reason.PROVIDER_BUG)
        assert music.statuses([task_id])[task_id].state is State.SUCCEEDED


def test_musicgpt_finds_a_task_whose_receipt_was_lost(override_settings: Override) -> None:
    with FakeVendor("musicgpt") as fake:
        music = adapter(fake, override_settings)
        fake.faults = ["accept_then_close"]
        assert reason_of(music.submit, REQUEST) is Reason.SUBMIT_UNCERTAIN
        made = next(iter(fake.tasks.values()))
        assert music.recent("For Mia", made.made - 5) == [made.id]
        assert music.recent("For Mia", made.made + 5) == []
        assert music.recent("Another", made.made - 5) == []


def test_keys_and_callback_secrets_are_in_no_error(fake: FakeVendor, music: Any) -> None:
    for fault in ("auth", "500", "html", "close"):
        fake.faults = [fault]
        with pytest.raises(MusicError) as caught:
            music.submit(REQUEST)
        assert "key-of-the-test" not in str(caught.value)
        assert "secret" not in str(caught.value)


def test_a_balance_is_reported_where_it_can_be_asked_and_a_broken_answer_is_none(fake: FakeVendor, music: Any) -> None:
    balance = music.balance()
    assert balance == (1240 if fake.name in ("suno", "kie", "elevenlabs") else None)
    if balance is not None:
        for fault in ("500", "html", "wrong_json", "close"):
            fake.read_faults = [fault]
            assert reason_of(music.balance) in (Reason.TRANSIENT, Reason.PROVIDER_BUG)


def test_settings_name_every_vendor_mistake_at_once() -> None:
    problems: list[str] = []
    read_vendors({"MUREKA_MAX_PARALLEL": "many", "SUNO_BASE_URL": "suno"}, ("musicgpt", "nobody"), problems)
    assert len(problems) == 4
