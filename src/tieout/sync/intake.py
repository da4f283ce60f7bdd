"""Intake: what changed at the host becomes intentions and, where the books must follow, pushes.

A page of changes, the pushes it causes and the host cursor are one transaction, so that no change is read
without being owed and none is owed twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import structlog

from tieout.connections.companies import found, settings_of
from tieout.connections.hold import Hold, claim
from tieout.domain.documents import HostRecord, Kind, Payment, SalesDocument, Status, kind_of, title
from tieout.domain.fingerprint import fingerprint
from tieout.domain.issues import Finding, IssueState
from tieout.domain.links import Link
from tieout.domain.permissions import SYNC
from tieout.domain.pushes import Action, Push, State
from tieout.edges import Edges
from tieout.hosts.contract import ChangePage, Host, HostChange, HostProblem
from tieout.kit.errors import Retry, TieoutError
from tieout.security.operation import Errand, errand
from tieout.storage.companies import Company
from tieout.storage.leases import LeaseLost
from tieout.storage.unit_of_work import Work

log = structlog.get_logger(__name__)

PAGE = 500
UNREADABLE = "host.unreadable"
START = "start date"
"""Where, beside the host cursors, the start date is kept that the intentions were last looked at with."""
BY_A_PERSON = "cancelled by "
"""How the reason of a push begins that a person cancelled."""


@dataclass(frozen=True)
class TakenIn:
    """What one intake brought."""

    read: int
    changed: int
    queued: int


def take_in(edges: Edges, host: Host, company: Company, hold: Hold) -> TakenIn:
    """Read the host's changes since last time and queue what the books must learn.

    The host's documents belong to the tenant's default company; another one is mirrored and sent nothing.
    """
    if not company.is_default:
        return TakenIn(0, 0, 0)
    read = changed = 0
    queued = _owe_after_new_start(edges, company, hold)
    while True:
        hold()
        with edges.database.reading() as work:
            cursor = work.host_cursors.get(company.id, company.host)
        page = host.changes(cursor, PAGE)
        if not page.records and page.cursor == cursor and not page.more:
            return TakenIn(read, changed, queued)
        taken = _take_page(edges, company, hold, page)
        read += taken.read
        changed += taken.changed
        queued += taken.queued
        if not page.more:
            return TakenIn(read, changed, queued)


def _take_page(edges: Edges, company: Company, hold: Hold, page: ChangePage) -> TakenIn:
    """Take in a page, whole if possible; else change by change, so that one bad record does not stop the others."""
    try:
        return _take_together(edges, company, hold, page.records, page.cursor)
    except (LeaseLost, Retry):
        raise
    except Exception as error:
        log.warning("host_page_not_taken", company=company.id, error=f"{type(error).__name__}: {error}")
    changed = queued = 0
    for change in page.records:
        hold()
        try:
            taken = _take_together(edges, company, hold, (change,), None)
        except (LeaseLost, Retry):
            raise
        except Exception as error:
            log.warning("host_record_set_aside", company=company.id, record=change.ref, exc_info=True)
            with edges.database.transaction() as work:
                work.companies.guard(hold.lease)
                _set_aside(edges, work, company, change, _trouble(error))
        else:
            changed += taken.changed
            queued += taken.queued
    with edges.database.transaction() as work:
        work.companies.guard(hold.lease)
        work.host_cursors.put(company.id, company.host, page.cursor)
    return TakenIn(len(page.records), changed, queued)


def _take_together(
    edges: Edges, company: Company, hold: Hold, changes: Sequence[HostChange], cursor: str | None
) -> TakenIn:
    """Take in changes in one transaction, which also moves the host cursor when one is given."""
    changed = queued = 0
    with edges.database.transaction() as work:
        work.companies.guard(hold.lease)
        start = settings_of(work, company.id)["start_date"]
        known = _looked_up(work, company, changes)
        for change in changes:
            moved, owed = _take_one(edges, work, company, change, start, known)
            changed += moved
            queued += owed
        if cursor is not None:
            work.host_cursors.put(company.id, company.host, cursor)
    return TakenIn(len(changes), changed, queued)


def _trouble(error: Exception) -> HostProblem:
    if isinstance(error, TieoutError):
        return HostProblem(error.message, error.reason or error.message, error.remedy)
    return HostProblem(
        "This record of the host could not be taken in",
        f"it did not have the expected form ({type(error).__name__}: {error})",
        "Mend it at the host, or retry after an update of Tieout; every other record goes on meanwhile",
    )


def _set_aside(edges: Edges, work: Work, company: Company, change: HostChange, problem: HostProblem) -> None:
    finding = Finding(
        kind=UNREADABLE,
        record_kind=change.kind.value,
        record=change.ref,
        label=problem.label or change.ref,
        what=problem.what,
        why=problem.why,
        remedy=problem.remedy,
        signature=problem.why,
    )
    work.issues.open(company.id, finding, now=edges.clock.now(), new_id=edges.ids.new("iss"))


def _owe_after_new_start(edges: Edges, company: Company, hold: Hold) -> int:
    """Look at every document again when the start date was moved: what was left alone may be owed now."""
    with edges.database.reading() as work:
        if not _start_was_moved(work, company):
            return 0
    with edges.database.transaction() as work:
        work.companies.guard(hold.lease)
        start = settings_of(work, company.id)["start_date"]
        queued = sum(
            owe(edges, work, company, record, start, None)
            for kind in (Kind.INVOICE, Kind.CREDIT_NOTE, Kind.PAYMENT)
            for record in work.intents.all(company.id, kind)
            if _was_left_alone(work, company, kind, record.ref)
        )
        work.host_cursors.put(company.id, START, start)
        return queued


def _start_was_moved(work: Work, company: Company) -> bool:
    return work.host_cursors.get(company.id, START) != settings_of(work, company.id)["start_date"]


def _was_left_alone(work: Work, company: Company, kind: Kind, ref: str) -> bool:
    """Tell whether a record is neither in QuickBooks nor owed to it, and nobody decided that it stays so."""
    if work.links.by_host(company.id, kind, ref) is not None or work.pushes.open_of(company.id, kind, ref):
        return False
    pushes = work.pushes.of(company.id, kind, ref)
    return not (pushes and pushes[0].error.startswith(BY_A_PERSON))


@dataclass(frozen=True)
class _Known:
    """What is known of the records of one page, looked up at once: most of them are new, and owe nothing."""

    links: dict[tuple[Kind, str], Link]
    owed: frozenset[tuple[Kind, str]]
    """Records with a push that has not ended."""
    unreadable: frozenset[tuple[str, str]]
    """Records with an issue that says they cannot be read."""


def _looked_up(work: Work, company: Company, changes: Iterable[HostChange]) -> _Known:
    refs: dict[Kind, list[str]] = {}
    for change in changes:
        refs.setdefault(change.kind, []).append(change.ref)
    issues = [
        issue.finding
        for state in (IssueState.OPEN, IssueState.IGNORED)
        for issue in work.issues.list(company.id, state, UNREADABLE, limit=100_000)
    ]
    return _Known(
        {
            (kind, ref): link
            for kind, some in refs.items()
            for ref, link in work.links.many_by_host(company.id, kind, some).items()
        },
        frozenset(
            (kind, ref)
            for kind, some in refs.items()
            for ref in work.pushes.open_of_many(company.id, kind, some)
        ),
        frozenset((finding.record_kind, finding.record) for finding in issues),
    )


def _take_one(
    edges: Edges, work: Work, company: Company, change: HostChange, start: str, known: _Known
) -> tuple[bool, bool]:
    """Take in one change; tells whether the intention changed, and whether a push was queued."""
    now = edges.clock.now()
    if change.problem is not None:
        _set_aside(edges, work, company, change, change.problem)
        return False, False
    if (change.kind.value, change.ref) in known.unreadable:
        work.issues.clear(
            company.id, UNREADABLE, change.kind.value, change.ref, now=now, how="it can be read now"
        )
    if change.record is None:
        return True, _take_away(edges, work, company, change.kind, change.ref)
    if not work.intents.put(company.id, change.record, fingerprint(change.record), now=now):
        return False, False
    key = (change.kind, change.ref)
    link = known.links.get(key)
    if link is None and key not in known.owed and wanted_action(change.record, None, start) is None:
        return True, False
    return True, owe(edges, work, company, change.record, start, link)


def owe(
    edges: Edges, work: Work, company: Company, record: HostRecord, start: str, link: Link | None
) -> bool:
    """Queue the push that a host record's present state calls for, if any; `link` is the record's own."""
    kind, ref, label = kind_of(record), record.ref, title(record)
    if link is not None and kind is Kind.INVOICE:
        # A payment that the host refused on this invoice may be acceptable now.
        work.inbound.wake_waiting(company.id, link.qbo_id, now=edges.clock.now())
    action, generation = (
        wanted_action(record, link, start),
        _decided_generation(work, company, kind, ref, link),
    )
    if generation is not None and not _is_out_of_force(record):
        # A person decided that it is made anew; what the host says since only changes what is made.
        action = Action.CREATE
    if action is None:
        _withdraw_unsent(edges, work, company, kind, ref, record)
        return False
    queue_push(
        edges,
        work,
        company,
        kind,
        ref,
        label,
        action,
        link,
        generation=generation if action is Action.CREATE else None,
    )
    return True


def _decided_generation(work: Work, company: Company, kind: Kind, ref: str, link: Link | None) -> int | None:
    """Find under which generation a record is about to be made anew, after what it was linked to is gone."""
    if link is None:
        return None
    anew = (
        one.generation for one in work.pushes.open_of(company.id, kind, ref) if one.action is Action.CREATE
    )
    return max((one for one in anew if one > link.generation), default=None)


def _is_out_of_force(record: HostRecord) -> bool:
    return isinstance(record, SalesDocument | Payment) and record.status is not Status.FINAL


def wanted_action(record: HostRecord, link: Link | None, start: str) -> Action | None:
    """Tell what the books must learn of a host record; None for nothing.

    Clients and services are created when a document needs them, and updated once they are linked.
    """
    changed = link is not None and link.intended != fingerprint(record)
    if isinstance(record, SalesDocument | Payment):
        if isinstance(record, Payment) and record.source == "books":
            return None
        if record.status is Status.DRAFT:
            return None
        if link is None and start and record.dated < date.fromisoformat(start):
            return None
        if record.status is Status.VOID:
            if link is None or link.state in ("voided", "deleted"):
                return None
            return removal_of(kind_of(record))
        if link is None:
            return Action.CREATE
        return Action.UPDATE if changed else None
    if kind_of(record) in (Kind.CLIENT, Kind.SERVICE) and changed:
        return Action.UPDATE
    return None


def removal_of(kind: Kind) -> Action:
    """Tell how a kind is taken out of force: Intuit's API cannot void a credit memo, it can be deleted."""
    return Action.DELETE if kind is Kind.CREDIT_NOTE else Action.VOID


