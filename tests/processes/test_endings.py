"""A company that is disconnected, then erased, while a worker is busy with it: the worker stops cleanly and lives on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.processes.programs import Programs, until
from tests.processes.storm import cycles_of, live, settled
from tieout.mirror.starting import start_import
from tieout.wiring import TENANT

INVOICES = 12
STRANGER = "Known To QuickBooks Alone"
"""A customer whom the host, whose records stay, has never heard of."""


def _slow(programs: Programs, path: str, *, seconds: float = 3, times: int = 1, **more: Any) -> None:
    """Have QuickBooks take its time for the next calls of a kind."""
    plan = {"fault": "slow", "times": times, "seconds": seconds, "path": path, **more}
    programs.http.post("/qbosim/faults", json=plan).raise_for_status()


def _asked(programs: Programs, operation: str) -> int:
    found: list[Any] = programs.http.get(
        "/qbosim/log", params={"operation": operation, "limit": 1000}
    ).json()["entries"]
    return len(found)


def _is_idle(programs: Programs) -> bool:
    with programs.installation() as (edges, _), edges.database.reading() as work:
        jobs = [one for one in work.jobs.holders() if one]
        return not jobs and not [one for one in work.companies.all(TENANT) if one.leased_by]


def _found_in(folder: Path, *words: str) -> list[str]:
    """Tell which words stand in the bytes of the database's files, and where."""
    return [
        f"{word} in {file.name}"
        for file in sorted(folder.glob("tieout.db*"))
        for word in words
        if word.encode() in file.read_bytes()
    ]


def test_what_ends_in_the_middle_of_a_cycle_or_an_import_ends_cleanly_and_leaves_nothing_once_erased(
    tmp_path: Path,
) -> None:
    with Programs(tmp_path) as programs:
        live(programs, INVOICES)
        company = programs.tieout("companies")[0]
        programs.query("select * from Customer")  # signs our bookkeeper in
        programs.http.post(
            f"/v3/company/{company['realm_id']}/customer", json={"DisplayName": STRANGER}
        ).raise_for_status()
        _slow(programs, "*/invoice", method="POST")
        worker = programs.worker()
        until("an invoice is on its way", lambda: programs.count("Invoice") >= 1, step=0.02)

        programs.tieout("disconnect", "--yes")
        until("the cycle has ended", lambda: _is_idle(programs))
        assert cycles_of(programs)[-1].state == "aborted"
        programs.http.headers.pop("authorization")  # ours ended with the connection: it was the same app's
        assert programs.count("Invoice") == 1, "only what was on its way"
        with programs.installation() as (edges, _), edges.database.reading() as work:
            (gone,) = work.companies.all(TENANT)
            assert gone.status == "disconnected"
            assert work.links.all(gone.id), "links stay for a reconnect"
            assert work.grants.all(gone.id) == []
            assert work.records.count(gone.id, "Customer") > 0

        grant = programs.http.post("/qbosim/grant").json()
        again = ("connect", "--refresh-token-file", "-", "--realm", company["realm_id"])
        programs.tieout(*again, stdin=grant["refresh_token"])
        settled(programs, INVOICES)
        until("nobody has it", lambda: _is_idle(programs))
        _slow(programs, "*/query", seconds=1.5, times=40)
        asked = _asked(programs, "query")
        with programs.installation() as (edges, caller):
            start_import(edges, caller, anew=True)
        until("the import reads", lambda: _asked(programs, "query") > asked, step=0.02)
        with programs.installation() as (edges, _), edges.database.reading() as work:
            assert work.records.list(company["id"], "Customer", search=STRANGER)
        erased = programs.tieout("erase", company["id"], "--confirm", company["name"])
        assert erased
        assert programs.tieout("companies") == []
        until("the worker has let go of it", lambda: _is_idle(programs))
        assert worker.poll() is None
        log = (tmp_path / "worker.log").read_text()
        assert "Traceback" not in log, log
        assert _found_in(tmp_path / "home", grant["refresh_token"], STRANGER) == []
        with programs.installation() as (edges, caller), edges.database.reading() as work:
            lines = work.audit.list(tenant=TENANT, limit=100)
            assert [
                one
                for one in lines
                if one.operation == "company.erased" and company["realm_id"] in one.subject
            ]
