"""Any OpenAI-compatible API: what servers and models refuse, as public bug reports tell it.

The comments name the servers and the reports that a case comes from.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from integrations.writer.built_in_lyricist import Lyricist
from integrations.writer.chat_writer import ChatWriter
from integrations.writer.dialect import OwnNotes
from tests.support.fakes.chat import FakeChat, Say
from tests.support.model_songs import BRIEF, SONG, Body, by_model, whole, write


def error(message: str, **more: str) -> Body:
    return {"error": {"message": message, "type": "invalid_request_error", **more}}


def refusing(test: Callable[[Body], bool], status: int, said: Any) -> Say:
    return lambda body: (status, said) if test(body) else (200, SONG)


TEMPERATURE = "Unsupported value: 'temperature' does not support 0.9 with this model. Only the default (1) value is supported."
UNVERIFIED = "Your organization must be verified to stream this model."
SCHEMA = "'response_format' of type 'json_schema' is not supported with this model."
JINJA = "Error: Jinja Exception: After the optional system message, conversation roles must alternate user and assistant roles"


def form(body: Body) -> str:
    return str(body.get("response_format", {}).get("type", ""))


REFUSALS: dict[str, tuple[Callable[[Body], bool], int, Any]] = {
    # OpenAI's reasoning models (QwenLM/qwen-code#921, BeehiveInnovations/pal-mcp-server#78)
    "temperature": (
        lambda body: "temperature" in body, 400, error(TEMPERATURE, param="temperature", code="unsupported_value")
    ),
    "stream": (lambda body: "stream" in body, 400, error(UNVERIFIED, param="stream", code="unsupported_value")),
    "schema": (lambda body: form(body) == "json_schema", 400, error(SCHEMA)),
    # LM Studio knows a schema and no object (lmstudio-ai/lmstudio-bug-tracker#189); the first song never asks for one
    "FastAPI": (lambda body: "temperature" in body, 422, {"detail": [{"loc": ["body", "temperature"], "msg": "extra"}]}),
    # Groq made the JSON and found it wrong (langchain-ai/langchain#31459)
    "groq": (lambda body: form(body) == "json_schema", 400, error("Failed to generate JSON.", code="json_validate_failed")),
    # Gemma's template knows no system role; llama.cpp answers 500 (ggml-org/llama.cpp#19851)
    "system": (
        lambda body: body["messages"][0]["role"] == "system", 500, {"error": {"code": 500, "message": JINJA}}
    ),
    "unnamed": (lambda body: form(body) == "json_schema", 400, {"error": "bad request"}),
}  # fmt: skip


@pytest.mark.parametrize("refused", REFUSALS)
def test_what_a_model_refuses_is_left_out_at_once_and_from_then_on(refused: str) -> None:
    notes = OwnNotes()
    say = refusing(*REFUSALS[refused])
    with FakeChat(say) as fake:
        writer = ChatWriter(fake.url, "key", "a-model", Lyricist(), notes=notes)
        assert (by_model(writer.write(BRIEF)), len(fake.asked)) == (True, 2)
        assert (by_model(writer.write(BRIEF)), len(fake.asked)) == (True, 3), "the next song knows"
        other = ChatWriter(fake.url, "key", "another-model", Lyricist(), notes=notes)
        assert (by_model(other.write(BRIEF)), len(fake.asked)) == (True, 5), "what one model refuses, another may take"


def test_a_model_that_refuses_everything_still_writes_with_two_more_calls() -> None:
    def say(body: Body) -> tuple[int, Any]:
        for name in ("temperature", "response_format", "stream"):
            if name in body:
                return 400, {"error": "400 bad request"}
        return (200, SONG) if len(body["messages"]) == 1 else (400, {"error": "400 bad request"})

    writing, asked = write(say)
    assert (by_model(writing), len(asked)) == (True, 3)


def test_named_refusals_cost_their_song_two_calls_and_are_all_learned() -> None:
    def say(body: Body) -> tuple[int, Any]:
        if "temperature" in body:
            return 400, error(TEMPERATURE, param="temperature")
        return (400, error(SCHEMA)) if form(body) == "json_schema" else (200, SONG)

    notes = OwnNotes()
    assert len(write(say, notes)[1]) == 3
    assert set(*notes.refused.values()) == {"temperature", "schema"}, "an object was never refused: the next song asks for one"


def test_a_complaint_comes_from_the_user_behind_the_answer_it_is_about() -> None:
    """A list that ends with the system, or says two things for the user, is refused by Mistral's and Gemma's templates."""

    def say(body: Body) -> tuple[int, Any]:
        roles = [message["role"] for message in body["messages"]]
        if roles[0] != "system" or any(one == two for one, two in pairwise(roles)) or roles[-1] != "user":
            return 400, error("Conversation roles must alternate user/assistant/user/assistant/...")
        return 200, SONG if len(roles) > 2 else SONG.replace("Mia", "she")

    writing, asked = write(say)
    assert (by_model(writing), len(asked)) == (True, 2)
    assert [one["role"] for one in asked[1]["messages"]] == ["system", "user", "assistant", "user"]


@pytest.mark.parametrize("only", ["max_tokens", "max_completion_tokens"])
def test_a_server_that_cuts_early_is_told_how_long_an_answer_may_be(only: str) -> None:
    """llama-cpp-python and TGI have small limits of their own; OpenAI's reasoning models refuse the older name."""

    def say(body: Body) -> tuple[int, Any]:
        limits = {"max_tokens", "max_completion_tokens"} & body.keys()
        if limits - {only}:
            return 400, error(
                f"Unsupported parameter: 'max_tokens' is not supported. Use '{only}' instead.", param="max_tokens"
            )
        return 200, whole(SONG if limits else SONG[:90], "stop" if limits else "length")

    writing, asked = write(say)
    assert by_model(writing)
    assert only in asked[-1]