def queue_push(
    edges: Edges,
    work: Work,
    company: Company,
    kind: Kind,
    ref: str,
    label: str,
    action: Action,
    link: Link | None,
    *,
    generation: int | None = None,
) -> Push:
    """Queue one push; a newer intention takes the place of one that has not left yet."""
    now = edges.clock.now()
    push = Push(
        id=edges.ids.new("push"),
        company=company.id,
        kind=kind,
        host_ref=ref,
        action=action,
        state=State.QUEUED,
        created_at=now,
        updated_at=now,
        generation=generation if generation is not None else (link.generation if link is not None else 1),
        label=label,
    )
    work.pushes.add(push)
    work.timeline.add(
        company.id, kind, ref, at=now, what="queued", detail=f"{action.value} in QuickBooks", actor="host"
    )
    return push


def _take_away(edges: Edges, work: Work, company: Company, kind: Kind, ref: str) -> bool:
    """The host no longer has a record: nothing more is sent for it, and what the books have of it is voided."""
    link = work.links.by_host(company.id, kind, ref)
    intent = work.intents.get(company.id, kind, ref)
    work.intents.remove(company.id, kind, ref)
    if link is not None and link.state not in ("voided", "deleted") and intent is not None:
        if kind in (Kind.INVOICE, Kind.PAYMENT):
            queue_push(edges, work, company, kind, ref, title(intent), Action.VOID, link)
            return True
        if kind is Kind.CREDIT_NOTE:
            queue_push(edges, work, company, kind, ref, title(intent), Action.DELETE, link)
            return True
    gone = replace(intent, status=Status.VOID) if isinstance(intent, SalesDocument | Payment) else intent
    _withdraw_unsent(edges, work, company, kind, ref, gone)
    return False


