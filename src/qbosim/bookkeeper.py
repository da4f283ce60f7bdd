"""What a user does in a company that the API cannot: the frame of the control plane's doors for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from qbosim.asked import Refused
from qbosim.clock import Clock
from qbosim.companies.empty import open_company
from qbosim.faults import Fault
from qbosim.records.company import Company, Record
from qbosim.store import Store
from qbosim.webhooks.delivery import Webhooks


class Office(Protocol):
    """What such a door acts on."""

    store: Store
    clock: Clock
    webhooks: Webhooks

    @property
    def realm_id(self) -> str:
        """The company the simulator started with."""
        ...


def in_company(
    office: Office, realm: str | None, work: Callable[[Company], Record], *, failed: str, which: str
) -> Record:
    """Do something in a company (None: the first one) as its user, and tell the apps of it.

    Raises `Refused`, worded with `failed` and `which`, when there is no such company or its books refuse it; nothing of
    it is kept then.
    """
    try:
        with office.store.transaction() as db:
            company = open_company(db, office.clock, realm or office.realm_id)
            if not company.exists():
                raise Refused(
                    failed,
                    which=f"realm_id {company.realm}",
                    why="This simulator has no such company.",
                    remedy="Use a company of GET /qbosim/companies.",
                    status=404,
                )
            record = work(company)
            office.webhooks.noticed(company)
            return record
    except Fault as fault:
        raise Refused(
            failed,
            which=which,
            why="; ".join(error.detail for error in fault.errors),
            remedy="Correct that and try again; nothing was kept.",
        ) from fault
