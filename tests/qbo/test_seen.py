"""QuickBooks' records in our own words: real objects all of them, and the corners one by one."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.qbo.real_objects import company_objects, recorded
from tieout.domain.documents import Address, Kind
from tieout.domain.seen import (
    SeenAllocation,
    SeenDocument,
    SeenItem,
    SeenLine,
    SeenName,
    SeenParty,
    SeenPayment,
    SeenTaxCode,
    SeenTerm,
)
from tieout.qbo.entities import ENTITIES, by_kind, by_name
from tieout.qbo.heads import decoded
from tieout.qbo.record import Record

WITH_OBJECTS = [one.name for one in ENTITIES if one.applied and one.name not in ("Class", "Department")]


def translated(entity: str, fields: dict[str, Any], home: str = "") -> Any:
    return by_name(entity).seen(json.dumps(fields).encode(), home)


def invoice(**changed: Any) -> SeenDocument:
    fields = {
        "Id": "9",
        "SyncToken": "3",
        "TxnDate": "2026-04-05",
        "CustomerRef": {"value": "1", "name": "Blue Heron"},
        "Line": [],
        "TotalAmt": 0,
        "Balance": 0,
        **changed,
    }
    seen = translated("Invoice", fields, "USD")
    assert isinstance(seen, SeenDocument)
    return seen


def payment(**changed: Any) -> SeenPayment:
    fields = {
        "Id": "15",
        "SyncToken": "1",
        "TxnDate": "2026-03-14",
        "CustomerRef": {"value": "9"},
        "TotalAmt": 86.4,
        "UnappliedAmt": 0,
        "Line": [],
        **changed,
    }
    seen = translated("Payment", fields, "USD")
    assert isinstance(seen, SeenPayment)
    return seen


@pytest.mark.parametrize("entity", WITH_OBJECTS)
def test_every_real_object_of_an_entity_is_translated_and_keeps_its_id(entity: str) -> None:
    for fields in company_objects(entity):
        seen = translated(entity, fields)
        assert seen.qbo_id == fields["Id"]
        if "Active" in fields:
            assert seen.active == fields["Active"]


@pytest.mark.parametrize("entity", ["Invoice", "CreditMemo"])
def test_the_lines_and_the_tax_of_a_real_document_add_up_to_its_total(entity: str) -> None:
    hidden_in_its_total = {"Invoice": {"42": Decimal(75)}, "CreditMemo": {}}[entity]
    for fields in company_objects(entity):
        seen = translated(entity, fields)
        total = sum((line.amount for line in seen.lines), Decimal(0)) + seen.tax
        assert seen.total - total == hidden_in_its_total.get(fields["Id"], 0), fields["Id"]
        assert seen.number == fields["DocNumber"]
        assert seen.currency == "USD"


def test_the_parts_of_a_real_payment_and_what_is_left_add_up_to_its_amount() -> None:
    for fields in company_objects("Payment"):
        seen = translated("Payment", fields)
        drawn = sum((one.amount for one in seen.allocations if one.target == "credit_note"), Decimal(0))
        settled = sum((one.amount for one in seen.allocations if one.target != "credit_note"), Decimal(0))
        assert seen.total + drawn - settled == seen.unapplied, fields["Id"]
        assert not seen.voided


def test_a_real_void_is_recognised_and_the_same_invoice_before_it_is_not() -> None:
    voided = recorded("void__invoice__1")["response"]["json"]["Invoice"]
    seen = translated("Invoice", voided)
    assert seen.voided
    assert seen.total == 0
    assert not translated("Invoice", {**voided, "PrivateNote": ""}).voided


def test_an_invoice_whose_note_says_voided_but_that_has_an_amount_is_in_force() -> None:
    line = {"DetailType": "SalesItemLineDetail", "Amount": 5, "SalesItemLineDetail": {}}
    assert not invoice(PrivateNote="Voided by mistake, see 1043", Line=[line], TotalAmt=5).voided
    assert not invoice(PrivateNote="Voided by mistake, see 1043", Line=[], TotalAmt=5).voided


def test_a_voided_payment_has_no_amount_no_parts_and_says_so_in_its_note() -> None:
    assert payment(TotalAmt=0, PrivateNote="Voided - wrong customer").voided
    assert not payment(TotalAmt=0, PrivateNote="Created to link credits to charges.").voided
    assert not payment(PrivateNote="Voided").voided


def test_the_mark_of_an_inactive_name_is_stripped_also_inside_a_full_name() -> None:
    party = translated(
        "Customer",
        {
            "Id": "5",
            "SyncToken": "2",
            "DisplayName": "Dock 4 (deleted)",
            "FullyQualifiedName": "Harbour Works (deleted):Dock 4 (deleted)",
            "ParentRef": {"value": "4"},
            "Active": False,
        },
    )
    assert isinstance(party, SeenParty)
    assert (party.name, party.full_name) == ("Dock 4", "Harbour Works:Dock 4")
    assert (party.parent, party.active) == ("4", False)


def test_a_name_that_only_speaks_of_deleting_is_left_alone() -> None:
    party = translated("Customer", {"Id": "5", "SyncToken": "0", "DisplayName": "Files (deleted) & Co"})
    assert party.name == "Files (deleted) & Co"


def test_a_customer_shows_its_address_with_one_line_for_each_of_quickbooks() -> None:
    party = translated(
        "Customer",
        {
            "Id": "5",
            "SyncToken": "0",
            "DisplayName": "Harbour Works",
            "CompanyName": "Harbour Works Ltd",
            "PrimaryEmailAddr": {"Address": "books@harbour.example"},
            "PrimaryPhone": {"FreeFormNumber": "555 0101"},
            "BillAddr": {
                "Id": "3",
                "Line1": "Unit 4",
                "Line2": "1 Quay",
                "City": "Bayshore",
                "CountrySubDivisionCode": "CA",
                "PostalCode": "94326",
                "Country": "USA",
                "Lat": "INVALID",
            },
            "Balance": 12.5,
            "ResaleNum": "12-345",
        },
        "USD",
    )
    assert party == SeenParty(
        qbo_id="5",
        sync_token="0",
        name="Harbour Works",
        full_name="Harbour Works",
        company_name="Harbour Works Ltd",
        email="books@harbour.example",
        phone="555 0101",
        address=Address("Unit 4\n1 Quay", "Bayshore", "CA", "94326", "USA"),
        tax_id="12-345",
        currency="USD",
        balance=Decimal("12.5"),
    )


def test_a_document_without_a_currency_is_in_the_companys_own() -> None:
    assert invoice().currency == "USD"
    assert invoice(CurrencyRef={"value": "EUR", "name": "Euro"}).currency == "EUR"


def test_amounts_keep_every_digit_that_quickbooks_sent() -> None:
    raw = (
        b'{"Id":"1","SyncToken":"0","TxnDate":"2026-01-01","TotalAmt":12345678901234.05,"Balance":0.1,'
        b'"Line":[{"DetailType":"SalesItemLineDetail","Amount":7.96,'
        b'"SalesItemLineDetail":{"ItemRef":{"value":"3"},"UnitPrice":0.5306667,"Qty":15}}]}'
    )
    seen = by_name("Invoice").seen(raw, "USD")
    assert isinstance(seen, SeenDocument)
    assert str(seen.total) == "12345678901234.05"
    assert seen.lines == (
        SeenLine(Decimal("7.96"), "3", "", Decimal(15), Decimal("0.5306667"), taxed=False, sort="item"),
    )


def test_discount_shipping_words_and_a_bundle_each_become_their_own_sort_of_line() -> None:
    def item(item: str, amount: float, code: str = "NON") -> dict[str, Any]:
        detail = {"ItemRef": {"value": item}, "TaxCodeRef": {"value": code}}
        return {"DetailType": "SalesItemLineDetail", "Amount": amount, "SalesItemLineDetail": detail}

    seen = invoice(
        Line=[
            item("6", 100, "TAX"),
            {"DetailType": "DescriptionOnly", "Description": "As agreed", "DescriptionLineDetail": {}},
            {
                "DetailType": "GroupLineDetail",
                "Amount": 30,
                "Description": "Kit",
                "GroupLineDetail": {
                    "GroupItemRef": {"value": "20"},
                    "Quantity": 2,
                    "Line": [item("21", 10), item("22", 20)],
                },
            },
            {"DetailType": "SubTotalLineDetail", "Amount": 130, "SubTotalLineDetail": {}},
            {
                "DetailType": "DiscountLineDetail",
                "Amount": 13,
                "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10},
            },
            item("SHIPPING_ITEM_ID", 9.5),
        ],
        TxnTaxDetail={"TotalTax": 8},
        TotalAmt=134.5,
    )
    assert [(line.sort, line.item, line.amount, line.taxed) for line in seen.lines] == [
        ("item", "6", 100, True),
        ("words", "", 0, False),
        ("group", "20", 0, False),
        ("item", "21", 10, False),
        ("item", "22", 20, False),
        ("discount", "", -13, False),
        ("shipping", "", Decimal("9.5"), False),
    ]
    assert sum(line.amount for line in seen.lines) + seen.tax == seen.total


def test_our_mark_is_not_part_of_what_people_wrote_in_the_note() -> None:
    assert invoice(PrivateNote="Second visit\n[Tieout push_01abc]").memo == "Second visit"


def test_an_invoice_whose_customer_and_number_were_cleared_is_still_translated() -> None:
    seen = invoice(CustomerRef=None, DocNumber=None)
    assert (seen.customer, seen.customer_name, seen.number) == ("", "", "")


def test_a_payment_split_over_two_invoices_and_a_journal_entry_shows_three_parts() -> None:
    seen = payment(
        TotalAmt=100,
        UnappliedAmt=10,
        Line=[
            {
                "Amount": 50,
                "LinkedTxn": [{"TxnId": "70", "TxnType": "Invoice"}],
                "LineEx": {"any": [{"x": 1}]},
            },
            {"Amount": 30, "LinkedTxn": [{"TxnId": "71", "TxnType": "Invoice"}]},
            {"Amount": 10, "LinkedTxn": [{"TxnId": "72", "TxnType": "JournalEntry"}]},
        ],
        PaymentRefNum="CHK 12",
        MetaData={"LastUpdatedTime": "2026-04-07T13:23:11-07:00"},
    )
    assert seen.allocations == (
        SeenAllocation("invoice", "70", Decimal(50)),
        SeenAllocation("invoice", "71", Decimal(30)),
        SeenAllocation("JournalEntry", "72", Decimal(10)),
    )
    assert (seen.unapplied, seen.reference, seen.dated) == (Decimal(10), "CHK 12", date(2026, 3, 14))
    assert seen.updated_at == datetime(2026, 4, 7, 20, 23, 11, tzinfo=UTC)


def test_a_credit_applied_in_one_line_with_its_invoice_gives_both_the_amount() -> None:
    both = [{"TxnId": "67", "TxnType": "Invoice"}, {"TxnId": "68", "TxnType": "CreditMemo"}]
    seen = payment(TotalAmt=0, Line=[{"Amount": 300, "LinkedTxn": both}])
    assert seen.allocations == (
        SeenAllocation("invoice", "67", Decimal(300)),
        SeenAllocation("credit_note", "68", Decimal(300)),
    )


def test_a_credit_memo_tells_what_is_left_of_it_even_without_a_balance() -> None:
    fields = {"Id": "73", "SyncToken": "0", "TxnDate": "2026-05-05", "TotalAmt": 100, "RemainingCredit": 40}
    assert translated("CreditMemo", fields).balance == 40


def test_a_term_by_day_of_the_month_has_no_number_of_days() -> None:
    by_days = {"Id": "3", "Name": "Net 30", "Type": "STANDARD", "DueDays": 30}
    assert translated("Term", by_days) == SeenTerm("3", "Net 30", 30)
    by_date = {"Id": "4", "Name": "On the 15th", "Type": "DATE_DRIVEN", "DayOfMonthDue": 15, "DueDays": 0}
    assert translated("Term", by_date) == SeenTerm("4", "On the 15th", None)


def test_pseudo_codes_are_told_from_codes_that_stand_for_rates() -> None:
    assert translated(
        "TaxCode", {"Id": "TAX", "Name": "TAX", "Taxable": True, "TaxGroup": False}
    ) == SeenTaxCode("TAX", "TAX", is_group=False)
    assert translated("TaxCode", {"Id": "2", "Name": "Coast", "TaxGroup": True}).is_group


def test_items_and_plain_names_are_translated() -> None:
    item = translated(
        "Item",
        {"Id": "7", "SyncToken": "1", "Name": "Hours", "Type": "Service", "UnitPrice": 25, "Sku": "H-1"},
    )
    assert item == SeenItem("7", "1", "Hours", "Service", "H-1", "", Decimal(25))
    klass = {"Id": "5000000000000085682", "SyncToken": "0", "Name": "West", "FullyQualifiedName": "All:West"}
    for entity in ("Class", "Department", "PaymentMethod"):
        assert translated(entity, klass) == SeenName("5000000000000085682", "West", "All:West")


def test_a_record_without_its_id_is_refused_rather_than_guessed() -> None:
    with pytest.raises(msgspec.ValidationError):
        translated("Invoice", {"SyncToken": "0", "TxnDate": "2026-01-01"})


def test_every_kind_that_is_linked_has_its_entity() -> None:
    assert {kind: by_kind(kind).name for kind in Kind} == {
        Kind.CLIENT: "Customer",
        Kind.SERVICE: "Item",
        Kind.TAX_REGION: "TaxCode",
        Kind.TERM: "Term",
        Kind.INVOICE: "Invoice",
        Kind.CREDIT_NOTE: "CreditMemo",
        Kind.PAYMENT: "Payment",
    }


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=7, allow_nan=False, allow_infinity=False))
def test_any_amount_comes_through_exactly(amount: Decimal) -> None:
    raw = f'{{"Id":"1","SyncToken":"0","TxnDate":"2026-01-01","TotalAmt":{amount:f}}}'.encode()
    seen = by_name("Invoice").seen(raw, "USD")
    assert isinstance(seen, SeenDocument)
    assert seen.total == amount


def test_a_records_head_keeps_its_bytes_and_reads_its_time_as_an_instant() -> None:
    raw = msgspec.Raw(
        b'{"Id":"9","SyncToken":"3","Active":false,"Odd": 1.10,'
        b'"MetaData":{"LastUpdatedTime":"2026-04-07T13:25:20-07:00"}}'
    )
    record = decoded("Customer", raw, "tid-1")
    assert isinstance(record, Record)
    assert record.raw == bytes(raw)
    assert (record.qbo_id, record.sync_token, record.active, record.tid) == ("9", "3", False, "tid-1")
    assert record.updated_at == datetime(2026, 4, 7, 20, 25, 20, tzinfo=UTC)
