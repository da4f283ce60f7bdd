"""One round of a company: what a cycle works with, and what it looks up at most once."""

from __future__ import annotations

from dataclasses import dataclass, field

from tieout.connections.hold import Hold
from tieout.domain.documents import Kind
from tieout.domain.matching import Suggestion
from tieout.edges import Edges
from tieout.hosts.contract import Host
from tieout.qbo.client import Books
from tieout.reconcile.unlinked import compared
from tieout.storage.companies import Company
from tieout.storage.leases import Lease
from tieout.storage.unit_of_work import Work


@dataclass(frozen=True)
class Round:
    """Everything that one cycle of one company works with."""

    edges: Edges
    company: Company
    lease: Lease
    host: Host
    books: Books
    settings: dict[str, str]
    """The company's settings as they were when the round began."""
    hold: Hold
    """Called between pieces of work, so that the lease lasts as long as they do."""
    _compared: dict[Kind, dict[str, Suggestion]] = field(default_factory=dict)

    def suggestion(self, work: Work, kind: Kind, ref: str) -> Suggestion | None:
        """Tell how an unlinked client or service compares with what is free in QuickBooks.

        All of them are compared at once, since a match is exact only when it is alone on both sides.
        """
        if kind not in self._compared:
            self._compared[kind] = {one.host_ref: one for one in compared(work, self.company, kind)}
        return self._compared[kind].get(ref)

    def forget_suggestions(self) -> None:
        """Compare anew when next asked: links were made."""
        self._compared.clear()
