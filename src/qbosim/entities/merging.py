"""Merging two records of a name list into one, which users do by giving one the other's name and the API cannot."""

from __future__ import annotations

from typing import Any

from qbosim import faults
from qbosim.books import ledger, movements
from qbosim.entities import writing
from qbosim.entities.entity import Entity
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body
from qbosim.rules import Topic, assumed, documented

_HELP = "Intuit's help pages about merging accounts, customers and vendors"

RULES = Topic(
    "Merging",
    documented(
        "merging.moves",
        "Whatever referred to the record that goes refers to the one that stays: transactions, lines, lists, preferences, "
        "attachments; its postings and its balance move along.",
        _HELP,
    ),
    documented(
        "merging.told",
        "Webhooks tell a Merge of the record that stays, with the id of the one that went; nothing else is told of the "
        "latter.",
        "Intuit's documentation of webhooks (data.deletedid, deletedId)",
    ),
    assumed(
        "merging.gone",
        "The id that went is not found any more and is a deleted stub in the change feed.",
        "the webhook calls it deletedid; Intuit's help also says that a merged customer is saved as inactive, which the "
        "door does on request",
    ),
    assumed(
        "merging.quiet",
        "Records that now refer to the other one keep SyncToken and LastUpdatedTime.",
        "so it is recorded of records that refer to a renamed one",
    ),
    documented(
        "merging.customers",
        "Customers are merged only when neither has customers below it.",
        _HELP,
    ),
    documented(
        "merging.accounts",
        "Accounts are merged only when their types and detail types are the same, and so is what they stand under.",
        _HELP,
    ),
    assumed(
        "merging.alike",
        "Other records too stand under the same one, have the same currency and are active, and the one that goes has "
        "none below it. Items are both services or both non-inventory; stock, bundles and categories stay as they are.",
        "to give one record the other's full name, QuickBooks' page needs the first two; of stock nothing is known",
    ),
)

MERGED: tuple[str, ...] = (
    "Customer",
    "Vendor",
    "Employee",
    "Account",
    "Item",
    "Class",
    "Department",
    "Term",
    "PaymentMethod",
)
"""The lists whose records can be merged."""

_TYPED = frozenset({"EntityRef", "Entity"})
"""References that say beside the id of what kind it is."""
_SETTINGS = {"Account": ("DefaultDiscountAccount", "DefaultShippingAccount")}
"""Preferences that hold a bare id."""
_ALSO = {"Term": ("DefaultTerms",), "Item": ("DefaultItem",)}


def merge(
    company: Company, entity: Entity, gone: Record, kept: Record, *, as_inactive: bool = False
) -> Record:
    """Let `kept` be both records; answers it as it is then.

    With `as_inactive`, what went stays as an inactive record without history. Raises 6000 when the two are not alike
    enough, 500 for a list whose records cannot be merged.
    """
    if entity.name not in MERGED:
        raise faults.unsupported(f"merge on {entity.name}")
    _check_alike(company, entity, gone, kept)
    _refer_to(company, entity, gone, kept)
    ledger.hand_over(company, gone, kept)
    movements.hand_over(company, gone, kept)
    last = company.need(entity.name, str(gone.id))
    if as_inactive:
        token = str(last.token)
        writing.update(
            company, entity, {"Id": str(last.id), "SyncToken": token, "sparse": True, "Active": False}
        )
    else:
        company.drop(last)
    company.changes.note_merge(entity.name, kept.id, gone.id)
    now = company.need(entity.name, str(kept.id))
    return company.save(now, dict(now.body), bump=False)


def _check_alike(company: Company, entity: Entity, gone: Record, kept: Record) -> None:
    if gone.id == kept.id:
        raise faults.business("A record can't be merged with itself.")
    if not (gone.active and kept.active):
        raise faults.business("Inactive records can't be merged.")
    for key in ("CurrencyRef", "ParentRef"):
        if _id_in(gone.body, key) != _id_in(kept.body, key):
            raise faults.business(f"The two can't be merged, since their {key} differs.")
    for key in ("AccountType", "AccountSubType", "Type"):
        if gone.body.get(key) != kept.body.get(key):
            raise faults.business(f"The two can't be merged, since their {key} differs.")
    if gone.body.get("Type") in ("Inventory", "Group", "Category"):
        raise faults.business("Stock, bundles and categories can't be merged.")
    for record in (gone, kept) if entity.name == "Customer" else (gone,):
        if _has_children(company, entity, record):
            raise faults.business("A record that has others below it can't be merged.")


def _id_in(body: Body, key: str) -> object:
    return (body.get(key) or {}).get("value")


def _has_children(company: Company, entity: Entity, record: Record) -> bool:
    return entity.find_property("ParentRef") is not None and any(
        company.select(entity.name, "p_ParentRef = ?", str(record.id))
    )


def _refer_to(company: Company, entity: Entity, gone: Record, kept: Record) -> None:
    """Let every record that refers to the one that goes refer to the one that stays."""
    was = entity.id_text(gone.id)
    for reader in list(company.entities):
        for record in list(company.select(reader, "instr(body, ?) > 0", f'"{was}"')):
            body = _Move(entity, was, kept).within(record.body)
            if body != record.body:
                company.save(record, body, bump=False, touch=False)


class _Move:
    """One reference becoming another wherever it stands in a body."""

    def __init__(self, entity: Entity, was: str, kept: Record) -> None:
        self._entity = entity
        self._was = was
        self._kept = kept
        self._keys = {*entity.referred_as, *_ALSO.get(entity.name, ())}
        self._settings = _SETTINGS.get(entity.name, ())

    def within(self, value: Any, kind: str = "") -> Any:
        """The value with the references changed; `kind` is what an object around it says that it refers to."""
        if isinstance(value, list):
            return [self.within(part) for part in value]
        if not isinstance(value, dict):
            return value
        return {key: self._part(key, part, str(value.get("Type", kind))) for key, part in value.items()}

    def _part(self, key: str, part: Any, kind: str) -> Any:
        if key in self._settings and part == self._was:
            return self._entity.id_text(self._kept.id)
        if not isinstance(part, dict) or part.get("value") != self._was:
            return self.within(part)
        if key in _TYPED:
            said = str(part.get("type", kind)).casefold()
            return self._changed(part) if said == self._entity.name.casefold() else part
        return self._changed(part) if key in self._keys else part

    def _changed(self, reference: Body) -> Body:
        """The new reference with the keys of the old one: a name only where there was one."""
        new = self._kept.reference()
        return {
            key: new.get(key, value) if key in ("value", "name") else value
            for key, value in reference.items()
        }
