"""Contenders of the mirroring benchmark: each reads one company, and most keep it in an empty database.

A contender prepares itself unmeasured (makes what it runs in, connects) and says what to run: one program, which is
then measured whole, from its start to its end, with every process that it starts. Its last line of output is a JSON
object that says how many `records` it has. Rivals, which others wrote, are in `benchmarks.rivals`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Task:
    """A company to be mirrored, and where to."""

    address: str
    """Of qbosim."""
    realm: str
    client_id: str
    client_secret: str
    access_token: str
    refresh_token: str
    entities: tuple[str, ...]
    database: str
    """The URL of an empty database."""


@dataclass(frozen=True)
class Program:
    """What is measured."""

    command: Sequence[str]
    told: str = ""
    """What it reads from its standard input."""
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Contender:
    """One that is measured."""

    prepare: Callable[[Task, Path], Program]
    """Makes everything ready in a folder of its own; not measured."""
    counted: Callable[[str, Task], int] = lambda line, _task: int(json.loads(line)["records"])
    """Finds the number of records in the last line that the program wrote."""
    postgresql: bool = True
    sqlite: bool = True
    """Where it can keep what it reads, if it keeps anything."""


def _floor(task: Task, _folder: Path) -> Program:
    return Program([sys.executable, "-m", "benchmarks.floor"], json.dumps(asdict(task)))


def _tieout(task: Task, folder: Path) -> Program:
    """`tieout import`, as people type it, of a company that was connected before."""
    from tieout.connections.apps import save_app
    from tieout.connections.oauth import connect_with_refresh_token
    from tieout.kit.crypto import Secret
    from tieout.security.callers import owner
    from tieout.wiring import TENANT, Settings, build

    edges = build(Settings(home=folder, database=task.database, intuit_url=task.address))
    caller = owner(TENANT, "benchmark")
    save_app(
        edges,
        caller,
        environment="production",
        client_id=task.client_id,
        client_secret=Secret(task.client_secret),
    )
    connect_with_refresh_token(
        edges,
        caller,
        environment="production",
        realm_id=task.realm,
        refresh_token=Secret(task.refresh_token),
    )
    edges.database.close()
    return Program(
        [sys.executable, "-c", "from tieout.cli.main import run; run()", "import", "--json"],
        environment={
            "TIEOUT_HOME": str(folder),
            "TIEOUT_DATABASE": task.database,
            "TIEOUT_INTUIT_URL": task.address,
        },
    )


def _imported(line: str, task: Task) -> int:
    counts = json.loads(line)["counts"]
    return sum(counts[one] for one in task.entities)


OURS = {"floor": Contender(_floor), "tieout": Contender(_tieout, _imported)}
