"""The doctor's checks of chat model, recogniser and music providers, against servers that answer well, badly or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from jobs.generation.providers import provider
from jobs.monitoring import configuration_checks as vendors
from jobs.monitoring.check_results import CheckVerdict
from provider_settings import read_vendors
from tests.support.answering import SECRET, always, answering, assert_says
from tests.support.fakes.chat import FakeChat
from tests.support.fakes.recogniser import FakeRecogniser
from tests.support.fakes.vendor import FakeVendor
from tests.support.overrides import Override
from tests.support.stack import free_port

# ---------------------------------------------------------------- the writer


def test_a_chat_model_that_answers_costs_one_tiny_call(override_settings: Override) -> None:
    with FakeChat(lambda body: (200, "yes")) as chat:
        override_settings(writer_base_url=chat.url, writer_api_key=SECRET, writer_model="m-1")
        assert_says(vendors._writer(), CheckVerdict.OK, "chat model m-1 answers")
        assert [sorted(body) for body in chat.asked] == [["messages", "model"]], "nothing that a model might refuse"


@pytest.mark.parametrize(("status", "body", "word"), [
    (401, {"error": f"bad key {SECRET}"}, "WRITER_API_KEY"),
    (404, {}, "WRITER_MODEL"),
    (429, {}, "over its limit"),
    (500, {}, "WRITER_BASE_URL"),
    (200, ["odd"], "no completion"),
    (200, b"<html>", "WRITER_BASE_URL"),
])  # fmt: skip
def test_a_chat_model_that_does_not_answer_is_named_with_what_to_do(
    override_settings: Override, status: int, body: Any, word: str
) -> None:
    with answering(always(status, body)) as url:
        override_settings(writer_base_url=url, writer_api_key=SECRET, writer_model="m-1")
        assert_says(vendors._writer(), CheckVerdict.BROKEN, "chat model m-1", word)


@pytest.mark.parametrize(("status", "verdict", "word"), [
    (200, CheckVerdict.OK, "ears-1 hears"),
    (401, CheckVerdict.BROKEN, "TRANSCRIPTION_API_KEY"),
    (404, CheckVerdict.BROKEN, "TRANSCRIPTION_MODEL"),
    (500, CheckVerdict.BROKEN, "TRANSCRIPTION_BASE_URL"),
])  # fmt: skip
def test_a_recogniser_hears_a_moment_of_silence_and_off_is_said(
    status: int, verdict: CheckVerdict, word: str, override_settings: Override
) -> None:
    assert_says(vendors._recogniser(), CheckVerdict.OK, "off", "TRANSCRIPTION_BASE_URL")
    with FakeRecogniser(lambda sound: (status, "" if sound.startswith(b"RIFF") else [])) as fake:
        override_settings(**fake.settings)
        assert_says(vendors._recogniser(), verdict, word)


def test_without_a_chat_model_the_lyricist_is_named() -> None:
    assert_says(vendors._writer(), CheckVerdict.OK, "built-in lyricist", "because WRITER_BASE_URL is not set")


# ---------------------------------------------------------------- music


@pytest.fixture
def use_vendor(override_settings: Override) -> Iterator[Callable[[str, str], None]]:
    def use(name: str, url: str) -> None:
        environment = {f"{name.upper()}_BASE_URL": url, f"{name.upper()}_API_KEY": SECRET}
        override_settings(vendors=read_vendors(environment, (), []), allow_private_hosts=True)
        provider.cache_clear()

    yield use
    provider.cache_clear()


@pytest.mark.parametrize("name", ["musicgpt", "suno", "mureka", "acestep", "elevenlabs"])
def test_a_vendor_that_takes_the_key_is_fine(use_vendor: Callable[[str, str], None], name: str) -> None:
    with FakeVendor(name) as vendor:
        use_vendor(name, vendor.url)
        assert_says(vendors._music(name), CheckVerdict.OK, "takes the key")
        assert (vendor.submits, vendor.reads > 0) == (0, True), "it costs nothing"


@pytest.mark.parametrize("name", ["musicgpt", "suno", "mureka", "acestep", "elevenlabs"])
@pytest.mark.parametrize(("status", "body", "word"), [
    (401, {"code": 401, "detail": "no"}, "_API_KEY"),
    (402, {"code": 429, "msg": "no credits"}, "credit"),
    (502, b"<html>", "_BASE_URL"),
])  # fmt: skip
def test_a_vendor_that_refuses_is_named_with_what_to_do(
    use_vendor: Callable[[str, str], None], name: str, status: int, body: Any, word: str
) -> None:
    with answering(always(status, body)) as url:
        use_vendor(name, url)
        asked_for_balance_only = (name, status) == ("elevenlabs", 401)
        verdict = CheckVerdict.WARNING if asked_for_balance_only else CheckVerdict.BROKEN
        assert_says(vendors._music(name), verdict, word)


def test_an_account_without_credit_is_broken(use_vendor: Callable[[str, str], None]) -> None:
    with answering(always(200, {"code": 200, "data": 0})) as url:
        use_vendor("suno", url)
        assert_says(vendors._music("suno"), CheckVerdict.BROKEN, "no credit is left")


def test_a_vendor_that_is_not_there_is_named(use_vendor: Callable[[str, str], None]) -> None:
    use_vendor("mureka", f"http://127.0.0.1:{free_port()}")
    assert_says(vendors._music("mureka"), CheckVerdict.BROKEN, "cannot be reached", "MUREKA_BASE_URL")
