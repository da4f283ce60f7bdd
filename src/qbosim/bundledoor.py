"""The control plane's door for bundles, which users make on QuickBooks' page and the API cannot."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Protocol

import msgspec

from qbosim.asked import Refused, read_body
from qbosim.clock import Clock
from qbosim.companies.empty import open_company
from qbosim.entities.bundle import make_bundle
from qbosim.faults import Fault
from qbosim.store import Store
from qbosim.webhooks.delivery import Webhooks
from qbosim.wire import Request

FAILED = "The bundle was not made"


class BundleWorld(Protocol):
    """What this door acts on."""

    store: Store
    clock: Clock
    webhooks: Webhooks

    @property
    def realm_id(self) -> str:
        """The company the simulator started with."""
        ...


class Part(msgspec.Struct, forbid_unknown_fields=True):
    """One item of a bundle."""

    item: str
    quantity: float = 1


class NewBundle(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST /qbosim/bundles."""

    name: str
    parts: list[Part]
    realm_id: str | None = None
    description: str = ""
    sku: str = ""


class BundleDoor:
    """Answers control requests about bundles."""

    def __init__(self, world: BundleWorld) -> None:
        self._world = world

    def make(self, request: Request) -> Any:
        """Make a bundle, as a user does; answers the item as the API shows it."""
        wish = read_body(request, NewBundle, FAILED)
        world = self._world
        parts = [(part.item, Decimal(str(part.quantity))) for part in wish.parts]
        try:
            with world.store.transaction() as db:
                company = open_company(db, world.clock, wish.realm_id or world.realm_id)
                if not company.exists():
                    raise Refused(
                        FAILED,
                        which=f"realm_id {company.realm}",
                        why="This simulator has no such company.",
                        remedy="Use a company of GET /qbosim/companies.",
                        status=404,
                    )
                item = make_bundle(company, wish.name, parts, description=wish.description, sku=wish.sku)
                world.webhooks.noticed(company)
        except Fault as fault:
            raise Refused(
                FAILED,
                which=wish.name or "(no name)",
                why="; ".join(error.detail for error in fault.errors),
                remedy="Correct that and try again; nothing was kept.",
            ) from fault
        return {"Item": msgspec.json.decode(item.text)}
