"""The change feed: every object of the asked entities that changed since an instant, deletions included.

One answer holds at most 1,000 objects, with no sign that there are more (Intuit's documentation).
"""

from __future__ import annotations

from collections.abc import Mapping

from qbosim import faults, jsontext
from qbosim.entities.catalogue import find_entity
from qbosim.entities.entity import Entity
from qbosim.moments import read_instant, stamp
from qbosim.records.company import Company
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "Change data capture",
    recorded(
        "cdc.shape",
        "CDCResponse holds one QueryResponse per entity asked for; without changes it is {}, and without any change at "
        "all there is a single {}.",
        "sandbox traffic (minimul/qbo_api, cdc/basic); ruckus/quickbooks-ruby, change_data_capture_response.xml",
    ),
    recorded(
        "cdc.oldest_first",
        "Objects come whole, as they are now, the oldest change first, and deleted ones as stubs after them.",
        "sandbox traffic (minimul/qbo_api, cdc/basic); ruckus/quickbooks-ruby, change_data_capture_response.xml",
    ),
    assumed(
        "cdc.member_order",
        "The entities come in the order of the alphabet, not of the request.",
        "both known answers about several entities fit it",
    ),
    documented(
        "cdc.thousand",
        "One answer has at most 1000 objects, with no sign that there are more.",
        "Intuit's documentation of change data capture",
    ),
    recorded(
        "cdc.any_start",
        "A start longer than 30 days ago is answered (setting change_feed_days: refused).",
        "sandbox traffic (minimul/qbo_api, cdc/basic asks from 2011); Intuit's documentation says 30 days",
    ),
    assumed(
        "cdc.days_refused",
        "With change_feed_days, an earlier start is refused with 6000.",
        "documented as a limit, while no refusal was ever recorded",
    ),
    documented(
        "cdc.entities",
        "TaxCode, TaxRate, TaxAgency and JournalCode are not in the feed; they and unknown names are refused with 4001.",
        "Intuit's documentation of change data capture; the words are those of a query",
    ),
    recorded(
        "cdc.case",
        "Entities are named in any case.",
        "sandbox traffic (minimul/qbo_api, cdc/basic asks for `estimate`)",
    ),
    documented(
        "cdc.deactivated",
        "A deactivated name comes as an ordinary object with Active false.",
        "Intuit's documentation of change data capture",
    ),
    assumed(
        "cdc.zoneless",
        "A start without offset is Pacific time, a day alone starts at its midnight.",
        "python-quickbooks sends no offset, and every time that Intuit answers with is Pacific",
    ),
    assumed(
        "cdc.missing",
        "A missing parameter is refused with 2020, one that is no time with 2060.",
        "the codes that are documented for other missing and malformed values",
    ),
)

MOST_OBJECTS = 1000
_DAY = 86_400


def run_change_feed(company: Company, parameters: Mapping[str, str], most_days: int) -> str:
    """Answer `entities` and `changedSince` with the JSON text of a `CDCResponse`.

    `most_days`: how long ago it may start; 0 for any time. Raises 2020, 2060, 4001 and, for a start too long ago, 6000.
    """
    entities = _entities(parameters.get("entities", ""))
    since = _since(parameters.get("changedSince", ""))
    if most_days and since < company.seconds - most_days * _DAY:
        raise faults.business(f"changedSince must lie within the last {most_days} days.", "changedSince")
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
    """The entities asked for, in the order of the alphabet."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise faults.missing("entities")
    wanted: dict[str, Entity] = {}
    for name in names:
        entity = find_entity(name)
        if entity is None or not entity.in_change_feed:
            raise faults.query_invalid(f"invalid context declaration: {name}")
        wanted[entity.name] = entity
    return [wanted[name] for name in sorted(wanted)]


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
