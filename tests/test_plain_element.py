"""Elements that nobody observes: to a browser they are NiceGUI's own, and they weigh a quarter."""

from __future__ import annotations

import gc
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from nicegui import Client, ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

from ui.components.plain_element import PlainElement, PlainText

Make = Callable[[], Any]
OURS: Make = lambda: PlainText(tag="p", text="Mia")  # noqa: E731
THEIRS: Make = lambda: TextElement(tag="p", text="Mia")  # noqa: E731


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client(cast(Any, ui.page("/plain")))
    with made:
        yield made
    made.delete()


CHANGES: list[Callable[[Any], object]] = [
    lambda one: one.classes("notice info"),
    lambda one: one.classes(replace="notice warn"),
    lambda one: one.set_visibility(False),
    lambda one: one.set_visibility(True),
    lambda one: one.set_text("Ben"),
    lambda one: one.props.update({"role": "status"}),
    lambda one: one.props.__setitem__("id", "said"),
    lambda one: one.props.set_optional("aria-busy", "true"),
    lambda one: one.props.set_optional("aria-busy", None),
    lambda one: one.props('lang="de"'),
    lambda one: one.style("--n:1"),
    lambda one: one.style(remove="--n:1"),
    lambda one: one.on("click", js_handler="() => 1"),
    lambda one: one.mark("chosen"),
    lambda one: one.classes.append("more"),
]


def test_after_every_change_it_is_sent_as_the_element_of_the_library_is(client: Client) -> None:
    ours, theirs = OURS(), THEIRS()
    for number, change in enumerate(CHANGES):
        sent = []
        for one in (ours, theirs):
            client.outbox.updates.clear()
            change(one)
            sent.append((one.id in client.outbox.updates, _sent(one), one.visible, one.text))
        assert sent[0] == sent[1], f"change {number}"


def test_what_does_not_change_is_not_sent_again(client: Client) -> None:
    ours = OURS()
    client.outbox.updates.clear()
    ours.set_text("Mia")
    ours.set_visibility(True)
    ours.classes("")
    assert not client.outbox.updates


def test_what_stands_in_it_is_drawn_anew_as_ever(client: Client) -> None:
    with PlainElement("div") as around:
        inner = OURS()
    assert around._to_dict()["children"] == [inner.id]
    around.clear()
    assert inner.is_deleted
    assert "children" not in around._to_dict()


def test_what_is_put_into_it_later_stands_in_it(client: Client) -> None:
    around, theirs = OURS(), THEIRS()
    assert around._to_dict() == {**theirs._to_dict(), "tag": "p"}
    for one in (around, theirs):
        with one:
            PlainElement("small")
    assert [len(one._to_dict()["children"]) for one in (around, theirs)] == [1, 1]
    inner = next(iter(around))
    around.remove(inner)
    assert (list(around), inner.is_deleted) == ([], True)


def test_pages_share_the_names_of_their_classes(client: Client) -> None:
    first, second = ([*OURS().classes(f"no{number} notice")._classes][1] for number in range(2))
    assert first is second


def test_an_unknown_rename_of_a_prop_fails_aloud(client: Client) -> None:
    with pytest.raises(TypeError):
        OURS().props.add_rename("old", "new")


def test_it_weighs_less_than_a_quarter(client: Client) -> None:
    assert _bytes(OURS) < 0.25 * _bytes(THEIRS)


def _sent(one: Element) -> dict[str, Any]:
    found = one._to_dict()
    for event in found.get("events", []):
        event.pop("listener_id")
    return found


def _bytes(make: Make) -> float:
    """What one more of them holds, its own parts alone."""
    made, total, seen = [make() for _ in range(20)], 0, set[int]()
    known = {id(one.client) for one in made} | {id(one.parent_slot) for one in made}
    todo: list[Any] = list(made)
    while todo:
        one = todo.pop()
        if id(one) in seen | known or isinstance(one, type | types.FunctionType | types.ModuleType):
            continue
        seen.add(id(one))
        total += sys.getsizeof(one)
        todo += gc.get_referents(one)
    return total / 20
