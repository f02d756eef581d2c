"""Form fields: native inputs with label, hint and the message beside them. Every change is sent; the browser keeps the text."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import nullcontext
from typing import Any

from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement
from nicegui.events import GenericEventArguments

from customer_texts import NOT_ANSWERED, wrong_field_in_words
from i18n import _
from jobs.forms.wrong_fields import WrongFieldError
from ui.components.elements import box, text
from ui.compose.questions import Question

OnChange = Callable[[str, Any], Awaitable[None]]
ALWAYS_ASKED = ("story", "packageType")  # beside what is required; the rest is the long form
VALUE = "(e) => emit(e.target.value)"
CHECKED = "(e) => emit(e.target.checked)"


class Field:
    """One question. `path` is where the answer lives in formData; `complain` shows an error beside it."""

    def __init__(self, path: str, label: str, *, hint: str = "", required: bool = False, group: bool = False) -> None:
        self.path = path
        self.label = label
        self.id = "f-" + path.replace(".", "-")
        self.input: Element | None = None
        self.box = box("fieldset" if group else "div", "field")
        if not required and path.rpartition(".")[2] not in ALWAYS_ASKED:
            self.box.props["data-more"] = ""
        with self.box:
            name = text("legend" if group else "label", label, for_=None if group else self.id)
            if required:
                name.classes("required")
            if hint:
                text("p", hint, "hint", id=f"{self.id}-hint")
            if group:  # below a long list of options nobody would see it
                self._nudge(required)
        self.described_by = f"{self.id}-hint {self.id}-error" if hint else f"{self.id}-error"
        self.required, self.is_group = required, group

    def _nudge(self, required: bool) -> None:
        """What *Next* says once before it goes on."""
        if required and self.path.rpartition(".")[2] in NOT_ANSWERED:
            text("p", _(NOT_ANSWERED[self.path.rpartition(".")[2]]), "nudge")

    def add_error(self) -> Field:
        """The place of the message, below the input."""
        with self.box:
            if not self.is_group:
                self._nudge(self.required)
            self.error: TextElement = text("p", "", "error", id=f"{self.id}-error", role="alert")
        return self

    def take(self, value: Any) -> None:
        """Another tab or device gave this answer; most fields remember nothing on the server."""

    def name_mistake(self, wrong: WrongFieldError | None) -> None:
        """As `complain`: what the check of this answer found."""
        self.complain(wrong_field_in_words(self.path, wrong) if wrong else None)

    def complain(self, sentence: str | None) -> None:
        """Show what is wrong, or nothing."""
        if self.error.text != (sentence or ""):
            self.error.set_text(sentence or "")
            if self.input is not None:
                self.input.props.set_optional("aria-invalid", "true" if sentence else None)


def text_field(
    path: str,
    label: str,
    value: str,
    on_change: OnChange,
    *,
    hint: str = "",
    most: int = 100,
    lines: int = 1,
    kind: str = "text",
    required: bool = False,
    autocomplete: str = "off",
    examples: Iterable[str] = (),
    throttle: float = 0.25,
) -> Field:
    """One line, or a box of `lines` lines. `examples` can be looked at, taken over and changed (ui/static/guided-form.js)."""
    field = Field(path, label, hint=hint, required=required)
    with field.box:
        if lines > 1:
            field.input = text("textarea", value, rows=lines)
        else:
            field.input = box("input", type=kind)
            field.input.props["^value"] = value  # the attribute: later renders never touch what is being typed
        about = {"id": field.id, "aria-describedby": field.described_by, "dir": "auto"}
        field.input.props.update({**about, "name": path, "maxlength": most, "autocomplete": autocomplete})
        if required:
            field.input.props["aria-required"] = "true"
        if lines > 1:
            _say_when_full(most)
    _listen(field.input, "input", field, on_change, VALUE, throttle=throttle)
    _listen(field.input, "change", field, on_change, VALUE)  # the last characters are sent before a button is pressed
    if examples:
        _inspire(field, tuple(examples))
    return field.add_error()


def _say_when_full(most: int) -> None:
    """A browser cuts pasted text at maxlength without saying so."""
    full = _(
        "This box is full: {most} characters. What came after them was left out; the other questions have room.", most=most
    )
    text("p", full, "full", role="status")


def question_field(path: str, question: Question, value: str, on_change: OnChange, **more: Any) -> Field:
    """A question of the form, asked in the language that is spoken."""
    hint, examples = _(question.hint), [_(example) for example in question.examples]
    more |= {"hint": hint, "most": question.most, "lines": question.lines, "examples": examples}
    return text_field(path, _(question.label), value, on_change, **more)


def _inspire(field: Field, examples: tuple[str, ...]) -> None:
    with field.box, box("div", "inspire", data_examples=json.dumps(examples, ensure_ascii=False)):
        text("button", _("Inspire me"), "btn quiet small", type="button", data_inspire="")
        text("p", "", "example", role="status")
        text("button", _("Use it, then make it true"), "btn small", type="button", data_take=field.id)


def choice_field(
    path: str,
    label: str,
    value: str,
    options: Mapping[str, tuple[str, str]],
    on_change: OnChange,
    *,
    hint: str = "",
    required: bool = False,
    compact: bool = False,
    samples: Mapping[str, str] | None = None,
) -> Field:
    """One of several: native radio buttons, as cards with a hint or as chips; `samples` are sounds to hear before choosing."""
    field = Field(path, label, hint=hint, required=required, group=True)
    with field.box, box("div", "chips" if compact else "choice"):
        for key, (name, explanation) in options.items():
            sample = (samples or {}).get(key)
            with box("div", "heard") if sample else nullcontext():
                _option(field, key, key == value, name, "" if compact else explanation, on_change)
                if sample:
                    with box(
                        "button",
                        "hear",
                        type="button",
                        data_sample=sample,
                        aria_pressed="false",
                        aria_label=_("Hear {name}", name=name),
                    ):
                        box("span", "sign")
    return field.add_error()


def _option(field: Field, key: str, is_chosen: bool, name: str, explanation: str, on_change: OnChange) -> None:
    with box("label"):
        button = box("input", type="radio", name=field.path, value=key)
        button.props["^checked"] = "" if is_chosen else None
        _listen(button, "change", field, on_change, VALUE)
        if not explanation:
            text("span", name)
            return
        with box("span"):
            text("b", name)
            text("small", explanation)


def several_field(
    path: str,
    label: str,
    chosen: Iterable[str],
    options: Mapping[str, tuple[str, str]],
    on_change: OnChange,
    *,
    most: int,
    hint: str = "",
) -> Field:
    """Up to `most` of several: native checkboxes as chips. What was ticked is kept in order."""
    field = Field(path, label, hint=hint, group=True)
    ticked = list(chosen)

    def take(value: Any) -> None:
        ticked[:] = value or []

    field.take = take  # type: ignore[method-assign] # the only kind of field whose state is more than the browser's

    async def changed(key: str, on: bool) -> None:
        if on and key not in ticked:
            ticked.append(key)
        elif not on and key in ticked:
            ticked.remove(key)
        field.complain(_("Choose up to {most}.", most=most) if len(ticked) > most else None)
        await on_change(path, ticked[:most])

    with field.box, box("div", "chips"):
        for key, (name, _) in options.items():
            with box("label"):
                tick = box("input", type="checkbox", name=path, value=key)
                tick.props["^checked"] = "" if key in ticked else None
                tick.on("change", lambda event, key=key: changed(key, bool(event.args)), js_handler=CHECKED)
                text("span", name)
    return field.add_error()


def yes_field(path: str, label: str, value: bool, on_change: OnChange) -> Field:
    """One tick."""
    field = Field(path, "", group=False)
    field.box.clear()
    with field.box, box("div", "chips"), box("label"):
        field.input = box("input", type="checkbox", name=path, id=field.id)
        field.input.props["^checked"] = "" if value else None
        _listen(field.input, "change", field, on_change, CHECKED)
        text("span", label)
    return field.add_error()


def _listen(element: Element, event: str, field: Field, on_change: OnChange, js: str, throttle: float = 0.0) -> None:
    async def changed(arguments: GenericEventArguments) -> None:
        await on_change(field.path, arguments.args)

    element.on(event, changed, js_handler=js, throttle=throttle)
