"""The reference page of the REST API: made from its OpenAPI document, on one page, with nothing from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, StrictUndefined

router = APIRouter(include_in_schema=False)
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
METHODS = ("get", "put", "post", "delete")


@dataclass(frozen=True)
class Entry:
    """One operation of the API as the page shows it."""

    method: str
    path: str
    summary: str
    text: str
    parameters: tuple[tuple[str, str, str, str], ...]
    """Name, where it stands, type, description."""
    takes: tuple[str, ...]
    gives: tuple[str, ...]
    example: str
    anchor: str


@dataclass(frozen=True)
class ShapeEntry:
    """One shape of the API as the page shows it."""

    name: str
    text: str
    fields: tuple[tuple[str, str, bool, str], ...]
    """Name, type, required, description."""


@router.get("/docs")
def page(request: Request) -> HTMLResponse:
    """Show the reference."""
    document = request.app.openapi()
    html = _template().render(
        info=document["info"],
        groups=groups(document),
        shapes=list(shapes(document)),
        root=request.scope.get("root_path", ""),
    )
    return HTMLResponse(
        html, headers={"content-security-policy": POLICY, "x-content-type-options": "nosniff"}
    )


@router.get("/docs.css")
def style() -> Response:
    """Give the page its looks."""
    return Response(_file("page.css"), media_type="text/css")


def groups(document: dict[str, Any]) -> dict[str, list[Entry]]:
    """Gather the operations of an OpenAPI document by tag, in their order."""
    gathered: dict[str, list[Entry]] = {}
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                entry = _entry(path, method, methods[method], document)
                gathered.setdefault(methods[method].get("tags", ["Other"])[0], []).append(entry)
    return gathered


def shapes(document: dict[str, Any]) -> Iterator[ShapeEntry]:
    """List the shapes of an OpenAPI document by name."""
    for name, schema in sorted(document.get("components", {}).get("schemas", {}).items()):
        required = set(schema.get("required", ()))
        fields = tuple(
            (field, kind_of(one), field in required, one.get("description", ""))
            for field, one in schema.get("properties", {}).items()
        )
        if fields and not name.startswith(("HTTPValidation", "ValidationError")):
            yield ShapeEntry(name, schema.get("description", ""), fields)


def kind_of(schema: dict[str, Any]) -> str:
    """Say in a word or two what a value is: `string`, `list of Invoice`, `date or null`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(kind_of(one) for one in schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    kind = schema.get("type", "any")
    if kind == "array":
        return f"list of {kind_of(schema.get('items', {}))}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"map to {kind_of(schema['additionalProperties'])}"
    return str(schema.get("format", kind))


def _entry(path: str, method: str, one: dict[str, Any], document: dict[str, Any]) -> Entry:
    bodies = one.get("requestBody", {}).get("content", {})
    answers = one.get("responses", {}).get("200", one.get("responses", {}).get("201", {})).get("content", {})
    summary = one.get("summary", "")
    first, _, rest = one.get("description", "").partition("\n")
    return Entry(
        method=method.upper(),
        path=path,
        summary=first or summary,
        text=rest.strip(),
        parameters=tuple(
            (each["name"], each["in"], kind_of(each["schema"]), each.get("description", ""))
            for each in one.get("parameters", ())
        ),
        takes=tuple(f"{kind_of(each['schema'])} ({media})" for media, each in bodies.items()),
        gives=tuple(
            f"{kind_of(each['schema'])} ({media})" for media, each in answers.items() if each.get("schema")
        ),
        example=next((_example(each["schema"], document) for each in bodies.values()), ""),
        anchor=one["operationId"],
    )


def _example(schema: dict[str, Any], document: dict[str, Any]) -> str:
    name = str(schema.get("$ref", "")).rsplit("/", 1)[-1]
    found = document["components"]["schemas"].get(name, {}).get("examples", ())
    return json.dumps(found[0], indent=2, ensure_ascii=False) if found else ""


@cache
def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


@cache
def _template() -> Any:
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(_file("page.html"))
