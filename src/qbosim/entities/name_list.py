"""What name lists have in common: unique names, hierarchies, and deactivation instead of deletion."""

from __future__ import annotations

from collections.abc import Iterable

from qbosim import faults
from qbosim.entities.change import Change
from qbosim.entities.texts import DELETED, without_deleted
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body

_MOST_LEVELS = 5


def named(change: Change, key: str, *, required: bool = True) -> str:
    """The record's plain name after the change; raises 2020 when there is none."""
    name = change.kept(key)
    if not name and required:
        raise faults.missing(key)
    name = str(name or "")
    was_inactive = change.old is not None and change.old.get("Active") is False
    return without_deleted(name) if was_inactive or change.sent.get("Active") is False else name


def is_active(change: Change) -> bool:
    """Whether the record is active after the change; leaving `Active` out never changes it."""
    return change.kept("Active") is not False


def shown(name: str, active: bool) -> str:
    """The name as it is shown: deactivated records carry a suffix (recorded)."""
    return name if active else name + DELETED


def parent_of(company: Company, change: Change, entity: str) -> Record | None:
    """The record above, or None; raises 2500 for a reference that leads nowhere."""
    reference = change.value("ParentRef")
    if not reference or not reference.get("value"):
        return None
    parent = company.refer(entity, reference, (change.old or {}).get("ParentRef"))
    if depth(company, parent) + 1 >= _MOST_LEVELS:
        raise faults.too_deep()
    return parent


def depth(company: Company, record: Record) -> int:
    """How many records stand above this one."""
    levels = 0
    above = record.body.get("ParentRef")
    while above is not None:
        levels += 1
        parent = company.find(record.entity.name, int(above["value"]))
        above = parent.body.get("ParentRef") if parent is not None else None
    return levels


def full_name(parent: Record | None, name: str) -> str:
    """A name with those above it: `Parent:Child`."""
    return f"{parent.body.get('FullyQualifiedName', '')}:{name}" if parent is not None else name


def keep_unique(
    company: Company, entities: Iterable[str], column: str, name: str, change: Change, detail: str = "null"
) -> None:
    """Refuse a name that another record of these lists has (6240).

    The record itself may keep its name, and deactivated records may share one.
    """
    own = (change.old or {}).get(column)
    if not is_active(change) or (own is not None and own.casefold() == name.casefold()):
        return
    for entity in entities:
        if any(company.select(entity, f"p_{column} = ?", name)):
            raise faults.duplicate_name(detail)


def follow_rename(company: Company, before: Record | None, after: Record) -> None:
    """Carry a changed name into the records below and into every reference."""
    if before is None:
        return
    old_full = before.body.get("FullyQualifiedName")
    new_full = after.body.get("FullyQualifiedName")
    if before.name != after.name:
        company.rename(after, before.name, company.entities)
    if old_full is None or old_full == new_full:
        return
    for child in list(company.select(after.entity.name, "p_ParentRef = ?", str(after.id))):
        body: Body = dict(child.body)
        own_name = str(body["FullyQualifiedName"]).rpartition(":")[2]
        body["FullyQualifiedName"] = f"{new_full}:{own_name}"
        moved = company.save(child, body, bump=False, touch=False)
        follow_rename(company, child, moved)
