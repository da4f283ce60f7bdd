"""Clocks that are an hour wrong: everything is here, once, tokens are renewed, and two workers share one company."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.databases import emptied, postgres_database, postgres_url
from tests.processes.programs import Programs, until
from tests.processes.skewed import skewed
from tests.processes.storm import cycles_of, live, overlapping, settled
from tieout.edges import Edges
from tieout.security.callers import Caller, owner
from tieout.wiring import TENANT, Settings, build

__all__ = ["postgres_database", "postgres_url"]
ROOT = Path(__file__).parents[2]
HOUR = 3600
INVOICES = 8
TOLD_LATE = "Entered While Clocks Differed"


class WrongPrograms(Programs):
    """Programs on a machine whose clock is not the simulator's."""

    off = 0.0
    """Seconds by which the machine is ahead."""

    def __enter__(self) -> WrongPrograms:
        super().__enter__()
        return self

    @contextmanager
    def installation(self) -> Iterator[tuple[Edges, Caller]]:
        settings = Settings(
            home=Path(self.environment["TIEOUT_HOME"]),
            database=self.environment["TIEOUT_DATABASE"],
            intuit_url=self.url,
        )
        edges = build(settings, clock=skewed(self.off))
        try:
            yield edges, owner(TENANT, "test")
        finally:
            edges.http.close()
            edges.database.close()

    def skewed(self, seconds: float) -> subprocess.Popen[str]:
        """Start a worker whose machine is ahead by so much, and wait until it works."""
        log = self._open.enter_context((self.folder / "worker.log").open("a"))
        command = [sys.executable, "-m", "tests.processes.skewed", str(seconds)]
        worker = self.started(command, stdout=subprocess.PIPE, stderr=log, cwd=ROOT)
        assert worker.stdout is not None
        assert worker.stdout.readline(), (self.folder / "worker.log").read_text()
        return worker


def _goes_on(programs: WrongPrograms) -> None:
    """Let two hours pass at QuickBooks, where the token ends, and look whether a change there comes in."""
    programs.http.post("/qbosim/clock", json={"advance": 2 * HOUR}).raise_for_status()
    programs.query("select * from Customer")  # signs our bookkeeper in
    programs.http.post(
        f"/v3/company/{programs.ready['realm_id']}/customer", json={"DisplayName": TOLD_LATE}
    ).raise_for_status()
    with programs.installation() as (edges, _):
        with edges.database.transaction() as work:
            (company,) = work.companies.all(TENANT)
            work.companies.wake(company.id, edges.clock.now())

        def is_here() -> bool:
            with edges.database.reading() as work:
                return bool(work.records.list(company.id, "Customer", search=TOLD_LATE))

        until("the change is here", is_here)
        until("nobody has the company", lambda: not _holder(edges))
        with edges.database.reading() as work:
            (company,) = work.companies.all(TENANT)
        told = datetime.fromisoformat(programs.http.get("/qbosim/clock").json()["now"])
        assert company.cursor is not None
        assert abs(company.cursor - told) < timedelta(minutes=15), "the cursor is QuickBooks' time, not ours"
    settled(programs, INVOICES)
    assert overlapping(programs) == []
    assert {one.state for one in cycles_of(programs)} <= {"succeeded", "partial"}
    assert "Traceback" not in (programs.folder / "worker.log").read_text()


def _holder(edges: Edges) -> str:
    with edges.database.reading() as work:
        return work.companies.all(TENANT)[0].leased_by


@pytest.mark.parametrize("off", [HOUR, -HOUR])
def test_a_machine_that_is_an_hour_wrong_sends_everything_once_and_misses_nothing(
    tmp_path: Path, off: float
) -> None:
    with WrongPrograms(tmp_path) as programs:
        programs.off = off
        live(programs, INVOICES)
        programs.skewed(off)
        settled(programs, INVOICES)
        _goes_on(programs)


@pytest.mark.postgres
def test_two_workers_whose_clocks_are_two_hours_apart_never_work_on_one_company_at_once(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    emptied(request.getfixturevalue("postgres_database"))
    with WrongPrograms(tmp_path, database=request.getfixturevalue("postgres_url")) as programs:
        programs.environment["TIEOUT_LEASE_SECONDS"] = "3"
        programs.off = -HOUR
        live(programs, INVOICES)
        slow = {"fault": "slow", "times": 2, "seconds": 4, "method": "POST", "path": "*/invoice"}
        programs.http.post("/qbosim/faults", json=slow).raise_for_status()
        workers = [programs.skewed(-HOUR)]
        # By the other one's clock its lease has long run out.
        until("the one that is behind is at work", lambda: programs.count("Invoice") >= 1, step=0.02)
        workers.append(programs.skewed(HOUR))
        settled(programs, INVOICES)
        _goes_on(programs)
        assert [one.poll() for one in workers] == [None, None]
        fences = [one.fence for one in cycles_of(programs)]
        assert len(fences) == len(set(fences))
        assert "abandoned" not in (tmp_path / "worker.log").read_text(), "a lease was taken from the living"