NO_MODEL = [
    (404, error("The model `a-modle` does not exist or you do not have access to it.", code="model_not_found")),  # OpenAI
    (404, {"error": {"message": 'model "a-modle" not found, try pulling it first'}}),  # Ollama
    (404, {"object": "error", "message": "The model `a-modle` does not exist.", "type": "NotFoundError"}),  # vLLM
    (400, error("a-modle is not a valid model ID")),  # OpenRouter
    (400, {"message": "Invalid model: a-modle", "type": "invalid_model", "code": "1500"}),  # Mistral
    (400, error("Model Not Exist")),  # DeepSeek
    (404, error("The API deployment for this resource does not exist.", code="DeploymentNotFound")),  # Azure
    (403, error("Project does not have access to model a-modle", code="model_not_found")),
]


@pytest.mark.parametrize(("status", "said"), NO_MODEL)
def test_a_mistyped_model_costs_one_call_and_is_told_by_name(status: int, said: Any) -> None:
    with FakeChat(lambda body: (status, said)) as fake:
        writing = ChatWriter(fake.url, "key", "a-modle", Lyricist()).write(BRIEF)
    assert (writing == Lyricist().write(BRIEF), len(fake.asked)) == (True, 1)
    assert (writing.author.why, writing.author.mend) == ("it has no model of the name a-modle", "WRITER_MODEL")


@pytest.mark.parametrize(
    ("status", "said", "mend"),
    [
        (401, error("Incorrect API key provided: sk-secret"), "WRITER_API_KEY"),
        (402, error("Insufficient Balance"), "WRITER_API_KEY"),  # DeepSeek
        (429, error("You exceeded your current quota", code="insufficient_quota"), "WRITER_API_KEY"),
        (429, error("Rate limit reached"), ""),
        (503, error("overloaded"), ""),
        (308, b"", "WRITER_BASE_URL"),
        (400, error("filtered", code="content_filter"), ""),  # Azure: the prompt itself was found fault with
    ],
)
def test_what_no_other_request_would_mend_is_not_tried_again(status: int, said: Any, mend: str) -> None:
    writing, asked = write(lambda body: (status, said))
    assert (writing == Lyricist().write(BRIEF), len(asked), writing.author.mend) == (True, 1, mend)
    assert writing.author.why
    assert "sk-secret" not in writing.author.why


@pytest.mark.parametrize("base", ["", "/", "/v1", "/v1/", "/v1/chat/completions", "/v1/chat/completions/"])
def test_an_address_is_taken_with_and_without_its_version(base: str) -> None:
    with FakeChat(lambda body: (200, SONG), only_at="/v1/chat/completions") as fake:
        assert by_model(ChatWriter(fake.root + base, "key", "m", Lyricist()).write(BRIEF))
        assert len(fake.paths) == 1


@pytest.mark.parametrize(
    ("base", "only_at"),
    [("/v1", "/chat/completions"), ("/openai", "/openai/v1/chat/completions"), ("", "/chat/completions")],
)
def test_another_address_of_the_same_api_is_found_and_remembered(base: str, only_at: str) -> None:
    with FakeChat(lambda body: (200, SONG), only_at=only_at) as fake:
        writer = ChatWriter(fake.root + base, "key", "m", Lyricist())
        assert by_model(writer.write(BRIEF))
        assert by_model(writer.write(BRIEF))
        assert fake.paths[1:] == [only_at, only_at]


@pytest.mark.parametrize("base", ["localhost:11434/v1", "ftp://chat.example/v1", "http://", "chat.example"])
def test_an_address_that_is_none_is_told(base: str) -> None:
    author = ChatWriter(base, "key", "m", Lyricist()).write(BRIEF).author
    assert (author.by, author.mend) == ("lyricist", "WRITER_BASE_URL")


def test_a_key_with_any_letters_is_sent_and_refused_and_stops_no_song() -> None:
    with FakeChat(lambda body: (401, error("no"))) as fake:
        author = ChatWriter(fake.url, "schlüssel-🔑", "m", Lyricist()).write(BRIEF).author
    assert author.mend == "WRITER_API_KEY"


def test_an_address_without_any_api_is_told() -> None:
    with FakeChat(lambda body: (200, b"<!doctype html>")) as fake:
        writing = ChatWriter(fake.url, "key", "m", Lyricist()).write(BRIEF)
    assert (len(fake.asked), writing.author.mend) == (2, "WRITER_BASE_URL")
