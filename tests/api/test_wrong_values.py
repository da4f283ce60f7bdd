"""Every route of the description, given what no route means: it refuses in words, and none makes a mistake."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import cycle
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from tests.api.test_companies import API, connect
from tests.api.test_host_records import problem_of
from tests.world import World

ODD = (
    *("bogus", "0", "-1", "9" * 30, "\0", "'; --", "../../x", " ", "ü€😀", "NaN", "1e999"),
    *("2026-13-45", "2026-01-01", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00"),
)
BODIES = ("{}", "[]", "null", '"x"', "{", '{"name": 123456789012345678901234567890, "ref": "\\u0000"}')
USUAL = {
    "entity": "Customer",
    "qbo_id": "1",
    "environment": "production",
    "name": "ProfitAndLoss",
    "kind": "client",
    "section": "full",
    "at": "2026-03-02T16:00:00Z",
}
STREAMS = ("/companies/{company}/import/events",)
"""They answer for as long as somebody listens: tested where they are watched."""


def asked(client: TestClient, company: str, method: str) -> Iterator[tuple[str, str | None]]:
    """Make every address of a method, with one odd value at a time; what writes is asked of a company there is none of."""
    odd = cycle(ODD)
    for path, methods in client.get(f"{API}/openapi.json").json()["paths"].items():
        if method not in methods or path in STREAMS:
            continue
        described: dict[str, Any] = methods[method]
        usual = {**USUAL, "company": company if method == "get" else "bogus"}
        inside = [one["name"] for one in described.get("parameters", []) if one["in"] == "path"]
        behind = [one for one in described.get("parameters", []) if one["in"] == "query"]
        needed = {one["name"]: usual.get(one["name"], "x") for one in behind if one.get("required")}
        for body in BODIES if "requestBody" in described else (None,):
            yield address(path, {one: usual.get(one, "bogus") for one in inside}, needed), body
        values = {one: usual.get(one, "x") for one in inside}
        for one in inside:
            yield address(path, values | {one: next(odd)}, needed), None
        for query in behind if method == "get" else ():
            for _ in range(len(ODD) if query["name"] == "at" else 2):
                yield address(path, values, {**needed, query["name"]: next(odd)}), None


def address(path: str, inside: dict[str, str], behind: dict[str, str]) -> str:
    """Fill an address in."""
    filled = re.sub(r"\{(\w+)(:path)?\}", lambda found: quote(inside[found[1]], safe=""), path)
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in behind.items())
    return f"{API}{filled}?{query}" if query else f"{API}{filled}"


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_no_route_makes_a_mistake_of_wrong_values(client: TestClient, world: World, method: str) -> None:
    company = connect(client, world)
    wrong = []
    refused = 0
    for where, body in asked(client, company, method):
        headers = {"content-type": "application/json"} if body is not None else {}
        answer = client.request(method, where, content=body, headers=headers)
        refused += answer.status_code in (404, 422)
        if answer.status_code >= 500:
            wrong.append((answer.status_code, where, body, answer.text[:200]))
        elif answer.status_code >= 400 and answer.status_code != 405:
            problem_of(answer, answer.status_code)
    assert not wrong, wrong[:5]
    assert refused, method
