"""Keys changed by several processes at once, while a worker reads with the secrets that they seal: nothing is lost."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.processes.programs import TIEOUT, Programs, until
from tests.processes.storm import cycles_of
from tieout.connections.keys import cannot_be_opened
from tieout.sync.checkup import check_up


def _together(programs: Programs, *commands: tuple[str, ...]) -> list[dict[str, object]]:
    """Run commands at the same moment, and give what each said."""
    running = [
        programs.started([*TIEOUT, *words, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for words in commands
    ]
    said = []
    for process in running:
        out, complained = process.communicate(timeout=60)
        assert process.returncode == 0, complained
        said.append(json.loads(out))
    return said


def test_two_processes_rotate_at_once_while_a_worker_runs_and_the_old_keys_can_go(tmp_path: Path) -> None:
    with Programs(tmp_path) as programs:
        programs.connect()
        worker = programs.worker()
        first = programs.tieout("keys")["newest"]
        made = _together(programs, *[("keys", "rotate")] * 3)
        kept = {line.split()[0] for line in (tmp_path / "home" / "keys").read_text().splitlines() if line}
        assert kept >= {first, *(str(one["newest"]) for one in made)}
        assert len(kept) == 4, "a key that one process made was lost when another wrote the file"
        _together(programs, ("keys", "rotate"), ("keys", "retire"))
        programs.tieout("keys", "retire")
        shown = programs.tieout("keys")
        assert set(shown["boxes"]) == {shown["newest"]}
        assert shown["missing"] == []
        before = len(cycles_of(programs))
        with programs.installation() as (edges, caller):
            assert cannot_be_opened(edges) == (shown["boxes"][shown["newest"]], [])
            with edges.database.transaction() as work:
                (company,) = work.companies.all(caller.tenant)
                (grant,) = work.grants.all(company.id)
                work.grants.release(grant.id, owner=grant.refreshing_by, known=True)
                work.companies.wake(company.id, edges.clock.now())
            until("the worker goes on with the new keys", lambda: len(cycles_of(programs)) > before)
            assert [one for one in check_up(edges, caller) if one.state == "broken"] == []
        assert worker.poll() is None
        assert {one.state for one in cycles_of(programs)[before:]} <= {"succeeded", "running"}
