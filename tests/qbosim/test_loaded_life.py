"""Life goes on in a loaded company: whatever is done with its records, the books balance and nothing breaks."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qbosim.books.ledger import from_cents
from qbosim.companies.empty import open_company
from qbosim.companies.export import export_company
from qbosim.companies.unshown import differences
from tests.qbosim.desk import REALM, Desk, exact, named, shared
from tests.qbosim.standing import standings
from tests.qbosim.test_load import PLACE
from tests.qbosim.test_loaded_books import amounts

TRANSACTIONS = (
    "Invoice",
    "CreditMemo",
    "SalesReceipt",
    "RefundReceipt",
    "Estimate",
    "Payment",
    "Bill",
    "BillPayment",
    "Purchase",
    "PurchaseOrder",
    "Deposit",
    "JournalEntry",
    "TimeActivity",
    "InventoryAdjustment",
)
LISTS = ("Customer", "Vendor", "Item", "Account", "Employee", "Term", "PaymentMethod")


@pytest.fixture
def desk() -> Desk:
    """The real sandbox company."""
    return Desk(folder=shared(PLACE))


def unexplained(desk: Desk) -> dict[int, Decimal]:
    """By how much each account's shown balance differs from its transactions."""
    with desk.store.transaction() as db:
        company = open_company(db, desk.clock, REALM)
        return {one.account.id: from_cents(one.missing) for one in differences(company)}


# -- single steps ------------------------------------------------------------------------------------------------


