"""Postal addresses: each stored one has an id of its own, and documents copy the customer's."""

from __future__ import annotations

from typing import Any

from qbosim.records.company import Company
from qbosim.records.layout import Body

_LINES = ("Line1", "Line2", "Line3", "Line4", "Line5")
_WHERE = ("Lat", "Long")


def own_address(company: Company, sent: Body | None, old: Body | None) -> Body | None:
    """An address with an id of its own; one that did not change keeps it. None when nothing is in it."""
    if not sent:
        return None
    parts: dict[str, Any] = {key: value for key, value in sent.items() if key != "Id" and value != ""}
    if not parts:
        return None
    if old is not None and {key: value for key, value in old.items() if key != "Id"} == parts:
        return old
    return {"Id": str(company.count_up("Address")), **parts}


def flattened(address: Body) -> Body:
    """An address as a form keeps it after an update: its parts as lines, the place in one of them (documented).

    The place is written as recorded: `Middlefield, CA  94303`, with two blanks.
    """
    lines = [str(address[key]) for key in _LINES if address.get(key)]
    region = f"{address.get('CountrySubDivisionCode', '')}  {address.get('PostalCode', '')}".strip()
    place = ", ".join(part for part in (str(address.get("City", "")), region) if part)
    lines += [part for part in (place, str(address.get("Country", ""))) if part]
    head = {"Id": address["Id"]} if "Id" in address else {}
    return {
        **head,
        **dict(zip(_LINES, lines, strict=False)),
        **{key: address[key] for key in _WHERE if key in address},
    }


def company_ship_from(company: Company) -> Body | None:
    """Where the company ships from: its own address in two lines, as recorded since 2026; None without one."""
    address = company.info.get("CompanyAddr") or {}
    street = address.get("Line1")
    if not street:
        return None
    place = ", ".join(
        part
        for part in (
            str(address.get("City", "")),
            f"{address.get('CountrySubDivisionCode', '')}  {address.get('PostalCode', '')}".strip(),
        )
        if part
    )
    found: Body = {"Id": str(company.count_up("Address")), "Line1": street}
    if place:
        found["Line2"] = place
    return found
