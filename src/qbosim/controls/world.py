"""What the control plane acts on, and what its doors have in common."""

from __future__ import annotations

from typing import Protocol

from qbosim.asked import Refused
from qbosim.chance import Chance
from qbosim.clock import Clock
from qbosim.companies.load import LoadReport
from qbosim.founding import Founding
from qbosim.realms import Realm
from qbosim.settings import Settings
from qbosim.store import Store
from qbosim.webhooks.delivery import Webhooks
from qbosim.wire import Request


class Controlled(Protocol):
    """What the control plane acts on: the parts of a simulator that a tester may move."""

    store: Store
    clock: Clock
    chance: Chance
    founding: Founding
    webhooks: Webhooks

    def base_url(self, request: Request) -> str:
        """The address under which the asker reaches the simulator."""
        ...

    @property
    def realm_id(self) -> str:
        """The company the simulator started with."""
        ...

    @property
    def client_id(self) -> str:
        """The client id of the first app."""
        ...

    @property
    def settings(self) -> Settings:
        """The switches as they are now."""
        ...

    def change_settings(self, changed: Settings) -> None:
        """Set the switches and keep them."""
        ...

    def companies(self) -> list[Realm]:
        """All companies, the first one first."""
        ...

    def add_company(
        self, kind: str, *, name: str | None = None, country: str = "US", currency: str = "USD"
    ) -> tuple[Realm, LoadReport | None]:
        """Add a company: `sample`, `empty`, or a directory of real QBO objects."""
        ...

    def reset(self, *, keep_connections: bool = False) -> None:
        """Go back to the beginning."""
        ...


def known_company(simulator: Controlled, failed: str, realm: str) -> None:
    """Raise Refused (404) for a realm that the simulator does not have."""
    known = [each.realm for each in simulator.companies()]
    if realm not in known:
        raise Refused(
            failed,
            which=f"realm_id {realm}",
            why="This simulator has no such company.",
            remedy=f"Use one of {', '.join(known)}, or add one with POST /qbosim/companies.",
            status=404,
        )
