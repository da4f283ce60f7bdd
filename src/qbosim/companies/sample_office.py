"""The sample company behind its counter: vendors and their bills, stock, rent, payroll, the bank, and sales on the spot.

All firms are invented; there are no people.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from qbosim.clock import Clock
from qbosim.companies.empty import open_company
from qbosim.companies.sample_talk import Talk, cents
from qbosim.entities.bundle import make_bundle
from qbosim.store import Store

_VENDORS = (
    ("Cinder Peak Distribution", "700 Warehouse Way", False),
    ("Harborline Office Leasing", "5 Pier Court", False),
    ("Tidewater Power & Light", "1 Generator Road", False),
    ("Bright Harbor Telecom", "18 Signal Street", False),
    ("Two Rivers Cabling", "42 Conduit Lane", True),
    ("Sterling Row Stationers", "9 Sterling Row", False),
)
"""Name, street, and whether it gets a form 1099."""

_STOCK = (
    ("Network Switch 24 port", "SW-24", 295, 188, 6),
    ("Rack Shelf", "RS-1U", 48, 27.5, 10),
    ("Surge Protector", "SP-8", 32, 17.25, 20),
)
"""Name, SKU, price, cost and the units there are at the start."""

_BUNDLE = "Server Corner Kit"
_SETTLED = timedelta(days=21)
"""Money younger than this has not been taken to the bank yet."""


class Office:
    """What happens every month, and what happened once; told as events to the history that plays them."""

    def __init__(
        self, talk: Talk, first: date, today: date, at: Callable[[date, Callable[[date], None]], None]
    ) -> None:
        """`first`: the day the history begins; `at` lets something happen on a day."""
        self._talk = talk
        self._first = first
        self._today = today
        self._at = at
        self._accounts: dict[str, str] = {}
        self._vendors: dict[str, str] = {}
        self._items: dict[str, str] = {}
        self._customers: list[dict[str, Any]] = []
        self._tax_code = ""

    # -- from the start --------------------------------------------------------------------------------------

    def prepare(self, store: Store, clock: Clock, realm: str) -> None:
        """Vendors, stock, a bundle, and the owners' money."""
        self._accounts = self._talk.named("Account")
        for name, kind, detail in (
            ("Payroll Liabilities", "Other Current Liability", "PayrollTaxPayable"),
            ("Owners' Contributions", "Equity", "OwnersEquity"),
            ("Subcontractors", "Cost of Goods Sold", "CostOfLaborCos"),
        ):
            account = {"Name": name, "AccountType": kind, "AccountSubType": detail}
            self._accounts[name] = self._talk.make("Account", account)["Id"]
        for number, (name, street, form_1099) in enumerate(_VENDORS):
            address = {
                "Line1": street,
                "City": "Bayview",
                "CountrySubDivisionCode": "CA",
                "PostalCode": "94990",
            }
            vendor = {
                "DisplayName": name,
                "CompanyName": name,
                "PrimaryPhone": {"FreeFormNumber": f"(555) 555-01{70 + number}"},
                "BillAddr": address,
                "Vendor1099": form_1099,
            }
            self._vendors[name] = self._talk.make("Vendor", vendor)["Id"]
        for name, sku, price, cost, quantity in _STOCK:
            item = {
                "Name": name,
                "Sku": sku,
                "Type": "Inventory",
                "TrackQtyOnHand": True,
                "QtyOnHand": quantity,
                "InvStartDate": self._first.isoformat(),
                "UnitPrice": price,
                "PurchaseCost": cost,
                "Taxable": True,
                "IncomeAccountRef": self._account("Sales of Product Income"),
                "ExpenseAccountRef": self._account("Cost of Goods Sold"),
                "AssetAccountRef": self._account("Inventory Asset"),
            }
            self._items[name] = self._talk.make("Item", item)["Id"]
        with store.transaction() as db:
            company = open_company(db, clock, realm)
            parts = [(self._items[name], Decimal(1 + number)) for number, (name, *_) in enumerate(_STOCK)]
            self._items[_BUNDLE] = str(make_bundle(company, _BUNDLE, parts, sku="KIT-1").id)
        self._customers = self._talk.query("select * from Customer orderby Id maxresults 1000")
        codes = self._talk.query("select * from TaxCode")
        self._tax_code = next(code["Id"] for code in codes if code["Id"] not in ("TAX", "NON"))
        self._journal(
            self._first, "Capital paid in", [("Checking", 80_000)], [("Owners' Contributions", 80_000)]
        )

    def plan(self) -> None:
        """Say what happens when."""
        month = 0
        day = self._first
        while day <= self._today:
            self._plan_month(month, day)
            day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
            month += 1
        self._at(self._today - timedelta(days=3), self._order_goods)  # not come yet
        for days, act in (
            (70, self._estimate_turned_down),
            (84, self._estimate_accepted),
            (100, self._goods_sent_back),
            (110, self._stock_counted),
            (115, self._money_back),
            (125, self._savings),
            (170, self._estimate_open),
        ):
            self._at(self._first + timedelta(days=days), act)

    def _plan_month(self, month: int, start: date) -> None:
        def on(day: int, act: Callable[[date], None]) -> None:
            self._at(start + timedelta(days=day), act)

        on(0, partial(self._owed, "Harborline Office Leasing", "Rent or Lease", "2150.00", 4))
        on(2, self._order_goods)
        on(6, partial(self._spend, "Sterling Row Stationers", "Office Expenses", "Cash", "Checking"))
        on(9, partial(self._spend, "Bright Harbor Telecom", "Utilities", "CreditCard", "Visa"))
        on(11, partial(self._owed, "Tidewater Power & Light", "Utilities", "318.40", 24 if month % 3 else 80))
        on(13, self._counter_sale)
        on(16, partial(self._owed, "Two Rivers Cabling", "Subcontractors", "1240.00", 30))
        on(18, self._take_to_the_bank)
        on(20, self._sell_bundle)
        on(24, self._payroll)
        on(26, self._pay_card)

    # -- every month -----------------------------------------------------------------------------------------

    def _owed(self, vendor: str, account: str, about: str, paid_after: int, day: date) -> None:
        """A bill, paid by check some days later; of some vendors the amount differs each time."""
        amount = Decimal(about)
        if amount != amount.to_integral_value():
            amount += Decimal(self._talk.pick(9000)) / 100
        bill = self._bill(vendor, day, [self._expense(account, amount)])
        self._pay_on(day + timedelta(days=paid_after), bill)

    def _order_goods(self, day: date) -> None:
        """Goods are ordered, come with a bill four days later, and are paid in a month."""
        lines = []
        for number, (name, _, _, cost, quantity) in enumerate(_STOCK):
            price = cents(Decimal(str(cost)) * (100 + self._talk.pick(7)) / 100)
            lines.append(self._goods(name, quantity // 2 + number, price))
        order = {
            "VendorRef": {"value": self._vendors["Cinder Peak Distribution"]},
            "TxnDate": day.isoformat(),
            "Line": lines,
        }
        made = self._talk.make("PurchaseOrder", order)
        self._at(day + timedelta(days=4), partial(self._goods_come, made["Id"], lines))

    def _goods_come(self, order: str, lines: list[dict[str, Any]], day: date) -> None:
        link = [{"TxnId": order, "TxnType": "PurchaseOrder"}]
        bill = self._bill("Cinder Peak Distribution", day, lines, LinkedTxn=link)
        self._pay_on(day + timedelta(days=33), bill)

    def _spend(self, vendor: str, account: str, kind: str, paid_from: str, day: date) -> None:
        amount = Decimal(4000 + self._talk.pick(9000)) / 100
        body = {
            "PaymentType": kind,
            "AccountRef": self._account(paid_from),
            "EntityRef": {"value": self._vendors[vendor], "type": "Vendor"},
            "TxnDate": day.isoformat(),
            "Line": [self._expense(account, amount)],
        }
        self._talk.make("Purchase", body)

    def _counter_sale(self, day: date) -> None:
        """Goods sold over the counter, the money taken at once."""
        name, _, price, *_ = _STOCK[1 + self._talk.pick(2)]
        self._sell("SalesReceipt", day, [self._sold(name, 1 + self._talk.pick(3), price)])

    def _sell_bundle(self, day: date) -> None:
        line = {
            "DetailType": "GroupLineDetail",
            "GroupLineDetail": {"GroupItemRef": {"value": self._items[_BUNDLE]}, "Quantity": 1},
        }
        self._sell("SalesReceipt", day, [line])

    def _take_to_the_bank(self, day: date) -> None:
        """A deposit of what has waited long enough."""
        until = (day - _SETTLED).isoformat()
        funds = self._accounts["Undeposited Funds"]
        lines = [
            {
                "Amount": found["TotalAmt"],
                "LinkedTxn": [{"TxnId": found["Id"], "TxnType": entity, "TxnLineId": "0"}],
            }
            for entity in ("Payment", "SalesReceipt")
            for found in self._talk.query(
                f"select * from {entity} where TxnDate <= '{until}' maxresults 1000"
            )
            if found.get("DepositToAccountRef", {}).get("value") == funds
            and found["TotalAmt"] > 0
            and not any(link["TxnType"] == "Deposit" for link in found.get("LinkedTxn", []))
        ]
        if lines:
            body = {
                "DepositToAccountRef": self._account("Checking"),
                "TxnDate": day.isoformat(),
                "Line": lines,
            }
            self._talk.make("Deposit", body)

    def _payroll(self, day: date) -> None:
        withheld = Decimal(2600)
        gross = Decimal(9800)
        self._journal(
            day,
            f"Payroll {day:%B %Y}",
            [("Payroll Expenses", gross)],
            [("Checking", gross - withheld), ("Payroll Liabilities", withheld)],
        )
        self._at(day + timedelta(days=12), partial(self._pay_withheld, withheld))

    def _pay_withheld(self, amount: Decimal, day: date) -> None:
        body = {
            "PaymentType": "Check",
            "AccountRef": self._account("Checking"),
            "TxnDate": day.isoformat(),
            "PrivateNote": "Payroll taxes",
            "Line": [self._expense("Payroll Liabilities", amount)],
        }
        self._talk.make("Purchase", body)

    def _pay_card(self, day: date) -> None:
        card = self._talk.get(f"account/{self._accounts['Visa']}")["Account"]
        owed = abs(Decimal(str(card["CurrentBalance"])))
        if owed:
            body = {
                "CreditCardAccountRef": self._account("Visa"),
                "BankAccountRef": self._account("Checking"),
                "Amount": float(owed),
                "TxnDate": day.isoformat(),
            }
            self._talk.post("creditcardpayment", body)

    # -- once ------------------------------------------------------------------------------------------------

    def _goods_sent_back(self, day: date) -> None:
        """Faulty goods: the vendor's credit pays a part of its newest open bill."""
        vendor = self._vendors["Cinder Peak Distribution"]
        name, _, _, cost, _ = _STOCK[2]
        credit = self._talk.make(
            "VendorCredit",
            {
                "VendorRef": {"value": vendor},
                "TxnDate": day.isoformat(),
                "PrivateNote": "Two units were faulty",
                "Line": [self._goods(name, 2, Decimal(str(cost)))],
            },
        )
        for bill in self._talk.query(f"select * from Bill where VendorRef = '{vendor}' and Balance > '0'"):
            self._pay(bill["Id"], day, credit=credit)
            return

    def _stock_counted(self, day: date) -> None:
        detail = {"ItemRef": {"value": self._items[_STOCK[2][0]]}, "QtyDiff": -1}
        body = {
            "AdjustAccountRef": self._account("Cost of Goods Sold"),
            "TxnDate": day.isoformat(),
            "PrivateNote": "Stock count",
            "Line": [{"DetailType": "ItemAdjustmentLineDetail", "ItemAdjustmentLineDetail": detail}],
        }
        self._talk.make("InventoryAdjustment", body)

    def _money_back(self, day: date) -> None:
        name, _, price, *_ = _STOCK[1]
        account = {"DepositToAccountRef": self._account("Checking")}
        self._sell("RefundReceipt", day, [self._sold(name, 1, price)], **account)

    def _savings(self, day: date) -> None:
        body = {
            "FromAccountRef": self._account("Checking"),
            "ToAccountRef": self._account("Savings"),
            "Amount": 5000,
            "TxnDate": day.isoformat(),
        }
        self._talk.make("Transfer", body)

    def _estimate_turned_down(self, day: date) -> None:
        self._estimate(day, 4, "Rejected")

    def _estimate_open(self, day: date) -> None:
        self._estimate(day, 2, "Pending")

    def _estimate_accepted(self, day: date) -> None:
        estimate = self._estimate(day, 3, "Accepted")
        self._at(day + timedelta(days=5), partial(self._bill_estimate, estimate))

    def _bill_estimate(self, estimate: dict[str, Any], day: date) -> None:
        link = [{"TxnId": estimate["Id"], "TxnType": "Estimate"}]
        name, _, price, *_ = _STOCK[0]
        self._sell("Invoice", day, [self._sold(name, 3, price)], estimate["CustomerRef"], LinkedTxn=link)

    def _estimate(self, day: date, quantity: int, status: str) -> dict[str, Any]:
        name, _, price, *_ = _STOCK[0]
        return self._sell("Estimate", day, [self._sold(name, quantity, price)], TxnStatus=status)

    # -- parts of forms --------------------------------------------------------------------------------------

    def _sell(
        self,
        entity: str,
        day: date,
        lines: list[dict[str, Any]],
        customer: dict[str, str] | None = None,
        **more: Any,
    ) -> dict[str, Any]:
        """A sales form, taxed; to the customer, else to one that chance picks among those of the first days."""
        body = {
            "CustomerRef": customer or {"value": self._customers[self._talk.pick(8)]["Id"]},
            "TxnDate": day.isoformat(),
            "TxnTaxDetail": {"TxnTaxCodeRef": {"value": self._tax_code}},
            "Line": lines,
        }
        return self._talk.make(entity, {**body, **more})

    def _sold(self, name: str, quantity: int, price: float) -> dict[str, Any]:
        return {
            "Amount": quantity * price,
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {
                "ItemRef": {"value": self._items[name]},
                "Qty": quantity,
                "UnitPrice": price,
                "TaxCodeRef": {"value": "TAX"},
            },
        }

    def _goods(self, name: str, quantity: int, price: Decimal) -> dict[str, Any]:
        return {
            "Amount": float(price * quantity),
            "DetailType": "ItemBasedExpenseLineDetail",
            "ItemBasedExpenseLineDetail": {
                "ItemRef": {"value": self._items[name]},
                "Qty": quantity,
                "UnitPrice": float(price),
            },
        }

    def _expense(self, account: str, amount: Decimal) -> dict[str, Any]:
        return {
            "Amount": float(amount),
            "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": {"AccountRef": self._account(account)},
        }

    def _bill(self, vendor: str, day: date, lines: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
        body = {"VendorRef": {"value": self._vendors[vendor]}, "TxnDate": day.isoformat(), "Line": lines}
        return self._talk.make("Bill", {**body, **more})

    def _pay_on(self, day: date, bill: dict[str, Any]) -> None:
        self._at(day, lambda when: self._pay(bill["Id"], when))

    def _pay(self, identity: str, day: date, credit: dict[str, Any] | None = None) -> None:
        """Pay by check what is still open of a bill; with a credit, as much as that is worth and no money."""
        bill = self._talk.get(f"bill/{identity}")["Bill"]
        amount = min(bill["Balance"], credit["TotalAmt"]) if credit else bill["Balance"]
        if not amount:
            return
        lines = [{"Amount": amount, "LinkedTxn": [{"TxnId": identity, "TxnType": "Bill"}]}]
        if credit:
            lines.append(
                {"Amount": amount, "LinkedTxn": [{"TxnId": credit["Id"], "TxnType": "VendorCredit"}]}
            )
        body = {
            "VendorRef": bill["VendorRef"],
            "PayType": "Check",
            "CheckPayment": {"BankAccountRef": self._account("Checking")},
            "TotalAmt": 0 if credit else amount,
            "TxnDate": day.isoformat(),
            "Line": lines,
        }
        self._talk.make("BillPayment", body)

    def _journal(
        self,
        day: date,
        note: str,
        debited: list[tuple[str, Decimal | int]],
        credited: list[tuple[str, Decimal | int]],
    ) -> None:
        lines = [
            {
                "Amount": float(amount),
                "Description": note,
                "DetailType": "JournalEntryLineDetail",
                "JournalEntryLineDetail": {"PostingType": side, "AccountRef": self._account(name)},
            }
            for side, entries in (("Debit", debited), ("Credit", credited))
            for name, amount in entries
        ]
        self._talk.make("JournalEntry", {"TxnDate": day.isoformat(), "PrivateNote": note, "Line": lines})

    def _account(self, name: str) -> dict[str, str]:
        return {"value": self._accounts[name]}
