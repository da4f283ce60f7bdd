"""The verbs that change records, the same for every entity: create, update, delete, void."""

from __future__ import annotations

from typing import Any

from qbosim import faults
from qbosim.books import ledger
from qbosim.entities.change import Change
from qbosim.entities.editors import signed
from qbosim.entities.entity import Entity, Verb
from qbosim.records.company import Company, Record
from qbosim.records.layout import META_KEYS, Body
from qbosim.records.shape import read_object
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "Writing",
    recorded(
        "writing.no_op",
        "An update that changes nothing leaves SyncToken and LastUpdatedTime as they were.",
        "sandbox traffic, an inactive account and an inactive employee deactivated again (minimul/qbo_api)",
    ),
    documented(
        "writing.sync_token",
        "Update, delete and void need the current SyncToken; another one is refused with 5010.",
        "Intuit's REST documentation; the fault is recorded (minimul/qbo_api)",
    ),
    recorded(
        "writing.unknown_key",
        "A key that Intuit's schema does not have is refused with 2010, and nothing is written.",
        "sandbox traffic (minimul/qbo_api, error/400)",
    ),
    documented(
        "writing.closed_books",
        "Nothing dated on or before the day on which the books were closed is written, changed, voided or deleted: 6210. "
        "What would move into the closed period or out of it is refused too; a no-op update is none.",
        "Intuit's documentation of the error codes",
    ),
    assumed(
        "writing.closed_for_all",
        "The books are closed for whatever has a day, for estimates, orders and hours as well, which post nothing.",
        "QuickBooks Desktop has a switch to leave them out; of one in QuickBooks Online nothing is known",
    ),
)


def write(company: Company, entity: Entity, raw: Any) -> Record:
    """Create a record, or update it when the body names an Id (Intuit uses one address for both)."""
    sent = _clean(entity, raw)
    if entity.found_by is not None:
        return _write_unnamed(company, entity, entity.found_by(company, sent), sent)
    if sent.get("Id"):
        return _update(company, entity, sent)
    return _create(company, entity, sent)


def update(company: Company, entity: Entity, raw: Any) -> Record:
    """Update the record that the body names."""
    if entity.found_by is not None:
        return write(company, entity, raw)
    return _update(company, entity, _clean(entity, raw))


def create(company: Company, entity: Entity, raw: Any) -> Record:
    """Create a record, whatever Id the body may carry."""
    return _create(company, entity, _clean(entity, raw))


def delete(company: Company, entity: Entity, raw: Any) -> Record:
    """Delete the record that the body names; what else the body holds does not matter."""
    _allow(entity, "delete")
    record = _named(company, entity, _clean(entity, raw), needs_token=not entity.deleted_by_id)
    _keep_closed(company, entity, record.body)
    if entity.leaving is not None:
        entity.leaving(company, record)
    company.drop(record)
    return record


def void(company: Company, entity: Entity, raw: Any) -> Record:
    """Void the transaction that the body names: amounts become 0, the document stays.

    Voiding what is void already changes nothing.
    """
    _allow(entity, "void")
    record = _named(company, entity, _clean(entity, raw))
    _keep_closed(company, entity, record.body)
    assert entity.voided is not None, "an entity with the verb void says how"
    changed = _store(company, entity, record, entity.voided(company, record))
    if changed is not record:
        company.tell(changed, "Void")
    return changed


def _create(company: Company, entity: Entity, sent: Body) -> Record:
    _allow(entity, "create")
    body = entity.prepare(company, Change(_without_meta(sent)))
    _keep_closed(company, entity, body)
    record = company.insert(entity.name, signed(company, None, body) if entity.shows_editor else body)
    if entity.day_key:
        ledger.begin(company, record)
    if entity.saved is not None:
        entity.saved(company, None, record)
        record = company.find(entity.name, record.id) or record
    return record


def _update(company: Company, entity: Entity, sent: Body) -> Record:
    _allow(entity, "update")
    return _change(company, entity, _named(company, entity, sent), sent)


def _write_unnamed(company: Company, entity: Entity, record: Record | None, sent: Body) -> Record:
    """Write a record that shows no Id. A SyncToken counts when there is one; nobody can know it beforehand."""
    if record is None:
        return _create(company, entity, sent)
    _allow(entity, "update")
    if sent.get("SyncToken") not in (None, "", str(record.token)):
        raise faults.stale(record.author)
    return _change(company, entity, record, sent)


def _change(company: Company, entity: Entity, record: Record, sent: Body) -> Record:
    change = Change(_without_meta(sent), record.body, bool(sent.get("sparse")))
    body = entity.prepare(company, change)
    if "MetaData" in record.body:
        body["MetaData"] = record.body["MetaData"]
    if body != record.body:
        _keep_closed(company, entity, record.body)
        _keep_closed(company, entity, body)
    return _store(company, entity, record, body)


def _store(company: Company, entity: Entity, record: Record, body: Body) -> Record:
    """Keep a new body. One that changes nothing leaves SyncToken and LastUpdatedTime alone (recorded)."""
    if body == record.body:
        return record
    changed = company.save(record, signed(company, record, body) if entity.shows_editor else body)
    if entity.saved is not None:
        entity.saved(company, record, changed)
        changed = company.find(entity.name, record.id) or changed
    return changed


def _clean(entity: Entity, raw: Any) -> Body:
    if not entity.kind_key:
        return read_object(entity.name, raw)
    inner = entity.unwrapped(raw)
    kind = inner.pop(entity.kind_key, None) if isinstance(inner, dict) else None
    if kind is None:
        raise faults.unreadable()
    return {**read_object(kind, inner), entity.kind_key: kind}


def _without_meta(sent: Body) -> Body:
    return {key: value for key, value in sent.items() if key not in META_KEYS}


def _allow(entity: Entity, verb: Verb) -> None:
    if verb not in entity.verbs:
        raise faults.unsupported(f"{verb} on {entity.name}")


def _named(company: Company, entity: Entity, sent: Body, *, needs_token: bool = True) -> Record:
    identity = sent.get("Id")
    if not identity:
        raise faults.missing("Id")
    record = company.need(entity.name, identity)
    token = sent.get("SyncToken")
    if not token and needs_token:
        raise faults.missing("SyncToken")
    if token and token != str(record.token):
        raise faults.stale(record.author)
    return record


def _keep_closed(company: Company, entity: Entity, body: Body) -> None:
    """Refuse to change a transaction dated in a closed period (code 6210, words recorded)."""
    if not entity.day_key:
        return
    closed = company.preference("AccountingInfoPrefs", "BookCloseDate")
    if closed and str(body.get(entity.day_key, "")) <= str(closed):
        raise faults.books_closed()
