"""Lists of records: searched by number or name, sorted, fifty at a time."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from qbosim.console.rendering import page
from qbosim.console.trouble import Trouble
from qbosim.console.visit import Visit, quoted
from qbosim.console.wording import GROUPS, plural, record_title
from qbosim.entities.catalogue import find_entity
from qbosim.entities.entity import Entity
from qbosim.wire import Response

_PAGE = 50
_SEARCHED = ("DocNumber", "PaymentRefNum", "DisplayName", "FullyQualifiedName", "Name", "FileName")
_PARTIES = (("CustomerRef", "Customer"), ("VendorRef", "Vendor"))
_SORTED = (
    "TxnDate",
    "DueDate",
    "DocNumber",
    "PaymentRefNum",
    "DisplayName",
    "FullyQualifiedName",
    "Name",
    "AccountType",
    "Type",
    "UnitPrice",
    "TotalAmt",
    "Amount",
    "Balance",
    "CurrentBalance",
    "Size",
)
_MOST_PARTIES = 50
COLUMNS: tuple[tuple[str, str, bool], ...] = (
    ("TxnDate", "Date", False),
    ("DueDate", "Due", False),
    ("CustomerRef", "Customer", False),
    ("VendorRef", "Vendor", False),
    ("EntityRef", "Payee", False),
    ("AccountRef", "Account", False),
    ("DepositToAccountRef", "Deposited to", False),
    ("AccountType", "Type", False),
    ("Type", "Type", False),
    ("PayType", "Paid by", False),
    ("PaymentType", "Paid by", False),
    ("TxnStatus", "Status", False),
    ("POStatus", "Status", False),
    ("PrimaryEmailAddr", "E-mail", False),
    ("Code", "Code", False),
    ("SourceCurrencyCode", "Currency", False),
    ("AsOfDate", "As of", False),
    ("Rate", "Rate", True),
    ("RateValue", "Rate", True),
    ("DueDays", "Days", True),
    ("UnitPrice", "Price", True),
    ("QtyOnHand", "On hand", True),
    ("Amount", "Amount", True),
    ("TotalAmt", "Total", True),
    ("CurrentBalance", "Balance", True),
    ("Balance", "Open", True),
    ("UnappliedAmt", "Unapplied", True),
)
"""What a list may show beside the name: property, heading, and whether it is a number."""
_AMOUNTS = frozenset({"UnitPrice", "Amount", "TotalAmt", "CurrentBalance", "Balance", "UnappliedAmt"})


def every(visit: Visit, realm: str) -> Response:
    """All lists with the number of records in each."""
    return page(visit, "lists.html", realm=visit.company(realm), counts=counts(visit, realm), section="lists")


def counts(visit: Visit, realm: str) -> list[tuple[str, list[tuple[str, str, int]]]]:
    """The groups of lists: the entity, its words and how many records it has."""
    return [
        (
            group,
            [
                (
                    name,
                    plural(name),
                    int(visit.select(realm, f"select count(*) from {name}").get("totalCount", 0)),
                )
                for name in names
            ],
        )
        for group, names in GROUPS
    ]


def one(visit: Visit, realm: str, name: str) -> Response:
    """One list."""
    company = visit.company(realm)
    entity = known_entity(name)
    search = visit.query.get("search", "").strip()
    number = visit.query.get("page", "1")
    at = max(int(number), 1) if number.isascii() and number.isdigit() and len(number) < 9 else 1
    sort = visit.query.get("sort", "")
    inactive = bool(visit.query.get("inactive"))
    where = _where(visit, realm, entity, search, inactive)
    total = int(visit.select(realm, f"select count(*) from {entity.name} {where}").get("totalCount", 0))
    order = _order(entity, sort)
    found = visit.rows(
        realm,
        entity.name,
        f"{where} {order} startposition {1 + (at - 1) * _PAGE} maxresults {_PAGE}",
    )
    return page(
        visit,
        "list.html",
        realm=company,
        entity=entity,
        title=plural(entity.name),
        rows=[_row(each, entity.name, columns_of(found)) for each in found],
        columns=columns_of(found),
        search=search,
        sort=sort,
        sorts=[each for each in _SORTED if entity.find_property(each) is not None],
        inactive=inactive,
        total=total,
        first=1 + (at - 1) * _PAGE,
        last=min(at * _PAGE, total),
        earlier=_address(search, sort, inactive, at - 1) if at > 1 else None,
        later=_address(search, sort, inactive, at + 1) if at * _PAGE < total else None,
        section=entity.name,
    )


def known_entity(name: str) -> Entity:
    """The entity of that name. Raises Trouble (404) when there is none."""
    found = find_entity(name)
    if found is None:
        raise Trouble(
            "There is no such list",
            which=name,
            why="QuickBooks has no entity of this name, or the simulator does not serve it.",
            remedy="Choose one under All lists.",
            status=404,
        )
    return found


def columns_of(rows: list[dict[str, Any]]) -> list[tuple[str, str, bool]]:
    """The columns that at least one of these records has something for."""
    return [each for each in COLUMNS if any(each[0] in row for row in rows)]


def _row(record: dict[str, Any], entity: str, columns: list[tuple[str, str, bool]]) -> dict[str, Any]:
    return {
        "id": record.get("Id", ""),
        "title": record_title(record, entity),
        "active": record.get("Active") is not False,
        "voided": str(record.get("PrivateNote", "")).startswith("Voided"),
        "cells": [(_text(record.get(key)), key in _AMOUNTS) for key, _, _ in columns],
    }


def _text(value: Any) -> Any:
    if isinstance(value, dict):
        return value.get("name") or value.get("Address") or value.get("value") or ""
    return "" if value is None else value


def _where(visit: Visit, realm: str, entity: Entity, search: str, inactive: bool) -> str:
    """The conditions of a list: the number or name looked for, or else the customer or vendor of that name."""
    conditions = []
    if inactive and entity.is_list and entity.find_property("Active") is not None:
        conditions.append("Active in (true, false)")
    if search:
        conditions.append(_searched(visit, realm, entity, search, conditions))
    return f"where {' and '.join(conditions)}" if conditions else ""


def _searched(visit: Visit, realm: str, entity: Entity, search: str, others: list[str]) -> str:
    wanted = quoted(f"%{search.replace('%', '')}%")
    named = next((name for name in _SEARCHED if entity.find_property(name) is not None), None)
    by_name = None if named is None else f"{named} like {wanted}"
    for key, party in _PARTIES:
        if entity.find_property(key) is None:
            continue
        if by_name is not None:
            where = " and ".join([*others, by_name])
            if visit.select(realm, f"select count(*) from {entity.name} where {where}").get("totalCount"):
                return by_name
        people = visit.rows(
            realm,
            party,
            f"where DisplayName like {wanted} and Active in (true, false) maxresults {_MOST_PARTIES}",
        )
        if people:
            return f"{key} in ({', '.join(quoted(each['Id']) for each in people)})"
    if by_name is not None:
        return by_name
    return f"Id = {quoted(search if entity.id_number(search) is not None else '0')}"


def _order(entity: Entity, sort: str) -> str:
    key, _, direction = sort.partition(" ")
    if key in _SORTED and entity.find_property(key) is not None:
        return f"orderby {key} {'desc' if direction == 'desc' else 'asc'}"
    if entity.day_key and entity.find_property(entity.day_key) is not None:
        return f"orderby {entity.day_key} desc"
    return ""


def _address(search: str, sort: str, inactive: bool, at: int) -> str:
    parts = {"search": search, "sort": sort, "inactive": "1" if inactive else "", "page": str(at)}
    return "?" + urlencode({name: value for name, value in parts.items() if value})
