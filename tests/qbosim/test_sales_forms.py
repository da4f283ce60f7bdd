"""What a sales form may hold: bundles, subtotals, discounts, addresses, links to pay, custom fields; and its limits."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.qbosim.desk import Desk, bill, exact, item_line, named, shared
from tests.qbosim.test_receipts import account, standing

DISCOUNT = {"PercentBased": True, "DiscountPercent": 10}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def described(text: str) -> dict[str, Any]:
    """A line with a text and no amount."""
    return {"DetailType": "DescriptionOnly", "Description": text, "DescriptionLineDetail": {}}


def discounted(**detail: Any) -> dict[str, Any]:
    """A discount line."""
    return {"DetailType": "DiscountLineDetail", "DiscountLineDetail": detail}


@pytest.fixture
def shop(tmp_path: Path) -> Desk:
    """A company with a bundle: two pumps at 12.75 and one fountain at 275, the fountain taxable."""
    income = {"value": "1", "name": "Services"}
    items: list[dict[str, Any]] = [
        {"Id": "1", "Name": "Services", "Type": "Service", "UnitPrice": 0},
        {"Id": "2", "Name": "Pump", "Type": "Service", "UnitPrice": 12.75, "Description": "Fountain Pump"},
        {"Id": "3", "Name": "Fountain", "Type": "Service", "UnitPrice": 275, "Taxable": True},
    ]
    for item in items:
        item |= {"FullyQualifiedName": item["Name"], "Active": True, "IncomeAccountRef": income}
    parts = [
        {"ItemRef": {"value": "2", "name": "Pump"}, "Qty": 2},
        {"ItemRef": {"value": "3", "name": "Fountain"}, "Qty": 1},
    ]
    items.append(
        {
            "Id": "4",
            "Name": "Garden kit",
            "FullyQualifiedName": "Garden kit",
            "Type": "Group",
            "Active": True,
            "Description": "All for a fountain",
            "ItemGroupDetail": {"ItemGroupLine": parts},
        }
    )
    (tmp_path / "Item.json").write_text(json.dumps(items), encoding="utf-8")
    return Desk(folder=tmp_path)


def kit(quantity: float | None = None, identity: str = "4", **detail: Any) -> dict[str, Any]:
    """A line that sells the bundle."""
    group: dict[str, Any] = {"GroupItemRef": {"value": identity}, **detail}
    if quantity is not None:
        group["Quantity"] = quantity
    return {"DetailType": "GroupLineDetail", "GroupLineDetail": group}


# -- lines ------------------------------------------------------------------------------------------------------


@pytest.mark.rule("line.bundle")
def test_a_bundle_is_unfolded_and_its_items_count(shop: Desk) -> None:
    invoice = shop.invoice(shop.customer(), Line=[kit(2), item_line(10.0)])
    group, service, subtotal = invoice["Line"]
    assert list(group) == [
        "Id",
        "LineNum",
        "Description",
        "Amount",
        "DetailType",
        "GroupLineDetail",
        "CustomExtensions",
    ]
    assert (group["Amount"], group["Description"]) == (0, "All for a fountain")
    inner = group["GroupLineDetail"]["Line"]
    assert [(line["Id"], line["LineNum"], line["Amount"]) for line in inner] == [
        ("2", 2, 51.0),
        ("3", 3, 550.0),
    ]
    assert [line["SalesItemLineDetail"]["Qty"] for line in inner] == [4, 2]
    assert inner[0]["Description"] == "Fountain Pump"
    assert inner[1]["SalesItemLineDetail"]["TaxCodeRef"] == {"value": "TAX"}
    assert (service["Id"], service["LineNum"]) == ("4", 4)
    assert (subtotal["Amount"], invoice["TotalAmt"]) == (611.0, 611.0)
    assert standing(shop, "Services") == -611
    assert shop.in_order()


@pytest.mark.rule("line.bundle_lines")
def test_a_bundle_sent_back_keeps_its_lines_and_their_changes(shop: Desk) -> None:
    invoice = shop.invoice(shop.customer(), Line=[kit(1)])
    same = shop.post("Invoice", named(invoice, Line=invoice["Line"]))
    assert same["SyncToken"] == invoice["SyncToken"]
    group = invoice["Line"][0]
    inner = group["GroupLineDetail"]["Line"]
    inner[0] |= {"Amount": 20.0}
    inner[0]["SalesItemLineDetail"] |= {"UnitPrice": 10}
    changed = shop.post("Invoice", named(invoice, Line=[group]))
    assert [line["Id"] for line in changed["Line"][0]["GroupLineDetail"]["Line"]] == ["2", "3"]
    assert changed["TotalAmt"] == 295.0
    voided = shop.post("Invoice", named(changed), operation="void")
    assert {line["Amount"] for line in voided["Line"][0]["GroupLineDetail"]["Line"]} == {0}


def test_only_a_bundle_is_sold_as_one(shop: Desk) -> None:
    customer = shop.customer()
    refused = {"CustomerRef": {"value": customer}}
    assert shop.refused("Invoice", {**refused, "Line": [kit(1, "2")]})["code"] == "6000"
    assert shop.refused("Invoice", {**refused, "Line": [kit(1, "99")]})["code"] == "2500"
    nameless = {"DetailType": "GroupLineDetail", "GroupLineDetail": {"Quantity": 1}}
    assert shop.refused("Invoice", {**refused, "Line": [nameless]})["element"] == "GroupItemRef"
    assert shop.refused("Invoice", {**refused, "Line": [kit(1, Line=[described("x")])]})["code"] == "6000"


@pytest.mark.rule("line.inline_subtotal")
def test_an_inline_subtotal_says_what_the_lines_before_it_come_to(desk: Desk) -> None:
    lines = [
        item_line(1000.0),
        item_line(5.5),
        described("Subtotal:"),
        item_line(7.0),
        described("Subtotal:"),
    ]
    invoice = desk.invoice(desk.customer(), Line=lines)
    texts = [line["Description"] for line in invoice["Line"] if line["DetailType"] == "DescriptionOnly"]
    assert texts == ["Subtotal: 1,005.50", "Subtotal: 7.00"]
    same = desk.post("Invoice", named(invoice, Line=invoice["Line"]))
    assert same["Line"] == invoice["Line"]


@pytest.mark.rule("line.no_price", "line.no_item")
def test_a_line_without_price_and_item_sells_the_default_item(desk: Desk) -> None:
    line = {"Amount": 5, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {}}
    detail = desk.invoice(desk.customer(), Line=[line])["Line"][0]["SalesItemLineDetail"]
    assert detail["ItemRef"]["value"] == "1"
    assert not {"UnitPrice", "Qty"} & set(detail)


@pytest.mark.rule("line.one_discount", "line.discount")
def test_a_form_has_one_discount_that_says_how_much(desk: Desk) -> None:
    customer = desk.customer()
    two = [item_line(10.0), discounted(**DISCOUNT), discounted(**DISCOUNT)]
    assert desk.refused("Invoice", {**bill(customer), "Line": two})["code"] == "6000"
    vague = [item_line(10.0), discounted(PercentBased=True)]
    assert desk.refused("Invoice", {**bill(customer), "Line": vague})["code"] == "6090"
    fixed = desk.invoice(customer, Line=[item_line(10.0), {**discounted(), "Amount": 2.5}])
    assert [list(line) for line in fixed["Line"][1:]] == [
        ["Amount", "DetailType", "SubTotalLineDetail"],
        ["Amount", "DetailType", "DiscountLineDetail"],
    ]
    assert fixed["TotalAmt"] == 7.5
    assert standing(desk, "Discounts given") == exact("2.5")


@pytest.mark.rule("line.limits")
@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([item_line(1.0)] * 10_001, "6000"),
        ([item_line(1.0, TaxCodeRef={"value": "TAX"})] * 751, "6000"),
        ([{**item_line(1.0), "Description": "x" * 4001}], "2050"),
    ],
    ids=["lines", "taxable lines", "description"],
)
def test_a_form_has_limits(desk: Desk, lines: list[Any], code: str) -> None:
    assert desk.refused("Invoice", {**bill(desk.customer()), "Line": lines})["code"] == code


# -- the form ---------------------------------------------------------------------------------------------------


@pytest.mark.rule("invoice.keys", "invoice.modified_by")
def test_an_invoice_has_the_keys_of_the_real_ones(desk: Desk) -> None:
    address = {"Line1": "1 Main St"}
    real = next(
        record
        for record in json.loads((shared("fixtures/sandbox-company") / "Invoice.json").read_text())
        if record["Id"] == "145"
    )
    made = desk.invoice(desk.customer(BillAddr=address, ShipAddr=address))
    assert list(made) == list(real)
    assert list(made["MetaData"]) == list(real["MetaData"])
    assert len(made["MetaData"]["LastModifiedByRef"]["value"]) == len(
        real["MetaData"]["LastModifiedByRef"]["value"]
    )
    other = json.loads(desk.send("POST", "invoice", named(made, PrivateNote="x"), user="Somebody Else").body)[
        "Invoice"
    ]
    assert other["MetaData"]["LastModifiedByRef"] != made["MetaData"]["LastModifiedByRef"]


@pytest.mark.rule("form.flat_addresses")
def test_an_updated_address_is_kept_as_lines(desk: Desk) -> None:
    parts = {
        "Line1": "900 Main St.",
        "City": "Middlefield",
        "CountrySubDivisionCode": "CA",
        "PostalCode": "94303",
    }
    invoice = desk.invoice(desk.customer(), BillAddr=parts)
    assert invoice["BillAddr"]["City"] == "Middlefield"
    changed = desk.post("Invoice", named(invoice, BillAddr={**parts, "Line2": "Floor 2", "Country": "USA"}))
    shown = {key: value for key, value in changed["BillAddr"].items() if key != "Id"}
    assert shown == {
        "Line1": "900 Main St.",
        "Line2": "Floor 2",
        "Line3": "Middlefield, CA  94303",
        "Line4": "USA",
    }
    assert desk.post("Invoice", named(changed, BillAddr=changed["BillAddr"]))["SyncToken"] == "1"


@pytest.mark.rule("form.currency")
def test_a_form_is_in_its_customers_currency() -> None:
    desk = Desk(multi_currency=True)
    customer = desk.customer(CurrencyRef={"value": "EUR"})
    assert desk.refused("Invoice", {**bill(customer), "CurrencyRef": {"value": "USD"}})["code"] == "6000"
    made = desk.post("SalesReceipt", {**bill(customer, 100), "ExchangeRate": 1.1})
    assert (made["CurrencyRef"]["value"], made["HomeTotalAmt"]) == ("EUR", 110.0)
    assert standing(desk, "Undeposited Funds") == 110
    bank = {
        "DepositToAccountRef": account(desk, "Checking"),
        "CurrencyRef": {"value": "EUR"},
        "ExchangeRate": 1.2,
    }
    line = {"Amount": 100, "LinkedTxn": [{"TxnId": made["Id"], "TxnType": "SalesReceipt", "TxnLineId": "0"}]}
    foreign = desk.refused("Deposit", {"DepositToAccountRef": account(desk, "Checking"), "Line": [line]})
    assert foreign["code"] == "6000"
    desk.post("Deposit", {**bank, "Line": [line]})
    assert standing(desk, "Undeposited Funds") == 0
    assert desk.in_order()


@pytest.mark.rule("invoice.link")
def test_an_invoice_shows_the_link_to_pay_it_to_who_asks(desk: Desk) -> None:
    customer = desk.customer()
    more = {"AllowOnlineCreditCardPayment": True, "BillEmail": {"Address": "a@example.com"}}
    invoice = desk.post("Invoice", {**bill(customer), **more}, include="invoiceLink")
    assert invoice["InvoiceLink"].startswith("https://")
    assert list(invoice)[4:6] == ["InvoiceLink", "domain"]
    read = desk.get(f"invoice/{invoice['Id']}", include="invoiceLink")["Invoice"]
    assert read["InvoiceLink"] == invoice["InvoiceLink"]
    assert "InvoiceLink" not in desk.one("Invoice", invoice["Id"])
    unpayable = desk.post("Invoice", bill(customer), include="invoiceLink")
    assert "InvoiceLink" not in unpayable


@pytest.mark.rule("custom_field.more")
def test_a_fourth_custom_field_is_taken_when_all_are_asked_for() -> None:
    desk = Desk(custom_fields=("Crew #", "Site", "Order", "Tank"))
    values = [{"DefinitionId": str(number), "StringValue": f"v{number}"} for number in range(1, 5)]
    few = desk.invoice(desk.customer(), CustomField=values)
    assert [entry["Name"] for entry in few["CustomField"]] == ["Crew #", "Site", "Order"]
    body = named(few, CustomField=values)
    every = desk.post("Invoice", body, include="enhancedAllCustomFields")
    assert every["CustomField"][3]["StringValue"] == "v4"
    later = desk.post("Invoice", named(every, CustomField=[{"DefinitionId": "1", "StringValue": "new"}]))
    assert [entry.get("StringValue") for entry in later["CustomField"]] == ["new", None, None, "v4"]


@pytest.mark.rule("payment.deposit_account")
def test_a_payments_money_goes_to_undeposited_funds_or_a_bank(desk: Desk) -> None:
    customer = desk.customer()
    assert desk.pay(customer, 5)["DepositToAccountRef"] == {
        "value": account(desk, "Undeposited Funds")["value"]
    }
    desk.pay(customer, 7, DepositToAccountRef=account(desk, "Checking"))
    assert standing(desk, "Checking") == 7
    body = {
        "CustomerRef": {"value": customer},
        "TotalAmt": 1,
        "DepositToAccountRef": account(desk, "Services"),
    }
    assert desk.refused("Payment", body)["code"] == "6430"


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.decimals("0.01", "999.99", places=2), st.integers(1, 30), st.booleans()),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from([0, 10, 33]),
    st.booleans(),
    st.sampled_from(["Invoice", "CreditMemo", "SalesReceipt", "RefundReceipt", "Estimate"]),
)
def test_whatever_is_on_a_form_its_total_is_its_parts_and_the_books_balance(
    parts: list[tuple[Decimal, int, bool]], percent: int, after: bool, kind: str
) -> None:
    desk = Desk()
    lines = [
        item_line(
            float(price * count),
            UnitPrice=float(price),
            Qty=count,
            TaxCodeRef={"value": "TAX" if taxed else "NON"},
        )
        for price, count, taxed in parts
    ]
    if percent:
        lines.append(discounted(PercentBased=True, DiscountPercent=percent))
    body = {
        "CustomerRef": {"value": desk.customer()},
        "Line": lines,
        "ApplyTaxAfterDiscount": after,
        "TxnTaxDetail": {"TxnTaxCodeRef": {"value": "3"}},
        "DepositToAccountRef": account(desk, "Checking"),
    }
    if kind in ("CreditMemo", "Estimate"):
        del body["DepositToAccountRef"]
    form = desk.post(kind, body)
    amounts = {line["DetailType"]: exact(line["Amount"]) for line in form["Line"]}
    discount = amounts.get("DiscountLineDetail", Decimal(0))
    tax = exact(form["TxnTaxDetail"]["TotalTax"])
    assert amounts["SubTotalLineDetail"] == sum(price * count for price, count, _ in parts)
    assert exact(form["TotalAmt"]) == amounts["SubTotalLineDetail"] - discount + tax
    sign = {"SalesReceipt": 1, "RefundReceipt": -1}.get(kind, 0)
    assert standing(desk, "Checking") == sign * exact(form["TotalAmt"])
    assert desk.in_order()
