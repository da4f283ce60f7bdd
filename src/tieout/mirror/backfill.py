"""The first import: every entity read side by side in pages, with progress, resumable, and counted afterwards.

The cursor for following changes is pinned before the first page is read, so that nothing that happens while
pages are read falls between. How pages are found so that none is missed is told in `mirror.lanes`. Where each
lane stands is saved in the same transaction as its records, so that a process killed anywhere goes on there.
Once changes are being followed, what a new import finds changed is queued for the engine in the same
transaction, so that no import takes a change out of its sight.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tieout.connections.books import open_books
from tieout.connections.companies import found
from tieout.connections.hold import Hold, check_workable, claim
from tieout.connections.notices import connection_lost
from tieout.domain.permissions import SYNC
from tieout.edges import Edges
from tieout.kit.errors import ReconnectNeeded
from tieout.mirror.filling import Filling, Watcher, mirrored, quiet
from tieout.mirror.progress import LOOK_SECONDS, Progress, progress_of
from tieout.mirror.walk import everything
from tieout.qbo.client import Books
from tieout.security.operation import Errand, errand
from tieout.storage.companies import Company
from tieout.storage.leases import Lease

__all__ = ["OVERLAP", "Imported", "Progress", "everything", "fill", "import_company", "mirrored"]

OVERLAP: Final = timedelta(minutes=5)
"""How far the cursor is kept behind Intuit's clock, for changes that become visible late."""

LOOK_AGAIN: Final = timedelta(seconds=1)
"""How long an import reads with a token before it looks whether the company still has it; it asks ten times a second."""


@dataclass(frozen=True)
class Imported:
    """What an import brought."""

    company: str
    counts: dict[str, int]
    complete_until: datetime
    changed: int = 0
    """Changes that were queued for the engine."""


@errand("company.import", needs=SYNC, writes=True)
def import_company(act: Errand, *, company: str = "", watch: Watcher = quiet, anew: bool = False) -> Imported:
    """Read all records of a company into the mirror; goes on where an interrupted import stopped.

    While a cycle has the company (it imports too, when nobody did), its progress is watched instead.
    """
    edges = act.edges
    with edges.database.reading() as work:
        chosen = found(work, act.caller.tenant, company)
    while (lease := claim(edges, chosen.id)) is None:
        _watch_the_other(edges, chosen, watch)
    hold = Hold(edges, lease)
    try:
        with edges.database.reading() as work:
            now_is = work.companies.get(chosen.id)
        assert now_is is not None, chosen
        if now_is.cursor is not None and chosen.cursor is None and not anew:
            return _as_imported(edges, now_is)
        with open_books(edges, now_is, on_call=hold, look_again=LOOK_AGAIN) as books:
            return fill(edges, now_is, books=books, lease=lease, watch=watch, anew=anew)
    finally:
        hold.let_go()


def _watch_the_other(edges: Edges, company: Company, watch: Watcher) -> None:
    """Show how far the cycle is that has the company; Refused or ReconnectNeeded when nobody may read it."""
    with edges.database.reading() as work:
        now_is = work.companies.get(company.id)
        running = work.imports.all(company.id)
    check_workable(company, now_is, done="imported")
    for one in running:
        watch(progress_of(one, edges.clock.now()))
    edges.clock.sleep(LOOK_SECONDS)


def _as_imported(edges: Edges, company: Company) -> Imported:
    """Tell of the import that a cycle made while this one waited for it."""
    assert company.complete_until is not None, company
    with edges.database.reading() as work:
        counts = {one.entity: one.done for one in work.imports.all(company.id)}
    return Imported(company.id, counts, company.complete_until)


def fill(
    edges: Edges,
    company: Company,
    *,
    books: Books | None = None,
    lease: Lease | None = None,
    watch: Watcher = quiet,
    anew: bool = False,
) -> Imported:
    """Read all records of a company into the mirror, then set the cursor from which changes are followed.

    With a lease nothing is written once somebody else has the company. An entity that cannot be read now does
    not hold up the others; the error of the first is raised when all that could be read was.
    """
    books = books or open_books(edges, company)
    try:
        pinned = _pin(edges, books, company, lease, anew=anew)
        filling = Filling(edges, books, company, lease, watch)
        counts = filling.run()
    except ReconnectNeeded as error:
        connection_lost(edges, company, error)
        raise
    with edges.database.transaction() as work:
        if lease is not None:
            work.companies.guard(lease)
        work.companies.start_following(company.id, cursor=pinned - OVERLAP, complete_until=pinned)
        work.companies.wake(company.id, now=edges.clock.now())
    return Imported(company.id, counts, pinned, filling.changed)


def _pin(edges: Edges, books: Books, company: Company, lease: Lease | None, *, anew: bool) -> datetime:
    """Take the books' own time at the start of this import; an interrupted one keeps its first pin."""
    with edges.database.reading() as work:
        pinned = None if anew else work.imports.pinned(company.id)
        begun = set() if pinned is None else {one.entity for one in work.imports.all(company.id)}
    pinned = pinned or books.page(mirrored()[0].name, start=1, size=1).server_time
    # An interrupted import may be that of a version which mirrored less.
    missing = [entity.name for entity in mirrored() if entity.name not in begun]
    if missing:
        with edges.database.transaction() as work:
            if lease is not None:
                work.companies.guard(lease)
            work.imports.begin(company.id, missing, pinned=pinned, now=edges.clock.now())
    return pinned
