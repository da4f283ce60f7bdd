"""What must hold of reports whatever happened: random histories through the API, and the sums that have to agree."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.qbosim.desk import Desk, item_line
from tests.qbosim.reading import cents, every_row, lines, report, row

FIRST = date(2024, 11, 1)
TO_CENT = st.integers(1, 99_999).map(lambda amount: amount / 100)
DAYS = st.integers(0, 540).map(lambda days: (FIRST + timedelta(days=days)).isoformat())
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["invoice", "invoice", "credit", "pay", "pay", "receipt", "bill", "pay bill", "journal"]
        ),
        DAYS,
        TO_CENT,
        TO_CENT,
        st.integers(0, 5),
    ),
    min_size=3,
    max_size=14,
)
STORIES = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Story:
    """A company that some of these things happened to."""

    def __init__(self, events: list[tuple[str, str, float, float, int]]) -> None:
        self.desk = Desk(class_tracking="line")
        self.accounts = {
            account["Name"]: account["Id"] for account in self.desk.rows("Account", "MAXRESULTS 500")
        }
        self.customers = [self.desk.customer("Ada"), self.desk.customer("Bob")]
        self.vendor = str(self.desk.post("Vendor", {"DisplayName": "Landlord"})["Id"])
        self.klass = str(self.desk.post("Class", {"Name": "Shop"})["Id"])
        self.made: dict[str, list[Any]] = {"Invoice": [], "CreditMemo": [], "Bill": []}
        for kind, day, one, two, pick in events:
            getattr(self, f"_{kind.replace(' ', '_')}")(day, one, two, pick)

    def _form(self, entity: str, day: str, one: float, two: float, pick: int) -> None:
        second = {"ClassRef": {"value": self.klass}} if pick % 2 else {}
        body = {
            "CustomerRef": {"value": self.customers[pick % 2]},
            "TxnDate": day,
            "Line": [item_line(one), item_line(two, **second)],
        }
        made = self.desk.post(entity, body)
        self.made.setdefault(entity, []).append(made)

    def _invoice(self, *event: Any) -> None:
        self._form("Invoice", *event)

    def _credit(self, *event: Any) -> None:
        self._form("CreditMemo", *event)

    def _receipt(self, *event: Any) -> None:
        self._form("SalesReceipt", *event)

    def _pay(self, day: str, one: float, _two: float, pick: int) -> None:
        """A payment of what is open, in part or with something left over."""
        customer = self.customers[pick % 2]
        applied: list[tuple[str, str, float]] = []
        for invoice in self.made["Invoice"]:
            left = self.desk.one("Invoice", invoice["Id"])
            if left["CustomerRef"]["value"] == customer and left["Balance"] and not applied:
                applied.append(("Invoice", invoice["Id"], min(one, left["Balance"])))
        self.desk.pay(customer, one, *applied, TxnDate=day)

    def _bill(self, day: str, one: float, two: float, _pick: int) -> None:
        self.made["Bill"].append(
            self.desk.post(
                "Bill",
                {
                    "VendorRef": {"value": self.vendor},
                    "TxnDate": day,
                    "Line": [self._expense(one, "Rent or Lease"), self._expense(two, "Utilities")],
                },
            )
        )

    def _expense(self, amount: float, name: str) -> dict[str, Any]:
        return {
            "Amount": amount,
            "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": {"AccountRef": {"value": self.accounts[name]}},
        }

    def _pay_bill(self, day: str, one: float, _two: float, _pick: int) -> None:
        for bill in self.made["Bill"]:
            left = self.desk.one("Bill", bill["Id"])["Balance"]
            if left:
                amount = min(one, left)
                self.desk.post(
                    "BillPayment",
                    {
                        "VendorRef": {"value": self.vendor},
                        "TxnDate": day,
                        "TotalAmt": amount,
                        "PayType": "Check",
                        "CheckPayment": {"BankAccountRef": {"value": self.accounts["Checking"]}},
                        "Line": [{"Amount": amount, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}],
                    },
                )
                return

    def _journal(self, day: str, one: float, _two: float, pick: int) -> None:
        names = ("Checking", "Services", "Rent or Lease", "Visa", "Opening Balance Equity", "Interest Earned")
        self.desk.post(
            "JournalEntry",
            {
                "TxnDate": day,
                "Line": [
                    {
                        "Amount": one,
                        "DetailType": "JournalEntryLineDetail",
                        "JournalEntryLineDetail": {
                            "PostingType": side,
                            "AccountRef": {"value": self.accounts[names[place]]},
                        },
                    }
                    for side, place in (("Debit", pick), ("Credit", (pick + 1) % len(names)))
                ],
            },
        )

    def pay_everything(self) -> None:
        """Settle every document in full, and use up what is unapplied."""
        for customer in self.customers:
            charges: list[Any] = []
            spare: list[Any] = []
            for entity, found in (("Invoice", charges), ("CreditMemo", spare)):
                for made in self.made[entity]:
                    left = self.desk.one(entity, made["Id"])
                    if left["CustomerRef"]["value"] == customer and left["Balance"]:
                        found.append((entity, made["Id"], left["Balance"]))
            owed = sum(Decimal(str(line[2])) for line in charges) - sum(
                Decimal(str(line[2])) for line in spare
            )
            if owed < 0:  # somebody has to buy something, for credit to be used up
                made = self.desk.invoice(customer, float(-owed), TxnDate="2026-05-04")
                charges.append(("Invoice", made["Id"], float(-owed)))
                owed = Decimal(0)
            if charges or spare:
                self.desk.pay(customer, float(owed), *charges, *spare, TxnDate="2026-05-05")
        for bill in self.made["Bill"]:
            left = self.desk.one("Bill", bill["Id"])["Balance"]
            self._pay_bill("2026-05-05", left, 0, 0)


def net_income(desk: Desk, **query: str) -> Decimal:
    return cents(row(report(desk, "ProfitAndLoss", **query), "Net Income")[-1])


def ending(desk: Desk, **query: str) -> dict[str, Decimal]:
    """Debit balances of the trial balance by account name."""
    rows = report(desk, "TrialBalance", **query)["Rows"].get("Row", [])
    return {
        part["ColData"][0]["value"]: cents(part["ColData"][1]["value"]) - cents(part["ColData"][2]["value"])
        for part in rows
        if "ColData" in part
    }


@STORIES
@given(EVENTS, st.sampled_from(["Accrual", "Cash"]), DAYS)
def test_the_balance_sheet_balances_and_agrees_with_profit_and_loss(
    events: list[tuple[str, str, float, float, int]], basis: str, end: str
) -> None:
    desk = Story(events).desk
    query = {"start_date": f"{end[:4]}-01-01", "end_date": end, "accounting_method": basis}
    sheet = report(desk, "BalanceSheet", **query)
    assert cents(row(sheet, "TOTAL ASSETS")[0]) == cents(row(sheet, "TOTAL LIABILITIES AND EQUITY")[0])
    year = net_income(desk, **query)
    earlier = net_income(
        desk, start_date="2000-01-01", end_date=f"{int(end[:4]) - 1}-12-31", accounting_method=basis
    )
    shown = {cells[0]["value"]: cells[1]["value"] for _, cells in every_row(sheet["Rows"])}
    assert cents(shown.get("Net Income", "")) == year
    assert cents(shown.get("Retained Earnings", "")) == earlier
    flow = report(desk, "CashFlow", start_date=query["start_date"], end_date=end)
    found = {cells[0]["value"]: cells[-1]["value"] for _, cells in every_row(flow["Rows"])}
    accrual = report(desk, "BalanceSheet", start_date=query["start_date"], end_date=end)
    money = {cells[0]["value"]: cells[1]["value"] for _, cells in every_row(accrual["Rows"])}
    held = cents(money.get("Checking", "")) + cents(money.get("Undeposited Funds", ""))
    assert cents(found.get("Cash at end of period", "")) == held


@STORIES
@given(EVENTS, st.sampled_from(["Accrual", "Cash"]))
def test_the_trial_balance_is_the_end_of_the_general_ledger(
    events: list[tuple[str, str, float, float, int]], basis: str
) -> None:
    desk = Story(events).desk
    query = {"start_date": "2025-03-01", "end_date": "2025-12-31", "accounting_method": basis}
    balances = ending(desk, **query)
    assert sum(balances.values()) == 0
    types = {part["Name"]: part["Classification"] for part in desk.rows("Account", "MAXRESULTS 500")}
    for section in report(desk, "GeneralLedger", **query)["Rows"].get("Row", []):
        name = section["Header"]["ColData"][0]["value"]
        sign = 1 if types.get(name, "Expense") in ("Asset", "Expense") else -1
        last = section["Rows"].get("Row", [])[-1]["ColData"][-1]["value"]
        assert cents(last) * sign == balances.pop(name, Decimal(0))
    assert not any(balances.values())


@STORIES
@given(EVENTS, DAYS)
def test_open_items_add_up_to_receivables_and_to_customers_balances(
    events: list[tuple[str, str, float, float, int]], as_of: str
) -> None:
    desk = Story(events).desk
    sheet = report(desk, "BalanceSheet", start_date="2000-01-01", end_date=as_of)
    found = {cells[0]["value"]: cells[1]["value"] for _, cells in every_row(sheet["Rows"])}
    for account, aged, by_name in (
        ("Accounts Receivable (A/R)", "AgedReceivables", "CustomerBalance"),
        ("Accounts Payable (A/P)", "AgedPayables", "VendorBalance"),
    ):
        owed = cents(found.get(account, ""))
        for name in (aged, by_name):
            sums = [cells for _, cells in every_row(report(desk, name, report_date=as_of)["Rows"])]
            assert (cents(sums[-1][-1]["value"]) if sums else 0) == owed
            assert sum(cents(cells[-1]["value"]) for cells in sums[:-1]) == owed
    for customer in desk.rows("Customer"):
        shown = {
            cells[0]["value"]: cells[-1]["value"]
            for _, cells in every_row(report(desk, "CustomerBalance", report_date="2026-12-31")["Rows"])
        }
        assert cents(shown.get(customer["DisplayName"], "")) == cents(str(customer["Balance"]))


@STORIES
@given(
    EVENTS,
    st.sampled_from(
        [
            *("Month", "Week", "Quarter", "Year", "FiscalQuarter", "FiscalYear"),
            *("Customers", "Vendors", "Employees", "Classes", "Departments", "ProductsAndServices"),
        ]
    ),
    st.sampled_from(["Accrual", "Cash"]),
)
def test_columns_add_up_to_the_total_that_stands_alone(
    events: list[tuple[str, str, float, float, int]], by: str, basis: str
) -> None:
    desk = Story(events).desk
    query = {"start_date": "2024-12-15", "end_date": "2026-03-20", "accounting_method": basis}
    whole = {
        cells[0]["value"]: cells[1]["value"]
        for _, cells in every_row(report(desk, "ProfitAndLoss", **query)["Rows"])
    }
    for _, cells in every_row(report(desk, "ProfitAndLoss", summarize_column_by=by, **query)["Rows"]):
        amounts = [cents(cell["value"]) for cell in cells[1:]]
        assert sum(amounts[:-1]) == amounts[-1]
        assert amounts[-1] == cents(whole[cells[0]["value"]])


@STORIES
@given(EVENTS)
def test_both_bases_agree_when_everything_is_paid(events: list[tuple[str, str, float, float, int]]) -> None:
    story = Story([event for event in events if event[0] != "pay"])
    story.pay_everything()
    query = {"start_date": "2000-01-01", "end_date": "2026-12-31"}
    accrual = report(story.desk, "ProfitAndLoss", **query)
    cash = report(story.desk, "ProfitAndLoss", accounting_method="Cash", **query)
    assert [values for values in lines(cash) if cents(values[1])] == [
        values for values in lines(accrual) if cents(values[1])
    ]


@STORIES
@given(EVENTS, st.sampled_from(["Accrual", "Cash"]))
def test_sales_by_item_and_by_customer_and_by_class_are_the_same_money(
    events: list[tuple[str, str, float, float, int]], basis: str
) -> None:
    desk = Story([event for event in events if event[0] not in ("journal", "pay")]).desk
    query = {"start_date": "2000-01-01", "end_date": "2026-12-31", "accounting_method": basis}
    income = cents(row(report(desk, "ProfitAndLoss", **query), "Total Income")[0])
    for name, place in (("ItemSales", 2), ("CustomerSales", 1), ("ClassSales", 1), ("DepartmentSales", 1)):
        rows = list(every_row(report(desk, name, **query)["Rows"]))
        parts = sum(cents(cells[place]["value"]) for _, cells in rows[:-1])
        assert parts == income
        assert (cents(rows[-1][1][place]["value"]) if rows else 0) == income


@STORIES
@given(
    EVENTS,
    st.sampled_from(["Month", "Quarter", "Year", "Customers", "Classes"]),
    st.sampled_from(["Accrual", "Cash"]),
)
def test_the_last_column_of_a_balance_sheet_is_the_balance_sheet_without_columns(
    events: list[tuple[str, str, float, float, int]], by: str, basis: str
) -> None:
    desk = Story(events).desk
    query = {"start_date": "2025-06-10", "end_date": "2026-03-20", "accounting_method": basis}
    sheet = report(desk, "BalanceSheet", **query)
    whole = {cells[0]["value"]: cells[-1]["value"] for _, cells in every_row(sheet["Rows"])}
    columns = report(desk, "BalanceSheet", summarize_column_by=by, **query)
    for _, cells in every_row(columns["Rows"]):
        amounts = [cents(cell["value"]) for cell in cells[1:]]
        assert amounts[-1] == cents(whole.get(cells[0]["value"], ""))
        if by in ("Customers", "Classes"):
            assert sum(amounts[:-1]) == amounts[-1]
        elif cells[0]["value"] == "TOTAL ASSETS":
            assert amounts == [cents(text) for text in row(columns, "TOTAL LIABILITIES AND EQUITY")]
