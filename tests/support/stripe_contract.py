"""Holds requests and objects against Stripe's contract: a small JSON-Schema checker for tests, with wire forms.

The contract lies beside the repository (../shared/stripe) and is not part of it; `load()` gives None where it is absent.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

HERE = Path(__file__).resolve().parents[3] / "shared" / "stripe"
WHY_SKIPPED = "Stripe's contract is not beside this repository (../shared/stripe)"
_NUMBER = re.compile(r"-?[0-9]+")


def fixtures() -> dict[str, Any] | None:
    """Stripe's own example objects, by name."""
    path = HERE / "stripe-fixtures.json"
    return json.loads(path.read_text()) if path.exists() else None


def load() -> Contract | None:
    path = HERE / "stripe-contract.json"
    return Contract(json.loads(path.read_text())) if path.exists() else None


@dataclass(frozen=True)
class Contract:
    """The OpenAPI document of one API version."""

    document: dict[str, Any]

    def problems_of_request(self, method: str, path: str, query: str, body: str) -> list[str]:
        """What is wrong with a call as it went over the wire; `path` starts with /v1."""
        operation = self._operation(method.lower(), path)
        if operation is None:
            return [f"no such call: {method} {path}"]
        content = operation.get("requestBody", {}).get("content", {})
        form = content.get("application/x-www-form-urlencoded", {}).get("schema", {"type": "object"})
        known = {p["name"]: p["schema"] for p in operation.get("parameters", []) if p["in"] == "query"}
        asked = {"type": "object", "properties": known, "additionalProperties": False}
        problems = self._problems(form, _tree(body), "body", wire=True) + self._problems(
            asked, _tree(query), "query", wire=True
        )
        return problems + list(_too_long(_tree(body)))

    def problems_of_object(self, schema: str, value: Any) -> list[str]:
        """What is wrong with an object of ours, named as in components/schemas."""
        return self._problems({"$ref": f"#/components/schemas/{schema}"}, value, schema, wire=False)

    def _operation(self, method: str, path: str) -> dict[str, Any] | None:
        for template in sorted(self.document["paths"], key=lambda known: known.count("{")):
            if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path):
                found: dict[str, Any] | None = self.document["paths"][template].get(method)
                return found
        return None

    def _problems(self, schema: dict[str, Any], value: Any, at: str, wire: bool) -> list[str]:
        if "$ref" in schema:
            return self._problems(self.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], value, at, wire)
        if value is None:
            return [] if schema.get("nullable") or not schema.get("type") else [f"{at} is null"]
        if "anyOf" in schema:
            tried = [self._problems(choice, value, at, wire) for choice in schema["anyOf"]]
            return [] if [] in tried else tried[-1]
        problems = [p for part in schema.get("allOf", []) for p in self._problems(part, value, at, wire)]
        if not _is(schema.get("type"), value, wire):
            return [*problems, f"{at} is no {schema['type']}: {value!r}"]
        if "enum" in schema and value not in schema["enum"]:
            problems.append(f"{at} is {value!r}, none of {schema['enum']}")
        if isinstance(value, str) and len(value) > schema.get("maxLength", 1 << 30):
            problems.append(f"{at} is longer than {schema['maxLength']}")
        if isinstance(value, list) and "items" in schema:
            problems += [p for n, part in enumerate(value) for p in self._problems(schema["items"], part, f"{at}[{n}]", wire)]
        return problems + (self._object_problems(schema, value, at, wire) if isinstance(value, dict) else [])

    def _object_problems(self, schema: dict[str, Any], value: dict[str, Any], at: str, wire: bool) -> list[str]:
        problems = [f"{at} lacks {name}" for name in schema.get("required", []) if name not in value]
        known, more = schema.get("properties", {}), schema.get("additionalProperties", True)
        for name, part in value.items():
            if name in known:
                problems += self._problems(known[name], part, f"{at}.{name}", wire)
            elif isinstance(more, dict):
                problems += self._problems(more, part, f"{at}.{name}", wire)
            elif not more:
                problems.append(f"{at} has unknown {name}")
        return problems


def _is(kind: str | None, value: Any, wire: bool) -> bool:
    """On the wire everything is text, so numbers and flags are judged by their spelling."""
    if kind == "integer":
        return bool(_NUMBER.fullmatch(value)) if wire and isinstance(value, str) else type(value) is int
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "boolean":
        return value in ("true", "false") if wire else isinstance(value, bool)
    kinds = {"string": str, "object": dict, "array": list}
    return kind is None or isinstance(value, kinds[kind])


def _tree(encoded: str) -> dict[str, Any]:
    """Brackets read a second time, apart from the sandbox's own reading."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        *path, last = re.findall(r"[^\[\]]+", name)
        branch = tree
        for step in path:
            branch = branch.setdefault(step, {})
        branch[last] = value
    return {name: _lists(value) for name, value in tree.items()}


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _lists(part) for name, part in value.items()}
    return list(inner.values()) if all(name.isdigit() for name in inner) else inner


def _too_long(form: dict[str, Any]) -> list[str]:
    """The limits that the SDK's types lack (docs/stack-notes.md 10)."""
    texts = [form.get("metadata", {}), form.get("payment_intent_data", {}).get("metadata", {})]
    problems = [f"metadata {name} is too long" for part in texts for name, value in part.items() if len(value) > 500]
    problems += ["more than 50 metadata keys" for part in texts if len(part) > 50]
    return problems + (["client_reference_id is too long"] if len(form.get("client_reference_id", "")) > 200 else [])
