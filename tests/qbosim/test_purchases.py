"""Expenses, checks, card charges, purchase orders and payments of cards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.qbosim.buying import account, bill, expense, ledger, vendor
from tests.qbosim.desk import Desk, exact, fault_of, named, shared

PAYABLES = "Accounts Payable (A/P)"


@pytest.fixture
def desk() -> Desk:
    return Desk()


def purchase(desk: Desk, kind: str = "Cash", amount: float = 20.0, **more: Any) -> dict[str, Any]:
    """The body of an expense with one line."""
    paid_from = "Visa" if kind == "CreditCard" else "Checking"
    return {
        "PaymentType": kind,
        "AccountRef": {"value": account(desk, paid_from)},
        "Line": [expense(desk, amount)],
        **more,
    }


def ware(desk: Desk, name: str = "Cable", **more: Any) -> str:
    """An item that is bought."""
    body = {
        "Name": name,
        "Type": "NonInventory",
        "IncomeAccountRef": {"value": account(desk, "Sales of Product Income")},
        "ExpenseAccountRef": {"value": account(desk, "Cost of Goods Sold")},
        **more,
    }
    return str(desk.post("Item", body)["Id"])


def item_line(item: str, price: float, quantity: float, amount: float, **more: Any) -> dict[str, Any]:
    """A line that buys an item."""
    detail = {"ItemRef": {"value": item}, "UnitPrice": price, "Qty": quantity}
    return {
        "Amount": amount,
        "DetailType": "ItemBasedExpenseLineDetail",
        "ItemBasedExpenseLineDetail": detail,
        **more,
    }


def kind_of(made: Any) -> str:
    """The number in PurchaseEx."""
    return str(made["PurchaseEx"]["any"][0]["value"]["Value"])


@pytest.mark.rule("purchase.shape")
def test_checks_expenses_and_card_charges_differ_as_intuits_do(desk: Desk) -> None:
    check = desk.post("Purchase", purchase(desk, "Check"))
    assert (check["PrintStatus"], kind_of(check), "Credit" in check) == ("NotSet", "3", False)
    cash = desk.post("Purchase", purchase(desk, "Cash"))
    assert (kind_of(cash), "PrintStatus" in cash, "Credit" in cash) == ("54", False, False)
    card = desk.post("Purchase", purchase(desk, "CreditCard"))
    assert (card["Credit"], kind_of(card)) == (False, "54")
    assert (ledger(desk, "Checking"), ledger(desk, "Visa"), ledger(desk, "Supplies")) == (-40, -20, 60)
    assert desk.in_order()


@pytest.mark.rule("purchase.credit")
@pytest.mark.rule("purchase.credit_kind")
def test_a_card_credit_brings_money_back(desk: Desk) -> None:
    made = desk.post("Purchase", purchase(desk, "CreditCard", Credit=True))
    assert (made["Credit"], made["TotalAmt"], kind_of(made)) == (True, 20, "11")
    assert (ledger(desk, "Visa"), ledger(desk, "Supplies")) == (20, -20)
    assert desk.refused("Purchase", purchase(desk, "Check", Credit=True))["code"] == "6000"
    assert desk.in_order()


@pytest.mark.rule("purchase.required")
@pytest.mark.parametrize("without", ["PaymentType", "AccountRef", "Line"])
def test_what_an_expense_needs_is_asked_for(desk: Desk, without: str) -> None:
    body = purchase(desk)
    error = desk.refused("Purchase", {key: value for key, value in body.items() if key != without})
    assert (error["code"], error["element"]) == ("2020", without)


@pytest.mark.rule("purchase.required")
def test_a_sparse_update_of_an_expense_names_how_it_was_paid(desk: Desk) -> None:
    body = purchase(desk, PrivateNote="keep")
    made = desk.post("Purchase", body)
    assert desk.refused("Purchase", named(made, DocNumber="7"))["element"] == "PaymentType"
    paid = {key: body[key] for key in ("PaymentType", "AccountRef")}
    changed = desk.post("Purchase", named(made, **paid, DocNumber="7"))
    assert (changed["DocNumber"], changed["PrivateNote"], changed["TotalAmt"]) == ("7", "keep", 20)


@pytest.mark.rule("purchase.accounts")
@pytest.mark.parametrize(
    ("kind", "paid_from"), [("Check", "Visa"), ("CreditCard", "Checking"), ("Cash", "Supplies")]
)
def test_an_account_of_the_wrong_type_is_refused(desk: Desk, kind: str, paid_from: str) -> None:
    body = purchase(desk, kind, AccountRef={"value": account(desk, paid_from)})
    assert desk.refused("Purchase", body)["code"] == "6430"


@pytest.mark.rule("purchase.payee")
def test_a_payee_is_a_customer_a_vendor_an_employee_or_nobody(desk: Desk) -> None:
    customer, seller = desk.customer(), vendor(desk)
    employee = desk.post("Employee", {"GivenName": "Lin", "FamilyName": "Okoro"})["Id"]
    for kind, identity in (("Customer", customer), ("Vendor", seller), ("Employee", employee)):
        made = desk.post("Purchase", purchase(desk, EntityRef={"value": identity, "type": kind}))
        assert list(made["EntityRef"]) == ["value", "name", "type"]
        assert (made["EntityRef"]["value"], made["EntityRef"]["type"]) == (identity, kind)
    assert "EntityRef" not in desk.post("Purchase", purchase(desk))
    unknown = purchase(desk, EntityRef={"value": "99", "type": "Vendor"})
    assert desk.refused("Purchase", unknown)["code"] == "2500"


def test_a_renamed_vendor_shows_its_new_name_as_payee(desk: Desk) -> None:
    seller = vendor(desk)
    made = desk.post("Purchase", purchase(desk, EntityRef={"value": seller, "type": "Vendor"}))
    desk.post("Vendor", named(desk.one("Vendor", seller), DisplayName="Grid & Sons"))
    assert desk.one("Purchase", made["Id"])["EntityRef"]["name"] == "Grid & Sons"


@pytest.mark.rule("purchases.vendor_address")
def test_a_check_shows_its_payees_address(desk: Desk) -> None:
    seller = vendor(desk, BillAddr={"Line1": "1 Main St"})
    made = desk.post("Purchase", purchase(desk, "Check", EntityRef={"value": seller, "type": "Vendor"}))
    assert made["RemitToAddr"] == desk.one("Vendor", seller)["BillAddr"]


@pytest.mark.rule("purchase.control_accounts")
def test_money_back_to_a_customer_through_receivables_can_be_settled(desk: Desk) -> None:
    customer = desk.customer()
    credit = desk.post(
        "CreditMemo",
        {
            "CustomerRef": {"value": customer},
            "Line": [
                {
                    "Amount": 50,
                    "DetailType": "SalesItemLineDetail",
                    "SalesItemLineDetail": {"ItemRef": {"value": "1"}},
                }
            ],
        },
    )
    line = expense(desk, 50, "Accounts Receivable (A/R)")
    assert desk.refused("Purchase", {**purchase(desk, "Check"), "Line": [line]})["code"] == "6000"
    paid = {"value": customer, "type": "Customer"}
    check = desk.post("Purchase", {**purchase(desk, "Check"), "Line": [line], "EntityRef": paid})
    assert desk.one("Customer", customer)["Balance"] == 0
    used = desk.pay(customer, 0, ("Check", check["Id"], 50), ("CreditMemo", credit["Id"], 50))
    assert used["UnappliedAmt"] == 0
    assert used["Line"][0]["LinkedTxn"] == [{"TxnId": check["Id"], "TxnType": "Check"}]
    assert desk.one("CreditMemo", credit["Id"])["Balance"] == 0
    desk.post("Purchase", named(check), operation="delete")
    assert desk.one("Payment", used["Id"])["Line"] == []
    assert desk.one("CreditMemo", credit["Id"])["Balance"] == 50
    assert desk.in_order()


@pytest.mark.rule("purchase.void")
def test_a_voided_check_keeps_its_lines_at_nothing(desk: Desk) -> None:
    made = desk.post("Purchase", purchase(desk, "Check", DocNumber="71"))
    void = desk.post("Purchase", named(made), operation="update", include="void")
    assert (void["TotalAmt"], void["PrivateNote"], void["DocNumber"]) == (0, "Voided", "71")
    assert [line["Amount"] for line in void["Line"]] == [0]
    assert ledger(desk, "Checking") == 0
    assert desk.in_order()


def test_a_deleted_expense_leaves_nothing_behind(desk: Desk) -> None:
    made = desk.post("Purchase", purchase(desk))
    desk.post("Purchase", named(made), operation="delete")
    assert (ledger(desk, "Checking"), ledger(desk, "Supplies")) == (0, 0)
    assert fault_of(desk.send("GET", f"purchase/{made['Id']}"))["code"] == "610"


# -- items ---------------------------------------------------------------------------------------------------


@pytest.mark.rule("expense_lines.amount")
def test_an_amount_that_is_not_price_times_quantity_is_refused(desk: Desk) -> None:
    item = ware(desk)
    body = {"VendorRef": {"value": vendor(desk)}, "Line": [item_line(item, 12.5, 4, 51)]}
    error = desk.refused("Bill", body)
    assert (error["code"], error["element"]) == ("6070", "Line.Amount")
    made = desk.post("Bill", {**body, "Line": [item_line(item, 0.5306667, 15, 7.96)]})
    detail = made["Line"][0]["ItemBasedExpenseLineDetail"]
    assert list(detail) == ["BillableStatus", "ItemRef", "UnitPrice", "Qty", "TaxCodeRef"]
    assert ledger(desk, "Cost of Goods Sold") == exact("7.96")


@pytest.mark.rule("expense_lines.item_account")
def test_an_item_that_is_only_sold_cannot_be_bought(desk: Desk) -> None:
    body = {"VendorRef": {"value": vendor(desk)}, "Line": [item_line("1", 5, 1, 5)]}
    assert desk.refused("Bill", body)["code"] == "6000"


def test_a_class_stands_on_a_line_where_the_company_tracks_it_there() -> None:
    desk = Desk(class_tracking="line")
    klass = desk.post("Class", {"Name": "North"})
    line = expense(desk, 5, ClassRef={"value": klass["Id"]})
    made = desk.post("Bill", {"VendorRef": {"value": vendor(desk)}, "Line": [line]})
    detail = made["Line"][0]["AccountBasedExpenseLineDetail"]
    assert detail["ClassRef"] == {"value": klass["Id"], "name": "North"}
    without = Desk()
    line = expense(without, 5, ClassRef={"value": "1"})
    made = without.post("Bill", {"VendorRef": {"value": vendor(without)}, "Line": [line]})
    assert "ClassRef" not in made["Line"][0]["AccountBasedExpenseLineDetail"]


# -- purchase orders -----------------------------------------------------------------------------------------


def order(desk: Desk, seller: str, *lines: dict[str, Any], **more: Any) -> Any:
    """A new purchase order."""
    return desk.post(
        "PurchaseOrder", {"VendorRef": {"value": seller}, "Line": list(lines) or [expense(desk, 75)], **more}
    )


@pytest.mark.rule("purchase_order.shape")
@pytest.mark.rule("purchase_order.non_posting")
def test_an_order_shows_what_intuit_shows_and_posts_nothing(desk: Desk) -> None:
    seller = vendor(desk)
    made = order(desk, seller, Memo="soon")
    made.pop("MetaData")
    assert list(made) == [
        "EmailStatus",
        "POStatus",
        "domain",
        "sparse",
        "Id",
        "SyncToken",
        "CustomField",
        "DocNumber",
        "TxnDate",
        "CurrencyRef",
        "LinkedTxn",
        "Line",
        "VendorRef",
        "APAccountRef",
        "TotalAmt",
        "Memo",
    ]
    assert (made["EmailStatus"], made["POStatus"], made["TotalAmt"]) == ("NotSet", "Open", 75)
    assert (made["CustomField"], made["LinkedTxn"]) == ([], [])
    assert "LinkedTxn" not in made["Line"][0]
    assert (ledger(desk, PAYABLES), desk.one("Vendor", seller)["Balance"]) == (0, 0)


@pytest.mark.rule("purchase_order.status")
def test_an_order_is_closed_and_opened_by_hand(desk: Desk) -> None:
    seller = vendor(desk)
    made = order(desk, seller)
    reference = {"VendorRef": {"value": seller}}
    closed = desk.post("PurchaseOrder", named(made, **reference, POStatus="Closed"))
    assert closed["POStatus"] == "Closed"
    assert desk.rows("PurchaseOrder", "where POStatus = 'Open'") == []
    assert desk.post("PurchaseOrder", named(closed, **reference, POStatus="Open"))["POStatus"] == "Open"
    assert desk.refused("PurchaseOrder", named(made, **reference, POStatus="Lost"))["code"] == "2170"


@pytest.mark.rule("purchase_order.email")
def test_an_order_is_sent_to_an_address(desk: Desk) -> None:
    made = order(desk, vendor(desk))
    assert fault_of(desk.send("POST", f"purchaseorder/{made['Id']}/send"))["code"] == "6420"
    sent = desk.send("POST", f"purchaseorder/{made['Id']}/send", sendTo="a@example.com").json()[
        "PurchaseOrder"
    ]
    assert (sent["EmailStatus"], sent["POEmail"]) == ("EmailSent", {"Address": "a@example.com"})
    assert "DeliveryInfo" not in sent
    body = {"VendorRef": made["VendorRef"], "Line": [expense(desk, 5)], "EmailStatus": "NeedToSend"}
    assert desk.refused("PurchaseOrder", body)["code"] == "6420"
    assert (
        desk.post("PurchaseOrder", {**body, "POEmail": {"Address": "a@example.com"}})["EmailStatus"]
        == "NeedToSend"
    )


@pytest.mark.rule("purchase_order.closed_by_bill")
@pytest.mark.rule("purchase_order.reopened")
def test_a_bill_closes_its_order_and_gives_it_back_when_it_goes(desk: Desk) -> None:
    seller = vendor(desk)
    wanted = order(desk, seller)
    link = {"TxnId": wanted["Id"], "TxnType": "PurchaseOrder"}
    made = bill(desk, seller, 75, LinkedTxn=[link])
    assert made["LinkedTxn"] == [link]
    closed = desk.one("PurchaseOrder", wanted["Id"])
    assert (closed["POStatus"], closed["LinkedTxn"]) == ("Closed", [{"TxnId": made["Id"], "TxnType": "Bill"}])
    desk.post("Bill", named(desk.one("Bill", made["Id"])), operation="delete")
    free = desk.one("PurchaseOrder", wanted["Id"])
    assert (free["POStatus"], free["LinkedTxn"]) == ("Open", [])


@pytest.mark.rule("purchase_order.closed_by_bill")
def test_an_expense_closes_its_order_and_does_not_show_the_link(desk: Desk) -> None:
    seller = vendor(desk)
    wanted = order(desk, seller)
    link = {"TxnId": wanted["Id"], "TxnType": "PurchaseOrder"}
    payee = {"value": seller, "type": "Vendor"}
    made = desk.post("Purchase", purchase(desk, "Check", 75, EntityRef=payee, LinkedTxn=[link]))
    assert "LinkedTxn" not in made
    closed = desk.one("PurchaseOrder", wanted["Id"])
    assert (closed["POStatus"], closed["LinkedTxn"][0]["TxnType"]) == ("Closed", "Purchase")
    desk.post("Purchase", named(made), operation="delete")
    assert desk.one("PurchaseOrder", wanted["Id"])["POStatus"] == "Open"


@pytest.mark.rule("purchase_order.partly_received")
def test_an_order_stays_open_until_every_line_has_come(desk: Desk) -> None:
    seller, item = vendor(desk), ware(desk)
    wanted = order(desk, seller, item_line(item, 10, 8, 80), expense(desk, 20))

    def received(quantity: float, line: str) -> dict[str, Any]:
        link = {"TxnId": wanted["Id"], "TxnType": "PurchaseOrder", "TxnLineId": line}
        return item_line(item, 10, quantity, 10 * quantity, LinkedTxn=[link])

    desk.post("Bill", {"VendorRef": {"value": seller}, "Line": [received(5, "1")]})
    part = desk.one("PurchaseOrder", wanted["Id"])
    assert (part["POStatus"], part["Line"][0]["Received"]) == ("Open", 5)
    assert "Received" not in part["Line"][1]
    freight = expense(desk, 20)
    freight["LinkedTxn"] = [{"TxnId": wanted["Id"], "TxnType": "PurchaseOrder", "TxnLineId": "2"}]
    desk.post("Bill", {"VendorRef": {"value": seller}, "Line": [received(3, "1"), freight]})
    whole = desk.one("PurchaseOrder", wanted["Id"])
    assert (whole["POStatus"], whole["Line"][0]["Received"]) == ("Closed", 8)
    assert len(whole["LinkedTxn"]) == 2


@pytest.mark.rule("purchase_order.same_vendor")
def test_only_an_order_of_the_same_vendor_is_linked(desk: Desk) -> None:
    seller, other = vendor(desk), vendor(desk, "Wire Works")
    wanted = order(desk, seller)
    body = {"VendorRef": {"value": other}, "Line": [expense(desk, 75)]}
    link = {"TxnId": wanted["Id"], "TxnType": "PurchaseOrder"}
    assert desk.refused("Bill", {**body, "LinkedTxn": [link]})["code"] == "6000"
    assert desk.refused("Bill", {**body, "LinkedTxn": [{**link, "TxnId": "99"}]})["code"] == "2500"


# -- payments of cards ---------------------------------------------------------------------------------------


def card_payment(desk: Desk, amount: float = 30.0) -> dict[str, Any]:
    """The body of a card's payment."""
    return {
        "Amount": amount,
        "BankAccountRef": {"value": account(desk, "Checking")},
        "CreditCardAccountRef": {"value": account(desk, "Visa")},
    }


