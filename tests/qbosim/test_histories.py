"""What holds whatever happened: books, balances, links, names, feeds and reports of random histories agree."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.qbosim.desk import Desk, exact
from tests.qbosim.histories import HOME, TRANSACTIONS, History
from tests.qbosim.reading import cents, every_row, report

BALANCE_SHEET = ("Asset", "Liability", "Equity")
COMPANIES = [
    ("US", False, 1),
    ("US", False, 2),
    ("US", True, 3),
    ("US", True, 4),
    ("CA", False, 5),
    ("GB", True, 6),
]
"""Country, whether it has several currencies, and the seed."""
STEPS = 130
EVERYBODY = "where Active in (true, false) maxresults 1000"
CALLED = {"BillPaymentCheck": "BillPayment", "BillPaymentCreditCard": "BillPayment"}


@pytest.fixture(scope="module", params=COMPANIES, ids=lambda company: f"{company[0]}-{company[2]}")
def history(request: pytest.FixtureRequest) -> History:
    """A company after a year and a half without a plan."""
    country, currencies, seed = request.param
    told = History(seed, country, currencies=currencies)
    told.live(STEPS)
    return told


def test_enough_happened(history: History) -> None:
    assert history.done > STEPS / 2
    assert sum(bool(history.rows(entity)) for entity in TRANSACTIONS) > 8


def test_the_books_balance(history: History) -> None:
    assert history.desk.in_order()


def posted(desk: Desk, column: str, kind: str = "") -> dict[str, tuple[Decimal, Decimal]]:
    """Home and foreign sums of the postings by what stands in a column, on accounts of one type or on all."""
    only = "" if not kind else f"AND account IN (SELECT id FROM r_Account WHERE p_AccountType = '{kind}')"
    with desk.store.transaction() as db:
        rows = db.execute(
            f"SELECT {column}, sum(amount), sum(foreign_amount) FROM posting WHERE {column} IS NOT NULL {only} "
            f"GROUP BY {column}"
        ).fetchall()
    return {str(number): (Decimal(home) / 100, Decimal(foreign) / 100) for number, home, foreign in rows}


def test_every_balance_shown_is_what_was_posted(history: History) -> None:
    desk = history.desk
    nothing = (Decimal(0), Decimal(0))
    sums = posted(desk, "account")
    for account in desk.rows("Account", EVERYBODY):
        foreign = account["CurrencyRef"]["value"] != HOME[history.country]
        if account["Classification"] in BALANCE_SHEET:
            assert exact(account["CurrentBalance"]) == sums.get(account["Id"], nothing)[foreign], account[
                "Name"
            ]
    for entity, kind, sign in (("Customer", "Accounts Receivable", 1), ("Vendor", "Accounts Payable", -1)):
        sums = posted(desk, entity.lower(), kind)
        for party in desk.rows(entity, EVERYBODY):
            assert exact(party["Balance"]) == sign * sums.get(party["Id"], nothing)[1], party["DisplayName"]


def test_nothing_is_settled_beyond_what_it_holds(history: History) -> None:
    for entity in ("Invoice", "CreditMemo", "Bill", "VendorCredit"):
        for record in history.rows(entity):
            assert 0 <= exact(record.get("Balance", 0)) <= exact(record["TotalAmt"])
    assert all(exact(paid["UnappliedAmt"]) >= 0 for paid in history.rows("Payment"))


def test_every_link_leads_to_something_that_links_back(history: History) -> None:
    for entity in TRANSACTIONS:
        for record in history.rows(entity):
            for link in record.get("LinkedTxn", []):
                kind = CALLED.get(link["TxnType"], link["TxnType"])
                other = history.desk.one(kind, link["TxnId"])
                if (entity, kind) != ("PurchaseOrder", "Purchase"):  # an expense does not show its order
                    assert f"'TxnId': '{record['Id']}'" in str(other), (entity, record["Id"], link)


def references(value: Any) -> Iterator[tuple[str, Any]]:
    """Every reference inside a record with its key."""
    if isinstance(value, list):
        for part in value:
            yield from references(part)
    elif isinstance(value, dict):
        for key, part in value.items():
            if key.endswith("Ref") and isinstance(part, dict) and "value" in part:
                yield key, part
            yield from references(part)


def test_every_reference_shows_the_name_that_is_right_now(history: History) -> None:
    lists = {
        f"{entity}Ref": {
            row["Id"]: row.get("DisplayName", row.get("FullyQualifiedName"))
            for row in history.desk.rows(entity, EVERYBODY)
        }
        for entity in ("Customer", "Vendor", "Class", "Department", "Item", "Account")
    }
    for entity in TRANSACTIONS:
        for record in history.rows(entity):
            for key, reference in references(record):
                names = lists.get("AccountRef" if "Account" in key else key)
                if names is None or reference["value"] == "SHIPPING_ITEM_ID":
                    continue
                assert reference["value"] in names, (entity, record["Id"], key, reference)
                assert reference.get("name", names[reference["value"]]) == names[reference["value"]]


def test_reads_queries_and_the_change_feed_show_the_same(history: History) -> None:
    desk = history.desk
    asked = {"entities": ",".join(TRANSACTIONS), "changedSince": "2020-01-01"}
    feed: dict[str, list[Any]] = {}
    for page in desk.get("cdc", **asked)["CDCResponse"][0]["QueryResponse"]:
        feed |= {entity: records for entity, records in page.items() if isinstance(records, list)}
    for entity in TRANSACTIONS:
        rows = {row["Id"]: row for row in history.rows(entity)}
        live = {row["Id"]: row for row in feed.get(entity, []) if row.get("status") != "Deleted"}
        assert live == rows
        assert all(desk.one(entity, identity) == row for identity, row in rows.items())


def entries_of(desk: Desk) -> list[tuple[Any, ...]]:
    with desk.store.transaction() as db:
        return db.execute("SELECT * FROM posting ORDER BY txn, line").fetchall()


def test_what_was_read_can_be_sent_back_and_changes_nothing(history: History) -> None:
    desk = history.desk
    before = entries_of(desk)
    for entity in TRANSACTIONS:
        for record in history.rows(entity)[:6]:
            answer = desk.send("POST", entity.lower(), record)
            if answer.status == 200:  # what rests on something inactive may be refused, never changed
                assert answer.json()[entity] == record
    assert entries_of(desk) == before


def total(answer: Any, words: str) -> Decimal:
    """The last amount in the row of these words; 0 where there is none."""
    for _, cells in every_row(answer["Rows"]):
        if cells[0]["value"] == words:
            return cents(next((cell["value"] for cell in reversed(cells[1:]) if cell["value"]), ""))
    return Decimal(0)


@pytest.mark.parametrize("basis", ["Accrual", "Cash"])
def test_the_statements_agree_on_every_day(history: History, basis: str) -> None:
    desk = history.desk
    for end in ("2025-03-31", history.day(), "2026-12-31"):
        query = {"start_date": f"{end[:4]}-01-01", "end_date": end, "accounting_method": basis}
        sheet, profit = report(desk, "BalanceSheet", **query), report(desk, "ProfitAndLoss", **query)
        assert total(sheet, "TOTAL ASSETS") == total(sheet, "TOTAL LIABILITIES AND EQUITY")
        year = total(profit, "Net Income")
        assert total(sheet, "Net Income") == year
        assert total(report(desk, "ProfitAndLossDetail", **query), "Net Income") == year
        for by in ("Month", "Customers", "Vendors", "Classes", "Departments", "ProductsAndServices"):
            split = report(desk, "ProfitAndLoss", summarize_column_by=by, **query)
            assert total(split, "Net Income") == year, by
        sums = list(every_row(report(desk, "TrialBalance", **query)["Rows"]))[-1:]
        assert all(cells[1]["value"] == cells[2]["value"] for _, cells in sums)


def test_what_is_open_adds_up_to_receivables_and_payables(history: History) -> None:
    desk = history.desk
    for kind, sign, names in (
        ("Accounts Receivable", 1, ("AgedReceivables", "CustomerBalance")),
        ("Accounts Payable", -1, ("AgedPayables", "VendorBalance")),
    ):
        party = "customer" if sign > 0 else "vendor"
        owed = sign * sum(home for home, _ in posted(desk, party, kind).values())
        for name in names:
            rows = list(every_row(report(desk, name, report_date="2026-12-31")["Rows"]))
            assert (cents(rows[-1][1][-1]["value"]) if rows else 0) == owed


def test_stock_is_worth_what_its_account_says(history: History) -> None:
    desk = history.desk
    answer = report(desk, "InventoryValuationSummary", report_date="2026-12-31")
    shown = sum(cents(cells[3]["value"]) for kind, cells in every_row(answer["Rows"]) if kind == "line")
    with desk.store.transaction() as db:
        row = db.execute(
            "SELECT coalesce(sum(amount), 0) FROM posting WHERE item IS NOT NULL AND account IN "
            "(SELECT id FROM r_Account WHERE p_AccountSubType = 'Inventory')"
        ).fetchone()
    assert shown == Decimal(row[0]) / 100
