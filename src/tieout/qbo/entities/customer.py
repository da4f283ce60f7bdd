"""Customers: who buys."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import msgspec

from tieout.domain.documents import Client, Kind, title
from tieout.domain.money import ZERO
from tieout.domain.seen import SeenParty
from tieout.kit.errors import Invalid
from tieout.qbo.entities.columns import Columns
from tieout.qbo.entities.entity import HEARD, Can, Entity
from tieout.qbo.entities.spelling import (
    PostalAddress,
    Ref,
    address_body,
    body_of,
    living_name,
    plain_name,
    ref_of,
    seen_address,
    within,
)

NAME_MAX: Final = 500
EMAIL_MAX: Final = 100
PHONE_MAX: Final = 30
TAX_ID_MAX: Final = 16
"""Limits of DisplayName, PrimaryEmailAddr, PrimaryPhone and ResaleNum (Intuit's documentation)."""


class _Email(msgspec.Struct):
    Address: str | None = None


class _Phone(msgspec.Struct):
    FreeFormNumber: str | None = None


class _Customer(msgspec.Struct):
    Id: str
    SyncToken: str
    DisplayName: str | None = None
    FullyQualifiedName: str | None = None
    CompanyName: str | None = None
    PrimaryEmailAddr: _Email | None = None
    PrimaryPhone: _Phone | None = None
    BillAddr: PostalAddress | None = None
    ResaleNum: str | None = None
    PrimaryTaxIdentifier: str | None = None
    ParentRef: Ref | None = None
    CurrencyRef: Ref | None = None
    Balance: Decimal | None = None
    Active: bool = True


_DECODER = msgspec.json.Decoder(_Customer)


def seen(raw: bytes, home_currency: str = "") -> SeenParty:
    """Translate a customer."""
    found = _DECODER.decode(raw)
    name = living_name(found.DisplayName or found.FullyQualifiedName or "")
    return SeenParty(
        qbo_id=found.Id,
        sync_token=found.SyncToken,
        name=name,
        full_name=living_name(found.FullyQualifiedName or "") or name,
        company_name=found.CompanyName or "",
        email=(found.PrimaryEmailAddr.Address or "") if found.PrimaryEmailAddr else "",
        phone=(found.PrimaryPhone.FreeFormNumber or "") if found.PrimaryPhone else "",
        address=seen_address(found.BillAddr),
        tax_id=found.ResaleNum or found.PrimaryTaxIdentifier or "",
        parent=ref_of(found.ParentRef),
        currency=ref_of(found.CurrencyRef) or home_currency,
        balance=found.Balance if found.Balance is not None else ZERO,
        active=found.Active,
    )


def customer_body(
    client: Client, *, parent_id: str = "", currency: str = "", qbo_id: str = "", sync_token: str = ""
) -> bytes:
    """Spell a client as a customer, or as a sparse update of one.

    What the client does not have is left out, so that an update never empties what the books know better.
    `currency` counts only for a new customer: Intuit does not let it change.

    Raises Invalid for a name that is empty or too long, and for an e-mail address, phone number, tax id or
    address that QuickBooks would not take.
    """
    record = title(client)
    fields: dict[str, Any] = {"DisplayName": display_name(client)}
    if client.email.strip():
        fields["PrimaryEmailAddr"] = {"Address": _email(client.email, record)}
    if client.phone.strip():
        phone = within(client.phone, PHONE_MAX, "the phone number", record=record)
        fields["PrimaryPhone"] = {"FreeFormNumber": phone}
    address = address_body(client.address, record=record)
    if address:
        fields["BillAddr"] = address
    if client.tax_id.strip():
        fields["ResaleNum"] = within(client.tax_id, TAX_ID_MAX, "the tax id", record=record)
    if parent_id:
        fields["Job"] = True
        fields["ParentRef"] = {"value": parent_id}
    if currency and not qbo_id:
        fields["CurrencyRef"] = {"value": currency}
    return body_of(fields, qbo_id=qbo_id, sync_token=sync_token)


def display_name(client: Client) -> str:
    """Give the name that a client gets in QuickBooks; Invalid when it cannot have one."""
    name = plain_name(client.name)
    if not name:
        raise Invalid(
            "The client has no name",
            record=f"Client {client.ref}",
            reason="QuickBooks knows customers by their name, and this one is only `:` and spaces",
            remedy="Give the client a name, then press Retry",
        )
    return within(name, NAME_MAX, "the client's name", record=f"Client {name[:60]}…")


def _email(address: str, record: str) -> str:
    """Check an address as Intuit does: an @ with a point somewhere behind it."""
    address = within(address, EMAIL_MAX, "the e-mail address", record=record)
    local, _, domain = address.partition("@")
    if not local or "." not in domain.strip(".") or any(letter.isspace() for letter in address):
        raise Invalid(
            "The e-mail address cannot be used",
            record=record,
            reason=f"QuickBooks does not take {address!r}: it needs an @ and a domain with a point",
            remedy="Correct or remove the address, then press Retry",
        )
    return address


CUSTOMER: Final = Entity(
    name="Customer",
    plural="customers",
    summary="Who buys; a customer can belong to another one",
    can=HEARD | Can.CREATE | Can.UPDATE | Can.DEACTIVATE,
    active_flag=True,
    columns=Columns(
        name="DisplayName or FullyQualifiedName", balance="Balance", currency="CurrencyRef.value"
    ),
    translation=seen,
    kind=Kind.CLIENT,
)