def paid_card(desk: Desk, body: Any, **query: str) -> Any:
    """A write at the address of card payments."""
    answer = desk.send("POST", "creditcardpayment", body, **query)
    assert answer.status == 200, answer.body
    return answer.json()["CreditCardPaymentTxn"]


@pytest.mark.rule("credit_card_payment.address")
@pytest.mark.rule("credit_card_payment.posting")
def test_a_card_is_paid_from_the_bank(desk: Desk) -> None:
    desk.post("Purchase", purchase(desk, "CreditCard", 50))
    made = paid_card(desk, card_payment(desk))
    assert (ledger(desk, "Visa"), ledger(desk, "Checking")) == (-20, -30)
    assert desk.get(f"creditcardpayment/{made['Id']}")["CreditCardPaymentTxn"] == made
    assert desk.query("select * from CreditCardPayment")["CreditCardPaymentTxn"] == [made]
    changed = paid_card(desk, named(made, Amount=35))
    assert changed["Amount"] == 35
    assert ledger(desk, "Checking") == -35
    paid_card(desk, named(changed), operation="delete")
    assert (ledger(desk, "Visa"), ledger(desk, "Checking")) == (-50, 0)
    assert desk.in_order()


@pytest.mark.rule("credit_card_payment.required")
@pytest.mark.parametrize("without", ["Amount", "BankAccountRef", "CreditCardAccountRef"])
def test_what_a_card_payment_needs_is_asked_for(desk: Desk, without: str) -> None:
    body = {key: value for key, value in card_payment(desk).items() if key != without}
    error = fault_of(desk.send("POST", "creditcardpayment", body))
    assert (error["code"], error["element"]) == ("2020", without)


