"""Progress of an import: how far each entity and the whole is, how quickly it goes, and how long it takes yet.

It is read from the database, so that any process can watch what another one does.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from tieout.connections.companies import found
from tieout.domain.permissions import READ
from tieout.edges import Edges
from tieout.mirror.starting import IMPORT
from tieout.security.callers import Caller
from tieout.security.operation import Act, operation
from tieout.storage.imports import RUNNING, ImportProgress

WAITING: Final = "waiting"
"""The state of an import that was asked for, and that no worker has begun yet."""
SPAN: Final = timedelta(seconds=10)
"""Over how long a rate is taken."""
LOOK_SECONDS: Final = 0.5
"""How often a running import is looked at."""


@dataclass(frozen=True)
class Progress:
    """How far the import of one entity is."""

    entity: str
    done: int
    total: int
    """0 before QuickBooks was asked."""
    finished: bool
    rate: int = 0
    """Records a second, over the last ten seconds."""
    seconds_left: int | None = None
    """None when nobody can say."""
    error: str = ""
    way: str = ""
    """Empty, or why its pages are found by position rather than by id."""


@dataclass(frozen=True)
class Standing:
    """How far the import of a company is."""

    company: str
    state: str
    """`waiting` (for a free worker), `running`, `stopped` (a reason stands at an entity, and it goes on later), `done` or
    `never`."""
    done: int
    total: int
    """What is counted so far; it grows until each entity was looked at."""
    rate: int
    """Records a second, over the last ten seconds."""
    seconds_left: int | None
    """None when nobody can say."""
    complete_until: datetime | None
    entities: tuple[Progress, ...]


class Speed:
    """How quickly a number grows, over the last ten seconds."""

    def __init__(self) -> None:
        self._marks: deque[tuple[datetime, int]] = deque()

    def at(self, now: datetime, done: int) -> int:
        """Note how far it is, and give how much a second came since ten seconds ago, or since it was first noted."""
        self._marks.append((now, done))
        while len(self._marks) > 2 and self._marks[1][0] <= now - SPAN:
            self._marks.popleft()
        since, before = self._marks[0]
        passed = (now - since).total_seconds()
        return round((done - before) / passed) if passed > 0 else 0


@operation("import.progress", needs=READ, writes=False)
def import_progress(act: Act, *, company: str = "") -> Standing:
    """Tell how far a company's import is: done, of how many, how quickly, and how long it takes yet."""
    chosen = found(act.work, act.caller.tenant, company)
    imports = act.work.imports.all(chosen.id)
    found_so = standing(chosen.id, imports, complete_until=chosen.complete_until, now=act.edges.clock.now())
    if found_so.state in ("never", "done") and act.work.jobs.active(IMPORT, chosen.id) is not None:
        return replace(found_so, state=WAITING)
    return found_so


def watch_import(edges: Edges, caller: Caller, *, company: str = "") -> Iterator[Standing]:
    """Tell how far an import is whenever that has changed, until it is done or has stopped."""
    told: Standing | None = None
    while True:
        now_is = import_progress(edges, caller, company=company)
        if now_is != told:
            yield now_is
        told = now_is
        if now_is.state not in (RUNNING, WAITING):
            return
        edges.clock.sleep(LOOK_SECONDS)


def standing(
    company: str, imports: list[ImportProgress], *, complete_until: datetime | None, now: datetime
) -> Standing:
    """Sum up the imports of a company's entities."""
    shown = tuple(progress_of(one, now) for one in imports)
    done, total = sum(one.done for one in shown), sum(one.total for one in shown)
    rate = sum(one.rate for one in shown)
    running = [one for one in imports if one.state == RUNNING]
    state = "never" if not imports else "done" if not running else RUNNING
    if running and any(one.error for one in running):
        state = "stopped"
    return Standing(company, state, done, total, rate, left(total - done, rate), complete_until, shown)


def progress_of(one: ImportProgress, now: datetime) -> Progress:
    """Show an entity's import as it is now: a rate that was noted long ago says nothing any more."""
    is_fresh = one.advanced_at is not None and now - one.advanced_at <= SPAN
    rate = one.rate if is_fresh and one.state == RUNNING else 0
    return Progress(
        one.entity,
        one.done,
        max(one.total, one.done),
        one.state != RUNNING,
        rate,
        left(one.total - one.done, rate) if one.state == RUNNING else 0,
        one.error,
        one.way,
    )


def left(records: int, rate: int) -> int | None:
    """Estimate the seconds that records take yet; None when nobody can say."""
    if records <= 0:
        return 0
    return -(-records // rate) if rate else None
