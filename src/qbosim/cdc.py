"""The change feed: every object of the asked entities that changed since an instant, deletions included.

One answer holds at most 1,000 objects, with no sign that there are more (Intuit's documentation). Older starts than 30
days are answered all the same, as recorded.
"""

from __future__ import annotations

from collections.abc import Mapping

from qbosim import faults, jsontext
from qbosim.entities.catalogue import ENTITIES, find_entity
from qbosim.entities.entity import Entity
from qbosim.moments import read_instant, stamp
from qbosim.records.company import Company

MOST_OBJECTS = 1000


def run_change_feed(company: Company, parameters: Mapping[str, str]) -> str:
    """Answer `entities` and `changedSince` with the JSON text of a `CDCResponse`."""
    entities = _entities(parameters.get("entities", ""))
    since = _since(parameters.get("changedSince", ""))
    parts: list[str] = []
    left = MOST_OBJECTS
    for entity in entities:
        texts = _changes(company, entity, since, left)
        left -= len(texts)
        if texts:
            listed = ",".join(texts)
            parts.append(f'{{"{entity.name}":[{listed}],"startPosition":1,"maxResults":{len(texts)}}}')
        else:
            parts.append("{}")
    if left == MOST_OBJECTS:
        parts = ["{}"]
    return f'[{{"QueryResponse":[{",".join(parts)}]}}]'


def _entities(text: str) -> list[Entity]:
    """The entities asked for, in this simulator's order: Intuit's is not the request's either (recorded)."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise faults.missing("entities")
    wanted = set()
    for name in names:
        entity = find_entity(name)
        if entity is None or not entity.in_change_feed:
            raise faults.query_invalid(f"invalid context declaration: {name}")
        wanted.add(entity.name)
    return [entity for entity in ENTITIES if entity.name in wanted]


def _since(text: str) -> float:
    if not text:
        raise faults.missing("changedSince")
    try:
        return read_instant(text)
    except ValueError as error:
        raise faults.bad_day("changedSince", text) from error


def _changes(company: Company, entity: Entity, since: float, most: int) -> list[str]:
    """Live objects, oldest change first, then the deleted ones (recorded).

    Two questions, so that each is answered from an index in its order however long ago `since` is.
    """
    found = f"FROM {entity.table} WHERE realm = ? AND updated >= ? AND deleted = "
    order = "ORDER BY updated, id LIMIT ?"
    rows = company.db.execute(f"SELECT body {found}0 {order}", (company.realm, since, most))
    texts = [body for (body,) in rows]
    rows = company.db.execute(
        f"SELECT id, updated {found}1 {order}", (company.realm, since, most - len(texts))
    )
    for identity, updated in rows:
        stub = {
            "domain": "QBO",
            "status": "Deleted",
            "Id": entity.id_text(identity),
            "MetaData": {"LastUpdatedTime": stamp(updated)},
        }
        texts.append(jsontext.dumps(stub).decode())
    return texts