@pytest.mark.rule("credit_card_payment.accounts")
@pytest.mark.rule("credit_card_payment.amount")
def test_a_card_payment_of_nothing_or_between_other_accounts_is_refused(desk: Desk) -> None:
    assert fault_of(desk.send("POST", "creditcardpayment", card_payment(desk, 0)))["code"] == "6000"
    turned = card_payment(desk)
    turned["BankAccountRef"], turned["CreditCardAccountRef"] = (
        turned["CreditCardAccountRef"],
        turned["BankAccountRef"],
    )
    assert fault_of(desk.send("POST", "creditcardpayment", turned))["code"] == "6430"


# -- the real company ----------------------------------------------------------------------------------------

_SERVER_MADE = {"Id", "SyncToken", "MetaData", "domain", "sparse", "LinkedTxn", "TotalAmt", "PurchaseEx"}


@pytest.mark.rule("purchase.shape")
@pytest.mark.rule("purchase_order.shape")
@pytest.mark.rule("expense_lines.numbers")
@pytest.mark.parametrize("entity", ["Purchase", "PurchaseOrder"])
def test_a_real_record_created_again_has_the_same_shape(entity: str) -> None:
    folder = shared("fixtures/sandbox-company")
    desk = Desk(folder=folder)
    for real in json.loads((folder / f"{entity}.json").read_text()):
        sent = {key: value for key, value in real.items() if key not in _SERVER_MADE}
        made = desk.post(entity, sent, include="allowduplicatedocnum")
        apart = {"MetaData"} if "DocNumber" in real or entity == "Purchase" else {"MetaData", "DocNumber"}
        assert [key for key in made if key not in apart] == [key for key in real if key not in apart]
        for key in set(real) - _SERVER_MADE - {"VendorAddr", "ShipAddr", "RemitToAddr"}:
            assert made[key] == real[key], key
        if entity == "Purchase" and kind_of(real) in ("3", "11", "54"):
            assert made["PurchaseEx"] == real["PurchaseEx"]


