"""Leases: the right to run one company's cycle, with the fence that outlives a paused holder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Lease:
    """The right to work on one company until a given instant."""

    company: str
    """The company's id."""
    fence: int
    """Grows with every claim: a write that carries an older one is refused."""
    owner: str
    until: datetime


class LeaseLost(Exception):
    """Somebody else has taken the company over, or the cycle was ended: what this cycle meant to write is void."""

    def __init__(self, lease: Lease) -> None:
        super().__init__(
            f"the lease {lease.fence} of company {lease.company} is no longer held by {lease.owner}"
        )
        self.lease = lease
