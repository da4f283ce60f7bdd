"""Rules of the entities, one by one: what Intuit accepts, refuses, fills in and leaves alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.qbosim.desk import Desk, bill, fault_of, item_line, named, payment


@pytest.fixture
def desk() -> Desk:
    return Desk()


# -- every entity --------------------------------------------------------------------------------------------


@pytest.mark.rule("writing.unknown_key")
def test_an_unknown_key_is_refused_and_named(desk: Desk) -> None:
    error = desk.refused("Invoice", {**bill(desk.customer()), "BadJson": 1})
    assert error["code"] == "2010"
    assert 'Unrecognized field "BadJson" (class com.intuit.schema.finance.v3.Invoice)' in error["Detail"]


def test_an_unknown_key_inside_a_line_is_refused_too(desk: Desk) -> None:
    error = desk.refused("Invoice", {**bill(desk.customer()), "Line": [item_line(1.0, Colour="red")]})
    assert error["code"] == "2010"
    assert "v3.SalesItemLineDetail" in error["Detail"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff", b"nope"])
def test_a_body_that_is_no_json_object_is_refused(desk: Desk, body: bytes) -> None:
    assert fault_of(desk.send("POST", "customer", body))["code"] == "2010"


@pytest.mark.parametrize(
    ("entity", "body", "element"),
    [
        ("Account", {"AccountType": "Bank"}, "Name"),
        ("Item", {"Type": "Service"}, "Name"),
        ("Term", {"DueDays": 3}, "Name"),
        ("Invoice", {"Line": [item_line(1.0)]}, "CustomerRef"),
        ("Invoice", {"CustomerRef": {"value": "1"}}, "Line"),
        ("Invoice", {"CustomerRef": {"value": "1"}, "Line": [{"Amount": 1.0}]}, "Line.DetailType"),
        ("Payment", {"CustomerRef": {"value": "1"}}, "TotalAmt"),
        ("Payment", {"TotalAmt": 5}, "CustomerRef"),
        ("Item", {"Name": "Work", "Type": "Service"}, "IncomeAccountRef"),
    ],
)
@pytest.mark.rule("form.customer_required", "payment.required")
def test_what_is_required_is_asked_for_by_name(
    desk: Desk, entity: str, body: dict[str, Any], element: str
) -> None:
    desk.customer()
    error = desk.refused(entity, body)
    assert (error["code"], error["element"]) == ("2020", element)
    assert error["Detail"] == f"Required parameter {element} is missing in the request"


def test_an_id_that_is_no_number_is_refused_without_a_time(desk: Desk) -> None:
    answer = desk.send("GET", "customer/1.5")
    assert fault_of(answer) == {
        "Message": "Invalid ID",
        "Detail": "Id should be a valid number. Supplied value:1.5",
        "code": "2030",
        "element": "Id",
    }
    assert "time" not in answer.json()


def test_reading_what_does_not_exist_is_610_with_status_400(desk: Desk) -> None:
    assert fault_of(desk.send("GET", "invoice/99"))["code"] == "610"


def test_an_unknown_address_is_an_unsupported_operation(desk: Desk) -> None:
    for method, place in (
        ("GET", "customer/1/5"),
        ("GET", "nothing/1"),
        ("PUT", "customer"),
        ("GET", "invoice"),
    ):
        assert fault_of(desk.send(method, place))["code"] == "500"


@pytest.mark.rule("writing.sync_token")
def test_a_stale_sync_token_names_who_was_faster(desk: Desk) -> None:
    identity = desk.customer()
    desk.send(
        "POST", "customer", {"Id": identity, "SyncToken": "0", "sparse": True, "Notes": "x"}, user="Kim Doe"
    )
    error = desk.refused("Customer", {"Id": identity, "SyncToken": "0", "sparse": True, "Notes": "y"})
    assert error["code"] == "5010"
    assert error["Detail"] == (
        "Stale Object Error : You and Kim Doe were working on this at the same time. "
        "Kim Doe finished before you did, so your work was not saved."
    )


@pytest.mark.rule("writing.no_op")
def test_an_update_that_changes_nothing_leaves_token_and_time_alone(desk: Desk) -> None:
    invoice = desk.invoice(desk.customer())
    desk.clock.advance(3600)
    assert desk.post("Invoice", named(invoice, PrivateNote="")) == invoice
    assert desk.post("Invoice", {key: value for key, value in invoice.items() if key != "sparse"}) == invoice


def test_an_update_counts_the_token_up_and_moves_the_time(desk: Desk) -> None:
    invoice = desk.invoice(desk.customer())
    desk.clock.advance(3600)
    changed = desk.post("Invoice", named(invoice, PrivateNote="new"))
    assert changed["SyncToken"] == "1"
    assert changed["MetaData"] == {
        "CreateTime": "2026-05-05T10:00:00-07:00",
        "LastModifiedByRef": invoice["MetaData"]["LastModifiedByRef"],
        "LastUpdatedTime": "2026-05-05T11:00:00-07:00",
    }


def test_a_sparse_update_keeps_what_it_does_not_name_and_a_full_one_clears_it(desk: Desk) -> None:
    identity = desk.customer(Notes="keep", CompanyName="Ada & Co")
    sparse = desk.post("Customer", {"Id": identity, "SyncToken": "0", "sparse": True, "Title": "Dr"})
    assert (sparse["Notes"], sparse["CompanyName"], sparse["Title"]) == ("keep", "Ada & Co", "Dr")
    full = desk.post("Customer", {"Id": identity, "SyncToken": "1", "DisplayName": "Ada's Bakery"})
    assert not {"Notes", "CompanyName", "Title"} & full.keys()
    assert full["Active"] is True


def test_an_empty_text_clears_and_a_null_is_ignored(desk: Desk) -> None:
    identity = desk.customer(Notes="keep", CompanyName="Ada & Co")
    body = {"Id": identity, "SyncToken": "0", "sparse": True, "Notes": "", "CompanyName": None}
    changed = desk.post("Customer", body)
    assert "Notes" not in changed
    assert changed["CompanyName"] == "Ada & Co"


def test_an_object_of_empty_texts_clears_too(desk: Desk) -> None:
    invoice = desk.invoice(
        desk.customer(), CustomerMemo={"value": "hello"}, BillEmail={"Address": "a@example.com"}
    )
    changed = desk.post("Invoice", named(invoice, CustomerMemo={"value": ""}, BillEmail={"Address": ""}))
    assert not {"CustomerMemo", "BillEmail"} & changed.keys()


def test_an_update_needs_a_sync_token(desk: Desk) -> None:
    error = desk.refused("Customer", {"Id": desk.customer(), "DisplayName": "x"})
    assert (error["code"], error["element"]) == ("2020", "SyncToken")


def test_too_long_a_text_is_refused_with_both_lengths(desk: Desk) -> None:
    error = desk.refused("Invoice", {**bill(desk.customer()), "DocNumber": "1" * 22})
    assert (error["code"], error["element"]) == ("2050", "DocNumber")
    assert error["Detail"].endswith("Min:0 Max:21 supported. Supplied length:22")


def test_a_value_outside_an_enumeration_is_refused(desk: Desk) -> None:
    assert desk.refused("Invoice", {**bill(desk.customer()), "EmailStatus": "Maybe"})["code"] == "2170"


def test_a_reference_that_leads_nowhere_is_named_in_intuits_words(desk: Desk) -> None:
    assert (
        desk.refused("Invoice", bill("99"))["Detail"]
        == "Invalid Reference Id : Names element id 99 not found"
    )
    line = item_line(1.0, ItemRef={"value": "77"})
    error = desk.refused("Invoice", {**bill(desk.customer()), "Line": [line]})
    assert (error["code"], error["Detail"]) == (
        "2500",
        "Invalid Reference Id : Items element id 77 not found",
    )


def test_a_new_reference_to_something_inactive_is_refused_but_an_old_one_stands(desk: Desk) -> None:
    customer = desk.customer()
    invoice = desk.invoice(customer)
    desk.post("Customer", {"Id": customer, "SyncToken": "0", "sparse": True, "Active": False})
    assert desk.refused("Invoice", bill(customer))["code"] == "2500"
    assert desk.post("Invoice", named(invoice, PrivateNote="still mine"))["PrivateNote"] == "still mine"


@pytest.mark.rule("credit_memo.no_void")
def test_lists_cannot_be_deleted_and_credit_memos_cannot_be_voided(desk: Desk) -> None:
    customer = desk.customer()
    body = {"Id": customer, "SyncToken": "0"}
    assert desk.refused("Customer", body, operation="delete")["code"] == "500"
    memo = desk.post("CreditMemo", bill(customer))
    assert desk.refused("CreditMemo", {"Id": memo["Id"], "SyncToken": "0"}, operation="void")["code"] == "500"


def test_ids_may_be_sent_as_numbers(desk: Desk) -> None:
    identity = int(desk.customer())
    assert (
        desk.post("Customer", {"Id": identity, "SyncToken": 0, "sparse": True, "Notes": "x"})["Notes"] == "x"
    )


def test_amounts_may_be_sent_as_texts(desk: Desk) -> None:
    line = {**item_line(0), "Amount": "12.50"}
    assert desk.post("Invoice", {**bill(desk.customer()), "Line": [line]})["TotalAmt"] == 12.5


# -- names ---------------------------------------------------------------------------------------------------


def test_a_name_that_is_taken_is_refused_whatever_its_case(desk: Desk) -> None:
    desk.customer("Weiskopf Consulting")
    assert desk.refused("Customer", {"DisplayName": "weiskopf consulting"})["code"] == "6240"


def test_a_deactivated_record_shows_its_suffix_and_frees_its_name(desk: Desk) -> None:
    identity = desk.customer("Old Friend")
    gone = desk.post("Customer", {"Id": identity, "SyncToken": "0", "sparse": True, "Active": False})
    assert gone["DisplayName"] == gone["FullyQualifiedName"] == "Old Friend (deleted)"
    assert gone["PrintOnCheckName"] == "Old Friend"
    assert desk.customer("Old Friend") != identity


def test_a_second_record_of_the_same_name_can_be_deactivated_too(desk: Desk) -> None:
    for _ in range(2):
        body = {"Id": desk.customer("Old Friend"), "SyncToken": "0", "sparse": True, "Active": False}
        assert desk.post("Customer", body)["DisplayName"] == "Old Friend (deleted)"


@pytest.mark.rule("line.account")
def test_a_line_keeps_its_account_when_its_item_is_given_another_one(desk: Desk) -> None:
    invoice = desk.invoice(desk.customer(), 10.0)
    other = desk.post("Account", {"Name": "Projects", "AccountType": "Income"})
    reference = {"value": other["Id"]}
    desk.post("Item", {"Id": "1", "SyncToken": "0", "sparse": True, "IncomeAccountRef": reference})
    lines = [{**invoice["Line"][0], "Amount": 20.0}, item_line(5.0)]
    changed = desk.post("Invoice", named(invoice, Line=lines))
    accounts = [line["SalesItemLineDetail"]["ItemAccountRef"]["name"] for line in changed["Line"][:2]]
    assert accounts == ["Services", "Projects"]
    assert desk.in_order()


def test_a_reactivated_record_drops_its_suffix_unless_the_name_was_taken(desk: Desk) -> None:
    identity = desk.customer("Old Friend")
    gone = desk.post("Customer", {"Id": identity, "SyncToken": "0", "sparse": True, "Active": False})
    back = desk.post("Customer", named(gone, Active=True))
    assert back["DisplayName"] == "Old Friend"
    gone = desk.post("Customer", named(back, Active=False))
    desk.customer("Old Friend")
    assert desk.refused("Customer", named(gone, Active=True))["code"] == "6240"


def test_a_display_name_is_made_of_the_parts_of_a_name(desk: Desk) -> None:
    made = desk.post("Customer", {"Title": "Dr", "GivenName": "Ada", "FamilyName": "Byron"})
    assert made["DisplayName"] == "Dr Ada Byron"
    assert desk.refused("Customer", {"Notes": "nobody"})["code"] == "6080"


def test_a_colon_in_a_name_is_refused(desk: Desk) -> None:
    assert desk.refused("Customer", {"DisplayName": "a:b"})["code"] == "6000"


@pytest.mark.parametrize("address", ["nobody", "a@b", "@example.com", "a b@example.com"])
def test_what_is_no_email_address_is_refused(desk: Desk, address: str) -> None:
    error = desk.refused("Customer", {"DisplayName": "x", "PrimaryEmailAddr": {"Address": address}})
    assert error["code"] == "2210"


def test_sub_customers_stand_under_their_parents_five_levels_at_most(desk: Desk) -> None:
    parent = desk.customer("L0")
    for level in range(1, 5):
        made = desk.post(
            "Customer", {"DisplayName": f"L{level}", "Job": True, "ParentRef": {"value": parent}}
        )
        assert made["Level"] == level
        parent = made["Id"]
    assert made["FullyQualifiedName"] == "L0:L1:L2:L3:L4"
    error = desk.refused("Customer", {"DisplayName": "L5", "Job": True, "ParentRef": {"value": parent}})
    assert error["code"] == "6180"


def test_a_renamed_parent_renames_what_stands_below_it(desk: Desk) -> None:
    parent = desk.customer("Before")
    child = desk.customer("Site", Job=True, ParentRef={"value": parent})
    before = desk.one("Customer", child)
    desk.clock.advance(60)
    desk.post("Customer", {"Id": parent, "SyncToken": "0", "sparse": True, "DisplayName": "After"})
    shown = desk.one("Customer", child)
    assert (shown["FullyQualifiedName"], shown["SyncToken"]) == ("After:Site", "0")
    assert shown["MetaData"] == before["MetaData"]


def test_records_below_show_their_parents_new_name(desk: Desk) -> None:
    parent = desk.post("Class", {"Name": "East"})
    child = desk.post("Class", {"Name": "Projects", "ParentRef": {"value": parent["Id"]}})
    desk.post("Class", named(parent, Name="West"))
    shown = desk.one("Class", child["Id"])
    assert (shown["ParentRef"]["name"], shown["FullyQualifiedName"]) == ("West", "West:Projects")


@pytest.mark.parametrize("identity", ["9" * 30, "１", "-1", "1e3"])
def test_an_id_that_no_database_keeps_is_refused_wherever_it_stands(desk: Desk, identity: str) -> None:
    customer = desk.customer()
    assert fault_of(desk.send("GET", f"invoice/{identity}"))["code"] == "2030"
    assert desk.refused("Payment", payment(customer, 1.0, ("Invoice", identity, 1.0)))["code"] == "2030"
    assert desk.refused("Invoice", bill(identity))["code"] == "2500"
    asked = desk.send("GET", "query", query=f"select * from Invoice where Id = '{identity}'")
    assert asked.json().get("QueryResponse") == {} or fault_of(asked)["code"] == "2030"


def test_documents_show_a_records_new_name_without_having_changed(desk: Desk) -> None:
    customer = desk.customer("Before")
    invoice = desk.invoice(customer)
    desk.clock.advance(60)
    desk.post("Customer", {"Id": customer, "SyncToken": "0", "sparse": True, "DisplayName": "After"})
    desk.post("Item", {"Id": "1", "SyncToken": "0", "sparse": True, "Name": "Labour"})
    shown = desk.one("Invoice", invoice["Id"])
    assert shown["CustomerRef"]["name"] == "After"
    assert shown["Line"][0]["SalesItemLineDetail"]["ItemRef"]["name"] == "Labour"
    assert shown["MetaData"] == invoice["MetaData"]
    assert shown["SyncToken"] == invoice["SyncToken"]


def test_a_customers_currency_needs_multicurrency_and_never_changes(desk: Desk) -> None:
    error = desk.refused("Customer", {"DisplayName": "Karl", "CurrencyRef": {"value": "EUR"}})
    assert error["code"] == "6000"
    many = Desk(multi_currency=True)
    karl = many.customer("Karl", CurrencyRef={"value": "EUR"})
    changed = many.post(
        "Customer",
        {"Id": karl, "SyncToken": "0", "sparse": True, "CurrencyRef": {"value": "USD"}, "Notes": "n"},
    )
    assert changed["CurrencyRef"]["value"] == "EUR"
    assert many.refused("Invoice", {**bill(karl), "CurrencyRef": {"value": "USD"}})["code"] == "6000"


def test_an_accounts_type_follows_from_its_detail_type_and_back(desk: Desk) -> None:
    by_detail = desk.post("Account", {"Name": "Petty cash", "AccountSubType": "CashOnHand"})
    assert (by_detail["AccountType"], by_detail["Classification"]) == ("Bank", "Asset")
    by_type = desk.post("Account", {"Name": "Fees", "AccountType": "Income"})
    assert (by_type["AccountSubType"], by_type["Classification"]) == ("ServiceFeeIncome", "Revenue")
    wrong = {"Name": "Odd", "AccountType": "Bank", "AccountSubType": "Inventory"}
    assert desk.refused("Account", wrong)["code"] == "6430"


def test_items_stand_in_categories_which_alone_can_be_deleted(desk: Desk) -> None:
    category = desk.post("Item", {"Name": "Hardware", "Type": "Category"})
    item = desk.post(
        "Item",
        {
            "Name": "Switch",
            "Type": "NonInventory",
            "IncomeAccountRef": {"value": "1"},
            "ParentRef": {"value": category["Id"]},
        },
    )
    assert (item["FullyQualifiedName"], item["Level"]) == ("Hardware:Switch", 1)
    body = {"Id": item["Id"], "SyncToken": "0"}
    assert desk.refused("Item", body, operation="delete")["code"] == "500"
    empty = desk.post("Item", {"Name": "Unused", "Type": "Category"})
    gone = desk.post("Item", {"Id": empty["Id"], "SyncToken": "0"}, operation="delete")
    assert gone == {"domain": "QBO", "status": "Deleted", "Id": empty["Id"]}
    line = item_line(1.0, ItemRef={"value": category["Id"]})
    assert desk.refused("Invoice", {**bill(desk.customer()), "Line": [line]})["code"] == "2500"


def test_classes_have_long_ids_and_full_names(desk: Desk) -> None:
    parent = desk.post("Class", {"Name": "East"})
    child = desk.post("Class", {"Name": "Projects", "ParentRef": {"value": parent["Id"]}})
    assert len(parent["Id"]) == 19
    assert (child["FullyQualifiedName"], child["SubClass"]) == ("East:Projects", True)
    assert desk.one("Class", parent["Id"]) == parent


# -- sales forms ---------------------------------------------------------------------------------------------


@pytest.mark.rule("line.amount")
def test_an_amount_that_is_not_price_times_quantity_is_refused(desk: Desk) -> None:
    line = item_line(1000.0, UnitPrice=10, Qty=99)
    error = desk.refused("Invoice", {**bill(desk.customer()), "Line": [line]})
    assert (error["code"], error["element"]) == ("6070", "Line.Amount")
    assert error["Detail"] == "Amount is not equal to UnitPrice * Qty. Supplied value:1,000"


@pytest.mark.rule("line.amount")
def test_price_times_quantity_is_compared_at_the_cent(desk: Desk) -> None:
    invoice = desk.invoice(desk.customer(), Line=[item_line(7.96, UnitPrice=0.5306667, Qty=15)])
    assert invoice["Line"][0]["SalesItemLineDetail"]["UnitPrice"] == 0.5306667


@pytest.mark.rule("line.ids")
def test_lines_keep_their_ids_and_new_ones_count_on(desk: Desk) -> None:
    invoice = desk.invoice(desk.customer(), Line=[item_line(1.0), item_line(2.0)])
    kept = {**item_line(5.0), "Id": "2"}
    changed = desk.post("Invoice", named(invoice, Line=[kept, item_line(3.0)]))
    assert [(line.get("Id"), line["Amount"]) for line in changed["Line"]] == [
        ("2", 5.0),
        ("3", 3.0),
        (None, 8.0),
    ]
    assert changed["TotalAmt"] == 8.0


@pytest.mark.rule("line.description", "line.subtotal")
def test_a_description_line_has_no_amount_and_a_subtotal_is_computed_anew(desk: Desk) -> None:
    lines = [
        item_line(10.0),
        {"DetailType": "DescriptionOnly", "Description": "As agreed", "DescriptionLineDetail": {}},
        {"Amount": 99.0, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}},
    ]
    invoice = desk.invoice(desk.customer(), Line=lines)
    kinds = [line["DetailType"] for line in invoice["Line"]]
    assert kinds == ["SalesItemLineDetail", "DescriptionOnly", "SubTotalLineDetail"]
    assert (invoice["Line"][2]["Amount"], invoice["TotalAmt"]) == (10.0, 10.0)


@pytest.mark.rule("line.shipping")
def test_shipping_is_added_after_the_subtotal(desk: Desk) -> None:
    shipping = item_line(7.5, ItemRef={"value": "SHIPPING_ITEM_ID"})
    invoice = desk.invoice(desk.customer(), Line=[shipping, item_line(10.0)])
    assert (invoice["Line"][1]["Amount"], invoice["TotalAmt"]) == (10.0, 17.5)
    assert invoice["Line"][-1]["SalesItemLineDetail"]["ItemRef"] == {"value": "SHIPPING_ITEM_ID"}
    assert desk.in_order()


@pytest.mark.rule("line.discount", "tax.discount")
@pytest.mark.parametrize(("after", "tax"), [(False, 9.1), (True, 8.19)])
def test_a_discount_comes_before_or_after_tax(desk: Desk, after: bool, tax: float) -> None:
    discount = {
        "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10},
    }
    invoice = desk.invoice(
        desk.customer(),
        Line=[item_line(100.0, TaxCodeRef={"value": "TAX"}), discount],
        TxnTaxDetail={"TxnTaxCodeRef": {"value": "3"}},
        ApplyTaxAfterDiscount=after,
    )
    assert invoice["TxnTaxDetail"]["TotalTax"] == tax
    assert invoice["TotalAmt"] == pytest.approx(90 + tax)


@pytest.mark.rule("tax.discount_shares")
def test_a_discount_is_spread_over_the_lines_to_the_cent_before_tax(desk: Desk) -> None:
    discount = {
        "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10},
    }
    invoice = desk.invoice(
        desk.customer(),
        Line=[*(item_line(33.33, TaxCodeRef={"value": "TAX"}) for _ in range(3)), discount],
        TxnTaxDetail={"TxnTaxCodeRef": {"value": "3"}},
        ApplyTaxAfterDiscount=True,
    )
    bases = [line["TaxLineDetail"]["NetAmountTaxable"] for line in invoice["TxnTaxDetail"]["TaxLine"]]
    assert bases == [89.99, 89.99]


@pytest.mark.rule("tax.us_lines", "tax.rounding")
def test_us_tax_is_taken_on_taxable_lines_only_at_the_rates_of_the_code(desk: Desk) -> None:
    invoice = desk.invoice(
        desk.customer(),
        Line=[item_line(100.0, TaxCodeRef={"value": "TAX"}), item_line(50.0, TaxCodeRef={"value": "NON"})],
        TxnTaxDetail={"TxnTaxCodeRef": {"value": "3"}},
    )
    detail = invoice["TxnTaxDetail"]
    assert (detail["TxnTaxCodeRef"], detail["TotalTax"]) == ({"value": "3"}, 9.1)
    assert [(line["Amount"], line["TaxLineDetail"]["NetAmountTaxable"]) for line in detail["TaxLine"]] == [
        (7.1, 100.0),
        (2.0, 100.0),
    ]


@pytest.mark.rule("tax.override")
def test_a_total_tax_that_the_client_sets_is_kept_and_spread(desk: Desk) -> None:
    invoice = desk.invoice(
        desk.customer(),
        Line=[item_line(100.0, TaxCodeRef={"value": "TAX"})],
        TxnTaxDetail={"TxnTaxCodeRef": {"value": "3"}, "TotalTax": 10.0},
    )
    assert invoice["TxnTaxDetail"]["TotalTax"] == 10.0
    assert sum(line["Amount"] for line in invoice["TxnTaxDetail"]["TaxLine"]) == 10.0
    assert invoice["TotalAmt"] == 110.0
    assert desk.in_order()


@pytest.mark.rule("tax.us_lines")
def test_a_us_line_has_no_other_tax_codes_than_tax_and_non(desk: Desk) -> None:
    line = item_line(1.0, TaxCodeRef={"value": "3"})
    error = desk.refused("Invoice", {**bill(desk.customer()), "Line": [line]})
    assert (error["code"], error["Detail"]) == (
        "6100",
        "Valid Line TaxCodes for US should be TAX or NON. Supplied value:3",
    )


@pytest.mark.rule("tax.automated")
def test_automated_tax_chooses_the_code_itself() -> None:
    desk = Desk(automated_tax=True)
    invoice = desk.invoice(
        desk.customer(),
        Line=[item_line(100.0, TaxCodeRef={"value": "TAX"})],
        TxnTaxDetail={"TxnTaxCodeRef": {"value": "3"}},
    )
    assert invoice["TxnTaxDetail"]["TxnTaxCodeRef"] == {"value": "2"}
    assert invoice["TxnTaxDetail"]["TotalTax"] == 6.25


@pytest.mark.rule("tax.line_codes")
def test_outside_the_us_each_line_is_taxed_by_its_own_code() -> None:
    desk = Desk(country="GB", home_currency="GBP")
    lines = [item_line(100.0, TaxCodeRef={"value": "2"}), item_line(50.0, TaxCodeRef={"value": "3"})]
    invoice = desk.invoice(desk.customer(), Line=lines)
    assert invoice["GlobalTaxCalculation"] == "TaxExcluded"
    assert (invoice["TxnTaxDetail"]["TotalTax"], invoice["TotalAmt"]) == (22.5, 172.5)
    assert desk.refused("Invoice", bill("1"))["code"] == "6000"
    assert desk.in_order()


@pytest.mark.rule("tax.inclusive")
def test_an_amount_that_includes_tax_is_split_and_its_total_stays() -> None:
    desk = Desk(country="GB", home_currency="GBP")
    lines = [item_line(100.0, TaxCodeRef={"value": "2"}, UnitPrice=50, Qty=2)]
    invoice = desk.invoice(desk.customer(), Line=lines, GlobalTaxCalculation="TaxInclusive")
    detail = invoice["Line"][0]["SalesItemLineDetail"]
    assert (invoice["Line"][0]["Amount"], detail["TaxInclusiveAmt"], detail["UnitPrice"]) == (
        83.33,
        100.0,
        41.665,
    )
    assert (invoice["TxnTaxDetail"]["TotalTax"], invoice["TotalAmt"]) == (16.67, 100.0)
    again = desk.post("Invoice", {**invoice, "PrivateNote": "posted back whole"})
    assert (again["TotalAmt"], again["Line"]) == (100.0, invoice["Line"])
    assert desk.in_order()


@pytest.mark.rule("tax.not_applicable")
def test_a_document_without_tax_has_none_when_tax_does_not_apply() -> None:
    desk = Desk(country="GB", home_currency="GBP")
    invoice = desk.invoice(desk.customer(), GlobalTaxCalculation="NotApplicable")
    assert (invoice["TxnTaxDetail"], invoice["TotalAmt"]) == ({"TotalTax": 0}, 100.0)


@pytest.mark.parametrize(
    ("more", "due"),
    [
        ({}, "2026-06-04"),
        ({"SalesTermRef": {"value": "2"}}, "2026-05-20"),
        ({"TxnDate": "2026-01-31", "SalesTermRef": {"value": "1"}}, "2026-01-31"),
        ({"DueDate": "2026-12-24", "SalesTermRef": {"value": "2"}}, "2026-12-24"),
    ],
)
@pytest.mark.rule("invoice.due_date")
def test_the_due_date_follows_from_the_terms(desk: Desk, more: dict[str, Any], due: str) -> None:
    invoice = desk.invoice(desk.customer(), **more)
    assert invoice["DueDate"] == due
    assert ("SalesTermRef" in invoice) == ("SalesTermRef" in more)


@pytest.mark.rule("invoice.term_kinds")
def test_date_driven_terms_fall_due_on_a_day_of_the_month(desk: Desk) -> None:
    term = desk.post("Term", {"Name": "15th", "DayOfMonthDue": 15, "DueNextMonthDays": 5})
    assert term["Type"] == "DATE_DRIVEN"
    reference: dict[str, Any] = {"SalesTermRef": {"value": term["Id"]}}
    assert desk.invoice(desk.customer(), TxnDate="2026-05-01", **reference)["DueDate"] == "2026-05-15"
    assert desk.invoice("1", TxnDate="2026-05-12", **reference)["DueDate"] == "2026-06-15"


@pytest.mark.rule("form.one_run_of_numbers")
def test_the_company_counts_documents_of_all_sales_forms_in_one_run(desk: Desk) -> None:
    customer = desk.customer()
    numbers = [desk.invoice(customer)["DocNumber"], desk.post("CreditMemo", bill(customer))["DocNumber"]]
    assert numbers == ["1001", "1002"]


@pytest.mark.rule("form.own_numbers")
def test_with_custom_numbers_the_clients_number_counts_or_none() -> None:
    desk = Desk(custom_txn_numbers=True)
    customer = desk.customer()
    assert "DocNumber" not in desk.invoice(customer)
    assert desk.invoice(customer, DocNumber="MSP-7")["DocNumber"] == "MSP-7"
    assert desk.invoice(customer, AutoDocNumber=True)["DocNumber"] == "1001"


@pytest.mark.rule("form.duplicate_number")
def test_a_number_that_is_taken_is_refused_with_the_id_of_its_document(desk: Desk) -> None:
    customer = desk.customer()
    first = desk.invoice(customer, DocNumber="A-1")
    error = desk.refused("Invoice", {**bill(customer), "DocNumber": "A-1"})
    assert error["code"] == "6140"
    assert error["Detail"].endswith(f"DocNumber=A-1 is assigned to TxnType=Invoice with TxnId={first['Id']}")
    body = {**bill(customer), "DocNumber": "A-1"}
    assert desk.post("Invoice", body, include="allowduplicatedocnum")["DocNumber"] == "A-1"


@pytest.mark.rule("form.full_update")
def test_a_full_update_keeps_the_number_and_moves_the_date_to_today(desk: Desk) -> None:
    invoice = desk.invoice(desk.customer(), TxnDate="2026-01-02", PrivateNote="gone")
    body = {**bill("1"), "Id": invoice["Id"], "SyncToken": "0"}
    changed = desk.post("Invoice", body)
    assert (changed["DocNumber"], changed["TxnDate"]) == (invoice["DocNumber"], "2026-05-05")
    assert "PrivateNote" not in changed


@pytest.mark.rule("form.tracking")
def test_class_and_department_count_only_where_the_company_tracks_them(desk: Desk) -> None:
    plain = Desk()
    tracking = Desk(class_tracking="transaction", track_departments=True)
    by_line = Desk(class_tracking="line")
    found = []
    for one in (plain, tracking, by_line):
        klass = {"value": one.post("Class", {"Name": "East"})["Id"]}
        department = {"value": one.post("Department", {"Name": "Berlin"})["Id"]}
        invoice = one.invoice(
            one.customer(), ClassRef=klass, DepartmentRef=department, Line=[item_line(1.0, ClassRef=klass)]
        )
        detail = invoice["Line"][0]["SalesItemLineDetail"]
        found.append(("ClassRef" in invoice, "DepartmentRef" in invoice, "ClassRef" in detail))
    assert found == [(False, False, False), (True, True, False), (False, False, True)]


@pytest.mark.rule("custom_field.listed", "custom_field.unknown")
def test_custom_fields_of_the_company_are_listed_and_others_dropped() -> None:
    desk = Desk(custom_fields=("Crew #", "Route"))
    sent = [
        {"DefinitionId": "2", "Type": "StringType", "StringValue": "North"},
        {"DefinitionId": "3", "Type": "StringType", "StringValue": "lost"},
    ]
    invoice = desk.invoice(desk.customer(), CustomField=sent)
    assert invoice["CustomField"] == [
        {"DefinitionId": "1", "Name": "Crew #", "Type": "StringType"},
        {"DefinitionId": "2", "Name": "Route", "Type": "StringType", "StringValue": "North"},
    ]


@pytest.mark.rule("invoice.deposit", "invoice.balance")
def test_a_deposit_on_an_invoice_lowers_its_balance(desk: Desk) -> None:
    invoice = desk.invoice(desk.customer(), 100.0, Deposit=30)
    assert (invoice["TotalAmt"], invoice["Balance"]) == (100.0, 70.0)
    assert desk.in_order()


def test_closed_books_refuse_what_would_change_them(desk: Desk) -> None:
    customer = desk.customer()
    old = desk.invoice(customer, TxnDate="2025-12-31")
    preferences = desk.get("preferences")["Preferences"]
    closed = {"AccountingInfoPrefs": {"BookCloseDate": "2025-12-31"}}
    desk.post("Preferences", named(preferences, **closed))
    assert desk.refused("Invoice", {**bill(customer), "TxnDate": "2025-12-31"})["code"] == "6210"
    assert desk.refused("Invoice", named(old, PrivateNote="x"))["code"] == "6210"
    body = {"Id": old["Id"], "SyncToken": "0"}
    assert desk.refused("Invoice", body, operation="void")["code"] == "6210"
    assert desk.refused("Invoice", body, operation="delete")["code"] == "6210"
    assert desk.invoice(customer, TxnDate="2026-01-01")["TotalAmt"] == 100.0


@pytest.mark.rule("form.email_needed")
def test_sending_needs_an_address_and_marks_the_document_without_a_new_token(desk: Desk) -> None:
    invoice = desk.invoice(desk.customer())
    assert fault_of(desk.send("POST", f"invoice/{invoice['Id']}/send"))["code"] == "6420"
    answer = desk.send("POST", f"invoice/{invoice['Id']}/send", sendTo="ada@example.com").json()["Invoice"]
    assert (answer["EmailStatus"], answer["BillEmail"]) == ("EmailSent", {"Address": "ada@example.com"})
    assert answer["DeliveryInfo"]["DeliveryTime"] == "2026-05-05T10:00:00-07:00"
    assert answer["SyncToken"] == "0"


def test_a_document_can_be_had_as_a_pdf(desk: Desk) -> None:
    invoice = desk.invoice(desk.customer("Zoë (Berlin)"))
    answer = desk.send("GET", f"invoice/{invoice['Id']}/pdf")
    assert answer.header("content-type") == "application/pdf"
    assert answer.body.startswith(b"%PDF-1.4")
    assert answer.body.rstrip().endswith(b"%%EOF")


def test_today_is_the_day_in_the_companys_zone() -> None:
    desk = Desk(country="AU", home_currency="AUD")
    desk.clock.set(datetime(2026, 5, 5, 17, 0, tzinfo=UTC))
    line = item_line(1.0, TaxCodeRef={"value": "2"})
    assert desk.invoice(desk.customer(), Line=[line])["TxnDate"] == "2026-05-06"


@pytest.mark.rule("form.void", "form.void_note")
def test_a_voided_invoice_keeps_number_and_note_and_voids_once(desk: Desk) -> None:
    line = item_line(20.0, UnitPrice=10, Qty=2)
    invoice = desk.invoice(desk.customer(), PrivateNote="July", Line=[line])
    voided = desk.post("Invoice", {"Id": invoice["Id"], "SyncToken": "0"}, operation="void")
    detail = voided["Line"][0]["SalesItemLineDetail"]
    assert (detail["UnitPrice"], detail["Qty"], voided["TotalAmt"], voided["Balance"]) == (0, 0, 0, 0)
    assert voided["PrivateNote"].startswith("Voided")
    assert voided["PrivateNote"].endswith("July")
    assert voided["DocNumber"] == invoice["DocNumber"]
    desk.clock.advance(timedelta(hours=1).total_seconds())
    again = desk.post("Invoice", {"Id": invoice["Id"], "SyncToken": "1"}, operation="void")
    assert again == voided


@pytest.mark.rule("invoice.delete")
def test_a_deleted_document_is_gone_from_reads_and_queries(desk: Desk) -> None:
    invoice = desk.invoice(desk.customer())
    gone = desk.post("Invoice", {"Id": invoice["Id"], "SyncToken": "0"}, operation="delete")
    assert gone == {"domain": "QBO", "status": "Deleted", "Id": invoice["Id"]}
    assert fault_of(desk.send("GET", f"invoice/{invoice['Id']}"))["code"] == "610"
    assert desk.query("select * from Invoice") == {}
    body = {"Id": invoice["Id"], "SyncToken": "1"}
    assert desk.refused("Invoice", body, operation="delete")["code"] == "610"


# -- payments ------------------------------------------------------------------------------------------------


@pytest.mark.rule("payment.touches_invoices")
def test_a_payment_split_over_two_invoices_lowers_both_and_touches_them(desk: Desk) -> None:
    customer = desk.customer()
    first, second = desk.invoice(customer, 100.0), desk.invoice(customer, 50.0)
    desk.clock.advance(60)
    paid = desk.pay(customer, 120.0, ("Invoice", first["Id"], 100.0), ("Invoice", second["Id"], 20.0))
    assert (paid["UnappliedAmt"], paid["DepositToAccountRef"]) == (0, {"value": "4"})
    one, other = desk.one("Invoice", first["Id"]), desk.one("Invoice", second["Id"])
    assert (one["Balance"], other["Balance"]) == (0, 30.0)
    assert one["LinkedTxn"] == [{"TxnId": paid["Id"], "TxnType": "Payment"}]
    assert (one["SyncToken"], one["MetaData"]["LastUpdatedTime"]) == ("1", "2026-05-05T10:01:00-07:00")


@pytest.mark.rule("payment.line_shows")
def test_a_payments_lines_say_what_was_open_before_them(desk: Desk) -> None:
    customer = desk.customer()
    invoice = desk.invoice(customer, 750.0)
    paid = desk.pay(customer, 300.0, ("Invoice", invoice["Id"], 300.0))
    values = {entry["value"]["Name"]: entry["value"]["Value"] for entry in paid["Line"][0]["LineEx"]["any"]}
    assert values == {"txnId": invoice["Id"], "txnOpenBalance": "750.00", "txnReferenceNumber": "1001"}
    desk.clock.advance(60)
    desk.pay(customer, 450.0, ("Invoice", invoice["Id"], 450.0))
    later = desk.one("Payment", paid["Id"])
    assert later["Line"][0]["LineEx"]["any"][1]["value"]["Value"] == "300.00"
    assert (later["SyncToken"], later["MetaData"]) == (paid["SyncToken"], paid["MetaData"])


@pytest.mark.rule("payment.unapplied")
def test_money_beyond_the_invoices_stays_unapplied(desk: Desk) -> None:
    customer = desk.customer()
    invoice = desk.invoice(customer, 55.0)
    assert desk.pay(customer, 65.0, ("Invoice", invoice["Id"], 55.0))["UnappliedAmt"] == 10.0
    assert desk.pay(customer, 5.0)["Line"] == []


def test_more_than_is_open_or_more_than_was_paid_cannot_be_applied(desk: Desk) -> None:
    customer = desk.customer()
    invoice = desk.invoice(customer, 50.0)
    assert (
        desk.refused("Payment", payment(customer, 60.0, ("Invoice", invoice["Id"], 60.0)))["code"] == "6000"
    )
    assert (
        desk.refused("Payment", payment(customer, 10.0, ("Invoice", invoice["Id"], 50.0)))["code"] == "6000"
    )
    assert desk.one("Invoice", invoice["Id"])["Balance"] == 50.0


def test_a_payment_pays_only_its_own_customers_invoices(desk: Desk) -> None:
    invoice = desk.invoice(desk.customer("One"), 50.0)
    body = payment(desk.customer("Two"), 50.0, ("Invoice", invoice["Id"], 50.0))
    assert desk.refused("Payment", body)["code"] == "6000"


@pytest.mark.rule("payment.credit", "credit_memo.remaining")
def test_credit_is_applied_by_a_payment_of_nothing(desk: Desk) -> None:
    customer = desk.customer()
    invoice = desk.invoice(customer, 300.0)
    memo = desk.post("CreditMemo", bill(customer, 300.0))
    assert (memo["RemainingCredit"], memo["Balance"]) == (300.0, 300.0)
    paid = desk.pay(customer, 0, ("Invoice", invoice["Id"], 300.0), ("CreditMemo", memo["Id"], 300.0))
    assert "DepositToAccountRef" not in paid
    assert desk.one("Invoice", invoice["Id"])["Balance"] == 0
    used = desk.one("CreditMemo", memo["Id"])
    assert (used["RemainingCredit"], used["Balance"], used["SyncToken"]) == (0, 0, "1")
    assert "LinkedTxn" not in used


def test_one_line_may_name_invoice_and_credit_memo_together(desk: Desk) -> None:
    customer = desk.customer()
    invoice = desk.invoice(customer, 80.0)
    memo = desk.post("CreditMemo", bill(customer, 80.0))
    links = [
        {"TxnId": invoice["Id"], "TxnType": "Invoice"},
        {"TxnId": memo["Id"], "TxnType": "CreditMemo"},
    ]
    body = {"CustomerRef": {"value": customer}, "TotalAmt": 0, "Line": [{"Amount": 80.0, "LinkedTxn": links}]}
    assert len(desk.post("Payment", body)["Line"]) == 2
    assert desk.one("Invoice", invoice["Id"])["Balance"] == 0
    assert desk.one("CreditMemo", memo["Id"])["RemainingCredit"] == 0


def test_a_voided_invoice_gives_the_credit_it_had_used_back(desk: Desk) -> None:
    customer = desk.customer()
    invoice = desk.invoice(customer, 100.0)
    memo = desk.post("CreditMemo", bill(customer, 30.0))
    lines = [("Invoice", invoice["Id"], 100.0), ("CreditMemo", memo["Id"], 30.0)]
    paid = desk.pay(customer, 70.0, *lines)
    desk.post("Invoice", {"Id": invoice["Id"], "SyncToken": "1"}, operation="void")
    assert desk.one("CreditMemo", memo["Id"])["RemainingCredit"] == 30.0
    left = desk.one("Payment", paid["Id"])
    assert (left["UnappliedAmt"], left["Line"]) == (70.0, [])


def test_a_payment_may_be_told_anew_what_it_pays_already(desk: Desk) -> None:
    customer = desk.customer()
    invoice = desk.invoice(customer, 50.0)
    paid = desk.pay(customer, 50.0, ("Invoice", invoice["Id"], 50.0))
    again = named(paid, **payment(customer, 50.0, ("Invoice", invoice["Id"], 40.0)))
    changed = desk.post("Payment", again)
    assert (changed["UnappliedAmt"], desk.one("Invoice", invoice["Id"])["Balance"]) == (10.0, 10.0)
    back = named(changed, **payment(customer, 50.0, ("Invoice", invoice["Id"], 50.0)))
    assert desk.post("Payment", back)["UnappliedAmt"] == 0


def test_editing_a_payments_lines_moves_the_money(desk: Desk) -> None:
    customer = desk.customer()
    first, second = desk.invoice(customer, 50.0), desk.invoice(customer, 50.0)
    paid = desk.pay(customer, 50.0, ("Invoice", first["Id"], 50.0))
    moved = named(paid, **payment(customer, 50.0, ("Invoice", second["Id"], 50.0)))
    desk.post("Payment", moved)
    assert desk.one("Invoice", first["Id"])["Balance"] == 50.0
    assert desk.one("Invoice", first["Id"])["LinkedTxn"] == []
    assert desk.one("Invoice", second["Id"])["Balance"] == 0


def test_a_sparse_update_without_lines_keeps_them_and_with_none_unlinks_them(desk: Desk) -> None:
    customer = desk.customer()
    invoice = desk.invoice(customer, 50.0)
    paid = desk.pay(customer, 50.0, ("Invoice", invoice["Id"], 50.0))
    always = {"CustomerRef": {"value": customer}, "TotalAmt": 50.0}
    noted = desk.post("Payment", named(paid, **always, PrivateNote="thanks"))
    assert noted["Line"] == paid["Line"]
    assert desk.one("Invoice", invoice["Id"])["SyncToken"] == "1"
    emptied = desk.post("Payment", named(noted, **always, Line=[]))
    assert (emptied["Line"], emptied["UnappliedAmt"]) == ([], 50.0)
    assert desk.one("Invoice", invoice["Id"])["Balance"] == 50.0


@pytest.mark.rule("payment.void")
@pytest.mark.parametrize("query", [{"operation": "delete"}, {"operation": "update", "include": "void"}])
def test_a_voided_or_deleted_payment_reopens_its_invoices(desk: Desk, query: dict[str, str]) -> None:
    customer = desk.customer()
    invoice = desk.invoice(customer, 50.0)
    paid = desk.pay(customer, 50.0, ("Invoice", invoice["Id"], 50.0))
    body = {"Id": paid["Id"], "SyncToken": "0", "sparse": True}
    answer = desk.post("Payment", body, **query)
    open_again = desk.one("Invoice", invoice["Id"])
    assert (open_again["Balance"], open_again["LinkedTxn"], open_again["SyncToken"]) == (50.0, [], "2")
    if "include" in query:
        assert (answer["TotalAmt"], answer["UnappliedAmt"], answer["Line"]) == (0, 0, [])
        assert answer["PrivateNote"] == "Voided"


@pytest.mark.rule("invoice.void", "invoice.delete")
@pytest.mark.parametrize("operation", ["void", "delete"])
def test_a_voided_or_deleted_invoice_gives_its_payments_back(desk: Desk, operation: str) -> None:
    customer = desk.customer()
    invoice, other = desk.invoice(customer, 50.0), desk.invoice(customer, 30.0)
    paid = desk.pay(customer, 80.0, ("Invoice", invoice["Id"], 50.0), ("Invoice", other["Id"], 30.0))
    desk.post("Invoice", {"Id": invoice["Id"], "SyncToken": "1"}, operation=operation)
    left = desk.one("Payment", paid["Id"])
    assert (left["UnappliedAmt"], left["SyncToken"], len(left["Line"])) == (50.0, "1", 1)
    assert desk.one("Invoice", other["Id"])["Balance"] == 0
    assert desk.one("Customer", customer)["Balance"] == -50.0


@pytest.mark.rule("credit_memo.delete")
def test_a_deleted_credit_memo_reopens_what_it_had_paid(desk: Desk) -> None:
    customer = desk.customer()
    invoice = desk.invoice(customer, 80.0)
    memo = desk.post("CreditMemo", bill(customer, 80.0))
    desk.pay(customer, 0, ("Invoice", invoice["Id"], 80.0), ("CreditMemo", memo["Id"], 80.0))
    desk.post("CreditMemo", {"Id": memo["Id"], "SyncToken": "1"}, operation="delete")
    assert desk.one("Invoice", invoice["Id"])["Balance"] == 80.0
    assert desk.in_order()


@pytest.mark.rule("invoice.shrinks")
def test_an_invoice_that_shrinks_below_its_payments_gives_the_rest_back(desk: Desk) -> None:
    customer = desk.customer()
    invoice = desk.invoice(customer, 100.0)
    paid = desk.pay(customer, 100.0, ("Invoice", invoice["Id"], 100.0))
    changed = desk.post("Invoice", named(desk.one("Invoice", invoice["Id"]), Line=[item_line(60.0)]))
    assert (changed["Balance"], changed["SyncToken"]) == (0, "2")
    assert desk.one("Payment", paid["Id"])["UnappliedAmt"] == 40.0
    assert desk.in_order()


# -- the company ---------------------------------------------------------------------------------------------


def test_company_info_is_read_under_any_id_and_updated_sparsely(desk: Desk) -> None:
    info = desk.get("companyinfo/9130350000000001")["CompanyInfo"]
    assert (info["Id"], info["CompanyName"], info["Country"]) == ("1", "Example Company", "US")
    changed = desk.post("CompanyInfo", named(info, LegalName="Example Company LLC"))
    assert (changed["LegalName"], changed["CompanyName"]) == ("Example Company LLC", "Example Company")


def test_preferences_merge_and_multicurrency_stays_on() -> None:
    desk = Desk(multi_currency=True)
    before = desk.get("preferences")["Preferences"]
    changed = desk.post("Preferences", named(before, SalesFormsPrefs={"CustomTxnNumbers": True}))
    assert changed["SalesFormsPrefs"]["CustomTxnNumbers"] is True
    assert changed["SalesFormsPrefs"]["AllowDiscount"] is True
    off = named(changed, CurrencyPrefs={"MultiCurrencyEnabled": False})
    assert desk.refused("Preferences", off)["code"] == "6000"


def test_two_companies_in_one_store_know_nothing_of_each_other(desk: Desk) -> None:
    from qbosim.companies.empty import create_company

    create_company(desk.store, desk.clock, "77", name="Other")
    desk.customer("Only here")
    other = desk.api.answer("77", _read("77", "query", query="select * from Customer"), user="x")
    assert other.json()["QueryResponse"] == {}


def _read(realm: str, place: str, **query: str) -> Any:
    from qbosim.wire import Request

    return Request("GET", f"/v3/company/{realm}/{place}", query, {"accept": "application/json"})