def test_loaded_purchases_that_have_no_place_are_reported_and_a_cards_payment_is_loaded(
    tmp_path: Path,
) -> None:
    day = {"SyncToken": "0", "TxnDate": "2026-01-05"}
    line = {"Id": "1", "Amount": 5, "DetailType": "AccountBasedExpenseLineDetail"}
    whole = {**line, "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "2"}}}
    owed = {**day, "VendorRef": {"value": "7"}, "TotalAmt": 5, "Balance": 5, "Line": [whole]}
    accounts = [
        {
            "Id": number,
            "Name": name,
            "FullyQualifiedName": name,
            "AccountType": kind,
            "AccountSubType": "",
            **usd,
        }
        for number, name, kind in (
            ("1", "Bank", "Bank"),
            ("2", "Costs", "Expense"),
            ("3", "Card", "Credit Card"),
            ("4", "Owed", "Accounts Payable"),
        )
        for usd in ({"CurrencyRef": {"value": "USD"}, "Active": True},)
    ]
    card = {"BankAccountRef": {"value": "1"}, "CreditCardAccountRef": {"value": "3"}, "Amount": 9}
    folder = {
        "Account": accounts,
        "Vendor": [{"Id": "7", "SyncToken": "0", "DisplayName": "Grid Supply", "Active": True}],
        "Bill": [
            {**owed, "Id": "20"},
            {**owed, "Id": "21", "VendorRef": {"value": "8"}},
            {**owed, "Id": "22", "Line": [line]},
            {key: value for key, value in {**owed, "Id": "23"}.items() if key != "TxnDate"},
        ],
        "BillPayment": [
            {**day, "Id": "30", "VendorRef": {"value": "7"}, "TotalAmt": 5, "Line": []},
            {
                **day,
                "Id": "31",
                "VendorRef": {"value": "7"},
                "TotalAmt": 5,
                "PayType": "Check",
                "CheckPayment": {"BankAccountRef": {"value": "1"}},
                "Line": [{"Amount": 5, "LinkedTxn": [{"TxnId": "21", "TxnType": "Bill"}]}],
            },
        ],
        "Purchase": [{**day, "Id": "40", "PaymentType": "Cash", "TotalAmt": 5, "Line": [whole]}],
        "CreditCardPayment": [{**day, **card, "Id": "50"}, {**day, "Id": "51", "Amount": 9}],
    }
    for name, rows in folder.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(rows))
    desk = Desk(folder=tmp_path)
    assert desk.report is not None
    assert {(entity, identity): reason for entity, identity, reason in desk.report.refused} == {
        ("Bill", "21"): "its vendor 8 is not in the folder",
        ("Bill", "22"): "a line of it has no detail",
        ("Bill", "23"): "it has no TxnDate",
        ("BillPayment", "30"): "it does not say how it was paid",
        ("BillPayment", "31"): "the Bill 21 it is linked to was not placed",
        ("Purchase", "40"): "its account (none) is not in the folder",
        ("CreditCardPaymentTxn", "51"): "its CreditCardAccountRef (none) is not in the folder",
    }
    assert (desk.report.loaded["Bill"], desk.report.loaded["CreditCardPaymentTxn"]) == (1, 1)
    assert next_bill(desk, "7") == 52
    assert desk.in_order()


def next_bill(desk: Desk, seller: str) -> int:
    """The id that a new bill gets."""
    return int(desk.post("Bill", {"VendorRef": {"value": seller}, "Line": [expense(desk, 1, "Costs")]})["Id"])
