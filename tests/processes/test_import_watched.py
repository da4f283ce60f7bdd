"""An import watched over HTTP by somebody whose connection breaks: who joins again sees where it stands, and its end."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.processes.programs import TIEOUT, Programs
from tests.processes.test_throttle import connect


def _events(answer: httpx2.Response) -> Iterator[tuple[str, dict[str, Any]]]:
    name = ""
    for line in answer.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


@pytest.mark.parametrize("started_by", ["a job", "the watcher's own request"])
def test_whoever_loses_the_connection_joins_again_and_misses_nothing_that_matters(
    tmp_path: Path, started_by: str
) -> None:
    with (tmp_path / "serve.log").open("w") as log, Programs(tmp_path, company="sample") as programs:
        connect(programs)
        served = programs.started(
            [*TIEOUT, "serve", "--port", "0", "--json"], stdout=subprocess.PIPE, stderr=log
        )
        assert served.stdout is not None
        base = json.loads(served.stdout.readline())["url"] + "/api/v1/companies"
        slow = {"fault": "slow", "times": 30, "seconds": 0.4, "path": "*/query"}
        programs.http.post("/qbosim/faults", json=slow).raise_for_status()
        stream = {"accept": "text/event-stream"}
        with httpx2.Client(timeout=60) as http:
            (company,) = http.get(base).raise_for_status().json()["items"]
            place = f"{base}/{company['id']}/import"
            if started_by == "a job":
                http.post(f"{place}/job").raise_for_status()
                first = ("GET", f"{place}/events")
            else:
                first = ("POST", place)
            with http.stream(*first, headers=stream) as answer:
                seen = [next(_events(answer))]
            assert seen[0][0] == "progress"
            here = http.get(f"{place}/progress").json()
            assert here["state"] in ("waiting", "running")
            told: list[tuple[str, dict[str, Any]]] = []
            with http.stream("GET", f"{place}/events", headers={**stream, "last-event-id": "7"}) as answer:
                assert answer.status_code == 200
                told += _events(answer)
        assert [name for name, _ in told[-2:]] == ["progress", "end"]
        done = [one["done"] for _, one in told]
        assert done == sorted(done), "it went back"
        assert done[0] >= here["done"], "what had happened meanwhile is told at once"
        end = told[-1][1]
        assert (end["state"], end["done"]) == ("done", end["total"])
        with programs.installation() as (edges, _), edges.database.reading() as work:
            assert work.records.count(company["id"], "Customer") == len(programs.everything("Customer"))
        assert "Traceback" not in (tmp_path / "serve.log").read_text()
