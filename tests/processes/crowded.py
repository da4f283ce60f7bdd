"""A big company in which much changes behind Tieout's back, and how its mirror stands beside the books afterwards."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from qbosim.clock import Clock
from qbosim.generate.msp import Size
from qbosim.generated_file import generate_file
from tests.mirror.truth import Audit, audited, everything, mirror_of
from tests.processes.bookkeeper import Bookkeeper
from tests.processes.programs import Programs
from tieout.mirror.coverage import CompanyCoverage, show_coverage

NOW = datetime(2026, 5, 5, 17, 0, tzinfo=UTC)
"""When the books were last written."""
FEW = 10
"""So many invoices are voided, deleted and made, beside those that are edited."""
EVERY_SECONDS = 0.2
"""How often somebody edits an invoice while Tieout looks at the changes."""


def generate(folder: Path, invoices: int) -> None:
    """Write a company with so many invoices, and all that belongs to them, as the file that `Programs` serves there."""
    size = Size(max(1, invoices // 100), invoices, 3)
    generate_file(folder / "books.db", size, 1, clock=Clock.at(NOW))


def bookkeeper(programs: Programs) -> Bookkeeper:
    """Let somebody work in the company with an app of their own."""
    client = programs.http.post("/qbosim/apps", json={"name": "Bookkeeper"}).json()["client_id"]
    return Bookkeeper(programs, programs.ready["realm_id"], client)


def change_every_invoice(books: Bookkeeper) -> int:
    """Edit all invoices, and void, delete and make a few; counts what was not refused.

    A void and a deletion free what was paid, so payments change with them.
    """
    first = books.page("Invoice", 1)
    doomed, void, copied = first[:FEW], first[FEW : 2 * FEW], books.page("Invoice", 1, "*")[:FEW]
    taken = books.together([_item("update", one, optionsData="void") for one in void])
    taken += books.together([_edit(one) for one in first[2 * FEW :]])
    start = len(first) + 1
    while page := books.page("Invoice", start):
        taken += books.together([_edit(one) for one in page])
        start += len(page)
    taken += books.together([_item("create", _copy(one)) for one in copied])
    return taken + books.together([_item("delete", one) for one in doomed])


def _edit(record: dict[str, Any]) -> dict[str, Any]:
    return _item("update", {**record, "sparse": True, "PrivateNote": "seen by the auditor"})


def _item(operation: str, record: dict[str, Any], **more: str) -> dict[str, Any]:
    body = {name: value for name, value in record.items() if name not in ("domain", "MetaData")}
    return {"operation": operation, **more, "Invoice": body}


def _copy(invoice: dict[str, Any]) -> dict[str, Any]:
    lines = [one for one in invoice["Line"] if one["DetailType"] == "SalesItemLineDetail"]
    kept = [{name: value for name, value in one.items() if name != "Id"} for one in lines]
    return {"CustomerRef": invoice["CustomerRef"], "Line": kept}


@contextmanager
def somebody_at_work(programs: Programs) -> Iterator[list[int]]:
    """Have somebody edit one invoice after the other meanwhile; gives the list of those edits, to be counted."""
    books = bookkeeper(programs)
    mine, done, over = books.page("Invoice", 101)[:100], [0], threading.Event()

    def work() -> None:
        while not over.wait(EVERY_SECONDS):
            one = mine[done[0] % len(mine)]
            written = books.write("invoice", {**one, "sparse": True, "PrivateNote": f"edit {done[0]}"})
            assert written is not None, one
            one["SyncToken"] = written["SyncToken"]
            done[0] += 1

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    try:
        yield done
    finally:
        over.set()
        worker.join()


def theirs(programs: Programs) -> datetime:
    """Tell QuickBooks' time."""
    return datetime.fromisoformat(programs.http.get("/qbosim/clock").json()["now"])


def audit(programs: Programs) -> tuple[Audit, CompanyCoverage, int]:
    """Hold the mirror and what it claims against the books; gives that, the claims, and how many changes wait."""
    with programs.installation() as (edges, caller), programs.file() as file:
        claims = show_coverage(edges, caller)
        with edges.database.reading() as work:
            waiting = len(work.inbound.list(claims.company, "queued", limit=1_000_000))
        there = everything(file, programs.ready["realm_id"])
        return audited(there, mirror_of(edges.database), claims), claims, waiting
