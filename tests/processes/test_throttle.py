"""Several processes read one company together, over HTTP, from a simulator that refuses what is one too many."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.databases import emptied, postgres_database, postgres_url
from tests.processes.programs import Programs
from tieout.connections.apps import save_app
from tieout.connections.oauth import connect_with_refresh_token
from tieout.kit.crypto import Secret
from tieout.storage.database import Database

__all__ = ["postgres_database", "postgres_url"]
ROOT = Path(__file__).parents[2]
PROCESSES = 3
THREADS = 4
SECONDS = 3.0


def connect(programs: Programs) -> None:
    """Connect the company; nothing is imported."""
    grant = programs.http.post("/qbosim/grant").raise_for_status().json()
    with programs.installation() as (edges, caller):
        secret = Secret(programs.ready["client_secret"])
        save_app(
            edges,
            caller,
            environment="production",
            client_id=programs.ready["client_id"],
            client_secret=secret,
        )
        connect_with_refresh_token(
            edges,
            caller,
            environment="production",
            realm_id=programs.ready["realm_id"],
            refresh_token=Secret(grant["refresh_token"]),
        )


def read_together(programs: Programs, seconds: float) -> int:
    """Have all processes read for so long; gives the number of answered calls."""
    command = [sys.executable, "-m", "tests.processes.throttled", str(THREADS), str(seconds)]
    workers = [
        programs.started(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT)
        for _ in range(PROCESSES)
    ]
    calls = 0
    for worker in workers:
        said, complained = worker.communicate(timeout=120)
        assert worker.returncode == 0, complained
        calls += json.loads(said)["calls"]
    return calls


def counts(programs: Programs) -> list[dict[str, Any]]:
    """The simulator's log of what the processes asked, oldest first."""
    asked = {"operation": "query", "order": "oldest", "limit": "1000"}
    entries: list[dict[str, Any]] = programs.http.get("/qbosim/log", params=asked).json()["entries"]
    return entries


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_processes_that_read_one_company_together_are_never_told_to_slow_down(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = ""
    if kind == "postgresql":
        shared: Database = request.getfixturevalue("postgres_database")
        emptied(shared)
        url = request.getfixturevalue("postgres_url")
    with Programs(tmp_path, database=url, throttle=True) as programs:
        connect(programs)
        calls = read_together(programs, SECONDS)
        seen = counts(programs)
        assert Counter(one["status"] for one in seen) == {200: calls}
        # Each process got its turns: nobody starved, and nobody went past the others.
        assert calls >= PROCESSES * THREADS
        moments = [datetime.fromisoformat(one["at"]) for one in seen]
        for first in moments:
            assert sum(1 for one in moments if first <= one < first + timedelta(seconds=1)) <= 10
