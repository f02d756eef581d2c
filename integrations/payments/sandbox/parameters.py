"""Form-encoded bracket parameters, and Stripe's rules for them.

A rule takes a value and the parameter's name and returns the value typed, or raises Refusal. Limits are from Stripe's
API reference and stack notes 10; a parameter that the sandbox does not play is refused like one that does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

Rule = Callable[[Any, str], Any]


class ParameterRefusal(Exception):
    """An error in Stripe's format. `kept`: the endpoint had started, so the idempotency key stores this answer."""

    def __init__(
        self,
        message: str,
        *,
        param: str = "",
        code: str = "",
        status: int = 400,
        kind: str = "invalid_request_error",
        kept: bool = False,
    ) -> None:
        super().__init__(message)
        self.status, self.kept = status, kept
        self.error = {"type": kind, "message": message} | ({"param": param} if param else {}) | ({"code": code} if code else {})


def nested(encoded: str) -> dict[str, Any]:
    """`a[0][b]=c` as {"a": [{"b": "c"}]}. An empty product_data is not encoded at all, so it is missing here too."""
    tree: dict[str, Any] = {}
    try:
        pairs = parse_qsl(encoded, keep_blank_values=True, strict_parsing=bool(encoded), max_num_fields=500, errors="strict")
    except ValueError:
        raise ParameterRefusal("Invalid form encoding") from None
    for name, value in pairs:
        if not re.fullmatch(r"[^\[\]]+(\[[^\[\]]*\]){0,8}", name):
            raise ParameterRefusal(f"Invalid parameter name: {name}", param=name)
        path = re.split(r"\]\[|[\[\]]", name.removesuffix("]"))
        branch = tree
        for step in path[:-1]:
            branch = branch.setdefault(step or str(len(branch)), {})
            if not isinstance(branch, dict):
                raise ParameterRefusal(f"Invalid parameter: {name}", param=name)
        branch[path[-1] or str(len(branch))] = value  # a[]=x appends
    return {name: _with_lists(value) for name, value in tree.items()}


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _with_lists(part) for name, part in value.items()}
    places = [str(n) for n in range(len(inner))]
    return [inner[place] for place in places] if set(inner) == set(places) else inner


def text_parameter(longest: int = 5000) -> Rule:
    def rule(value: Any, name: str) -> str:
        if not isinstance(value, str) or not value:
            raise ParameterRefusal(f"Invalid string: {name}", param=name, code="parameter_invalid_empty")
        if len(value) > longest:
            raise ParameterRefusal(f"Invalid string: {name} must be at most {longest} characters", param=name)
        return value

    return rule


def whole_parameter(least: int, most: int = 99_999_999) -> Rule:
    def rule(value: Any, name: str) -> int:
        if not isinstance(value, str) or not re.fullmatch(r"-?[0-9]{1,15}", value):
            raise ParameterRefusal(f"Invalid integer: {value}", param=name, code="parameter_invalid_integer")
        if not least <= int(value) <= most:
            raise ParameterRefusal(f"{name} must be from {least} to {most}", param=name, code="parameter_invalid_integer")
        return int(value)

    return rule


def one_of(*words: str) -> Rule:
    def rule(value: Any, name: str) -> str:
        if value not in words:
            raise ParameterRefusal(f"Invalid {name}: must be one of {', '.join(words)}", param=name)
        return str(value)

    return rule


def flag_parameter(value: Any, name: str) -> bool:
    if value not in ("true", "false"):
        raise ParameterRefusal(f"Invalid boolean: {value}", param=name)
    return bool(value == "true")


def url(value: Any, name: str) -> str:
    """An absolute web address. Spaces and control characters are not allowed in a Location header."""
    checked = str(text_parameter()(value, name))
    if not re.fullmatch(r"https?://[\w.:\[\]-]+(?![^/?#])[!-~]*", checked, re.ASCII):
        raise ParameterRefusal("Not a valid URL", param=name, code="url_invalid")
    return checked


def email(value: Any, name: str) -> str:
    checked = str(text_parameter(512)(value, name))
    if not (checked.isascii() and re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+", checked)):
        raise ParameterRefusal(f"Invalid email address: {checked}", param=name, code="email_invalid")
    return checked


def metadata(value: Any, name: str) -> dict[str, str]:
    """At most 50 keys of 40 characters with values of 500: https://docs.stripe.com/api/metadata"""
    pairs = (
        value
        if isinstance(value, dict)
        else {str(n): part for n, part in enumerate(value)}
        if isinstance(value, list)
        else None
    )
    if pairs is None or len(pairs) > 50 or any(len(key) > 40 for key in pairs):
        raise ParameterRefusal("Metadata holds at most 50 keys of at most 40 characters", param=name)
    for key, part in pairs.items():
        if not isinstance(part, str) or len(part) > 500:
            raise ParameterRefusal("Metadata values are texts of at most 500 characters", param=f"{name}[{key}]")
    return pairs


def list_of(rule: Rule, most: int) -> Rule:
    def checked(value: Any, name: str) -> list[Any]:
        if not isinstance(value, list) or len(value) > most:
            raise ParameterRefusal(f"Invalid array: {name}", param=name)
        return [rule(part, f"{name}[{n}]") for n, part in enumerate(value)]

    return checked


def shape(rules: Mapping[str, Rule], required: tuple[str, ...] = ()) -> Rule:
    def rule(value: Any, name: str = "") -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ParameterRefusal(f"Invalid object: {name}", param=name)
        full = {key: f"{name}[{key}]" if name else key for key in (*value, *required)}
        for key in value:
            if key not in rules:
                raise ParameterRefusal(f"Received unknown parameter: {full[key]}", param=full[key], code="parameter_unknown")
        checked = {key: rules[key](part, full[key]) for key, part in value.items()}
        for key in required:
            if key not in value:
                raise ParameterRefusal(f"Missing required param: {full[key]}.", param=full[key], code="parameter_missing")
        return checked

    return rule
