"""Items: the products and services that lines of documents name."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import msgspec

from tieout.domain.documents import Kind, Service, title
from tieout.domain.seen import SeenItem
from tieout.kit.errors import Invalid
from tieout.qbo.entities.columns import Columns
from tieout.qbo.entities.entity import HEARD, Can, Entity
from tieout.qbo.entities.spelling import (
    Ref,
    body_of,
    living_name,
    number,
    plain_name,
    price,
    ref_of,
    within,
)

NAME_MAX: Final = 100
SKU_MAX: Final = 100
DESCRIPTION_MAX: Final = 4000
"""Limits of Name, Sku and Description (Intuit's documentation)."""


class _Item(msgspec.Struct):
    Id: str
    SyncToken: str
    Name: str | None = None
    Type: str | None = None
    Sku: str | None = None
    Description: str | None = None
    UnitPrice: Decimal | None = None
    IncomeAccountRef: Ref | None = None
    Active: bool = True


_DECODER = msgspec.json.Decoder(_Item)


def seen(raw: bytes, home_currency: str = "") -> SeenItem:  # noqa: ARG001  prices have no currency of their own
    """Translate an item."""
    found = _DECODER.decode(raw)
    return SeenItem(
        qbo_id=found.Id,
        sync_token=found.SyncToken,
        name=living_name(found.Name or ""),
        type=found.Type or "",
        sku=found.Sku or "",
        description=found.Description or "",
        unit_price=found.UnitPrice,
        income_account=ref_of(found.IncomeAccountRef),
        active=found.Active,
    )


def item_body(
    service: Service,
    *,
    income_account: str,
    expense_account: str | None = None,
    qbo_id: str = "",
    sync_token: str = "",
) -> bytes:
    """Spell a service as an item of type Service, or as a sparse update of an item (its type stays).

    The accounts are QuickBooks ids; an update without `income_account` leaves the item's own.
    Raises Invalid for a name that is empty or too long, and for texts that are too long.
    """
    assert income_account or qbo_id, "a new item earns on some account"
    record = title(service)
    fields: dict[str, Any] = {"Name": item_name(service)}
    if not qbo_id:
        fields["Type"] = "Service"
    if service.description.strip():
        fields["Description"] = within(service.description, DESCRIPTION_MAX, "the description", record=record)
    if service.unit_price is not None:
        fields["UnitPrice"] = number(price(service.unit_price))
    if service.sku.strip():
        fields["Sku"] = within(service.sku, SKU_MAX, "the stock code", record=record)
    if income_account:
        fields["IncomeAccountRef"] = {"value": income_account}
    if expense_account:
        fields["ExpenseAccountRef"] = {"value": expense_account}
    return body_of(fields, qbo_id=qbo_id, sync_token=sync_token)


def item_name(service: Service) -> str:
    """Give the name that a service gets in QuickBooks; Invalid when it cannot have one."""
    name = plain_name(service.name)
    if not name:
        raise Invalid(
            "The service has no name",
            record=f"Service {service.ref}",
            reason="QuickBooks knows items by their name, and this one is only `:` and spaces",
            remedy="Give the service a name, then press Retry",
        )
    return within(name, NAME_MAX, "the service's name", record=f"Service {name[:60]}…")


ITEM: Final = Entity(
    name="Item",
    plural="products and services",
    summary="What is sold, with the account that it earns on; only categories can be deleted",
    can=HEARD | Can.CREATE | Can.UPDATE | Can.DELETE | Can.DEACTIVATE,
    active_flag=True,
    columns=Columns(name="Name", number="Sku"),
    translation=seen,
    kind=Kind.SERVICE,
)
