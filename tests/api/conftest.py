"""A REST client of a whole installation in process: real database, real simulator, no socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.world import World
from tieout.cli.server import make_app
from tieout.wiring import Settings

BASE = "http://127.0.0.1:8787"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    """A program on this computer; the worker stands still, so that tests decide when a cycle runs."""
    app = make_app(world.edges, Settings(home=world.folder), with_worker=False)
    with TestClient(app, base_url=BASE, raise_server_exceptions=False) as made:
        yield made
