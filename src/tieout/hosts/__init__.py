"""Host adapters, which bring a business system's documents and payments, and the list of them."""

from __future__ import annotations

from dataclasses import dataclass

from tieout.hosts.contract import Host, abilities
from tieout.hosts.ledger.adapter import LedgerHost


@dataclass(frozen=True)
class HostKind:
    """A kind of business system that Tieout can serve."""

    name: str
    """What the adapter calls itself, and what a company's row keeps."""
    title: str
    """For people."""
    summary: str
    adapter: type[Host]
    """Implements `contract.Host` and whatever abilities it has; `wiring` builds it."""

    def __post_init__(self) -> None:
        assert self.adapter.name == self.name, f"{self.adapter} calls itself otherwise than {self.name}"

    @property
    def abilities(self) -> tuple[str, ...]:
        """Name what it can do besides being read."""
        return abilities(self.adapter)


HOSTS: tuple[HostKind, ...] = (
    HostKind(
        "ledger",
        "Built-in ledger",
        "Clients, services, invoices and payments kept by Tieout itself, filled over REST or from CSV files.",
        LedgerHost,
    ),
)
"""Every host there is: one adapter, one line."""
