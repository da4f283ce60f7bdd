"""Holding a company while its cycle runs: a lease that a heartbeat renews, and that is freed after the dead.

A lease is short, so that a machine that dies costs less than a minute. A process that was killed on this very
machine costs nothing: whoever comes next sees that it is gone and takes its lease over. Should it be alive
after all, the fence keeps it from writing here, and the look before each write from writing in QuickBooks.
"""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from datetime import timedelta
from typing import Final

import structlog

from tieout.edges import Edges
from tieout.kit.clock import SystemClock
from tieout.kit.errors import ReconnectNeeded, Refused, TieoutError
from tieout.storage.companies import Company
from tieout.storage.leases import LEASE, Lease, LeaseLost

__all__ = [
    "LEASE",
    "Hold",
    "beat",
    "check_workable",
    "claim",
    "claim_due",
    "claim_next",
    "free_the_dead",
    "is_dead",
    "owner_name",
    "take_turn",
]

BEATS_IN_A_LEASE: Final = 3
"""How often what is held is renewed, so that two beats may be missed before anything is lost."""
MARGIN: Final = timedelta(seconds=10)
"""How much of a lease must be left for a write to be sent: room for the call's way and for clocks that differ."""
WAIT_FOR_OTHERS: Final = timedelta(minutes=2)
"""How long what somebody asked for waits for whoever has the company."""
POLL_SECONDS: Final = 0.5
log = structlog.get_logger()


def owner_name(machine: str, run: str) -> str:
    """Name this process in leases: its machine, its process id, and a mark of its own."""
    return f"{machine}:{os.getpid()}:{run}"


def is_dead(owner: str, ours: str) -> bool:
    """Tell whether a lease's owner was a process of our machine that has ended."""
    machine, _, rest = owner.partition(":")
    process, _, run = rest.partition(":")
    if not run or machine != ours.partition(":")[0] or not process.isdigit() or int(process) == os.getpid():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False  # alive, and somebody else's
    return False


def claim(edges: Edges, company: str) -> Lease | None:
    """Take one company now; None while somebody who is alive works on it, or it is not connected."""
    with edges.database.transaction() as work:
        holder = work.companies.get(company)
        if holder is not None and holder.leased_by and is_dead(holder.leased_by, edges.owner):
            work.companies.free(company, holder.leased_by, now=edges.clock.now())
        return work.companies.claim(company, owner=edges.owner, now=edges.clock.now(), lease_for=edges.lease)


def take_turn(edges: Edges, chosen: Company, *, done: str) -> Lease:
    """Take a company for what somebody asked for, after whoever has it now; `done` says what for: “checked”.

    Raises Refused when it is paused, or when the other takes very long, ReconnectNeeded when nobody may read it.
    """
    give_up = edges.clock.now() + WAIT_FOR_OTHERS
    while (lease := claim(edges, chosen.id)) is None:
        with edges.database.transaction() as work:
            work.companies.wake(chosen.id, now=edges.clock.now())
            now_is = work.companies.get(chosen.id)
        check_workable(chosen, now_is, done=done)
        if edges.clock.now() >= give_up:
            raise Refused(
                "A cycle of this company is still running",
                record=chosen.name,
                reason=f"it has had the company for more than {WAIT_FOR_OTHERS // timedelta(minutes=1)} minutes",
                remedy="Nothing: another cycle follows it at once",
            )
        edges.clock.sleep(POLL_SECONDS)
    return lease


def check_workable(chosen: Company, now_is: Company | None, *, done: str) -> None:
    """Refuse what cannot be done with a company as it is now; `done` says what that is, such as “imported”.

    Raises Refused when somebody paused it, ReconnectNeeded when it is not connected.
    """
    if now_is is not None and now_is.status == "paused":
        raise Refused(
            "This company is paused",
            record=chosen.name,
            reason=now_is.status_why or "somebody paused it",
            remedy="Resume it first",
        )
    if now_is is None or now_is.status != "connected":
        raise ReconnectNeeded(
            f"This company cannot be {done}",
            record=chosen.name,
            reason=f"its connection is {now_is.status.replace('_', ' ') if now_is is not None else 'gone'}",
            remedy="Connect it again",
        )


