"""What we write to QuickBooks, field by field."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.domain.documents import (
    Address,
    Allocation,
    Client,
    Kind,
    Line,
    Payment,
    SalesDocument,
    Service,
    line_amount,
)
from tieout.kit.errors import Invalid, Unmapped
from tieout.qbo.entities import (
    Refs,
    credit_memo_body,
    customer_body,
    invoice_body,
    item_body,
    payment_body,
)
from tieout.qbo.entities.spelling import number, plain_name
from tieout.qbo.marker import mark_of, with_mark, without_mark

REFS = Refs(
    customer="58",
    items={"hours": "7", "parts": "8"},
    tax_codes={"coast": "2", "inland": "3"},
    invoices={"i-1": "101", "i-2": "102"},
    term="3",
)
ABROAD = replace(REFS, country="GB", tax_codes={"coast": "20", "inland": "5"})


def line(
    service: str = "hours", quantity: str = "2", price: str = "25", region: str = "", text: str = ""
) -> Line:
    count, each = Decimal(quantity), Decimal(price)
    return Line(service, count, each, line_amount(count, each, "USD"), text, region)


def invoice(*lines: Line, **changed: Any) -> SalesDocument:
    made = SalesDocument(
        Kind.INVOICE,
        "i-9",
        "1042",
        "c-1",
        date(2026, 3, 2),
        "USD",
        lines or (line(),),
        due_date=date(2026, 4, 1),
    )
    return replace(made, **changed)


def payment(amount: str = "80", *parts: tuple[str, str], **changed: Any) -> Payment:
    made = Payment(
        "p-1",
        "c-1",
        date(2026, 3, 5),
        Decimal(amount),
        "USD",
        tuple(Allocation(invoice, Decimal(part)) for invoice, part in parts),
    )
    return replace(made, **changed)


def test_an_invoice_in_the_us_says_where_it_is_taxed_and_never_how_much() -> None:
    document = invoice(line(region="coast", text="Visit"), line("parts", "1", "9.5"), memo="Gate code 7")
    body = json.loads(invoice_body(document, REFS, mark="push_01"), parse_float=str)
    assert body == {
        "CustomerRef": {"value": "58"},
        "TxnDate": "2026-03-02",
        "DueDate": "2026-04-01",
        "DocNumber": "1042",
        "CurrencyRef": {"value": "USD"},
        "SalesTermRef": {"value": "3"},
        "PrivateNote": "Gate code 7\n[Tieout push_01]",
        "TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}},
        "Line": [
            {
                "DetailType": "SalesItemLineDetail",
                "Amount": 50,
                "Description": "Visit",
                "SalesItemLineDetail": {
                    "ItemRef": {"value": "7"},
                    "Qty": 2,
                    "UnitPrice": 25,
                    "TaxCodeRef": {"value": "TAX"},
                },
            },
            {
                "DetailType": "SalesItemLineDetail",
                "Amount": "9.5",
                "SalesItemLineDetail": {
                    "ItemRef": {"value": "8"},
                    "Qty": 1,
                    "UnitPrice": "9.5",
                    "TaxCodeRef": {"value": "NON"},
                },
            },
        ],
    }


def test_an_untaxed_invoice_in_the_us_names_no_tax_code() -> None:
    assert "TxnTaxDetail" not in json.loads(invoice_body(invoice(), REFS))


def test_two_tax_regions_on_one_us_invoice_are_refused_by_name() -> None:
    document = invoice(line(region="coast"), line(region="inland"))
    with pytest.raises(Invalid, match="several tax regions") as refused:
        invoice_body(document, REFS)
    assert refused.value.record == "Invoice 1042"
    assert "coast and inland" in refused.value.reason


def test_outside_the_us_every_line_has_its_own_code_and_prices_are_without_tax() -> None:
    document = invoice(line(region="coast"), line(region="inland"))
    body = json.loads(invoice_body(document, ABROAD))
    codes = [one["SalesItemLineDetail"]["TaxCodeRef"]["value"] for one in body["Line"]]
    assert codes == ["20", "5"]
    assert body["GlobalTaxCalculation"] == "TaxExcluded"
    assert "TxnTaxDetail" not in body


def test_outside_the_us_an_untaxed_line_takes_the_code_that_was_chosen_for_it() -> None:
    document = invoice(line(region="coast"), line())
    body = json.loads(invoice_body(document, replace(ABROAD, untaxed_code="9")))
    assert body["Line"][1]["SalesItemLineDetail"]["TaxCodeRef"] == {"value": "9"}
    assert json.loads(invoice_body(invoice(), ABROAD))["GlobalTaxCalculation"] == "NotApplicable"


def test_a_region_that_is_linked_to_the_pseudo_code_lets_quickbooks_choose_the_rate() -> None:
    body = json.loads(invoice_body(invoice(line(region="coast")), replace(REFS, tax_codes={"coast": "TAX"})))
    assert body["Line"][0]["SalesItemLineDetail"]["TaxCodeRef"] == {"value": "TAX"}
    assert "TxnTaxDetail" not in body


def test_an_update_is_sparse_and_replaces_all_lines_and_the_note() -> None:
    body = json.loads(invoice_body(invoice(), REFS, qbo_id="101", sync_token="4"))
    assert (body["Id"], body["SyncToken"], body["sparse"]) == ("101", "4", True)
    assert len(body["Line"]) == 1
    assert body["PrivateNote"] == ""


def test_a_credit_note_has_no_due_date_and_no_term() -> None:
    body = json.loads(credit_memo_body(invoice(kind=Kind.CREDIT_NOTE), REFS))
    assert "DueDate" not in body
    assert "SalesTermRef" not in body
    assert body["Line"][0]["Amount"] == 50


def test_a_number_longer_than_21_characters_is_refused_and_one_of_21_is_kept() -> None:
    with pytest.raises(Invalid, match="number is too long") as refused:
        invoice_body(invoice(number="INV-2026-000000000-042"), REFS)
    assert "INV-2026-000000000-042" in refused.value.reason
    assert refused.value.remedy
    exactly = "INV-2026-00000000-042"
    assert json.loads(invoice_body(invoice(number=exactly), REFS))["DocNumber"] == exactly


def test_an_invoice_without_a_number_leaves_numbering_to_quickbooks() -> None:
    assert "DocNumber" not in json.loads(invoice_body(invoice(number=""), REFS))


def test_an_amount_is_half_up_and_a_price_has_at_most_seven_places() -> None:
    body = invoice_body(invoice(line(quantity="15", price="0.53066672")), REFS)
    assert b'"Amount":7.96' in body
    assert b'"UnitPrice":0.5306667' in body
    assert b'"UnitPrice":0.1234568' in invoice_body(invoice(line(quantity="1", price="0.12345675")), REFS)
    assert b'"Amount":0.13' in invoice_body(invoice(line(quantity="0.5", price="0.25")), REFS)


def test_an_amount_that_quantity_and_price_do_not_make_is_refused_with_both_figures() -> None:
    wrong = replace(line(), amount=Decimal("49.99"))
    with pytest.raises(Invalid, match="line 1") as refused:
        invoice_body(invoice(wrong), REFS)
    assert "50.00" in refused.value.reason
    assert "49.99" in refused.value.reason


def test_a_line_of_words_has_no_amount_and_one_with_an_amount_needs_a_service() -> None:
    words = Line("", Decimal(0), Decimal(0), Decimal(0), "As agreed by phone")
    body = json.loads(invoice_body(invoice(line(), words), REFS))
    assert body["Line"][1] == {
        "DetailType": "DescriptionOnly",
        "Description": "As agreed by phone",
        "DescriptionLineDetail": {},
    }
    with pytest.raises(Invalid, match="Line 2 has an amount but no service"):
        invoice_body(invoice(line(), replace(words, amount=Decimal(5))), REFS)


def test_a_document_without_lines_is_refused() -> None:
    with pytest.raises(Invalid, match="no lines"):
        invoice_body(replace(invoice(), lines=()), REFS)


@pytest.mark.parametrize(
    ("document", "refs", "missing"),
    [
        (invoice(), replace(REFS, customer=""), "client"),
        (invoice(line("paint")), REFS, "service"),
        (invoice(line(region="north")), REFS, "tax region"),
        (invoice(line(region="north")), ABROAD, "tax region"),
    ],
)
def test_a_ref_that_leads_nowhere_is_unmapped_and_named(
    document: SalesDocument, refs: Refs, missing: str
) -> None:
    with pytest.raises(Unmapped, match=f"needs the {missing}") as unmapped:
        invoice_body(document, refs)
    assert unmapped.value.facts["missing"] == missing
    assert unmapped.value.record == "Invoice 1042"


def test_texts_are_refused_where_quickbooks_would_refuse_them() -> None:
    with pytest.raises(Invalid, match="description of line 1"):
        invoice_body(invoice(line(text="x" * 4001)), REFS)
    with pytest.raises(Invalid, match="memo is too long"):
        invoice_body(invoice(memo="x" * 3990), REFS, mark="push_01")
    assert json.loads(invoice_body(invoice(memo="x" * 4000), REFS))["PrivateNote"] == "x" * 4000


def test_a_class_and_a_location_are_written_where_they_were_chosen() -> None:
    body = json.loads(invoice_body(invoice(), replace(REFS, klass="50", department="2")))
    assert body["ClassRef"] == body["Line"][0]["SalesItemLineDetail"]["ClassRef"] == {"value": "50"}
    assert body["DepartmentRef"] == {"value": "2"}


def test_a_payment_split_over_two_invoices_leaves_the_rest_unapplied() -> None:
    body = json.loads(
        payment_body(
            payment("80", ("i-1", "50"), ("i-2", "20.10"), ("i-1", "5")),
            replace(REFS, deposit_account="35", payment_method="2"),
            mark="push_02",
        ),
        parse_float=str,
    )
    assert body == {
        "CustomerRef": {"value": "58"},
        "TotalAmt": 80,
        "TxnDate": "2026-03-05",
        "CurrencyRef": {"value": "USD"},
        "Line": [
            {"Amount": 55, "LinkedTxn": [{"TxnId": "101", "TxnType": "Invoice"}]},
            {"Amount": "20.1", "LinkedTxn": [{"TxnId": "102", "TxnType": "Invoice"}]},
        ],
        "PrivateNote": "[Tieout push_02]",
        "PaymentMethodRef": {"value": "2"},
        "DepositToAccountRef": {"value": "35"},
    }


def test_a_reference_that_is_too_long_is_cut_in_its_field_and_whole_in_the_note() -> None:
    body = json.loads(payment_body(payment(reference="SEPA-2026-03-05-000000123", note="For March"), REFS))
    assert body["PaymentRefNum"] == "SEPA-2026-03-05-00000"
    assert body["PrivateNote"] == "Reference: SEPA-2026-03-05-000000123\nFor March"
    assert "Line" not in body


def test_an_update_of_a_payment_without_parts_empties_it() -> None:
    body = json.loads(payment_body(payment(), REFS, qbo_id="15", sync_token="1"))
    assert body["Line"] == []
    assert body["PaymentRefNum"] == ""


def test_a_payment_that_settles_more_than_it_has_is_refused() -> None:
    with pytest.raises(Invalid, match="parts do not fit") as refused:
        payment_body(payment("80", ("i-1", "50"), ("i-2", "30.01")), REFS)
    assert "80.01" in refused.value.reason


def test_a_negative_payment_and_a_negative_part_are_refused() -> None:
    with pytest.raises(Invalid, match="negative"):
        payment_body(payment("-5"), REFS)
    with pytest.raises(Invalid, match="parts"):
        payment_body(payment("80", ("i-1", "50"), ("i-2", "-5")), REFS)


def test_a_payment_for_an_unlinked_invoice_or_client_is_unmapped() -> None:
    with pytest.raises(Unmapped, match="invoice i-7"):
        payment_body(payment("80", ("i-7", "50")), REFS)
    with pytest.raises(Unmapped, match="client c-1"):
        payment_body(payment(), replace(REFS, customer=""))


def test_a_client_becomes_a_customer_with_what_it_has_and_nothing_else() -> None:
    client = Client(
        "c-1",
        "Harbour  Works: Dock\t4",
        "books@harbour.example",
        "555 0101",
        Address("Unit 4\n1 Quay", "Bayshore", "CA", "94326", "US"),
        tax_id="12-345",
    )
    assert json.loads(customer_body(client, parent_id="57", currency="USD")) == {
        "DisplayName": "Harbour Works - Dock 4",
        "PrimaryEmailAddr": {"Address": "books@harbour.example"},
        "PrimaryPhone": {"FreeFormNumber": "555 0101"},
        "BillAddr": {
            "Line1": "Unit 4",
            "Line2": "1 Quay",
            "City": "Bayshore",
            "CountrySubDivisionCode": "CA",
            "PostalCode": "94326",
            "Country": "US",
        },
        "ResaleNum": "12-345",
        "Job": True,
        "ParentRef": {"value": "57"},
        "CurrencyRef": {"value": "USD"},
    }
    update = json.loads(customer_body(Client("c-1", "Harbour"), currency="USD", qbo_id="58", sync_token="0"))
    assert update == {"Id": "58", "SyncToken": "0", "sparse": True, "DisplayName": "Harbour"}


@pytest.mark.parametrize(
    ("client", "part"),
    [
        (Client("c-1", " : "), "no name"),
        (Client("c-1", "x" * 501), "name is too long"),
        (Client("c-1", "Harbour", email="books at harbour"), "e-mail address cannot be used"),
        (Client("c-1", "Harbour", email="a@" + "b" * 99 + ".example"), "e-mail address is too long"),
        (Client("c-1", "Harbour", phone="5" * 31), "phone number is too long"),
        (Client("c-1", "Harbour", tax_id="9" * 17), "tax id is too long"),
        (Client("c-1", "Harbour", address=Address(postcode="9" * 31)), "postcode is too long"),
    ],
)
def test_a_client_that_quickbooks_would_refuse_is_refused_by_us_with_a_remedy(
    client: Client, part: str
) -> None:
    with pytest.raises(Invalid, match=f"(?i){part}") as refused:
        customer_body(client)
    assert refused.value.record.startswith("Client ")
    assert refused.value.remedy


def test_more_than_five_address_lines_are_kept_in_five() -> None:
    client = Client("c-1", "Harbour", address=Address("\n".join("ABCDEFG")))
    assert json.loads(customer_body(client))["BillAddr"]["Line5"] == "E, F, G"


def test_a_service_becomes_an_item_that_earns_on_an_account() -> None:
    service = Service("hours", "Hours: on site", "Work", Decimal("25.125"), "H-1")
    assert json.loads(item_body(service, income_account="1", expense_account="60"), parse_float=str) == {
        "Name": "Hours - on site",
        "Type": "Service",
        "Description": "Work",
        "UnitPrice": "25.125",
        "Sku": "H-1",
        "IncomeAccountRef": {"value": "1"},
        "ExpenseAccountRef": {"value": "60"},
    }
    update = json.loads(item_body(service, income_account="", qbo_id="7", sync_token="2"))
    assert "Type" not in update
    assert "IncomeAccountRef" not in update
    with pytest.raises(Invalid, match="name is too long"):
        item_body(Service("hours", "x" * 101), income_account="1")


def test_a_mark_is_found_again_also_behind_the_word_of_a_void() -> None:
    note = with_mark("Second visit", "push_01abc-2", record="Invoice 1")
    assert mark_of(f"Voided\n{note}") == "push_01abc-2"
    assert without_mark(note) == "Second visit"
    assert mark_of("Tieout did this") == ""


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12))
def test_a_number_is_written_without_exponent_and_means_the_same(amount: Decimal) -> None:
    text = bytes(number(amount)).decode()
    assert "E" not in text.upper()
    assert Decimal(text) == amount


@given(st.text())
def test_a_plain_name_never_has_what_quickbooks_forbids(name: str) -> None:
    plain = plain_name(name)
    assert not set(plain) & set(":\t\n")
    assert plain == plain.strip()
    assert plain_name(plain) == plain
