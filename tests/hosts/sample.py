"""A small set of host records that hang together, for the host tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from tieout.domain.documents import (
    Allocation,
    Client,
    Kind,
    Line,
    Payment,
    SalesDocument,
    Service,
    TaxRegion,
    Term,
)

CLIENT = Client("c1", "Blue Heron Ltd", email="office@blueheron.example")
SERVICE = Service("s1", "Gardening", unit_price=Decimal("50.00"))
REGION = TaxRegion("r1", "California", Decimal("8"))
TERM = Term("t1", "Net 30", 30)
INVOICE = SalesDocument(
    Kind.INVOICE,
    "i1",
    "1001",
    "c1",
    date(2026, 5, 1),
    "USD",
    (Line("s1", Decimal(2), Decimal("50.00"), Decimal("100.00"), "Hedges", "r1"),),
    due_date=date(2026, 5, 31),
    term="t1",
    tax=Decimal("8.00"),
)
RECORDS = (TERM, REGION, SERVICE, CLIENT)


def invoice(ref: str, price: str = "100.00", client: str = "c1", currency: str = "USD") -> SalesDocument:
    """Make an invoice of one line without tax."""
    line = Line("s1", Decimal(1), Decimal(price), Decimal(price))
    return replace(
        INVOICE, ref=ref, number=f"N-{ref}", client=client, lines=(line,), tax=Decimal(0), currency=currency
    )


def payment(ref: str, amount: str, *parts: tuple[str, str], client: str = "c1") -> Payment:
    """Make a payment with its allocations: invoice and amount."""
    allocations = tuple(Allocation(to, Decimal(part)) for to, part in parts)
    return Payment(ref, client, date(2026, 5, 20), Decimal(amount), "USD", allocations)
