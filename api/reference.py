"""/api/docs: the contract for people. Drawn on the server from the OpenAPI document; no script, nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

_page = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
).get_template("reference.html")


def describe(api: FastAPI) -> None:
    """Mount the page, and leave out of the document what FastAPI adds by itself but we never answer."""
    described = api.openapi

    def openapi() -> dict[str, Any]:
        document = described()
        for name in ("HTTPValidationError", "ValidationError"):
            document["components"]["schemas"].pop(name, None)
        document["components"]["schemas"].update(_trusted_change())
        change = document["paths"]["/compose/forms"]["patch"]["requestBody"]["content"]["application/json"]
        change["schema"] = {"$ref": change["schema"]["$ref"]}  # FastAPI leaves its own `dict` beside it
        return document

    api.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way to extend the document

    @api.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        page = reference_page(api.openapi())
        return HTMLResponse(page, headers={"Content-Security-Policy": _policy(page)})


def _policy(page: str) -> str:
    """The page's one style, by its hash, and nothing else."""
    style = page.partition("<style>")[2].partition("</style>")[0]
    allowed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{allowed}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def _trusted_change() -> dict[str, Any]:
    from api.request_shapes import TrustedChange

    schema = TrustedChange.model_json_schema(by_alias=True, ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs", {}), "TrustedChange": schema}


def reference_page(document: dict[str, Any]) -> str:
    """The page as HTML."""
    schemas = document["components"]["schemas"]
    calls = [
        _call(method, path, call, schemas) for path, methods in document["paths"].items() for method, call in methods.items()
    ]
    return _page.render(title=document["info"]["title"], about=document["info"]["description"], calls=calls)


def _call(method: str, path: str, call: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    body = call.get("requestBody", {}).get("content", {}).get("application/json", {})
    schema = _resolved(body.get("schema", {}), schemas)
    required = set(schema.get("required", []))
    asked = [
        _field(p["name"], p["in"], p.get("required", False), {"description": p.get("description", ""), **p["schema"]})
        for p in call.get("parameters", [])
    ]
    asked += [_field(name, "body", name in required, part) for name, part in schema.get("properties", {}).items()]
    answers = [
        {"status": status, "text": answer["description"], "example": _answer_example(answer, schemas)}
        for status, answer in call["responses"].items()
    ]
    example = body.get("example") or _example(schema, schemas)
    return {
        "method": method.upper(),
        "path": "/api" + path,
        "anchor": f"{method}{path.replace('/', '-')}".replace("{", "").replace("}", ""),
        "text": call.get("description", ""),
        "asked": asked,
        "example": _pretty(example) if schema.get("properties") else "",
        "answers": answers,
    }


def _field(name: str, where: str, required: bool, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "where": where, "required": required, "kind": _kind(schema), "text": schema.get("description", "")}


def _answer_example(answer: dict[str, Any], schemas: dict[str, Any]) -> str:
    content = answer.get("content", {}).get("application/json", {})
    return _pretty(content.get("example") or _example(content.get("schema", {}), schemas)) if content else ""


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    return schemas.get(schema["$ref"].rsplit("/", 1)[-1], {}) if "$ref" in schema else schema


_LIMITS = (("minimum", "from {:g}"), ("maximum", "to {:g}"), ("maxLength", "of at most {} characters"))


def _kind(schema: dict[str, Any]) -> str:
    """What a field takes: its type and limits."""
    parts = [part for part in schema.get("anyOf", [schema]) if part.get("type") != "null"]
    part = parts[0] if parts else schema
    kind = str(part.get("type", "object"))
    if kind == "array" and "items" in part:
        kind = f"list of {_kind(part['items'])}"
    return " ".join([kind, *(text.format(part[key]) for key, text in _LIMITS if key in part)])


def _example(schema: dict[str, Any], schemas: dict[str, Any], depth: int = 0) -> Any:
    """An example made from the schema's own examples, defaults and types."""
    schema = _resolved(schema, schemas)
    if schema.get("examples"):
        return schema["examples"][0]
    if "default" in schema and schema["default"] is not None:
        return schema["default"]
    if "anyOf" in schema:
        return _example(schema["anyOf"][0], schemas, depth)
    match schema.get("type"):
        case "object" if "properties" in schema and depth < 5:
            required = schema.get("required", list(schema["properties"]))
            return {name: _example(schema["properties"][name], schemas, depth + 1) for name in required}
        case "array" if depth < 5:
            return [_example(schema.get("items", {}), schemas, depth + 1)]
        case "string":
            return "..."
        case "integer":
            return schema.get("minimum", 1)
        case "boolean":
            return True
    return {}