def test_a_loaded_bill_is_paid(desk: Desk) -> None:
    bill = next(each for each in desk.rows("Bill", "where Balance > '0'"))
    owed = exact(desk.one("Vendor", bill["VendorRef"]["value"])["Balance"])
    desk.post(
        "BillPayment",
        {
            "VendorRef": bill["VendorRef"],
            "TotalAmt": bill["Balance"],
            "PayType": "Check",
            "CheckPayment": {"BankAccountRef": {"value": "35"}},
            "Line": [{"Amount": bill["Balance"], "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}],
        },
    )
    assert desk.one("Bill", bill["Id"])["Balance"] == 0
    assert exact(desk.one("Vendor", bill["VendorRef"]["value"])["Balance"]) == owed - exact(bill["Balance"])
    assert exact(desk.one("Account", "35")["CurrentBalance"]) == 2101 - exact(bill["Balance"])


def test_a_voided_loaded_sale_gives_its_goods_back(desk: Desk) -> None:
    sold = next(
        each
        for each in desk.rows("Invoice", "maxresults 1000")
        for line in each["Line"]
        if (line.get("SalesItemLineDetail") or {}).get("ItemRef", {}).get("value") == "17"
        and each["TxnDate"] >= "2026-04-08"
        and each["Balance"] == each["TotalAmt"]
    )
    units = sum(
        line["SalesItemLineDetail"]["Qty"]
        for line in sold["Line"]
        if (line.get("SalesItemLineDetail") or {}).get("ItemRef", {}).get("value") == "17"
    )
    desk.post("Invoice", {"Id": sold["Id"], "SyncToken": sold["SyncToken"]}, operation="void")
    assert desk.one("Item", "17")["QtyOnHand"] == 31 + units
    assert exact(desk.one("Account", "81")["CurrentBalance"]) > exact("596.25")
    assert desk.in_order()


def test_loaded_stock_is_sold_at_what_it_cost(desk: Desk) -> None:
    line = {"ItemRef": {"value": "17"}, "Qty": 10, "UnitPrice": 4}
    desk.post(
        "Invoice",
        {
            "CustomerRef": {"value": "1"},
            "Line": [{"Amount": 40, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": line}],
        },
    )
    assert desk.one("Item", "17")["QtyOnHand"] == 21
    assert exact(desk.one("Account", "81")["CurrentBalance"]) == exact("596.25") - 25
    assert amounts(desk, "ProfitAndLoss")["Cost of Goods Sold"] == 430


def test_a_payment_taken_out_of_a_loaded_deposit_waits_again(desk: Desk) -> None:
    deposit = next(
        each
        for each in desk.rows("Deposit", "maxresults 1000")
        if len([line for line in each["Line"] if line.get("LinkedTxn")]) > 1
    )
    before = exact(desk.one("Account", "4")["CurrentBalance"])
    gone = deposit["Line"][0]
    changed = desk.post("Deposit", named(deposit, Line=deposit["Line"][1:]))
    assert exact(changed["TotalAmt"]) == exact(deposit["TotalAmt"]) - exact(gone["Amount"])
    assert exact(desk.one("Account", "4")["CurrentBalance"]) == before + exact(gone["Amount"])
    assert desk.in_order()


# -- any steps ---------------------------------------------------------------------------------------------------


def _repost(record: Any, _amount: int) -> tuple[dict[str, Any], dict[str, str]]:
    return {**record, "sparse": False}, {}


def _note(record: Any, amount: int) -> tuple[dict[str, Any], dict[str, str]]:
    needed = {key: record[key] for key in ("VendorRef", "CustomerRef", "PayType") if key in record}
    key = "Description" if "NameOf" in record else "PrivateNote"
    return named(record, **{**needed, key: f"note {amount}"}), {}


def _move(record: Any, amount: int) -> tuple[dict[str, Any], dict[str, str]]:
    return {**record, "TxnDate": f"2026-0{1 + amount % 5}-{1 + amount % 28:02}"}, {}


def _change(record: Any, amount: int) -> tuple[dict[str, Any], dict[str, str]]:
    """The same with other amounts on its first line, and the quantity that goes with it."""
    body = json.loads(json.dumps(record))
    for line in body.get("Line", [])[:1]:
        line["Amount"] = amount
        for key in ("SalesItemLineDetail", "ItemBasedExpenseLineDetail"):
            if key in line:
                line[key] |= {"Qty": amount, "UnitPrice": 1}
    return body, {}


def _shorten(record: Any, _amount: int) -> tuple[dict[str, Any], dict[str, str]]:
    return {**record, "Line": record["Line"][1:]} if "Line" in record else {**record}, {}


def _delete(record: Any, _amount: int) -> tuple[dict[str, Any], dict[str, str]]:
    return {"Id": record["Id"], "SyncToken": record["SyncToken"]}, {"operation": "delete"}


def _void(record: Any, _amount: int) -> tuple[dict[str, Any], dict[str, str]]:
    return named(record), {"operation": "update", "include": "void"}


def _deactivate(record: Any, _amount: int) -> tuple[dict[str, Any], dict[str, str]]:
    return named(record, Active=False), {}


def _stock(record: Any, amount: int) -> tuple[dict[str, Any], dict[str, str]]:
    if record.get("Type") != "Inventory":
        return named(record), {}
    return named(record, QtyOnHand=amount, InvStartDate=f"2026-0{1 + amount % 5}-01"), {}


Step = Callable[[Any, int], tuple[dict[str, Any], dict[str, str]]]
STEPS: tuple[Step, ...] = (_repost, _note, _move, _change, _shorten, _delete, _void)
LIST_STEPS: tuple[Step, ...] = (_repost, _deactivate, _stock)

steps = st.one_of(
    st.tuples(st.sampled_from(TRANSACTIONS), st.sampled_from(STEPS), st.integers(0, 40), st.integers(1, 90)),
    st.tuples(st.sampled_from(LISTS), st.sampled_from(LIST_STEPS), st.integers(0, 40), st.integers(0, 90)),
)


@pytest.mark.rule("loaded.balances")
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(steps, min_size=8, max_size=30))
def test_whatever_is_done_to_loaded_records_the_books_balance(
    history: list[tuple[str, Step, int, int]],
) -> None:
    desk = Desk(folder=shared(PLACE))
    before = unexplained(desk)
    for entity, step, place, amount in history:
        found = desk.rows(entity, "orderby Id maxresults 1000")
        if not found:
            continue
        body, query = step(found[place % len(found)], amount)
        answer = desk.send("POST", entity.lower(), body, **query)
        assert answer.status in (200, 400), (entity, step.__name__, body, answer.body)
    assert desk.in_order()
    assert unexplained(desk) == before
    for method in ("Accrual", "Cash"):
        sheet = amounts(desk, "BalanceSheet", accounting_method=method)
        assert sheet["TOTAL ASSETS"] == sheet["TOTAL LIABILITIES AND EQUITY"]


@pytest.mark.rule("loaded.export")
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(steps, min_size=8, max_size=20))
def test_a_loaded_company_with_a_history_of_its_own_is_carried_on_whole(
    tmp_path_factory: pytest.TempPathFactory, history: list[tuple[str, Step, int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("carried") / "books"
    desk = Desk(folder=shared(PLACE))
    for entity, step, place, amount in history:
        found = desk.rows(entity, "orderby Id maxresults 1000")
        body, query = step(found[place % len(found)], amount) if found else ({}, {})
        desk.send("POST", entity.lower(), body, **query)
    written = export_company(desk.store, REALM, folder)
    again = Desk(folder=folder)
    assert again.report is not None
    assert again.report.refused == ()
    assert again.report.loaded == written
    assert objects(again, folder.parent / "again") == objects_in(folder)
    estimate = desk.rows("Estimate", "where Id = '41'")  # it alone tells where lines of an invoice earn
    if estimate and estimate[0]["SyncToken"] == "0":
        assert standings(again.store, REALM) == standings(desk.store, REALM)


def objects(desk: Desk, folder: Path) -> dict[str, Any]:
    """What a company shows, by entity."""
    export_company(desk.store, REALM, folder)
    return objects_in(folder)


def objects_in(folder: Path) -> dict[str, Any]:
    """What a folder holds, by entity."""
    return {path.stem: json.loads(path.read_text()) for path in folder.glob("*.json")}
