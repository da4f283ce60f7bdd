"""Records of the built-in host on the wire: clients, services, tax regions, terms, invoices, credit notes, payments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar, Final, Literal

from pydantic import ConfigDict, Field, JsonValue

from tieout.api.shapes.base import Amount, Shape, ShownAmount
from tieout.domain import documents as domain
from tieout.domain.documents import HostRecord, Kind
from tieout.domain.money import ZERO

Ref = Annotated[
    str,
    Field(default="", max_length=100, description="Your own system's key of the record", examples=["C-17"]),
]
Text = Annotated[str, Field(default="", max_length=4000)]
StatusName = Literal["draft", "final", "void"]


class Address(Shape):
    """A postal address; every part may be empty."""

    street: Text
    city: Text
    region: Text
    postcode: Text
    country: Text


class HostShape(Shape):
    """A record of the host: can be read from the domain's and made into it."""

    ref: Ref

    def record(self) -> HostRecord:
        """Make the host's record of it."""
        raise NotImplementedError


class Client(HostShape):
    """Somebody who buys."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "ref": "C-17",
                    "name": "Blue Heron Ltd",
                    "email": "accounts@blueheron.example",
                    "address": {
                        "street": "4 Mill Lane",
                        "city": "Dayton",
                        "region": "OH",
                        "postcode": "45402",
                    },
                    "currency": "USD",
                }
            ]
        }
    )
    name: str = Field(max_length=4000, examples=["Blue Heron Ltd"])
    email: Text
    phone: Text
    address: Address = Field(default_factory=lambda: Address.model_validate({}))
    tax_id: Text
    parent: str = Field(default="", max_length=100, description="The ref of the client it belongs to")
    currency: str = Field(
        default="", max_length=3, description="ISO 4217; empty for the company's", examples=["USD"]
    )
    active: bool = True

    def record(self) -> domain.Client:
        """Make the host's client of it."""
        values = self.model_dump(exclude={"address"})
        return domain.Client(**values, address=domain.Address(**self.address.model_dump()))


class Service(HostShape):
    """Something sold: a service or a product."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"ref": "S-3", "name": "Site visit", "unit_price": "120.00"}]}
    )
    name: str = Field(max_length=4000, examples=["Site visit"])
    description: Text
    unit_price: Amount | None = None
    sku: Text
    active: bool = True

    def record(self) -> domain.Service:
        """Make the host's service of it."""
        return domain.Service(**self.model_dump())


class TaxRegion(HostShape):
    """A place with a sales tax of its own."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ref": "OH", "name": "Ohio", "rate": "7.25"}]})
    name: str = Field(max_length=4000, examples=["Ohio"])
    rate: Amount = Field(default=ZERO, description="Percent", examples=["7.25"])
    active: bool = True

    def record(self) -> domain.TaxRegion:
        """Make the host's tax region of it."""
        return domain.TaxRegion(**self.model_dump())


class Term(HostShape):
    """When an invoice falls due."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"ref": "N30", "name": "Net 30", "due_days": 30}]}
    )
    name: str = Field(max_length=4000, examples=["Net 30"])
    due_days: int = Field(default=0, examples=[30])
    active: bool = True

    def record(self) -> domain.Term:
        """Make the host's term of it."""
        return domain.Term(**self.model_dump())


class Line(Shape):
    """One line of an invoice or credit note."""

    service: str = Field(default="", max_length=100, description="A service's ref", examples=["S-3"])
    quantity: Amount = Field(default=Decimal(1), examples=["2"])
    unit_price: Amount = Field(default=ZERO, examples=["120.00"])
    amount: Amount | None = Field(
        default=None,
        description="Before tax; without it quantity × unit price, half-up at the coin",
        examples=["240.00"],
    )
    description: Text
    tax_region: str = Field(
        default="", max_length=100, description="A tax region's ref; empty for an untaxed line"
    )

    def line(self, currency: str) -> domain.Line:
        """Make the host's line of it."""
        amount = self.amount
        if amount is None:
            amount = domain.line_amount(self.quantity, self.unit_price, currency)
        return domain.Line(
            service=self.service,
            quantity=self.quantity,
            unit_price=self.unit_price,
            amount=amount,
            description=self.description,
            tax_region=self.tax_region,
        )


