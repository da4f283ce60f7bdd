"""What a record lacks before it may be sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from tieout.domain.documents import (
    Address,
    Allocation,
    Client,
    Kind,
    Line,
    Payment,
    SalesDocument,
    Service,
    Status,
)
from tieout.domain.readiness import (
    missing_for_customer,
    missing_for_document,
    missing_for_item,
    missing_for_payment,
    said,
)

INVOICE = SalesDocument(
    Kind.INVOICE,
    "i1",
    "1001",
    "c1",
    date(2026, 5, 1),
    "USD",
    (Line("s1", Decimal(2), Decimal(50), Decimal(100), tax_region="r1"),),
    term="t1",
)


def test_a_customer_needs_only_a_name_unless_the_company_asks_for_more() -> None:
    client = Client("c1", "Blue Heron")
    assert missing_for_customer(client) == []
    lacks = missing_for_customer(client, whole_address=True)
    assert said(lacks) == "the street, the postcode, the e-mail address and the phone number are missing"
    assert {(lack.kind, lack.ref) for lack in lacks} == {(Kind.CLIENT, "c1")}
    whole = replace(client, email="a@b.org", phone="1", address=Address(street="1 Main", postcode="94043"))
    assert missing_for_customer(whole, whole_address=True) == []


def test_only_the_one_thing_that_is_missing_is_named() -> None:
    client = Client("c1", "A", email="a@b.org", phone="1", address=Address(street="1 Main"))
    assert said(missing_for_customer(client, whole_address=True)) == "the postcode is missing"


def test_a_name_that_quickbooks_does_not_take_is_told_before_it_is_sent() -> None:
    assert "a colon" in said(missing_for_customer(Client("c1", "A: B")))
    assert "longer than 500" in said(missing_for_customer(Client("c1", "x" * 501)))
    assert said(missing_for_customer(Client("c1", " "))) == "the name is missing"


def test_an_item_needs_a_name_and_an_income_account() -> None:
    assert missing_for_item(Service("s1", "Gardening"), income_account="79") == []
    lacks = missing_for_item(Service("s1", "x" * 101), income_account="")
    assert [lack.field for lack in lacks] == ["name", "income_account"]


def test_a_document_lists_everything_that_is_not_linked_by_name_and_once() -> None:
    unlinked = {
        (Kind.CLIENT, "c1"): "Blue Heron",
        (Kind.SERVICE, "s1"): "Gardening",
        (Kind.TAX_REGION, "r1"): "California",
        (Kind.TERM, "t1"): "Net 30",
        (Kind.SERVICE, "s9"): "Never named",
    }
    twice = replace(INVOICE, lines=INVOICE.lines * 2)
    lacks = missing_for_document(twice, unlinked=unlinked)
    assert [(lack.kind, lack.ref) for lack in lacks] == [
        (Kind.CLIENT, "c1"),
        (Kind.TERM, "t1"),
        (Kind.SERVICE, "s1"),
        (Kind.TAX_REGION, "r1"),
    ]
    assert "the service Gardening is not linked to an item in QuickBooks" in said(lacks)
    assert missing_for_document(INVOICE, unlinked={}) == []


def test_a_document_says_what_of_it_cannot_be_sent() -> None:
    bad = replace(
        INVOICE,
        number="N" * 22,
        status=Status.DRAFT,
        lines=(Line("", Decimal(1), Decimal(-5), Decimal(-5), description="Discount"),),
    )
    assert [lack.field for lack in missing_for_document(bad, unlinked={})] == [
        "status",
        "number",
        "lines",
        "lines[0].service",
    ]
    assert "number" not in [lack.field for lack in missing_for_document(bad, unlinked={}, books_number=True)]
    assert [lack.field for lack in missing_for_document(replace(INVOICE, lines=()), unlinked={})] == ["lines"]


def test_a_payment_needs_its_client_and_every_invoice_it_settles() -> None:
    payment = Payment(
        "p1", "c1", date(2026, 5, 2), Decimal(30), "USD", (Allocation("i1", Decimal(30)),), reference="R" * 22
    )
    lacks = missing_for_payment(payment, unlinked={(Kind.INVOICE, "i1"): "1001", (Kind.CLIENT, "c1"): "Blue"})
    assert [(lack.field, lack.ref) for lack in lacks] == [
        ("reference", ""),
        ("client", "c1"),
        ("invoice", "i1"),
    ]
