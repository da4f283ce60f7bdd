"""The control plane's door for bundles, which users make on QuickBooks' page and the API cannot."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from qbosim.asked import read_body
from qbosim.bookkeeper import Office, in_company
from qbosim.entities.bundle import make_bundle
from qbosim.records.company import Company, Record
from qbosim.wire import Request

FAILED = "The bundle was not made"


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

    def __init__(self, office: Office) -> None:
        self._office = office

    def make(self, request: Request) -> Any:
        """Make a bundle, as a user does; answers the item as the API shows it."""
        wish = read_body(request, NewBundle, FAILED)
        parts = [(part.item, Decimal(str(part.quantity))) for part in wish.parts]

        def work(company: Company) -> Record:
            return make_bundle(company, wish.name, parts, description=wish.description, sku=wish.sku)

        item = in_company(self._office, wish.realm_id, work, failed=FAILED, which=wish.name or "(no name)")
        return {"Item": msgspec.json.decode(item.text)}
