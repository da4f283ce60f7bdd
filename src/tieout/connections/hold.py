"""Holding a company while its cycle runs: a lease that is renewed as the work goes on, and freed after the dead.

A lease is short, so that a machine that dies costs minutes. A process that was killed on this very machine
costs nothing: whoever comes next sees that it is gone and takes its lease over. Should it be alive after all,
the fence keeps it from writing.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import timedelta
from typing import Final

from tieout.edges import Edges
from tieout.storage.leases import Lease, LeaseLost

LEASE: Final = timedelta(minutes=2)
"""Longer than one call to Intuit with its time-outs and the minute's wait after a 429."""


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
        return work.companies.claim(company, owner=edges.owner, now=edges.clock.now(), lease_for=LEASE)


def claim_next(edges: Edges) -> Lease | None:
    """Take the company that has been due the longest; None when none is due."""
    with edges.database.transaction() as work:
        for company, holder in work.companies.holders():
            if is_dead(holder, edges.owner):
                work.companies.free(company, holder, now=edges.clock.now())
        leases = work.companies.claim_due(edges.owner, now=edges.clock.now(), lease_for=LEASE, limit=1)
        return leases[0] if leases else None


class Hold:
    """A company held for a while: called wherever a piece of work is done, it renews the lease when half has passed."""

    def __init__(self, edges: Edges, lease: Lease) -> None:
        self._edges = edges
        self.lease = lease
        self._until = lease.until

    def __call__(self, *_done: object) -> None:
        """Renew if it is time; LeaseLost when somebody else has the company."""
        now = self._edges.clock.now()
        if now < self._until - LEASE / 2:
            return
        with self._edges.database.transaction() as work:
            work.companies.renew(self.lease, until=now + LEASE)
        self._until = now + LEASE

    def let_go(self) -> None:
        """Give the company back, due at once; nothing when somebody else has taken it over."""
        now = self._edges.clock.now()
        with suppress(LeaseLost), self._edges.database.transaction() as work:
            work.companies.settle(self.lease, due_at=now, now=now)
