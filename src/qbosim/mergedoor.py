"""The control plane's door for merging two records of a list, which users do on QuickBooks' pages and the API cannot."""

from __future__ import annotations

from typing import Any, Literal, Protocol

import msgspec

from qbosim.asked import Refused, read_body
from qbosim.clock import Clock
from qbosim.companies.empty import open_company
from qbosim.entities.catalogue import find_entity
from qbosim.entities.merging import MERGED, merge
from qbosim.faults import Fault
from qbosim.records.company import Company
from qbosim.store import Store
from qbosim.webhooks.delivery import Webhooks
from qbosim.wire import Request

FAILED = "The records were not merged"


class MergeWorld(Protocol):
    """What this door acts on."""

    store: Store
    clock: Clock
    webhooks: Webhooks

    @property
    def realm_id(self) -> str:
        """The company the simulator started with."""
        ...


class Merge(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST /qbosim/merge."""

    entity: str
    gone: str
    """The id of the record that goes into the other."""
    kept: str
    """The id of the record that stays, with its name."""
    realm_id: str | None = None
    leaves: Literal["nothing", "inactive"] = "nothing"
    """What is left under the id that goes."""


class MergeDoor:
    """Answers control requests to merge records."""

    def __init__(self, world: MergeWorld) -> None:
        self._world = world

    def merge(self, request: Request) -> Any:
        """Merge two records, as a user does; answers the one that stays as the API shows it."""
        wish = read_body(request, Merge, FAILED)
        entity = find_entity(wish.entity)
        if entity is None or entity.name not in MERGED:
            raise Refused(
                FAILED,
                which=f"entity {wish.entity}",
                why="Records of this kind cannot be merged.",
                remedy=f"Use one of {', '.join(MERGED)}.",
            )
        world = self._world
        try:
            with world.store.transaction() as db:
                company = open_company(db, world.clock, wish.realm_id or world.realm_id)
                _need_company(company)
                gone, kept = (company.need(entity.name, identity) for identity in (wish.gone, wish.kept))
                stays = merge(company, entity, gone, kept, as_inactive=wish.leaves == "inactive")
                world.webhooks.noticed(company)
        except Fault as fault:
            raise Refused(
                FAILED,
                which=f"{entity.name} {wish.gone} into {wish.kept}",
                why="; ".join(error.detail for error in fault.errors),
                remedy="Correct that and try again; nothing was changed.",
            ) from fault
        return {entity.name: msgspec.json.decode(stays.text)}


def _need_company(company: Company) -> None:
    if not company.exists():
        raise Refused(
            FAILED,
            which=f"realm_id {company.realm}",
            why="This simulator has no such company.",
            remedy="Use a company of GET /qbosim/companies.",
            status=404,
        )
