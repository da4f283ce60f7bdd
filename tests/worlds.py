"""Worlds on both databases, for tests of the engine: SQLite always, PostgreSQL where one is found or started."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import emptied
from tests.world import World
from tieout.storage.database import Database


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Give a world that is connected, imported and live, on an empty company."""
    made = bare(request, tmp_path, str(request.param))
    made.ready()
    yield made
    made.close()


@pytest.fixture
def small_world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Give a world that is not connected yet, on SQLite."""
    made = bare(request, tmp_path, "sqlite")
    yield made
    made.close()


def bare(request: pytest.FixtureRequest, folder: Path, kind: str, *, company: str = "empty") -> World:
    """Make a world on a fresh database of that kind."""
    if kind == "sqlite":
        return World(folder, company=company)
    shared: Database = request.getfixturevalue("postgres_database")
    emptied(shared)
    return World(folder, company=company, database=request.getfixturevalue("postgres_url"))
