"""One cycle of one company: QuickBooks' changes in, the host's changes in, what is owed out.

Only the holder of the company's lease runs one, and every write it makes says so. What happened in QuickBooks
is known before anything is sent, so that a change on both sides is seen as such.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from tieout.connections.books import open_books
from tieout.connections.companies import found, settings_of
from tieout.connections.hold import Hold, take_turn
from tieout.connections.notices import connection_lost, connection_works
from tieout.domain.outcome import Blocked, Outcome, Posted, Postponed
from tieout.domain.permissions import SYNC
from tieout.domain.pushes import State
from tieout.edges import Edges
from tieout.kit.errors import ReconnectNeeded, Retry, Throttled, TieoutError, Unreachable
from tieout.mirror.follow import follow
from tieout.mirror.webhooks import listen, settle_events
from tieout.qbo.client import Books, Call
from tieout.security.operation import Errand, errand
from tieout.storage.companies import Company
from tieout.storage.leases import Lease, LeaseLost
from tieout.sync.cadence import due_again, pace_of_checks
from tieout.sync.forgotten import tell_of_forgotten
from tieout.sync.inbound import apply_inbound
from tieout.sync.intake import take_in
from tieout.sync.push import SendingStopped, push_one
from tieout.sync.round import Round
from tieout.sync.telling import tell_of_cycle

PAGE: Final = 200
TRIES: Final = 3
"""How often one push may come up in one cycle: anew when what it waited for is there."""


@dataclass
class Report:
    """How a cycle ended."""

    company: str
    state: str = "running"
    """`succeeded`, `partial` (something is tried again soon), `aborted` (connection lost, or ended by a person), `failed`,
    `abandoned`."""
    stats: Counter[str] = field(default_factory=Counter)
    error: str = ""
    next_at: datetime | None = None


@errand("sync.now", needs=SYNC, writes=True)
def sync_now(act: Errand, *, company: str = "") -> Report:
    """Run a cycle of a company now; waits for one that is already running."""
    edges = act.edges
    with edges.database.reading() as work:
        chosen = found(work, act.caller.tenant, company)
    return run_cycle(
        edges, take_turn(edges, chosen, done="synchronised"), cause=f"asked by {act.caller.actor}"
    )


def run_cycle(edges: Edges, lease: Lease, *, cause: str) -> Report:
    """Run one cycle under a lease that is held, and settle the company afterwards."""
    with edges.database.transaction() as work:
        company = work.companies.get(lease.company)
        assert company is not None, lease
        cycle = edges.ids.new("cyc")
        work.cycles.start(cycle, company.id, cause=cause, fence=lease.fence, now=edges.clock.now())
    report = Report(company.id)
    hold = Hold(edges, lease)
    try:
        _work_through(edges, company, hold, report)
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
    finally:
        hold.put_down()
    _settle(edges, lease, cycle, report)
    return report


def _work_through(edges: Edges, company: Company, hold: Hold, report: Report) -> None:

    def heard(call: Call) -> None:
        report.stats.update(reads=call.reads)
        hold(call)

    with open_books(edges, company, on_call=heard, before_write=hold.sure) as books:
        _work_with(books, edges, company, hold, report)


def _work_with(books: Books, edges: Edges, company: Company, hold: Hold, report: Report) -> None:
    lease = hold.lease
    host = edges.host(company.tenant, company.host)
    with edges.database.reading() as work:
        settings = settings_of(work, company.id)
    round_ = Round(edges, company, lease, host, books, settings, hold)
    # What was on its way when an answer was lost is found out first: it would come in as a stranger otherwise.
    _verify_sent(round_, report)
    followed = follow(edges, books, company, lease, pace_of_checks(company, edges.clock.now()))
    told = settle_events(edges, books, company, lease)
    report.stats.update(changes=followed.changed + told.changed, told=len(told.settled))
    if followed.until is not None:
        listen(edges, company, lease, followed.told_at, followed.until)
    connection_works(edges, company.id)
    inbound = apply_inbound(round_)
    report.stats.update(applied=inbound.applied, waiting_in=inbound.waiting, stuck_in=inbound.stuck)
    taken = take_in(edges, host, company, hold)
    report.stats.update(host_changes=taken.changed, queued=taken.queued)
    if round_.settings["export"] == "on" and _is_owed(round_):
        try:
            _push_out(round_, report)
        except Exception:
            _give_back(round_)
            raise
        _give_back(round_)
    tell_of_forgotten(round_)
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


def _is_owed(round_: Round) -> bool:
    """Tell whether anything can be sent now: mostly nothing can, and then nothing needs to be taken or given back."""
    with round_.edges.database.reading() as work:
        return bool(work.pushes.due(round_.company.id, round_.edges.clock.now(), 1))


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
            except SendingStopped:
                _note_stop(round_, report)
                return
            moved += _count(report, outcome)
        # A customer that was made releases its invoices, and a wait may have queued what it waits for: once
        # more, until a whole pass moves nothing and finds nothing new.
        if not due or (moved == 0 and all(tried[push.id] > 1 for push in due)):
            return


def _note_stop(round_: Round, report: Report) -> None:
    """Say that a cycle did not end by itself, if the company was paused, disconnected or erased in the middle of it."""
    with round_.edges.database.reading() as work:
        now_is = work.companies.get(round_.company.id)
    if now_is is None or now_is.status != "connected":
        how = now_is.status.replace("_", " ") if now_is is not None else "erased"
        report.state = "aborted"
        report.error = (
            f"{round_.company.name}: it is {how} since the middle of this cycle. Nothing more was sent."
        )


def _settle(edges: Edges, lease: Lease, cycle: str, report: Report) -> None:
    """Write how the cycle ended and when the next one is due."""
    now = edges.clock.now()
    due: datetime | None = None
    with edges.database.transaction() as work:
        try:
            work.companies.guard(lease)
            company = work.companies.get(lease.company)
            assert company is not None, lease
            due = due_again(edges, work, company, state=report.state, stats=report.stats)
            work.companies.settle(lease, due_at=due, now=now)
        except LeaseLost:
            report.state, report.error = "abandoned", "another worker took this company over"
        work.cycles.finish(cycle, state=report.state, stats=dict(report.stats), error=report.error, now=now)
        tell_of_cycle(edges, work, lease.company)
    report.next_at = due
