"""Leases: the right to run one company's cycle, with the fence that outlives a paused holder."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

LEASE: Final = timedelta(seconds=45)
"""How long a company or a job stays held after its holder was last heard of, unless the installation says otherwise."""


@dataclass(frozen=True)
class Lease:
    """The right to work on one company until a given instant."""

    company: str
    """The company's id."""
    fence: int
    """Grows with every claim: a write that carries an older one is refused."""
    owner: str
    until: datetime
    tenant: str = ""
    """Whose company it is."""


class LeaseLost(Exception):
    """Somebody else has taken the company over, or the cycle was ended: what this cycle meant to write is void."""

    def __init__(self, lease: Lease) -> None:
        super().__init__(
            f"the lease {lease.fence} of company {lease.company} is no longer held by {lease.owner}"
        )
        self.lease = lease


class InHand:
    """The leases that this process works under now, and until when each is good. Safe to share between threads.

    One heartbeat renews all of them, so that a lease can be short however long a single call takes.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[tuple[str, int], datetime] = {}
        self._leases: dict[tuple[str, int], Lease] = {}
        self._pulsing = False

    def take(self, lease: Lease) -> None:
        """Count a lease among those that are renewed."""
        with self._lock:
            self._leases[lease.company, lease.fence] = lease
            self._until[lease.company, lease.fence] = lease.until

    def needs_pulse(self) -> bool:
        """Tell, once, that somebody has to begin renewing what is in hand."""
        with self._lock:
            needed, self._pulsing = not self._pulsing, True
        return needed

    def ends_pulse(self) -> bool:
        """Tell whoever renews that nothing is in hand any more; whatever is taken later needs it anew."""
        with self._lock:
            self._pulsing = bool(self._leases)
            return not self._pulsing

    def put_down(self, lease: Lease) -> None:
        """Renew a lease no longer."""
        with self._lock:
            self._leases.pop((lease.company, lease.fence), None)
            self._until.pop((lease.company, lease.fence), None)

    def leases(self) -> list[Lease]:
        """List what is in hand."""
        with self._lock:
            return list(self._leases.values())

    def until(self, lease: Lease) -> datetime:
        """Tell until when a lease is good as far as this process knows."""
        with self._lock:
            return self._until.get((lease.company, lease.fence), lease.until)

    def renewed(self, lease: Lease, until: datetime) -> None:
        """Note that a lease was renewed; nothing when it was put down meanwhile."""
        with self._lock:
            if (lease.company, lease.fence) in self._until:
                self._until[lease.company, lease.fence] = until
