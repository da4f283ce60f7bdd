"""More changes than QuickBooks tells of at once, and an import that is killed: small versions of what is done by command.

At size: `python -m benchmarks.catching_up` and `python -m tests.processes.killed_import`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.databases import emptied, postgres_database, postgres_url
from tests.processes.crowded import (
    audit,
    bookkeeper,
    change_every_invoice,
    generate,
    somebody_at_work,
    theirs,
)
from tests.processes.killed_import import kill_again_and_again
from tests.processes.programs import Programs

__all__ = ["postgres_database", "postgres_url"]
INVOICES = 1001
READS_MOST = 30
"""Of a look at that many changes: the feed in halves, two pages by query, a count, ids, and ten that are gone."""


def test_a_thousand_and_one_changes_behind_our_back_are_here_after_two_looks_while_somebody_works_on(
    tmp_path: Path,
) -> None:
    generate(tmp_path, INVOICES)
    with Programs(tmp_path) as programs:
        programs.http.post("/qbosim/clock", json={"freeze": False}).raise_for_status()
        programs.connect()
        assert change_every_invoice(bookkeeper(programs)) >= INVOICES
        began, read = theirs(programs), programs.reads()
        with somebody_at_work(programs) as edits:
            assert programs.tieout("sync")["state"] == "succeeded"
        assert programs.reads() - read <= READS_MOST
        found, claims, _ = audit(programs)
        assert found.broken == []
        assert claims.changes_until is not None
        assert began <= claims.changes_until <= theirs(programs)
        assert edits[0] > 0
        assert programs.tieout("sync")["state"] == "succeeded"
        found, claims, waiting = audit(programs)
        assert (found.unequal, waiting) == ([], 0)
        assert claims.proven


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_first_import_killed_three_times_ends_with_every_record_here_once(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    database = ""
    if kind == "postgresql":
        emptied(request.getfixturevalue("postgres_database"))
        database = request.getfixturevalue("postgres_url")
    generate(tmp_path, INVOICES)
    with Programs(tmp_path, database=database) as programs:
        programs.sign_in()
        found = kill_again_and_again(programs, 3, seed=1)
        assert found.wrong == []
        assert found.kills == 3
        assert found.unread > 0, "the last kill came too late"
