"""Merging two records of a list, as a user does when somebody was entered twice."""

from __future__ import annotations

from qbosim.console.creating import named, proposals
from qbosim.console.lists import known_entity
from qbosim.console.record import read_record
from qbosim.console.rendering import go_to, page
from qbosim.console.trouble import Trouble
from qbosim.console.visit import Visit
from qbosim.console.wording import record_title, words
from qbosim.wire import Response

_FAILED = "The records were not merged"


def merge_form(visit: Visit, realm: str, name: str, identity: str) -> Response:
    """The question which record stays."""
    return _form(visit, realm, name, identity)


def merge(visit: Visit, realm: str, name: str, identity: str) -> Response:
    """Merge this record into the one that is named."""
    entity = known_entity(name)
    try:
        label = f"{words(entity.name)} that stays"
        kept = named(visit, realm, entity.name, visit.said("kept"), label, _FAILED)["value"]
        wish = {
            "entity": entity.name,
            "gone": identity,
            "kept": kept,
            "realm_id": realm,
            "leaves": "inactive" if visit.ticked("inactive") else "nothing",
        }
        visit.control("POST", "/merge", wish)
    except Trouble as trouble:
        return _form(visit, realm, name, identity, trouble)
    said = f"{words(entity.name)} {identity} is merged into this one."
    return go_to(f"/company/{realm}/record/{entity.name}/{kept}", said)


def _form(visit: Visit, realm: str, name: str, identity: str, trouble: Trouble | None = None) -> Response:
    company = visit.company(realm)
    entity = known_entity(name)
    record = read_record(visit, realm, entity, identity)
    title = record_title(record, entity.name)
    return page(
        visit,
        "merge.html",
        status=200 if trouble is None else trouble.status,
        trouble=trouble,
        realm=company,
        entity=entity,
        identity=identity,
        title=title,
        kind=words(entity.name),
        names=[each for each in proposals(visit, realm, entity.name) if each != title],
        section=entity.name,
    )
