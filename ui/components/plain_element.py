"""NiceGUI elements that weigh a quarter: what nobody listens to and nothing is bound to needs no observers and no bindings.

An element of NiceGUI 3.18 is about 4 KB, much of it the lists and dicts with which its classes, style and props could be
observed by others. Here they tell their element alone. Everything else is NiceGUI's own, and `tests/test_plain_element.py`
compares the two.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Mapping
from types import MappingProxyType, SimpleNamespace
from typing import Any, Self, cast

from nicegui.classes import Classes
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement
from nicegui.props import Props
from nicegui.slot import Slot
from nicegui.style import Style

_NONE: Mapping[str, Any] = MappingProxyType({})
_EMPTY = SimpleNamespace(children=())


class _Unobserved:
    """What NiceGUI sets on each collection stands here once for all: that nobody but the element is told."""

    __slots__ = ()
    _parent_ref: Any = None
    _change_handlers: Any = ()
    _observer_refs: Any = ()
    _suspend_count = 0
    last_modified = 0.0

    def _handle_change(self) -> None:
        self._update()  # type: ignore[attr-defined] # of Classes, Style and Props: the element is sent anew

    def _observe(self, value: Any) -> Any:
        return value


class _PlainClasses(_Unobserved, Classes[Any]):
    __slots__ = ("_element",)  # which then needs no dict for it

    def __init__(self, of: Classes[Any], element: Element) -> None:
        list.__init__(self, of)
        self._element = weakref.ref(element)

    @staticmethod
    def update_list(*arguments: Any, **named: Any) -> list[str]:
        """As NiceGUI's; a class of the same name is the same string in all pages."""
        return list(map(sys.intern, Classes.update_list(*arguments, **named)))


class _PlainStyle(_Unobserved, Style[Any]):
    __slots__ = ("_element",)

    def __init__(self, of: Mapping[str, str], element: Element) -> None:
        dict.__init__(self, of)
        self._element = weakref.ref(element)


class _PlainProps(_Unobserved, Props[Any]):
    __slots__ = ("_element",)
    _renames = _warnings = _NONE  # type: ignore[assignment] # read alone, so that a new use of them fails aloud

    def __init__(self, of: Props[Any], element: Element) -> None:
        dict.__init__(self, of)
        self._element = weakref.ref(element)


def unobserve(element: Element) -> None:
    """Give an element of NiceGUI's own, or one of ours, collections that tell it alone."""
    element._classes = _PlainClasses(element._classes, element)
    element._props = _PlainProps(element._props, element)
    element._style = _PlainStyle(element._style, element)


class PlainElement(Element):
    """An element as NiceGUI's own, but for bindings (`bind_visibility` and the like): nothing here uses them."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        unobserve(self)
        if not self._style:
            self._style = cast(Any, _NONE)
        self._markers = cast(Any, ())
        self.slots = cast(Any, _NONE)

    @property
    def default_slot(self) -> Slot:
        """Made when something is put into the element with `with`: most have a text or nothing in them."""
        return self.slots.get("default") or cast(Any, _EMPTY)

    @default_slot.setter
    def default_slot(self, made: Slot) -> None:
        """NiceGUI's constructor makes one in any case."""

    def __enter__(self) -> Self:
        if not self.slots:
            self.slots = {}
            self.add_slot("default")
        return super().__enter__()

    @property
    def style(self) -> Style[Any]:
        """Made when it is first asked for: hardly any element has one."""
        if self._style is _NONE:
            self._style = _PlainStyle({}, self)
        return self._style

    @property
    def visible(self) -> bool:
        """Whether it is shown."""
        return self._visible

    @visible.setter
    def visible(self, shown: bool) -> None:
        before, self._visible = getattr(self, "_visible", shown), shown
        if before != shown:
            self._handle_visibility_change(cast(Any, shown))


class PlainText(PlainElement, TextElement):
    """An element whose content is text."""

    @property
    def text(self) -> str:
        """What it says."""
        return self._text or ""

    @text.setter
    def text(self, said: str) -> None:
        if said != self._text:
            self._handle_text_change(said)
