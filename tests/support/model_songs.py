"""Songs asked of a chat model, and what it answers."""

from __future__ import annotations

import json
from typing import Any

from integrations.writer import Brief, Writing
from integrations.writer.built_in_lyricist import Lyricist
from integrations.writer.chat_writer import ChatWriter
from integrations.writer.dialect import OwnNotes
from tests.support.fakes.chat import GOOD, FakeChat, Say

BRIEF = Brief(
    recipient_name="Mia",
    relationship="daughter",
    theme="birthday",
    favorite_memory="the night we missed the last train and walked home singing",
    sender_name="Dad",
)
SONG = json.dumps(GOOD)
Body = dict[str, Any]


def write(say: Say, notes: OwnNotes | None = None, brief: Brief = BRIEF) -> tuple[Writing, list[Body]]:
    with FakeChat(say) as fake:
        writing = ChatWriter(fake.url, "key", "a-model", Lyricist(), notes=notes).write(brief)
    return writing, fake.asked


def by_model(writing: Writing) -> bool:
    return (writing.author.by, writing.title) == ("model", GOOD["title"])


def whole(content: Any, end: str | None = "stop", **more: Any) -> Body:
    choice: Body = {"message": {"role": "assistant", "content": content, **more}}
    return {"choices": [choice | ({"finish_reason": end} if end != "missing" else {})]}
