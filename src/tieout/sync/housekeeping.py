"""Housekeeping: once an hour somebody checks that the books hold together, warns of what ends, and forgets what is old."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tieout.connections.ending import wipe_traces
from tieout.connections.expiry import warn_of_expiry
from tieout.edges import Edges
from tieout.security.notices import News, over, tell
from tieout.storage.companies import Company
from tieout.storage.unit_of_work import Work
from tieout.sync.invariants import check_company

CHECKED_AT_ONCE: Final = 200
"""Companies whose books are checked in one hour; with more, each has its turn every few hours."""
CYCLES_KEPT: Final = timedelta(days=30)
EVENTS_KEPT: Final = timedelta(days=30)
"""How long ended events are remembered, so that a repeated message is known."""
READS_KEPT: Final = timedelta(days=400)
"""How long it is kept what each day's reads were: the same month of the year before can still be seen."""
JOBS_KEPT: Final = timedelta(days=7)
WORKERS_KEPT: Final = timedelta(days=7)
NOTICES_KEPT: Final = timedelta(days=365)
BROKEN: Final = "books.broken"
CHECKED_UP_TO: Final = "house.checked_up_to"
"""Where the next hour's check goes on: the id of the last company that was checked."""


@dataclass(frozen=True)
class Kept:
    """What an hour's housekeeping did."""

    checked: int
    """Companies whose books were checked."""
    broken: int
    """How many of them do not hold together."""
    warned: int
    """New warnings of permissions that end."""


def keep_house(edges: Edges) -> Kept:
    """Warn of what ends, check the books of some companies, and forget what nobody needs any more."""
    warned = warn_of_expiry(edges)
    checked, broken = check_books(edges)
    forget(edges)
    wipe_traces(edges)
    return Kept(checked, broken, warned)


def check_books(edges: Edges) -> tuple[int, int]:
    """Check the books of the companies whose turn it is; gives how many, and how many do not hold together."""
    with edges.database.reading() as work:
        turn = work.companies.following(work.meta.get(CHECKED_UP_TO) or "", limit=CHECKED_AT_ONCE)
    broken = sum(_checked(edges, company) for company in turn)
    with edges.database.transaction() as work:
        work.meta.put(CHECKED_UP_TO, turn[-1].id if len(turn) == CHECKED_AT_ONCE else "")
    return len(turn), broken


def forget(edges: Edges) -> None:
    """Forget cycles, settled events, counted reads, ended jobs and notices, and processes, once they are old."""
    now = edges.clock.now()
    with edges.database.transaction() as work:
        work.events.prune(before=now - EVENTS_KEPT)
        work.reads.prune(before=(now - READS_KEPT).date())
        work.cycles.prune(before=now - CYCLES_KEPT)
        work.jobs.prune(before=now - JOBS_KEPT)
        work.workers.prune(before=now - WORKERS_KEPT)
        work.notices.prune(before=now - NOTICES_KEPT)


def _checked(edges: Edges, company: Company) -> bool:
    """Check one company, and tell its people when it does not hold together; says whether it is so."""
    with edges.database.reading() as work:
        found = check_company(work, company)
    with edges.database.transaction() as work:
        _told(edges, work, company, [one.what for one in found])
    return bool(found)


def _told(edges: Edges, work: Work, company: Company, wrong: list[str]) -> None:
    if not wrong:
        over(edges, work, company.tenant, BROKEN, company.id)
        return
    more = f", and {len(wrong) - 3} more" if len(wrong) > 3 else ""
    news = News(
        kind=BROKEN,
        about=company.id,
        what="Tieout's own record of this company does not hold together",
        record=company.name,
        why="; ".join(wrong[:3]) + more,
        remedy="Run `tieout doctor` and send what it says to whoever runs this installation",
        severity="error",
    )
    tell(edges, work, company.tenant, news, company=company.id)
