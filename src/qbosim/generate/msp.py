"""The books of a managed service provider, year after year: what is sold, billed, paid late, paid wrongly and put right.

A history says what a bookkeeper and their programs did, day by day; who writes it down (`Books`) is another matter. The same
size, seed and last day give the same history.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Protocol

from qbosim.generate.words import SITES, Names, address, mailbox
from qbosim.records.layout import Body


class Books(Protocol):
    """Where a history is written down."""

    def on(self, day: date) -> None:
        """From now on it is that day."""

    def post(self, entity: str, body: Body, verb: str = "create", office: int | None = None) -> Posted:
        """Do one thing the API knows: create, update, void or delete.

        `office` says which one does it; what both stand on (accounts, items, names) is nobody's.
        """

    def find(self, entity: str, name: str) -> str:
        """The id of a record of a name list."""


OFFICES = 2
"""A customer and a vendor have to do with one of them: no transaction of one is linked to any of another."""


@dataclass(frozen=True)
class Posted:
    """What became of a call."""

    id: str
    token: str


@dataclass(frozen=True)
class Size:
    """How much there is in a generated company."""

    customers: int
    invoices: int
    years: int


@dataclass
class _Client:
    id: str
    payer: str
    """Who pays: the customer, or the one above."""
    days: int
    """Of the terms."""
    habit: int
    """Days after (before) the due date that are usual for them."""
    by_statement: bool
    """Pays all that is open once a month."""
    office: int
    open: list[tuple[str, Decimal]] = field(default_factory=list)


@dataclass(frozen=True)
class _Supplier:
    id: str
    days: int
    """Of the terms."""
    office: int


@dataclass(frozen=True)
class _Product:
    name: str
    kind: str
    price: Decimal
    income: str
    most: int
    """The largest usual quantity."""


def _product(name: str, price: str, income: str, most: int, kind: str = "Service") -> _Product:
    return _Product(name, kind, Decimal(price), income, most)


_RECURRING = (
    _product("Managed Workstation", "45.00", "Recurring Services", 60),
    _product("Managed Server", "165.00", "Recurring Services", 6),
    _product("Firewall Monitoring", "79.00", "Recurring Services", 3),
    _product("Email Security", "4.75", "Recurring Services", 80),
    _product("Cloud Backup 500 GB", "60.00", "Recurring Services", 8),
    _product("Cloud Backup 2 TB", "190.00", "Recurring Services", 4),
    _product("Web Hosting", "24.50", "Recurring Services", 5),
    _product("Help Desk Seat", "19.90", "Recurring Services", 40),
)
_PROJECT = (
    _product("Remote Support", "110.00", "Project Services", 9),
    _product("On-site Support", "145.00", "Project Services", 8),
    _product("Network Assessment", "1250.00", "Project Services", 1),
    _product("Project Management", "135.00", "Project Services", 12),
    _product("Structured Cabling", "95.00", "Project Services", 24),
    _product("Laptop 14 inch", "1189.00", "Hardware Sales", 6, "NonInventory"),
    _product("Docking Station", "229.00", "Hardware Sales", 6, "NonInventory"),
    _product("Monitor 27 inch", "319.50", "Hardware Sales", 10, "NonInventory"),
    _product("Wireless Access Point", "184.00", "Hardware Sales", 5, "NonInventory"),
    _product("Patch Cable 3 m", "6.35", "Hardware Sales", 40, "NonInventory"),
)
_INCOMES = (
    ("Recurring Services", "ServiceFeeIncome"),
    ("Project Services", "ServiceFeeIncome"),
    ("Hardware Sales", "SalesOfProductIncome"),
)
_EXPENSES = ("Supplies", "Utilities", "Office Expenses", "Rent or Lease", "Dues & Subscriptions", "Travel")
_TERMS = (("Net 30", 30), ("Net 15", 15), ("Due on receipt", 0), ("Net 30", 30), ("Net 60", 60))
_HABITS = (-6, 0, 0, 1, 2, 5, 9, 17, 34, 55)

_AGREEMENTS = 70  # of a hundred invoices
_BILLS, _PURCHASES = 18, 6  # for a hundred invoices
_MOST_IN_A_DEPOSIT = 100
_DUPLICATE, _VOID, _WRONG_CUSTOMER, _NEVER, _IN_PART, _TOO_MUCH, _CREDITED = (
    4,
    4,
    3,
    35,
    80,
    8,
    15,
)  # of a thousand


class History:
    """One company's years, told to its `Books`."""

    def __init__(self, books: Books, size: Size, seed: int, last: date) -> None:
        """`last` is the last day on which anything happens."""
        self._books = books
        self._size = size
        self._random = Random(seed)  # noqa: S311 - a history, not a secret
        self._last = last
        self.first = months_before(last, 12 * size.years)
        self._plans: dict[date, list[Callable[[], object]]] = defaultdict(list)
        self._clients: list[_Client] = []
        self._vendors: list[_Supplier] = []
        self._items: dict[str, str] = {}
        self._accounts: dict[str, str] = {}
        self._methods: list[str] = []
        self._agreements: list[tuple[_Client, list[tuple[_Product, int]]]] = []
        self._checks: list[list[tuple[str, Decimal]]] = [[] for _ in range(OFFICES)]
        self._day = self.first
        self._bill_number = 4000

    def tell_years(self) -> None:
        """Everything that happens once there are accounts, items and names, in the order of the days."""
        self._plan_months()
        self._day = self.first
        while self._day <= self._last:
            plans = self._plans.pop(self._day, [])
            deposits = self._day.weekday() in (1, 4) and any(self._checks)
            if plans or deposits:
                self._books.on(self._day)
            for act in plans:
                act()
            if deposits:
                self._take_to_the_bank()
            self._day += timedelta(days=1)

    # -- what there is before anything happens ---------------------------------------------------------------

    def set_up(self) -> None:
        """Accounts, items, vendors and customers, in the days before the first month."""
        self._books.on(self.first - timedelta(days=3))
        post, find = self._books.post, self._books.find
        for name in ("Checking", "Visa", "Payroll Expenses", *_EXPENSES):
            self._accounts[name] = find("Account", name)
        for name, sub_type in _INCOMES:
            body = {"Name": name, "AccountType": "Income", "AccountSubType": sub_type}
            self._accounts[name] = post("Account", body).id
        owed = {
            "Name": "Payroll Taxes Owed",
            "AccountType": "Other Current Liability",
            "AccountSubType": "PayrollTaxPayable",
        }
        self._accounts["Payroll Taxes Owed"] = post("Account", owed).id
        for product in (*_RECURRING, *_PROJECT):
            item: Body = {
                "Name": product.name,
                "Type": product.kind,
                "UnitPrice": product.price,
                "IncomeAccountRef": {"value": self._accounts[product.income]},
            }
            self._items[product.name] = post("Item", item).id
        self._methods = [find("PaymentMethod", "Check"), post("PaymentMethod", {"Name": "Bank Transfer"}).id]
        names = Names(self._random)
        terms = [(find("Term", name), days) for name, days in _TERMS]
        for _ in range(max(4, self._size.customers // 20)):
            term, days = self._random.choice(terms)
            vendor: Body = {"DisplayName": names.supplier(), "TermRef": {"value": term}}
            self._vendors.append(_Supplier(post("Vendor", vendor).id, days, len(self._vendors) % OFFICES))
        while len(self._clients) < self._size.customers:
            self._add_customer(names.business(), *self._random.choice(terms))

    def _add_customer(self, name: str, term: str, days: int) -> None:
        body = {
            "DisplayName": name,
            "CompanyName": name,
            "BillAddr": address(self._random),
            "PrimaryEmailAddr": {"Address": mailbox(len(self._clients) + 1)},
            "SalesTermRef": {"value": term},
        }
        head = self._books.post("Customer", body).id
        habit, by_statement = self._random.choice(_HABITS), self._random.randrange(12) == 0
        office = len(self._clients) % OFFICES
        self._clients.append(_Client(head, head, days, habit, by_statement, office))
        if self._random.randrange(8):
            return
        for place in self._random.sample(SITES, self._random.randrange(1, 4)):
            if len(self._clients) < self._size.customers:
                below = {"DisplayName": f"{name} {place}", "Job": True, "ParentRef": {"value": head}}
                below |= {"BillWithParent": True, "SalesTermRef": {"value": term}}
                site = self._books.post("Customer", below).id
                self._clients.append(_Client(site, head, days, habit, by_statement, office))

    def _plan_months(self) -> None:
        months = 12 * self._size.years
        for month in range(months):
            first = months_before(self._last, months - month)
            count = self._size.invoices * (month + 1) // months - self._size.invoices * month // months
            by_agreement = count * _AGREEMENTS // 100
            for number in range(by_agreement):
                self._plan(first, partial(self._bill_agreement, number))
            for _ in range(count - by_agreement):
                self._plan(self._some_day(first), self._bill_project)
            for _ in range(count * _BILLS // 100 + 1):
                self._plan(self._some_day(first), self._enter_bill)
            for _ in range(count * _PURCHASES // 100 + 1):
                self._plan(self._some_day(first), self._buy)
            for day in (14, 27):
                self._plan(first + timedelta(days=day), self._pay_staff)
            self._plan(first + timedelta(days=19), self._receive_statements)

    def _some_day(self, first: date) -> date:
        return first + timedelta(days=self._random.randrange(28))

    def _plan(self, day: date, act: Callable[[], object]) -> None:
        """Do something that day; on a weekend the next Monday, and never before tomorrow when the history has begun."""
        open_day = day + timedelta(days=(7 - day.weekday()) if day.weekday() > 4 else 0)
        self._plans[open_day].append(act)

    def _later(self, days: int, act: Callable[[], object]) -> None:
        self._plan(self._day + timedelta(days=max(days, 1)), act)

    # -- sales -----------------------------------------------------------------------------------------------

    def _bill_agreement(self, number: int) -> None:
        while number >= len(self._agreements):
            client = self._clients[len(self._agreements) % len(self._clients)]
            chosen = self._random.sample(_RECURRING, self._random.randrange(2, 6))
            self._agreements.append(
                (client, [(each, self._random.randrange(1, each.most + 1)) for each in chosen])
            )
        client, lines = self._agreements[number]
        if self._random.randrange(25) == 0:  # a seat more, a seat less
            place = self._random.randrange(len(lines))
            product, quantity = lines[place]
            lines[place] = (product, max(1, quantity + self._random.choice((-1, 1))))
        self._bill(client, lines)

    def _bill_project(self) -> None:
        chosen = self._random.sample(_PROJECT, self._random.randrange(1, 4))
        lines = [(each, self._random.randrange(1, each.most + 1)) for each in chosen]
        self._bill(self._random.choice(self._clients), lines)

    def _bill(self, client: _Client, lines: list[tuple[_Product, int]]) -> None:
        chance = self._random.randrange(1000)
        billed = client
        if chance < _WRONG_CUSTOMER:
            billed = self._random.choice(self._clients)
        body = {
            "CustomerRef": {"value": billed.id},
            "Line": [self._line(product, quantity) for product, quantity in lines],
        }
        total = sum((product.price * quantity for product, quantity in lines), Decimal(0))
        posted = self._books.post("Invoice", body, office=client.office)
        if billed is not client:
            self._later(3, partial(self._correct_customer, posted, client, total))
        elif chance < _WRONG_CUSTOMER + _DUPLICATE:
            again = self._books.post("Invoice", body, office=client.office)
            self._later(2, partial(self._undo, again, "delete", client.office))
            self._expect(client, posted.id, total)
        elif chance < _WRONG_CUSTOMER + _DUPLICATE + _VOID:
            self._later(9, partial(self._undo, posted, "void", client.office))
        else:
            self._expect(client, posted.id, total)

    def _line(self, product: _Product, quantity: int) -> Body:
        return {
            "Amount": product.price * quantity,
            "DetailType": "SalesItemLineDetail",
            "Description": product.name,
            "SalesItemLineDetail": {
                "ItemRef": {"value": self._items[product.name]},
                "Qty": quantity,
                "UnitPrice": product.price,
            },
        }

    def _correct_customer(self, posted: Posted, client: _Client, total: Decimal) -> None:
        change = {
            "Id": posted.id,
            "SyncToken": posted.token,
            "sparse": True,
            "CustomerRef": {"value": client.id},
        }
        self._books.post("Invoice", change, "update", client.office)
        self._expect(client, posted.id, total)

    def _undo(self, posted: Posted, verb: str, office: int) -> None:
        self._books.post("Invoice", {"Id": posted.id, "SyncToken": posted.token}, verb, office)

    # -- money in --------------------------------------------------------------------------------------------

    def _expect(self, client: _Client, invoice: str, total: Decimal) -> None:
        """An invoice went out: it will be paid in one of the ways that customers have."""
        chance = self._random.randrange(1000)
        if chance < _NEVER:
            return
        days = client.days + client.habit + self._random.randrange(-2, 4)
        if chance < _NEVER + _IN_PART:
            part = (total * self._random.randrange(20, 80) / 100).quantize(Decimal("0.01"))
            self._later(days, partial(self._receive, client, [(invoice, part)], part))
            if self._random.randrange(10) < 7:
                rest = total - part
                self._later(days + 30, partial(self._receive, client, [(invoice, rest)], rest))
        elif chance < _NEVER + _IN_PART + _TOO_MUCH:
            self._later(days, partial(self._receive, client, [(invoice, total)], total + 10))
        elif chance < _NEVER + _IN_PART + _TOO_MUCH + _CREDITED:
            self._later(max(days // 2, 1), partial(self._credit, client, invoice, total))
        elif client.by_statement:
            client.open.append((invoice, total))
        else:
            self._later(days, partial(self._receive, client, [(invoice, total)], total))

    def _receive_statements(self) -> None:
        for client in self._clients:
            if client.open:
                due, client.open = client.open, []
                self._receive(client, due, sum((amount for _, amount in due), Decimal(0)))

    def _receive(self, client: _Client, paid: list[tuple[str, Decimal]], total: Decimal) -> None:
        by_check = self._random.randrange(2) == 0
        body: Body = {
            "CustomerRef": {"value": client.payer},
            "TotalAmt": total,
            "PaymentMethodRef": {"value": self._methods[0 if by_check else 1]},
            "Line": [_link("Invoice", invoice, amount) for invoice, amount in paid],
        }
        if by_check:
            body["PaymentRefNum"] = str(self._random.randrange(1000, 99999))
        else:
            body["DepositToAccountRef"] = {"value": self._accounts["Checking"]}
        posted = self._books.post("Payment", body, office=client.office)
        if by_check:
            self._checks[client.office].append((posted.id, total))

    def _credit(self, client: _Client, invoice: str, total: Decimal) -> None:
        """Something was billed that was not delivered: a credit memo, and the rest is paid later."""
        product = self._random.choice(_RECURRING)
        amount = min(product.price, total)
        line = self._line(product, 1)
        line["Amount"] = amount
        line["SalesItemLineDetail"]["UnitPrice"] = amount
        memo = {"CustomerRef": {"value": client.id}, "Line": [line]}
        credit = self._books.post("CreditMemo", memo, office=client.office)
        if self._random.randrange(5) == 0:
            return  # nobody got round to applying it
        applied = {
            "CustomerRef": {"value": client.id},
            "TotalAmt": 0,
            "Line": [_link("Invoice", invoice, amount), _link("CreditMemo", credit.id, amount)],
        }
        self._books.post("Payment", applied, office=client.office)
        if total > amount:
            self._later(
                client.days, partial(self._receive, client, [(invoice, total - amount)], total - amount)
            )

    def _take_to_the_bank(self) -> None:
        """Each office has its own paying-in slips."""
        for office, taken in enumerate(self._checks):
            self._checks[office] = []
            for start in range(0, len(taken), _MOST_IN_A_DEPOSIT):
                lines = []
                for payment, amount in taken[start : start + _MOST_IN_A_DEPOSIT]:
                    link = {"TxnId": payment, "TxnType": "Payment", "TxnLineId": "0"}
                    lines.append({"Amount": amount, "LinkedTxn": [link]})
                body = {"DepositToAccountRef": {"value": self._accounts["Checking"]}, "Line": lines}
                self._books.post("Deposit", body, office=office)

    # -- money out -------------------------------------------------------------------------------------------

    def _enter_bill(self) -> None:
        vendor = self._random.choice(self._vendors)
        lines = [self._expense() for _ in range(self._random.randrange(1, 4))]
        self._bill_number += 1
        body = {"VendorRef": {"value": vendor.id}, "DocNumber": f"V-{self._bill_number}", "Line": lines}
        posted = self._books.post("Bill", body, office=vendor.office)
        if self._random.randrange(100) < 97:
            total = sum((line["Amount"] for line in lines), Decimal(0))
            days = vendor.days + self._random.randrange(-3, 6)
            self._later(days, partial(self._pay_bill, vendor, posted.id, total))

    def _pay_bill(self, vendor: _Supplier, bill: str, total: Decimal) -> None:
        body = {
            "VendorRef": {"value": vendor.id},
            "TotalAmt": total,
            "PayType": "Check",
            "CheckPayment": {"BankAccountRef": {"value": self._accounts["Checking"]}},
            "Line": [_link("Bill", bill, total)],
        }
        self._books.post("BillPayment", body, office=vendor.office)

    def _buy(self) -> None:
        by_card = self._random.randrange(4) > 0
        vendor = self._random.choice(self._vendors)
        body = {
            "PaymentType": "CreditCard" if by_card else "Check",
            "AccountRef": {"value": self._accounts["Visa" if by_card else "Checking"]},
            "EntityRef": {"value": vendor.id, "type": "Vendor"},
            "Line": [self._expense()],
        }
        self._books.post("Purchase", body, office=vendor.office)

    def _expense(self) -> Body:
        amount = Decimal(self._random.randrange(900, 90_000)) / 100
        account = self._accounts[self._random.choice(_EXPENSES)]
        detail = {"AccountRef": {"value": account}}
        return {
            "Amount": amount,
            "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": detail,
        }

    def _pay_staff(self) -> None:
        people = 4 + self._size.customers // 40
        gross = Decimal(people * 2150 + self._random.randrange(-300, 300))
        kept = (gross * 23 / 100).quantize(Decimal("0.01"))
        lines = (
            ("Debit", "Payroll Expenses", gross),
            ("Credit", "Payroll Taxes Owed", kept),
            ("Credit", "Checking", gross - kept),
        )
        self._enter_journal(lines)
        paid_over = (("Debit", "Payroll Taxes Owed", kept), ("Credit", "Checking", kept))
        self._later(5, partial(self._enter_journal, paid_over))

    def _enter_journal(self, lines: Iterable[tuple[str, str, Decimal]]) -> None:
        """The first office does the payroll of both."""
        self._books.post("JournalEntry", {"Line": [self._journal_line(*line) for line in lines]}, office=0)

    def _journal_line(self, side: str, account: str, amount: Decimal) -> Body:
        detail = {"PostingType": side, "AccountRef": {"value": self._accounts[account]}}
        return {"Amount": amount, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}


def months_before(day: date, months: int) -> date:
    """The first of the month that lies `months` before the day's own."""
    place = day.year * 12 + day.month - 1 - months
    return date(place // 12, place % 12 + 1, 1)


def _link(kind: str, txn: str, amount: Decimal) -> Body:
    return {"Amount": amount, "LinkedTxn": [{"TxnId": txn, "TxnType": kind}]}
