"""The watchdog: looks every minute whether anything stopped, tells people once, and tells them no longer when it goes on.

What it finds is compared with what it told before: a finding that is new is told, a notice without its finding
is over. So no cause is told twice while it lasts, and each ends by itself, whichever process looks.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import httpx2
import structlog

from tieout.connections.working import SILENT
from tieout.domain.cadence import EVERY_LEAST, EVERY_MINUTES
from tieout.domain.pushes import State
from tieout.edges import Edges
from tieout.security.notices import OPERATOR, News, over, tell
from tieout.storage.overview import Late
from tieout.storage.unit_of_work import Work

EVERY: Final = timedelta(minutes=1)
DEADMAN_EVERY: Final = timedelta(minutes=5)
WORKING_ROLES: Final = frozenset({"worker", "serve"})
"""Processes that run cycles; a page without worker does not."""
GRACE: Final = timedelta(minutes=5)
LONG: Final = timedelta(hours=1)
"""How long a cycle may run, a push may wait that nobody must decide about, an answer may stay unknown."""
STUCK: Final = timedelta(minutes=10)
"""How long an import may stand still with nobody at it."""
DISK_MIN: Final = 200 * 1024 * 1024
"""Bytes; below this the database may soon be unable to write."""
FEW: Final = 5
"""Companies of one tenant that are told of one by one; more are told of as one thing."""
LIMIT: Final = 1000
"""Companies that one look takes in; more are as bad."""
MOVING: Final = tuple(state.value for state in (State.QUEUED, State.LEASED, State.RETRY_AT))
KINDS: Final = (
    "watch.workers",
    "watch.disk",
    "watch.overdue",
    "watch.cycle",
    "watch.backlog",
    "watch.changes",
    "watch.owed",
    "watch.import",
)
log = structlog.get_logger()


@dataclass(frozen=True)
class Seen:
    """Something that stands still, and who must hear of it."""

    tenant: str
    company: str | None
    news: News


def watch(edges: Edges) -> list[Seen]:
    """Look once, unless another process did within the minute; gives what stands still now.

    Never fails because an outside watcher does. Raises Unreachable when the database cannot be used: then
    nobody is told here, and the outside watcher is not called, which is how it learns of it.
    """
    now = edges.clock.now()
    with edges.database.transaction() as work:
        if not work.meta.take_turn("watched_at", now=now, every=EVERY - timedelta(seconds=5)):
            return []
    with edges.database.reading() as work:
        seen = list(look(edges, work, now))
    with edges.database.transaction() as work:
        _compare(edges, work, seen)
    if not any(one.news.severity == "error" for one in seen):
        _tell_watcher(edges, now)
    return seen


def look(edges: Edges, work: Work, now: datetime) -> Iterator[Seen]:
    """Find everything that stands still."""
    yield from _disk(edges)
    if not work.overview.statuses().get("connected"):
        return
    working = [one for one in work.overview.beats(since=now - SILENT) if one.role in WORKING_ROLES]
    if not working:
        # Everything below follows from this, and would only hide it.
        yield _no_worker()
        return
    for find, tell_of in _LOOKS:
        yield from _grouped(find(work, now), tell_of, now)


def _disk(edges: Edges) -> Iterator[Seen]:
    folder = edges.database.folder
    if folder is None:
        return
    free = shutil.disk_usage(folder).free
    if free < DISK_MIN:
        yield Seen(
            OPERATOR,
            None,
            News(
                "watch.disk",
                "disk",
                "The disk is nearly full",
                str(folder),
                f"{free // (1024 * 1024)} MB are left, and when none are nothing can be kept any more",
                "Make room, or move the installation: TIEOUT_HOME=/path",
                "error",
            ),
        )


def _no_worker() -> Seen:
    return Seen(
        OPERATOR,
        None,
        News(
            "watch.workers",
            "workers",
            "Nothing is being synchronised",
            "this installation",
            f"no worker gave a sign of life for {minutes(SILENT)}, though companies are connected",
            "Start `tieout serve` or `tieout worker`, and look into its log for why it ended",
            "error",
        ),
    )


def _overdue(work: Work, now: datetime) -> list[Late]:
    found = work.overview.overdue(
        now=now, due_before=now - timedelta(minutes=EVERY_LEAST) - GRACE, limit=LIMIT
    )
    return [
        late
        for late, every in found
        if late.since <= now - timedelta(minutes=int(every or EVERY_MINUTES)) - GRACE
    ]


def _long_cycles(work: Work, now: datetime) -> list[Late]:
    return work.overview.long_cycles(now=now, before=now - LONG, limit=LIMIT)


def _backlog(work: Work, now: datetime) -> list[Late]:
    return work.overview.late_pushes(MOVING, before=now - LONG, limit=LIMIT)


def _changes(work: Work, now: datetime) -> list[Late]:
    return work.overview.late_changes(before=now - LONG, limit=LIMIT)


def _owed(work: Work, now: datetime) -> list[Late]:
    return work.overview.owed(before=now - LONG, limit=LIMIT)


def _imports(work: Work, now: datetime) -> list[Late]:
    return work.overview.stuck_imports(now=now, before=now - STUCK, limit=LIMIT)


@dataclass(frozen=True)
class Words:
    """How one kind of standstill is told; `{…}` are the company's name, its number of things and how long."""

    kind: str
    what: str
    why: str
    remedy: str
    severity: str


