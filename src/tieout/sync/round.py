"""One round of a company: what a cycle works with, and what it looks up at most once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from tieout.connections.companies import settings_of
from tieout.domain.documents import Kind
from tieout.domain.matching import Suggestion
from tieout.edges import Edges
from tieout.hosts.contract import Host
from tieout.qbo.client import Books
from tieout.reconcile.unlinked import compared
from tieout.storage.companies import Company
from tieout.storage.leases import Lease


@dataclass(frozen=True)
class Round:
    """Everything that one cycle of one company works with."""

    edges: Edges
    company: Company
    lease: Lease
    host: Host
    books: Books

    @cached_property
    def settings(self) -> dict[str, str]:
        """The company's settings as they are at the start of the round."""
        with self.edges.database.reading() as work:
            return settings_of(work, self.company.id)

    @cached_property
    def client_suggestions(self) -> dict[str, Suggestion]:
        """How each unlinked client compares with the customers nobody is linked to, by client ref."""
        with self.edges.database.reading() as work:
            return {one.host_ref: one for one in compared(work, self.company, Kind.CLIENT)}

    @cached_property
    def service_suggestions(self) -> dict[str, Suggestion]:
        """How each unlinked service compares with the items nobody is linked to, by service ref."""
        with self.edges.database.reading() as work:
            return {one.host_ref: one for one in compared(work, self.company, Kind.SERVICE)}

    def forget_suggestions(self) -> None:
        """Compare anew when next asked: links were made."""
        for name in ("client_suggestions", "service_suggestions"):
            self.__dict__.pop(name, None)
