"""A first import that is killed again and again: `python -m tests.processes.killed_import --kills 30 [--seed 1]`.

`tieout import` reads a generated company and is killed without a warning, now while it starts, now some calls on; whoever
comes next goes on. In the end every record is here once, in one version, equal to the books; and no page was read
again that had been kept. Ends with 0 when that is so.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import text

from tests.databases import scratch_postgres
from tests.processes.crowded import audit, generate
from tests.processes.programs import TIEOUT, Programs, killed, until
from tieout.storage.tables import imports
from tieout.wiring import READERS

PAGE = 1000
CALLS_MOST = 6
"""So many calls on, at most, an import is killed that was let start."""
PATIENCE = 600.0


@dataclass
class Killed:
    """How an import went that was killed again and again."""

    records: int = 0
    kills: int = 0
    calls: int = 0
    """Of all attempts together."""
    enough: int = 0
    """So many calls an import needs at most that is let be."""
    unread: int = 0
    """Entities that were not done yet at the last kill."""
    wrong: list[str] = field(default_factory=list)


def kill_again_and_again(programs: Programs, kills: int, seed: int, calls_most: int = CALLS_MOST) -> Killed:
    """Kill a connected company's first import so often, let it finish, and compare; fewer kills when it ends before."""
    chance, found = random.Random(seed), Killed()
    before = programs.calls()
    for _ in range(kills):
        if not _struck(programs, chance, calls_most):
            break
        found.kills += 1
    found.unread = _unread(programs)
    _start(programs).wait(PATIENCE)
    found.calls = programs.calls() - before
    _compare(programs, found)
    return found


def _struck(programs: Programs, chance: random.Random, calls_most: int) -> bool:
    """Start the import and kill it at a moment drawn; False when it was done before."""
    at_start, calls, moment = chance.random() < 0.2, chance.randint(0, calls_most), chance.uniform(0, 0.15)
    before = programs.calls()
    running = _start(programs)
    if at_start:
        time.sleep(moment * 20)
    else:
        until(
            "the import makes calls",
            lambda: programs.calls() > before + calls or running.poll() is not None,
            patience=PATIENCE,
            step=0.01,
        )
        time.sleep(moment)
    if running.poll() is not None:
        return False
    killed(running)
    return True


def _start(programs: Programs) -> subprocess.Popen[str]:
    log = programs.folder / "import.log"
    with log.open("a") as written:
        return programs.started([*TIEOUT, "import", "--json"], stdout=written, stderr=written)


def _unread(programs: Programs) -> int:
    with programs.installation() as (edges, _), edges.database.engine.connect() as connection:
        found = connection.execute(imports.select().where(imports.c.state != "done")).all()
    return len(found)


def _compare(programs: Programs, found: Killed) -> None:
    mirror, claims, waiting = audit(programs)
    found.records = mirror.records
    found.wrong += mirror.unequal
    found.wrong += [f"not proven: {one.entity}: {one.trouble}" for one in claims.entities if not one.proven]
    found.wrong += [f"{waiting} changes wait"] if waiting else []
    with programs.installation() as (edges, _), edges.database.engine.connect() as connection:
        rows: list[Any] = connection.execute(text(_EARLIER)).all()  # type: ignore[assignment]
    found.wrong += [
        f"{entity} {qbo_id} is here with {times} versions before" for entity, qbo_id, times in rows
    ]
    found.enough = 1 + sum(_enough(one.here) for one in claims.entities)
    # What was on its way at a kill is asked again: a question for each reader.
    most = found.enough + found.kills * READERS
    if found.calls > most:
        found.wrong.append(f"{found.calls} calls, where {most} are enough")
    synced = programs.tieout("sync")
    if synced["state"] != "succeeded" or synced["stats"].get("changes"):
        found.wrong.append(f"the look after the import says {synced}")


def _enough(records: int) -> int:
    """Tell how many calls one entity may cost: its pages, and two counts when one page does not show it whole."""
    pages = -(-records // PAGE)
    return pages + 2 if pages > 1 else 1


_EARLIER = "SELECT entity, qbo_id, count(*) FROM versions GROUP BY entity, qbo_id"
"""The books stood still, so a record that was kept twice would have a version before this one."""


def main() -> int:
    """Kill, compare and tell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--invoices", type=int, default=60_000, help="of the company; all else follows from them"
    )
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        database = stack.enter_context(scratch_postgres()) if asked.database == "postgresql" else ""
        generate(Path(folder), asked.invoices)
        with Programs(Path(folder), database=database) as programs:
            programs.sign_in()
            found = kill_again_and_again(programs, asked.kills, asked.seed)
    print(
        f"{asked.database}: {found.records:,} records, killed {found.kills} times"
        f" ({found.unread} entities unread at the last); {found.calls} calls in all attempts together,"
        f" {found.enough} are enough for one that is let be; {len(found.wrong)} wrong"
    )
    print(*found.wrong[:20], sep="\n")
    return 1 if found.wrong or found.kills < asked.kills else 0


if __name__ == "__main__":
    sys.exit(main())
