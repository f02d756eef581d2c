"""A draft that is open in several places: each tab shows what another wrote, and never undoes what somebody just did in it."""

from __future__ import annotations

import time
from typing import Any, cast

import pytest
from nicegui import Client

from ui.compose.fields import Field
from ui.compose.tab_sync import Following


class Tab:
    """A browser tab that remembers what it was told to show."""

    def __init__(self) -> None:
        self.scripts: list[str] = []

    def run_javascript(self, script: str) -> None:
        self.scripts.append(script)


class Taken:
    """A field that remembers nothing."""

    def take(self, value: Any) -> None:
        """Nothing to do."""


@pytest.fixture
def tab() -> Tab:
    return Tab()


@pytest.fixture
def following(tab: Tab) -> Following:
    fields = cast(dict[str, Field], {"senderName": Taken(), "songs.0.theme": Taken()})
    return Following(cast(Client, tab), fields, {"songs": [{}]})


def test_what_another_tab_wrote_is_shown(following: Following, tab: Tab) -> None:
    following.follow({"senderName": "Ana", "songs": [{}]}, time.monotonic())
    assert tab.scripts == ['followFields({"senderName": "Ana"}, {"senderName": null})']


def test_what_was_read_while_a_value_was_on_its_way_is_read_again(following: Following, tab: Tab) -> None:
    """Another tab may have written after this one's value reached the row, and before this one knew that."""
    number = following.wrote("senderName", "Dad")
    following.follow({"senderName": "Mum and Dad", "songs": [{}]}, time.monotonic())
    assert tab.scripts == []
    assert following.reached("senderName", number), "no other notification will come"
    assert not following.reached("senderName", number), "once"
    number = following.wrote("senderName", "Dad and Mum")
    following.follow({"senderName": "Dad and Mum", "songs": [{}]}, time.monotonic())
    assert not following.reached("senderName", number), "nothing else was read"


def test_a_reading_from_before_a_click_never_undoes_it(following: Following, tab: Tab) -> None:
    began = time.monotonic()
    number = following.wrote("songs.0.theme", "birthday")
    following.follow({"songs": [{}]}, began)
    following.reached("songs.0.theme", number)
    following.follow({"songs": [{}]}, began)
    assert tab.scripts == []
    following.follow({"songs": [{"theme": "wedding"}]}, time.monotonic())
    assert tab.scripts == ['followFields({"songs.0.theme": "wedding"}, {"songs.0.theme": "birthday"})'], (
        "what was written later elsewhere is shown"
    )


def test_while_a_newer_value_is_on_its_way_the_older_one_is_not_shown_again(following: Following, tab: Tab) -> None:
    first = following.wrote("senderName", "An")
    following.wrote("senderName", "Ana")
    following.reached("senderName", first)
    following.follow({"senderName": "An", "songs": [{}]}, time.monotonic())
    assert tab.scripts == []


def test_a_reading_from_before_a_click_says_nothing_about_the_number_of_songs_either(following: Following) -> None:
    began = time.monotonic()
    number = following.wrote("packageType", "holiday-hamper")
    following.reached("packageType", number)
    assert following.is_newer("packageType", began)
    assert not following.is_newer("packageType", time.monotonic())
    assert not following.is_newer("senderName", began)
