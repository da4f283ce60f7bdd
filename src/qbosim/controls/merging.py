"""The control plane's door for merging two records of a list, which users do on QuickBooks' pages and the API cannot."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from qbosim.asked import Refused, read_body
from qbosim.bookkeeper import Office, in_company
from qbosim.entities.catalogue import find_entity
from qbosim.entities.merging import MERGED, merge
from qbosim.records.company import Company, Record
from qbosim.wire import Request

FAILED = "The records were not merged"


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

    def __init__(self, office: Office) -> None:
        self._office = office

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
        name = entity.name

        def work(company: Company) -> Record:
            gone, kept = (company.need(name, identity) for identity in (wish.gone, wish.kept))
            return merge(company, entity, gone, kept, as_inactive=wish.leaves == "inactive")

        which = f"{name} {wish.gone} into {wish.kept}"
        stays = in_company(self._office, wish.realm_id, work, failed=FAILED, which=which)
        return {name: msgspec.json.decode(stays.text)}
