"""In what forms a chat model's song comes back, also of a story in another language, and what is no song.

The comments name the servers and the reports that a case comes from.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from integrations.writer import Brief, Writing
from integrations.writer.built_in_lyricist import Lyricist
from integrations.writer.chat_writer import ChatWriter
from tests.support.fakes.chat import GOOD, FakeChat
from tests.support.model_songs import BRIEF, SONG, Body, by_model, whole, write


def events(*said: Any, done: bool = True, line_end: bytes = b"\n\n") -> bytes:
    lines = [one if isinstance(one, bytes) else b"data: " + json.dumps(one).encode() for one in said]
    return line_end.join([*lines, *([b"data: [DONE]"] if done else [])]) + line_end


def delta(content: Any, end: Any = None, **more: Any) -> Body:
    return {"choices": [{"index": 0, "delta": {"content": content, **more}, "finish_reason": end}]}


HALVES = (SONG[:200], SONG[200:])
THOUGHT = 'I might answer {"title": "no", "lyrics": "no"} or so.'
EVENT = delta(SONG)

FORMS: dict[str, Any] = {
    # DeepSeek, Qwen, MiniMax without a reasoning parser (vllm-project/vllm#34625)
    "a thought before": f"<think>{THOUGHT}</think>\n{SONG}",
    "a thought whose start is in the prompt": f"{THOUGHT}</think>{SONG}",
    "a thought without end": f"<think>{THOUGHT}\nSo: {SONG}",
    "Mistral's thought": f"[THINK]{THOUGHT}[/THINK]{SONG}",
    "a fence": f"```json\n{SONG}\n```",
    "text around": f"Sure! Here {{it}} is:\n{SONG}\nI hope {{name}} likes it.",
    "line breaks inside of strings": SONG.replace("\\n", "\n"),
    "a song in an object": json.dumps({"song": GOOD}),
    "a list of lines": json.dumps({**GOOD, "lyrics": GOOD["lyrics"].split("\n")}),
    "parts": whole([{"type": "text", "text": HALVES[0]}, {"type": "text", "text": HALVES[1]}]),
    # Mistral's Magistral (spring-projects/spring-ai#5019)
    "parts with a thought": whole(
        [{"type": "thinking", "thinking": [{"type": "text", "text": THOUGHT}]}, {"type": "text", "text": SONG}]
    ),
    "a thought beside": whole(SONG, reasoning_content=THOUGHT),
    "all in the thought": whole("", reasoning_content=f"{THOUGHT} {SONG}"),  # lmstudio-bug-tracker#1602
    "no reason": whole(SONG, None),
    "reason missing": whole(SONG, "missing"),
    "its own reason": whole(SONG, "eos_token"),
    "streamed parts": events(delta([{"type": "text", "text": SONG}]), delta([], "stop")),
    "streamed thought": events(delta(None, reasoning_content=THOUGHT), delta(SONG), delta("", "eos")),
    "an end of its own": events(EVENT, delta("", "eos")),
    "end_turn": events(EVENT, delta("", "end_turn")),
    "STOP": events(EVENT, delta(None, "STOP"), done=False),
    "empty reasons": events(delta(HALVES[0], ""), delta(HALVES[1], "")),  # ollama/ollama#4357
    "a reason from the start": events(delta(HALVES[0], "stop"), delta(HALVES[1], "stop")),  # BerriAI/litellm#2195
    "never a reason": events(EVENT),  # Gemini (jakobdylanc/llmcord#84)
    "no reasons at all": events({"choices": [{"delta": {"content": SONG}}]}),  # BerriAI/liteLLM-proxy#19
    "no delta at the end": events(EVENT, {"choices": [{"index": 0, "delta": None, "finish_reason": "stop"}]}),
    "a message for a delta": events({"choices": [{"message": {"content": SONG}, "finish_reason": "stop"}]}),
    # Azure begins with what its filter found (langfuse/langfuse#2833); OpenRouter with comments (openai/openai-go#227)
    "an empty first": events({"choices": [], "prompt_filter_results": []}, EVENT, delta("", "stop")),
    "comments": events(b": OPENROUTER PROCESSING", b"event: message", EVENT, delta("", "stop"), line_end=b"\r\n\r\n"),
    "no last line end": events(EVENT, delta("", "eos"), done=False).rstrip(),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_song_is_found_in_every_form_of_an_answer(form: str) -> None:
    writing, asked = write(lambda body: (200, FORMS[form]))
    assert (by_model(writing), len(asked)) == (True, 1)


CUT = {
    "length": events(EVENT, delta("", "length")),
    "max_tokens": events(EVENT, delta("", "max_tokens")),
    "MAX_TOKENS": whole(SONG, "MAX_TOKENS"),
    "Mistral's": whole(SONG, "model_length"),
    "a filter": events(EVENT, delta("", "content_filter")),
    "Gemini's": whole(SONG, "PROHIBITED_CONTENT"),
    "DeepSeek's": whole(SONG, "insufficient_system_resource"),
    # OpenRouter reports a failure inside of an answer that began well (diegosouzapw/OmniRoute#8210)
    "an error": events(EVENT, {"error": {"code": 502, "message": "the story of Mia"}, "choices": []}),
    "an error of its own": events(EVENT, delta("", "error")),
    "nothing but an error": {"error": {"code": 502, "message": "the story of Mia"}},
    "broken off": events(EVENT, done=False),
    "not JSON": events(b"data: {"),
    "without end": '{"title":' * 900,
    "strange ends": whole(SONG, {"reason": "max_tokens"}),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("cut", CUT)
def test_what_was_cut_or_withheld_is_no_song(cut: str) -> None:
    writing, asked = write(lambda body: (200, CUT[cut]))
    assert (writing == Lyricist().write(BRIEF), len(asked)) == (True, 3)
    assert "Mia" not in writing.author.why


def test_a_thought_is_never_seen_in_a_draft() -> None:
    heard: list[tuple[str, str]] = []
    said = f'<think>{{"title": "no", "lyrics": "no\\nno\\n"}}</think>{SONG}'
    with FakeChat(lambda body: (200, [said[n : n + 9] for n in range(0, len(said), 9)])) as fake:
        ChatWriter(fake.url, "", "m", Lyricist()).write(BRIEF, lambda *draft: heard.append(draft))
    assert "no" not in {part for draft in heard for part in draft}
    assert (GOOD["title"], "[Verse 1]") in heard


SPANISH = (
    "[Verse 1]\nMia, qué noche aquella, perdimos el tren\nvolvimos andando y cantando también\n"
    "la calle vacía, la luna detrás\ny tú que reías y un poco más\n[Chorus]\nMia, feliz cumpleaños, que suene tu voz\n"
    "el mundo camina contigo y conmigo, los dos\nMia, otra vuelta, otra vela, otro sol\ny toda la casa te canta, mi amor"
)  # fmt: skip
ENGLISH_STORY = BRIEF.__class__(**{**{name: getattr(BRIEF, name) for name in BRIEF.__slots__}, "language": "es"})


def sung(lyrics: str, brief: Brief, **more: Any) -> tuple[Writing, list[Body]]:
    return write(lambda body: (200, json.dumps({**GOOD, "lyrics": lyrics, **more})), brief=brief)


def test_a_spanish_song_from_an_english_story_is_accepted() -> None:
    writing, asked = sung(SPANISH, ENGLISH_STORY)
    assert (writing.author.by, len(asked)) == ("model", 1)
    assert "in the language whose code is in `language`" in asked[0]["messages"][0]["content"]


def test_an_english_song_from_a_spanish_story_is_accepted() -> None:
    told = "la noche que perdimos el tren y volvimos a casa cantando"
    writing, _ = sung(GOOD["lyrics"], Brief("Mia", relationship="hija", theme="birthday", favorite_memory=told))
    assert writing.author.by == "model"


def test_across_languages_a_name_a_number_or_a_place_must_be_sung_or_the_lines_be_named() -> None:
    brief = Brief(
        "Mia", theme="birthday", language="es", favorite_memory="the night we walked home from Lisbon with Berta in 1998"
    )
    assert sung(SPANISH, brief)[0].author.by == "lyricist"
    assert sung(SPANISH.replace("la calle vacía", "la calle de Lisboa"), brief)[0].author.by == "model"
    assert sung(SPANISH.replace("la calle vacía", "el 1998"), brief)[0].author.by == "model"
    line = "volvimos andando y cantando también"
    writing, _ = sung(SPANISH, brief, sources=[{"line": line, "key": "favorite_memory"}])
    assert writing.author.by == "model"
    assert writing.sources[writing.lyrics.split("\n").index(line)] == "favorite_memory"
    assert sung(SPANISH, brief, sources=[{"line": "no such line", "key": "favorite_memory"}])[0].author.by == "lyricist"


def test_only_answers_that_were_given_are_named_as_sources() -> None:
    lines = GOOD["lyrics"].split("\n")
    claimed = [{"line": lines[1], "key": "qualities"}, {"line": lines[2], "key": "favorite_memory"}, {"line": 3}, "x"]
    writing, _ = sung(GOOD["lyrics"], BRIEF, sources=claimed)
    assert writing.sources[:3] == ("", "", "favorite_memory")