class SalesDocument(HostShape):
    """What invoices and credit notes have in common. Amounts are positive on both."""

    kind: ClassVar[Kind]
    shown_only: ClassVar[frozenset[str]] = frozenset({"net", "total"})

    number: str = Field(max_length=4000, description="The number people know it by", examples=["1042"])
    client: str = Field(max_length=100, description="A client's ref", examples=["C-17"])
    dated: date
    currency: str = Field(max_length=3, description="ISO 4217", examples=["USD"])
    lines: list[Line] = Field(max_length=1000)
    due_date: date | None = None
    term: str = Field(default="", max_length=100, description="A term's ref")
    tax: Amount = Field(default=ZERO, description="The host's own idea of the tax")
    memo: Text
    status: StatusName = "final"

    def record(self) -> domain.SalesDocument:
        """Make the host's document of it."""
        values = self.model_dump(exclude={"lines", "status"})
        return domain.SalesDocument(
            **values,
            kind=self.kind,
            lines=tuple(line.line(self.currency) for line in self.lines),
            status=domain.Status(self.status),
        )


DOCUMENT_EXAMPLE: Final[dict[str, JsonValue]] = {
    "ref": "I-1042",
    "number": "1042",
    "client": "C-17",
    "dated": "2026-03-02",
    "due_date": "2026-04-01",
    "currency": "USD",
    "lines": [{"service": "S-3", "quantity": "2", "unit_price": "120.00", "description": "Site visit"}],
}


class Invoice(SalesDocument):
    """An invoice."""

    model_config = ConfigDict(json_schema_extra={"examples": [DOCUMENT_EXAMPLE]})
    kind: ClassVar[Kind] = Kind.INVOICE


class CreditNote(SalesDocument):
    """A credit note."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**DOCUMENT_EXAMPLE, "ref": "CN-7", "number": "CN-7"}]}
    )
    kind: ClassVar[Kind] = Kind.CREDIT_NOTE


class Allocation(Shape):
    """The part of a payment that settles one invoice."""

    invoice: str = Field(max_length=100, description="The invoice's ref", examples=["I-1042"])
    amount: Amount


class Payment(HostShape):
    """Money that a client paid."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "ref": "P-9",
                    "client": "C-17",
                    "dated": "2026-03-20",
                    "amount": "240.00",
                    "currency": "USD",
                    "allocations": [{"invoice": "I-1042", "amount": "240.00"}],
                    "reference": "Check 5501",
                }
            ]
        }
    )
    client: str = Field(max_length=100, description="A client's ref", examples=["C-17"])
    dated: date
    amount: Amount
    currency: str = Field(max_length=3, description="ISO 4217", examples=["USD"])
    allocations: list[Allocation] = Field(default_factory=list, max_length=1000)
    reference: str = Field(
        default="", max_length=4000, description="A check or transfer number", examples=["Check 5501"]
    )
    method: Text
    status: StatusName = "final"
    source: Literal["host", "books"] = Field(
        default="host", description="`books` for money that was entered in QuickBooks"
    )
    note: Text

    def record(self) -> domain.Payment:
        """Make the host's payment of it."""
        values = self.model_dump(exclude={"allocations", "status"})
        return domain.Payment(
            **values,
            allocations=tuple(domain.Allocation(one.invoice, one.amount) for one in self.allocations),
            status=domain.Status(self.status),
        )


class InvoiceShown(Invoice):
    """An invoice as it is kept, with its sums."""

    shown_only: ClassVar[frozenset[str]] = frozenset()
    net: ShownAmount
    total: ShownAmount


class CreditNoteShown(CreditNote):
    """A credit note as it is kept, with its sums."""

    shown_only: ClassVar[frozenset[str]] = frozenset()
    net: ShownAmount
    total: ShownAmount


class Bundle(Shape):
    """Records of several kinds that are put in together: all of them, or none."""

    clients: list[Client] = Field(default_factory=list)
    services: list[Service] = Field(default_factory=list)
    tax_regions: list[TaxRegion] = Field(default_factory=list)
    terms: list[Term] = Field(default_factory=list)
    invoices: list[Invoice] = Field(default_factory=list)
    credit_notes: list[CreditNote] = Field(default_factory=list)
    payments: list[Payment] = Field(default_factory=list)

    def records(self) -> Iterator[HostRecord]:
        """Give every record, those that others name first."""
        for shapes in (
            self.clients,
            self.services,
            self.tax_regions,
            self.terms,
            self.invoices,
            self.credit_notes,
            self.payments,
        ):
            for shape in shapes:
                yield shape.record()


def host_shape(record: HostRecord) -> HostShape:
    """Show a record of the host."""
    match record:
        case domain.Client():
            return Client.model_validate(record)
        case domain.Service():
            return Service.model_validate(record)
        case domain.TaxRegion():
            return TaxRegion.model_validate(record)
        case domain.Term():
            return Term.model_validate(record)
        case domain.SalesDocument():
            shown = InvoiceShown if record.kind is Kind.INVOICE else CreditNoteShown
            return shown.model_validate(record)
        case domain.Payment():
            return Payment.model_validate(record)