_LOOKS: Final[tuple[tuple[Callable[[Work, datetime], list[Late]], Words], ...]] = (
    (
        _overdue,
        Words(
            "watch.overdue",
            "A company is not being synchronised",
            "its cycle is due for {age}, more than its frequency allows",
            "Look whether the workers keep up: `tieout health`; run `tieout sync` to see what a cycle meets",
            "error",
        ),
    ),
    (
        _long_cycles,
        Words(
            "watch.cycle",
            "A cycle runs for very long",
            "it began {age} ago and has not ended",
            "Look into the worker's log; a worker that hangs can be stopped, and another one goes on",
            "warning",
        ),
    ),
    (
        _backlog,
        Words(
            "watch.backlog",
            "Changes wait too long to be sent to QuickBooks",
            "{number} wait that nobody has to decide about, the oldest for {age}",
            "Run `tieout sync` to see what a cycle meets",
            "warning",
        ),
    ),
    (
        _changes,
        Words(
            "watch.changes",
            "Changes of QuickBooks wait too long to be applied",
            "{number} wait, the oldest for {age}",
            "Run `tieout sync` to see what a cycle meets; look whether the host answers",
            "warning",
        ),
    ),
    (
        _owed,
        Words(
            "watch.owed",
            "It is not known whether something reached QuickBooks",
            "{number} were sent and no answer is known, the oldest for {age}",
            "Run `tieout sync`: it looks in QuickBooks before it sends anything again",
            "error",
        ),
    ),
    (
        _imports,
        Words(
            "watch.import",
            "The import of a company stands still",
            "{number} of its lists are not complete, since {age}. {detail}",
            "Run `tieout import`; it goes on where it stopped",
            "warning",
        ),
    ),
)


def _grouped(found: list[Late], words: Words, now: datetime) -> Iterator[Seen]:
    """Tell of each company, or of all of a tenant at once when they are many."""
    many = {tenant for tenant, number in Counter(one.tenant for one in found).items() if number > FEW}
    for one in found:
        if one.tenant not in many:
            said = words.why.format(age=minutes(now - one.since), number=one.number, detail=one.detail)
            news = News(
                words.kind, one.company, words.what, one.name, said.strip(), words.remedy, words.severity
            )
            yield Seen(one.tenant, one.company, news)
    for tenant in sorted(many):
        theirs = [one for one in found if one.tenant == tenant]
        oldest = minutes(now - min(one.since for one in theirs))
        why = f"it is so with {len(theirs)} companies, the longest for {oldest}"
        news = News(
            words.kind, "many", words.what, f"{len(theirs)} companies", why, words.remedy, words.severity
        )
        yield Seen(tenant, None, news)


def _compare(edges: Edges, work: Work, seen: list[Seen]) -> None:
    """Tell what is new, and end what is gone."""
    now_there = {(one.tenant, one.news.kind, one.news.about) for one in seen}
    for notice in work.notices.standing_of(KINDS):
        if (notice.tenant, notice.kind, notice.about) not in now_there:
            over(edges, work, notice.tenant, notice.kind, notice.about)
    for one in seen:
        if tell(edges, work, one.tenant, one.news, company=one.company):
            log.warning("watchdog", kind=one.news.kind, record=one.news.record, why=one.news.why)


def _tell_watcher(edges: Edges, now: datetime) -> None:
    """Call the outside watcher, whose alarm is that nobody called."""
    address = edges.outgoing.deadman_url
    if not address:
        return
    with edges.database.transaction() as work:
        if not work.meta.take_turn("deadman_at", now=now, every=DEADMAN_EVERY - timedelta(seconds=5)):
            return
    trouble = ""
    try:
        answer = httpx2.get(address, timeout=10, follow_redirects=False)
        trouble = "" if answer.is_success else f"it answered {answer.status_code}"
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        trouble = str(error) or type(error).__name__
    with edges.database.transaction() as work:
        if not trouble:
            over(edges, work, OPERATOR, "watch.deadman", "deadman")
            return
        news = News(
            "watch.deadman",
            "deadman",
            "The outside watcher cannot be reached",
            "TIEOUT_DEADMAN_URL",
            trouble,
            "Correct the address; until then nobody outside notices when this machine is gone",
        )
        tell(edges, work, OPERATOR, news)


def minutes(span: timedelta) -> str:
    """Say a length of time in the largest unit that fits: `3 minutes`, `2 hours`, `4 days`."""
    for unit, length in (("day", 86400), ("hour", 3600)):
        if span.total_seconds() >= 2 * length:
            return f"{int(span.total_seconds() // length)} {unit}s"
    number = int(span.total_seconds() // 60)
    return f"{number} minute{'' if number == 1 else 's'}"
