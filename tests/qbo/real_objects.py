"""Real objects of Intuit's fictional sandbox company, which lie beside the checkout and are not part of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).parents[2].parent / "shared" / "fixtures"


def company_objects(entity: str) -> list[dict[str, Any]]:
    """Read all real objects of an entity; skips the test when they are not there."""
    file = SHARED / "sandbox-company" / f"{entity}.json"
    if not file.is_file():
        pytest.skip(f"real objects are needed and ../shared/fixtures/sandbox-company/{file.name} is absent")
    objects: list[dict[str, Any]] = json.loads(file.read_text())
    return objects


def recorded(name: str) -> dict[str, Any]:
    """Read one recorded exchange; skips the test when it is not there."""
    file = SHARED / "recorded" / f"{name}.json"
    if not file.is_file():
        pytest.skip(f"recorded traffic is needed and ../shared/fixtures/recorded/{file.name} is absent")
    exchange: dict[str, Any] = json.loads(file.read_text())
    return exchange