def free_the_dead(edges: Edges) -> int:
    """Give back what processes of this machine hold that have ended; says how many companies."""
    with edges.database.reading() as work:
        orphans = [
            (company, holder) for company, holder in work.companies.holders() if is_dead(holder, edges.owner)
        ]
    if not orphans:
        return 0
    with edges.database.transaction() as work:
        for company, holder in orphans:
            work.companies.free(company, holder, now=edges.clock.now())
    return len(orphans)


def claim_due(edges: Edges, *, limit: int, after: str = "") -> list[Lease]:
    """Take companies that are due, up to a limit; when more are due, tenants take turns behind the one named."""
    with edges.database.transaction() as work:
        return work.companies.claim_due(
            edges.owner, now=edges.clock.now(), lease_for=edges.lease, limit=limit, after=after
        )


def claim_next(edges: Edges, after: str = "") -> Lease | None:
    """Take the company that has been due the longest, of a killed process's too; None when none is due."""
    free_the_dead(edges)
    leases = claim_due(edges, limit=1, after=after)
    return leases[0] if leases else None


def beat(edges: Edges) -> int:
    """Renew every lease that this process works under; says how many are still ours."""
    leases = edges.in_hand.leases()
    if not leases:
        return 0
    until = edges.clock.now() + edges.lease
    with edges.database.transaction() as work:
        ours = work.companies.renew_all(leases, until)
    for lease in leases:
        if (lease.company, lease.fence) in ours:
            edges.in_hand.renewed(lease, until)
    return len(ours)


def _pulse(edges: Edges) -> None:
    """Beat in the background as long as this process holds anything, whatever it waits for meanwhile."""
    while not edges.in_hand.ends_pulse():
        time.sleep(edges.lease.total_seconds() / BEATS_IN_A_LEASE)
        try:
            beat(edges)
        except TieoutError as error:
            # What is held runs out if this lasts; whoever works finds out before it writes.
            log.warning("pulse", error=error.sentence())


class Hold:
    """A company held for a while. It is renewed by the process's heartbeat, and by whoever works as time goes on."""

    def __init__(self, edges: Edges, lease: Lease) -> None:
        """Hold a company from now on; `let_go` or `put_down` ends it."""
        self._edges = edges
        self.lease = lease
        edges.in_hand.take(lease)
        if isinstance(edges.clock, SystemClock) and edges.in_hand.needs_pulse():
            threading.Thread(target=_pulse, args=(edges,), name="pulse", daemon=True).start()

    def __call__(self, *_done: object) -> None:
        """Renew when half of the lease has passed; LeaseLost when somebody else has the company."""
        self._renewed_within(self._edges.lease / 2)

    def sure(self) -> None:
        """Make sure, before something is sent to QuickBooks, that the company is ours for long enough.

        A process that slept past its lease finds out here: LeaseLost when somebody else has the company.
        """
        self._renewed_within(min(MARGIN, self._edges.lease / 3))

    def let_go(self) -> None:
        """Give the company back, due at once; nothing when somebody else has taken it over."""
        self.put_down()
        now = self._edges.clock.now()
        with suppress(LeaseLost), self._edges.database.transaction() as work:
            work.companies.settle(self.lease, due_at=now, now=now)

    def put_down(self) -> None:
        """Stop renewing, because the company was settled or is somebody else's."""
        self._edges.in_hand.put_down(self.lease)

    def _renewed_within(self, left: timedelta) -> None:
        now = self._edges.clock.now()
        if now < self._edges.in_hand.until(self.lease) - left:
            return
        until = now + self._edges.lease
        with self._edges.database.transaction() as work:
            work.companies.renew(self.lease, until=until)
        self._edges.in_hand.renewed(self.lease, until)
