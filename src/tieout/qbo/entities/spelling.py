"""How QuickBooks spells things: references, numbers, names, addresses, limits of texts, and their JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

import msgspec

from tieout.domain.documents import Address
from tieout.kit.errors import Invalid

PRICE_PLACES: Final = 7
"""Decimals of a UnitPrice (Intuit's documentation)."""
DELETED: Final = re.compile(r" \(deleted(?:-\d+)?\)(?=$|:)")
"""What QuickBooks puts behind a name that was made inactive; the numbered form is assumed."""
LINES_OF_AN_ADDRESS: Final = 5
ADDRESS_LINE_MAX: Final = 500
ADDRESS_PART_MAX: Final = 255
POSTCODE_MAX: Final = 30


class Ref(msgspec.Struct, omit_defaults=True):
    """A reference to another record."""

    value: str = ""
    name: str | None = None


class PostalAddress(msgspec.Struct):
    """An address as QuickBooks holds it: up to five lines and its parts."""

    Line1: str | None = None
    Line2: str | None = None
    Line3: str | None = None
    Line4: str | None = None
    Line5: str | None = None
    City: str | None = None
    CountrySubDivisionCode: str | None = None
    PostalCode: str | None = None
    Country: str | None = None


def ref_of(ref: Ref | None) -> str:
    """Give a reference's id; "" for none."""
    return ref.value if ref is not None else ""


def living_name(name: str) -> str:
    """Give a name without the mark of its being inactive, also inside a full name."""
    return DELETED.sub("", name) if " (deleted" in name else name


def seen_address(address: PostalAddress | None) -> Address:
    """Translate an address; its lines become one text with line breaks."""
    if address is None:
        return Address()
    lines = (address.Line1, address.Line2, address.Line3, address.Line4, address.Line5)
    return Address(
        street="\n".join(line for line in lines if line),
        city=address.City or "",
        region=address.CountrySubDivisionCode or "",
        postcode=address.PostalCode or "",
        country=address.Country or "",
    )


def address_body(address: Address, *, record: str) -> dict[str, str]:
    """Spell an address; empty for an empty one, Invalid when a part is too long."""
    lines = [line.strip() for line in address.street.splitlines() if line.strip()]
    if len(lines) > LINES_OF_AN_ADDRESS:
        lines = [*lines[: LINES_OF_AN_ADDRESS - 1], ", ".join(lines[LINES_OF_AN_ADDRESS - 1 :])]
    parts = {
        f"Line{number}": within(line, ADDRESS_LINE_MAX, "a line of its address", record=record)
        for number, line in enumerate(lines, 1)
    }
    parts["City"] = within(address.city, ADDRESS_PART_MAX, "the city", record=record)
    parts["CountrySubDivisionCode"] = within(address.region, ADDRESS_PART_MAX, "the region", record=record)
    parts["PostalCode"] = within(address.postcode, POSTCODE_MAX, "the postcode", record=record)
    parts["Country"] = within(address.country, ADDRESS_PART_MAX, "the country", record=record)
    return {name: part for name, part in parts.items() if part}


def plain_name(name: str) -> str:
    """Spell a name without what QuickBooks forbids in one: a colon, a tab, a line break.

    `Acme: West` becomes `Acme - West`; white space becomes single spaces.
    """
    return " ".join(re.sub(r"\s*:\s*", " - ", name).split()).strip(" -")


def within(text: str, limit: int, called: str, *, record: str) -> str:
    """Give a text without white space around it; Invalid when QuickBooks would not take its length."""
    text = text.strip()
    if len(text) > limit:
        raise Invalid(
            f"{called[:1].upper()}{called[1:]} is too long",
            record=record,
            reason=f"it has {len(text)} characters, and QuickBooks takes {limit}",
            remedy="Shorten it, then press Retry",
        )
    return text


def number(amount: Decimal) -> msgspec.Raw:
    """Write a number for JSON: every digit kept, no exponent, no float in between."""
    text = f"{amount:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return msgspec.Raw((text if text not in ("", "-0") else "0").encode())


def price(amount: Decimal) -> Decimal:
    """Round a unit price, half-up, to what QuickBooks keeps of one."""
    return amount.quantize(Decimal(1).scaleb(-PRICE_PLACES), ROUND_HALF_UP)


def body_of(fields: Mapping[str, Any], *, qbo_id: str = "", sync_token: str = "") -> bytes:
    """Write a body. With an id it is a sparse update: what is absent from it stays as it is."""
    if not qbo_id:
        return msgspec.json.encode(fields)
    assert sync_token, "an update says which version it changes"
    return msgspec.json.encode({"Id": qbo_id, "SyncToken": sync_token, "sparse": True, **fields})
