"""Random histories of a whole company: every transaction made, edited, voided and deleted by somebody without a plan."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from qbosim.companies.empty import open_company
from qbosim.entities.catalogue import BY_NAME
from qbosim.entities.merging import merge
from qbosim.faults import Fault
from tests.qbosim.desk import REALM, Desk, exact, named

SALES = ("Invoice", "CreditMemo", "SalesReceipt", "RefundReceipt", "Estimate")
PURCHASES = ("Bill", "VendorCredit", "PurchaseOrder")
TRANSACTIONS = (
    *SALES,
    *PURCHASES,
    "Payment",
    "BillPayment",
    "Purchase",
    "JournalEntry",
    "Deposit",
    "Transfer",
    "TimeActivity",
    "InventoryAdjustment",
)
_OFTEN = ("Invoice", "Payment", "Bill", "BillPayment")
_VOIDED = ("Invoice", "Payment", "SalesReceipt", "BillPayment", "Purchase")
_DEMANDED = ("VendorRef", "CustomerRef", "TotalAmt", "PayType", "PaymentType", "AccountRef")
"""What some updates must repeat."""
_FIRST = date(2025, 1, 1)
HOME = {"US": "USD", "CA": "CAD", "GB": "GBP"}

Body = dict[str, Any]


class History:
    """One company, what it has, and what may happen to it. The same seed gives the same history."""

    def __init__(self, seed: int, country: str = "US", *, currencies: bool = False) -> None:
        self.dice = random.Random(seed)
        self.country = country
        tracking = self.dice.choice(["line", "transaction", ""])
        self.desk = Desk(
            country=country,
            home_currency=HOME[country],
            multi_currency=currencies,
            class_tracking=tracking,
            track_departments=True,
        )
        self.currencies = currencies
        self.done = 0
        self.names: dict[str, list[str]] = {}
        self._begin()

    def _begin(self) -> None:
        desk = self.desk
        if self.currencies:
            for day, rate in (("2025-01-01", 1.1), ("2025-10-01", 1.2537), ("2026-03-01", 0.97)):
                desk.post("ExchangeRate", {"SourceCurrencyCode": "EUR", "AsOfDate": day, "Rate": rate})
        for name, kind in (("Second bank", "Bank"), ("Loan", "Long Term Liability")):
            desk.post("Account", {"Name": name, "AccountType": kind})
        for entity in ("Customer", "Vendor"):
            self.names[entity] = []
            for number in range(4):
                foreign = {"CurrencyRef": {"value": "EUR"}} if self.currencies and number % 2 else {}
                made = desk.post(entity, {"DisplayName": f"{entity} {number}", **foreign})
                self.names[entity].append(str(made["Id"]))
        below = {"DisplayName": "Site", "Job": True, "ParentRef": {"value": self.names["Customer"][0]}}
        self.names["Customer"].append(str(desk.post("Customer", below)["Id"]))
        self.names["Employee"] = [str(desk.post("Employee", {"FamilyName": "Hand"})["Id"])]
        self.names["Class"] = [str(desk.post("Class", {"Name": "Shop"})["Id"])]
        self.names["Department"] = [str(desk.post("Department", {"Name": "North"})["Id"])]
        self._stock_up()

    def _stock_up(self) -> None:
        sold = {
            "IncomeAccountRef": {"value": self.account("Sales of Product Income")},
            "ExpenseAccountRef": {"value": self.account("Cost of Goods Sold")},
        }
        self.names["Item"] = [str(self.desk.rows("Item")[0]["Id"])]
        bought = {"Name": "Bought", "Type": "NonInventory", **sold}
        self.names["Item"].append(str(self.desk.post("Item", bought)["Id"]))
        for number, quantity in enumerate((0, 3.5)):
            goods = {
                "Name": f"Goods {number}",
                "Type": "Inventory",
                "TrackQtyOnHand": True,
                "QtyOnHand": quantity,
                "InvStartDate": "2025-01-01",
                "PurchaseCost": 3.33,
                "AssetAccountRef": {"value": self.account("Inventory Asset")},
                **sold,
            }
            self.names["Item"].append(str(self.desk.post("Item", goods)["Id"]))

    def account(self, name: str) -> str:
        """The id of an account by its name."""
        return str(self.desk.rows("Account", f"where Name = '{name}'")[0]["Id"])

    # -- what happens ----------------------------------------------------------------------------------------------

    def live(self, steps: int) -> None:
        """Let that many things happen, or be tried: what the company refuses changes nothing."""
        for _ in range(steps):
            act = self.dice.choices(
                (self._make, self._delete, self._void, self._edit, self._rename, self._merge, self._close),
                (50, 10, 8, 20, 6, 2, 2),
            )[0]
            act()

    def _try(self, entity: str, body: Body, **query: str) -> None:
        answer = self.desk.send("POST", entity.lower(), body, **query)
        assert answer.status in (200, 400), (entity, body, answer.body)
        self.done += answer.status == 200

    def _make(self) -> None:
        entity = self.dice.choice(TRANSACTIONS + _OFTEN)
        self._try(entity, self.body(entity))

    def pick(self, entity: str) -> Body | None:
        """Any record of an entity."""
        rows = self.rows(entity)
        return self.dice.choice(rows) if rows else None

    def rows(self, entity: str) -> list[Any]:
        """All records of an entity."""
        return self.desk.rows(entity, "orderby Id maxresults 1000")

    def _delete(self) -> None:
        entity = self.dice.choice(TRANSACTIONS)
        record = self.pick(entity)
        if record is not None:
            self._try(entity, named(record), operation="delete")

    def _void(self) -> None:
        entity = self.dice.choice(_VOIDED)
        record = self.pick(entity)
        if record is not None:
            self._try(entity, named(record), operation="update", include="void")

    def _edit(self) -> None:
        entity = self.dice.choice(TRANSACTIONS)
        record = self.pick(entity)
        if record is None:
            return
        kept = {key: record[key] for key in _DEMANDED if key in record}
        wished = self.body(entity)
        some = self.dice.sample(sorted(wished), self.dice.randint(0, len(wished)))
        self._try(entity, named(record, **kept, **{key: wished[key] for key in some if key not in kept}))

    def _rename(self) -> None:
        entity = self.dice.choice(("Customer", "Vendor", "Item", "Account", "Class", "Department"))
        record = self.dice.choice(self.desk.rows(entity, "where Active in (true, false) maxresults 1000"))
        key = "DisplayName" if "DisplayName" in record else "Name"
        change: Body = {key: f"Name {self.dice.randrange(10**9)}"}
        self._try(entity, named(record, **self.dice.choice([change, {"Active": self.dice.random() < 0.8}])))

    def _merge(self) -> None:
        entity = self.dice.choice(("Customer", "Vendor"))
        gone, kept = self.dice.sample(self.names[entity], 2)
        try:
            with self.desk.store.transaction() as db:
                company = open_company(db, self.desk.clock, REALM)
                records = [company.need(entity, identity) for identity in (gone, kept)]
                merge(company, BY_NAME[entity], *records, as_inactive=self.dice.random() < 0.5)
        except Fault:
            return
        self.names[entity] = [kept if one == gone else one for one in self.names[entity]]

    def _close(self) -> None:
        day = self.dice.choice(["2025-02-01", "2025-05-01", ""])
        settings = self.desk.get("preferences")["Preferences"]
        self._try("Preferences", named(settings, AccountingInfoPrefs={"BookCloseDate": day}))

    # -- bodies ----------------------------------------------------------------------------------------------------

    def body(self, entity: str) -> Body:
        """A transaction that might be."""
        made: Body
        if entity in SALES:
            made = self._sale(entity)
        elif entity in PURCHASES:
            made = {"VendorRef": self.some("Vendor"), "Line": self._several(self._bought)}
            if entity == "PurchaseOrder":
                made["APAccountRef"] = self._money("Accounts Payable")
        else:
            made = getattr(self, f"_{entity.lower()}")()
        if self.country != "US" and entity in (*SALES, *PURCHASES, "Purchase"):
            made["GlobalTaxCalculation"] = self.dice.choice(["TaxExcluded", "TaxInclusive", "NotApplicable"])
        if self.currencies and entity != "TimeActivity" and self.dice.random() < 0.2:
            made["ExchangeRate"] = self.dice.choice([1.5, 0.7777])
        return {**made, "TxnDate": self.day()}

    def day(self) -> str:
        """Any day of a year and a half."""
        return (_FIRST + timedelta(days=self.dice.randrange(480))).isoformat()

    def some(self, entity: str) -> Body:
        """A reference to any of the names."""
        return {"value": self.dice.choice(self.names[entity])}

    def _amount(self) -> float:
        return self.dice.choice(
            [self.dice.randrange(1, 100_000) / 100, float(self.dice.randrange(1, 50)), 0.01]
        )

    def _several(self, line: Any) -> list[Body]:
        return [line() for _ in range(self.dice.choice([1, 1, 2, 3]))]

    def _priced(self) -> Body:
        quantity, price = self.dice.choice([1, 2, 0.5, 7.25]), self.dice.choice([10, 3.3333333, 19.99])
        amount = (exact(quantity) * exact(price)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        return {"Qty": quantity, "UnitPrice": price, "Amount": float(amount)}

    def _marks(self) -> Body:
        marks: Body = {"ClassRef": self.some("Class")} if self.dice.random() < 0.4 else {}
        if self.country == "US":
            return marks
        codes = [row["Id"] for row in self.desk.rows("TaxCode")]
        return {**marks, "TaxCodeRef": {"value": self.dice.choice(codes)}}

    def _sold(self) -> Body:
        kind = self.dice.random()
        if kind < 0.1:
            return {"DetailType": "DescriptionOnly", "Description": self.dice.choice(["note", "Subtotal:"])}
        if kind < 0.2:
            return {
                "DetailType": "DiscountLineDetail",
                "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 33.333},
            }
        if kind < 0.25:
            shipping = {"ItemRef": {"value": "SHIPPING_ITEM_ID"}}
            return {"Amount": 9.99, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": shipping}
        priced = self._priced() if self.dice.random() < 0.6 else {"Amount": self._amount()}
        amount = priced.pop("Amount")
        detail = {"ItemRef": self.some("Item"), **priced, **self._marks()}
        if self.country == "US":
            detail["TaxCodeRef"] = {"value": self.dice.choice(["TAX", "NON"])}
        return {"Amount": amount, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}

    def _sale(self, entity: str) -> Body:
        made: Body = {"CustomerRef": self.some("Customer"), "Line": self._several(self._sold)}
        if self.country == "US" and self.dice.random() < 0.5:
            made["TxnTaxDetail"] = self.dice.choice([{"TxnTaxCodeRef": {"value": "3"}}, {"TotalTax": 1.23}])
        if self.dice.random() < 0.3:
            made["DepartmentRef"] = self.some("Department")
        if entity == "Invoice" and self.dice.random() < 0.2:
            made["Deposit"] = self.dice.choice([1, 5, 1000])
        if entity in ("SalesReceipt", "RefundReceipt") and self.dice.random() < 0.7:
            made["DepositToAccountRef"] = self._money()
        return made

    def _bought(self) -> Body:
        more = self._marks()
        if self.dice.random() < 0.2:
            more |= {"CustomerRef": self.some("Customer"), "BillableStatus": "Billable"}
        if self.dice.random() < 0.5:
            kind, priced = "ItemBasedExpenseLineDetail", self._priced()
            detail = {"ItemRef": self.some("Item"), **more}
        else:
            kind, priced = "AccountBasedExpenseLineDetail", {"Amount": self._amount()}
            names = ("Supplies", "Utilities", "Cost of Goods Sold", "Loan")
            detail = {"AccountRef": self._any_account(*names), **more}
        amount = priced.pop("Amount")
        return {"Amount": amount, "DetailType": kind, kind: {**detail, **priced}}

    def _any_account(self, *names: str) -> Body:
        """One of these accounts, or any other once somebody renamed it."""
        rows = self.desk.rows("Account", "where Active in (true, false) maxresults 1000")
        named_so = [row for row in rows if row["Name"] in names]
        return {"value": self.dice.choice(named_so or rows)["Id"]}

    def _money(self, kind: str = "Bank") -> Body:
        rows = self.desk.rows("Account", f"where AccountType = '{kind}' and Active in (true, false)")
        return {"value": self.dice.choice(rows)["Id"]}

    def _settled(self, party: str, who: Body, kinds: tuple[str, str]) -> tuple[Decimal, list[Body]]:
        """Lines for some of what is open, and the money that they need."""
        lines, total = [], Decimal(self.dice.choice([0, 0, 10]))
        for kind, sign in zip(kinds, (1, -1), strict=True):
            for record in self.rows(kind):
                balance = exact(record.get("Balance", 0))
                if record[party]["value"] == who["value"] and balance and self.dice.random() < 0.5:
                    share = self.dice.choice([Decimal("0.5"), Decimal(1), Decimal("1.1")])
                    amount = (balance * share).quantize(Decimal("0.01"))
                    link = {"TxnId": record["Id"], "TxnType": kind}
                    lines.append({"Amount": float(amount), "LinkedTxn": [link]})
                    total += sign * amount
        return max(total, Decimal(0)), lines

    def _payment(self) -> Body:
        who = self.some("Customer")
        total, lines = self._settled("CustomerRef", who, ("Invoice", "CreditMemo"))
        made = {"CustomerRef": who, "TotalAmt": float(total), "Line": lines}
        return {**made, "DepositToAccountRef": self._money()} if self.dice.random() < 0.4 else made

    def _billpayment(self) -> Body:
        who = self.some("Vendor")
        total, lines = self._settled("VendorRef", who, ("Bill", "VendorCredit"))
        made = {"VendorRef": who, "TotalAmt": float(total), "Line": lines}
        if self.dice.random() < 0.7:
            return {**made, "PayType": "Check", "CheckPayment": {"BankAccountRef": self._money()}}
        card = {"CCAccountRef": self._money("Credit Card")}
        return {**made, "PayType": "CreditCard", "CreditCardPayment": card}

    def _purchase(self) -> Body:
        kind = self.dice.choice(["Cash", "Check", "CreditCard"])
        made: Body = {"PaymentType": kind, "Line": self._several(self._bought)}
        made["AccountRef"] = self._money("Credit Card" if kind == "CreditCard" else "Bank")
        if kind == "CreditCard" and self.dice.random() < 0.3:
            made["Credit"] = True
        if self.dice.random() < 0.6:
            payee = self.dice.choice(["Vendor", "Customer", "Employee"])
            made["EntityRef"] = {**self.some(payee), "type": payee}
        return made

    def _journalentry(self) -> Body:
        amount = self._amount()
        return {"Line": [self._side(amount, "Debit"), self._side(amount, "Credit")]}

    def _side(self, amount: float, side: str) -> Body:
        account = self.dice.choice(self.desk.rows("Account", "maxresults 1000"))
        detail: Body = {"PostingType": side, "AccountRef": {"value": account["Id"]}}
        for kind, party in (("Accounts Receivable", "Customer"), ("Accounts Payable", "Vendor")):
            if account["AccountType"] == kind:
                detail["Entity"] = {"Type": party, "EntityRef": self.some(party)}
        return {"Amount": amount, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}

    def _deposit(self) -> Body:
        lines: list[Body] = []
        for kind in ("Payment", "SalesReceipt", "RefundReceipt"):
            for record in self.rows(kind):
                if self.dice.random() < 0.3:
                    link = {"TxnId": record["Id"], "TxnType": kind, "TxnLineId": "0"}
                    lines.append({"Amount": record["TotalAmt"], "LinkedTxn": [link]})
        if not lines or self.dice.random() < 0.5:
            detail = {"AccountRef": self._any_account("Services", "Loan", "Supplies")}
            lines.append(
                {"Amount": self._amount(), "DetailType": "DepositLineDetail", "DepositLineDetail": detail}
            )
        return {"DepositToAccountRef": self._money(), "Line": lines}

    def _transfer(self) -> Body:
        accounts = [self._money(self.dice.choice(["Bank", "Credit Card"])) for _ in range(2)]
        return {"FromAccountRef": accounts[0], "ToAccountRef": accounts[1], "Amount": self._amount()}

    def _timeactivity(self) -> Body:
        made = {
            "NameOf": "Employee",
            "EmployeeRef": self.some("Employee"),
            "CustomerRef": self.some("Customer"),
        }
        hours = {"ItemRef": {"value": self.names["Item"][0]}, "Hours": 2, "HourlyRate": 50}
        return {**made, **hours, "BillableStatus": "Billable"}

    def _inventoryadjustment(self) -> Body:
        goods = {"value": self.dice.choice(self.names["Item"][2:])}
        detail = {"ItemRef": goods, "QtyDiff": self.dice.choice([-1, 2, 5, -7])}
        line = {"DetailType": "ItemAdjustmentLineDetail", "ItemAdjustmentLineDetail": detail}
        return {"AdjustAccountRef": self._any_account("Supplies"), "Line": [line]}
