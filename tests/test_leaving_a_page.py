"""A page that is left is left once: a second navigation to the same place would break off the first one, half loaded."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi import Request
from nicegui import Client, ui

from models import FormStatus, WrongMomentError
from ui.compose import create, lyrics
from ui.compose.create import Create
from ui.compose.lyrics import Lyrics

REQUEST = {"type": "http", "method": "GET", "path": "/left", "query_string": b"", "headers": [(b"host", b"localhost")]}
GONE_ON: Any = SimpleNamespace(id="form_1", is_draft=False, status=FormStatus.VARIATIONS_GENERATING, cells=[None])


@pytest.fixture
def opened() -> list[str]:
    """Where the page was told to go."""
    return []


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, opened: list[str]) -> Iterator[Client]:
    """The server's side of a browser tab."""
    tab = Client(cast(Any, ui.page("/left")), request=Request(REQUEST))
    monkeypatch.setattr(tab, "open", lambda path, *_: opened.append(path))
    for module in (create, lyrics):
        monkeypatch.setattr(module, "in_database", lambda work, *arguments: work(*arguments))
    yield tab
    tab.delete()


def page_of_words() -> Lyrics:
    page = Lyrics("form_1")
    page.songs, page.button = [cast(Any, None)], cast(Any, ui.button())
    return page


def page_of_questions() -> Create:
    page = Create("form_1", "solo-serenade", {"songs": [{}]}, {})
    page.button, page.saved = cast(Any, ui.button()), cast(Any, ui.label())
    page.caught_up.set()
    return page


async def test_make_is_answered_after_the_row_s_change_was_seen(
    client: Client, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with client:
        page = page_of_words()
        monkeypatch.setattr(lyrics, "begin_songs", lambda *_: page.show(GONE_ON))
        await page._make()
        page.show(GONE_ON)
    assert opened == ["/compose/variations?formId=form_1"]


async def test_compose_is_answered_after_the_row_s_change_was_seen(
    client: Client, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with client:
        page = page_of_questions()
        monkeypatch.setattr(create, "submit", lambda *_: page.show(GONE_ON))
        await page._compose()
        page.show(GONE_ON)
    assert opened == ["/compose/lyrics?formId=form_1"]


async def test_answers_that_come_too_late_go_on_once(
    client: Client, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_late(*_: object) -> None:
        raise WrongMomentError("wrong_moment")

    monkeypatch.setattr(create, "write_field", too_late)
    with client:
        page = page_of_questions()
        await page.save("senderName", "Da")
        await page.save("senderName", "Dad")
    assert opened == ["/compose/lyrics?formId=form_1"]
