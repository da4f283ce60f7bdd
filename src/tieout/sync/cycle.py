"""One cycle of one company: QuickBooks' changes in, the host's changes in, what is owed out.

Only the holder of the company's lease runs one, and every write it makes says so. What happened in QuickBooks
is known before anything is sent, so that a change on both sides is seen as such.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tieout.connections.books import open_books
from tieout.connections.companies import found, settings_of
from tieout.connections.hold import Hold, claim
from tieout.connections.notices import connection_lost, connection_works
from tieout.domain.outcome import Blocked, Outcome, Posted, Postponed
from tieout.domain.permissions import SYNC
from tieout.domain.pushes import State
from tieout.edges import Edges
from tieout.kit.errors import ReconnectNeeded, Refused, Retry, Throttled, TieoutError, Unreachable
from tieout.mirror.follow import follow
from tieout.security.operation import Errand, errand
from tieout.storage.companies import Company
from tieout.storage.leases import Lease, LeaseLost
from tieout.sync.inbound import apply_inbound
from tieout.sync.intake import take_in
from tieout.sync.push import push_one
from tieout.sync.round import Round

EVERY: Final = timedelta(minutes=15)
"""The promise: a company with work is looked at this often."""
SOON: Final = timedelta(seconds=30)
"""How soon a cycle follows when something waits for a retry."""
PAGE: Final = 200
TRIES: Final = 3
"""How often one push may come up in one cycle: anew when what it waited for is there."""
WAIT_FOR_OTHERS: Final = timedelta(minutes=2)
"""How long “sync now” waits for a cycle that is already running."""


@dataclass
class Report:
    """How a cycle ended."""

    company: str
    state: str = "running"
    """`succeeded`, `partial` (something is tried again soon), `aborted` (connection lost), `failed`, `abandoned`."""
    stats: Counter[str] = field(default_factory=Counter)
    error: str = ""
    next_at: datetime | None = None


@errand("sync.now", needs=SYNC, writes=True)
def sync_now(act: Errand, *, company: str = "") -> Report:
    """Run a cycle of a company now; waits for one that is already running."""
    edges = act.edges
    with edges.database.reading() as work:
        chosen = found(work, act.caller.tenant, company)
    give_up = edges.clock.now() + WAIT_FOR_OTHERS
    while True:
        lease = claim(edges, chosen.id)
        if lease is not None:
            return run_cycle(edges, lease, cause=f"asked by {act.caller.actor}")
        with edges.database.transaction() as work:
            work.companies.wake(chosen.id, now=edges.clock.now())
            now_is = work.companies.get(chosen.id)
        if now_is is None or now_is.status != "connected":
            raise ReconnectNeeded(
                "This company cannot be synchronised",
                record=chosen.name,
                reason=f"its connection is {now_is.status.replace('_', ' ') if now_is else 'gone'}",
                remedy="Connect it again",
            )
        if edges.clock.now() >= give_up:
            raise Refused(
                "A cycle of this company is still running",
                record=chosen.name,
                reason=f"it is held by {now_is.leased_by or 'another process'} until {now_is.lease_until}",
                remedy="Nothing: another cycle follows it at once",
            )
        edges.clock.sleep(0.5)


def run_cycle(edges: Edges, lease: Lease, *, cause: str) -> Report:
    """Run one cycle under a lease that is held, and settle the company afterwards."""
    with edges.database.transaction() as work:
        company = work.companies.get(lease.company)
        assert company is not None, lease
        cycle = edges.ids.new("cyc")
        work.cycles.start(cycle, company.id, cause=cause, fence=lease.fence, now=edges.clock.now())
    report = Report(company.id)
    try:
        _work_through(edges, company, lease, report)
        report.state = report.state if report.state != "running" else "succeeded"
    except LeaseLost:
        report.state, report.error = "abandoned", "another worker took this company over"
        return report
    except ReconnectNeeded as error:
        connection_lost(edges, company, error)
        report.state, report.error = "aborted", error.sentence()
    except Retry as error:
        report.state, report.error = "partial", error.sentence()
    except TieoutError as error:
        report.state, report.error = "failed", error.sentence()
    except Exception as defect:
        # A defect of ours must not leave the company leased and the cycle running: it is told and tried again.
        report.state, report.error = "failed", f"Tieout has a defect: {type(defect).__name__}: {defect}"
        _settle(edges, lease, cycle, report)
        raise
    _settle(edges, lease, cycle, report)
    return report


def _work_through(edges: Edges, company: Company, lease: Lease, report: Report) -> None:
    hold = Hold(edges, lease)
    books = open_books(edges, company, on_call=hold)
    host = edges.host(company.tenant, company.host)
    with edges.database.reading() as work:
        settings = settings_of(work, company.id)
    round_ = Round(edges, company, lease, host, books, settings, hold)
    # What was on its way when an answer was lost is found out first: it would come in as a stranger otherwise.
    _verify_sent(round_, report)
    followed = follow(edges, books, company, lease)
    report.stats.update(changes=followed.changed)
    connection_works(edges, company.id)
    inbound = apply_inbound(round_)
    report.stats.update(applied=inbound.applied, waiting_in=inbound.waiting, stuck_in=inbound.stuck)
    taken = take_in(edges, host, company, hold)
    report.stats.update(host_changes=taken.changed, queued=taken.queued)
    if round_.settings["export"] == "on":
        try:
            _push_out(round_, report)
        except Exception:
            _give_back(round_)
            raise
        _give_back(round_)
    if inbound.waiting:
        report.state = "partial"


def _verify_sent(round_: Round, report: Report) -> None:
    """Find out what became of the pushes whose answers were lost."""
    with round_.edges.database.reading() as work:
        now = round_.edges.clock.now()
        sent = [
            push
            for push in work.pushes.in_state(round_.company.id, State.SENT)
            if push.due_at is None or push.due_at <= now
        ]
    for push in sent:
        round_.hold()
        _count(report, push_one(round_, push))


def _count(report: Report, outcome: Outcome | None) -> bool:
    """Add how a push ended to the report; tells whether anything moved."""
    match outcome:
        case Posted():
            report.stats.update(confirmed=1, adopted=int(outcome.adopted))
            return True
        case Postponed():
            report.stats.update(postponed=1)
            report.state = "partial" if outcome.uncertain else report.state
            return False
        case Blocked():
            report.stats.update(blocked=1)
            return False
        case None:
            report.stats.update(needless=1)
            return True


def _give_back(round_: Round) -> None:
    """Put back what was taken and not come to; nothing when somebody else has the company by now."""
    with suppress(LeaseLost), round_.edges.database.transaction() as work:
        work.companies.guard(round_.lease)
        work.pushes.give_back(round_.company.id, now=round_.edges.clock.now())


def _push_out(round_: Round, report: Report) -> None:
    """Send what is owed, in dependency order, until nothing more can go now."""
    edges = round_.edges
    tried: Counter[str] = Counter()
    while True:
        with edges.database.transaction() as work:
            work.companies.guard(round_.lease)
            due = work.pushes.lease(round_.company.id, now=edges.clock.now(), limit=PAGE)
        due = [push for push in due if tried[push.id] < TRIES]
        moved = 0
        for push in due:
            tried[push.id] += 1
            round_.hold()
            try:
                outcome = push_one(round_, push)
            except (Throttled, Unreachable) as error:
                # The same answer would meet every other push: come back later instead of trying each.
                report.state, report.error = "partial", error.sentence()
                report.stats.update(postponed=1)
                return
            moved += _count(report, outcome)
        # A customer that was made releases its invoices, and a wait may have queued what it waits for: once
        # more, until a whole pass moves nothing and finds nothing new.
        if not due or (moved == 0 and all(tried[push.id] > 1 for push in due)):
            return


def _settle(edges: Edges, lease: Lease, cycle: str, report: Report) -> None:
    """Write how the cycle ended and when the next one is due."""
    now = edges.clock.now()
    with edges.database.transaction() as work:
        due = now + EVERY
        # What nobody has let go yet does not hurry the company: a cycle costs metered reads.
        live = settings_of(work, lease.company)["export"] == "on"
        owed = work.pushes.next_due(lease.company) if live else None
        waits = [at for at in (owed, work.inbound.next_due(lease.company)) if at]
        if waits:
            due = min(due, max(min(waits), now + SOON))
        if report.state in ("partial", "failed"):
            due = min(due, now + SOON)
        try:
            work.companies.settle(lease, due_at=due, now=now)
        except LeaseLost:
            report.state, report.error = "abandoned", "another worker took this company over"
        work.cycles.finish(cycle, state=report.state, stats=dict(report.stats), error=report.error, now=now)
    report.next_at = due