def _withdraw_unsent(
    edges: Edges, work: Work, company: Company, kind: Kind, ref: str, record: HostRecord | None
) -> None:
    """Cancel pushes that have not left and are no longer wanted; queue the undoing of one that has left.

    A push that an earlier cycle leased and did not come to has not left.
    """
    now = edges.clock.now()
    why = "the host no longer wants it"
    left: Push | None = None
    for push in work.pushes.open_of(company.id, kind, ref):
        if push.state is State.SENT:
            left = push
            continue
        work.pushes.save(replace(push, state=State.CANCELLED, error=why, updated_at=now))
        work.issues.clear(company.id, "export.", kind.value, ref, now=now, how=why)
        work.issues.clear(company.id, "customer.ambiguous", kind.value, ref, now=now, how="no longer needed")
    is_void = isinstance(record, SalesDocument | Payment) and record.status is Status.VOID
    if left is not None and left.action is Action.CREATE and is_void:
        # Queued last: it takes its place behind the one that has left, and nothing else is waiting there now.
        queue_push(edges, work, company, kind, ref, left.label, removal_of(kind), None)


@errand("host.read", needs=SYNC, writes=True)
def read_host(act: Errand, *, company: str = "") -> TakenIn:
    """Read what changed at the host, without asking QuickBooks anything; nothing is sent.

    While a cycle has the company it is reading the host itself, so nothing is read twice.
    """
    edges = act.edges
    with edges.database.reading() as work:
        chosen = found(work, act.caller.tenant, company)
    lease = claim(edges, chosen.id)
    if lease is None:
        return TakenIn(0, 0, 0)
    hold = Hold(edges, lease)
    try:
        return take_in(edges, edges.host(chosen.tenant, chosen.host), chosen, hold)
    finally:
        hold.let_go()
