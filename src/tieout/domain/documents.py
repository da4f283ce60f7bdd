"""What the host holds and we bring to the books: clients, services, tax regions, terms, invoices, payments.

These are *intentions*: what the host says the books should show. What QuickBooks really shows is in
`tieout.domain.seen`. Amounts are in the document's currency, dates are the host's calendar dates.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from tieout.domain.money import ZERO, rounded


class Kind(StrEnum):
    """The kinds of host record that Tieout links."""

    CLIENT = "client"
    SERVICE = "service"
    TAX_REGION = "tax_region"
    TERM = "term"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"


class Status(StrEnum):
    """Where a document stands at the host."""

    DRAFT = "draft"
    FINAL = "final"
    VOID = "void"


@dataclass(frozen=True)
class Address:
    """A postal address; every part may be empty."""

    street: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""


@dataclass(frozen=True)
class Client:
    """Somebody who buys."""

    ref: str
    name: str
    email: str = ""
    phone: str = ""
    address: Address = field(default_factory=Address)
    tax_id: str = ""
    parent: str = ""
    """The ref of the client it belongs to; empty for a client of its own."""
    currency: str = ""
    active: bool = True


@dataclass(frozen=True)
class Service:
    """Something sold: a service or a product."""

    ref: str
    name: str
    description: str = ""
    unit_price: Decimal | None = None
    sku: str = ""
    active: bool = True


@dataclass(frozen=True)
class TaxRegion:
    """A place with a sales tax of its own."""

    ref: str
    name: str
    rate: Decimal = ZERO
    """Percent."""
    active: bool = True


@dataclass(frozen=True)
class Term:
    """When an invoice falls due."""

    ref: str
    name: str
    due_days: int = 0
    active: bool = True


@dataclass(frozen=True)
class Line:
    """One line of an invoice or credit note."""

    service: str
    """A service's ref; empty for a line of words only."""
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    """Before tax: quantity × unit price, half-up at the coin."""
    description: str = ""
    tax_region: str = ""
    """A tax region's ref; empty for an untaxed line."""


@dataclass(frozen=True)
class SalesDocument:
    """An invoice or a credit note. Amounts are positive on both."""

    kind: Kind
    ref: str
    number: str
    client: str
    dated: date
    currency: str
    lines: tuple[Line, ...]
    due_date: date | None = None
    term: str = ""
    tax: Decimal = ZERO
    """The host's own idea of the tax; in the US the books compute theirs."""
    memo: str = ""
    status: Status = Status.FINAL

    def __post_init__(self) -> None:
        assert self.kind in (Kind.INVOICE, Kind.CREDIT_NOTE), self.kind

    @property
    def net(self) -> Decimal:
        """Add up the lines, before tax."""
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def total(self) -> Decimal:
        """Add up lines and tax."""
        return rounded(self.net + self.tax, self.currency)


@dataclass(frozen=True)
class Allocation:
    """The part of a payment that settles one invoice."""

    invoice: str
    """The invoice's ref."""
    amount: Decimal


@dataclass(frozen=True)
class Payment:
    """Money a client paid, as the host knows it."""

    ref: str
    client: str
    dated: date
    amount: Decimal
    currency: str
    allocations: tuple[Allocation, ...] = ()
    reference: str = ""
    """A check or transfer number."""
    method: str = ""
    status: Status = Status.FINAL
    source: str = "host"
    """`host`, or `books` for money that was entered in QuickBooks and brought here by us."""
    note: str = ""
    """Words for people: what it was for, or why it was taken back."""


HostRecord: TypeAlias = Client | Service | TaxRegion | Term | SalesDocument | Payment


def kind_of(record: HostRecord) -> Kind:
    """Name the kind of a host record."""
    match record:
        case Client():
            return Kind.CLIENT
        case Service():
            return Kind.SERVICE
        case TaxRegion():
            return Kind.TAX_REGION
        case Term():
            return Kind.TERM
        case SalesDocument():
            return record.kind
        case Payment():
            return Kind.PAYMENT


def title(record: HostRecord) -> str:
    """Name a record as a person would: `Invoice 1042`, `Client Blue Heron Ltd`."""
    match record:
        case SalesDocument():
            word = "Invoice" if record.kind is Kind.INVOICE else "Credit note"
            return f"{word} {record.number or record.ref}"
        case Payment():
            return f"Payment {record.reference or record.ref}"
        case Client():
            return f"Client {record.name}"
        case Service():
            return f"Service {record.name}"
        case TaxRegion():
            return f"Tax region {record.name}"
        case Term():
            return f"Term {record.name}"


def line_amount(quantity: Decimal, unit_price: Decimal, currency: str) -> Decimal:
    """Compute a line: quantity × unit price, half-up at the coin."""
    return rounded(quantity * unit_price, currency)
