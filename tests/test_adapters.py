"""Every adapter against our own fake of its vendor, over HTTP: what goes out, what comes back, what each fault means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from integrations.music import MusicError, Reason, State, wire
from provider_settings import read_vendors
from tests.support.fakes.vendor import FakeVendor
from tests.support.overrides import Override
from tests.support.vendors import ADAPTERS, ASYNCHRONOUS, REQUEST, adapter, reason_of


@pytest.fixture(params=ADAPTERS)
def fake(request: pytest.FixtureRequest) -> Iterator[FakeVendor]:
    with FakeVendor(request.param) as vendor:
        yield vendor


@pytest.fixture
def music(fake: FakeVendor, override_settings: Override) -> Any:
    return adapter(fake, override_settings)


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
