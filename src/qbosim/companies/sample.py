"""A believable US company with half a year of history: an IT firm, its customers, invoices, payments and
credits.

Made through the API itself, day by day, so that its ids, sync tokens, balances and change times are what a
real history leaves behind. Dates are relative to the clock, amounts follow from the seed. All firms are
invented; there are no people.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from qbosim.api import Api
from qbosim.chance import Chance
from qbosim.clock import Clock
from qbosim.companies.empty import create_company
from qbosim.companies.sample_office import Office
from qbosim.companies.sample_talk import Talk, cents
from qbosim.refusals import PACIFIC
from qbosim.store import Store

_MONTHS = 6


@dataclass(frozen=True)
class _Firm:
    name: str
    street: str
    city: str
    state: str
    post_code: str
    taxable: bool = True
    sites: tuple[str, ...] = ()
    """Sub-customers that are billed apart."""


@dataclass(frozen=True)
class _Product:
    name: str
    kind: str
    price: str
    income: str
    taxable: bool = False
    description: str = ""


_FIRMS = (
    _Firm("Alder & Finch Architects", "12 Quarry Lane", "Bayview", "CA", "94990", sites=("Harbor Studio",)),
    _Firm(
        "Bluestem Dental Group",
        "480 Orchard Row",
        "Millbrook",
        "CA",
        "94991",
        sites=("East Clinic", "West Clinic"),
    ),
    _Firm("Cobalt Freight Lines", "9 Depot Street", "Bayview", "CA", "94990"),
    _Firm("Dovetail Joinery Works", "77 Sawmill Road", "Larchmont Falls", "CA", "94993"),
    _Firm("Ember Lane Bakery", "3 Ember Lane", "Millbrook", "CA", "94991"),
    _Firm("Foxglove Veterinary Hospital", "215 Meadow Way", "Bayview", "CA", "94990", taxable=False),
    _Firm("Granite Peak Surveyors", "61 Ridge Avenue", "Stonefield", "CA", "94995"),
    _Firm("Halyard Marine Supply", "1 Pier Court", "Bayview", "CA", "94990", sites=("Chandlery", "Boatyard")),
    _Firm("Ironbark Property Management", "330 Main Street", "Stonefield", "CA", "94995"),
    _Firm("Juniper Street Books", "18 Juniper Street", "Millbrook", "CA", "94991"),
    _Firm("Kestrel Aviation Training", "500 Airfield Road", "Stonefield", "CA", "94995"),
    _Firm("Lantern Hill Winery", "7 Lantern Hill", "Larchmont Falls", "CA", "94993"),
    _Firm("Moss & Marlow Accountants", "22 Exchange Place", "Bayview", "CA", "94990"),
    _Firm("Northwind Cold Storage", "140 Wharf Road", "Bayview", "CA", "94990"),
    _Firm("Old Mill Brewing Company", "8 Old Mill Yard", "Millbrook", "CA", "94991"),
    _Firm("Pepperwood Physical Therapy", "96 Cypress Drive", "Larchmont Falls", "CA", "94993"),
    _Firm("Quillback Fisheries", "4 Dock Terrace", "Bayview", "CA", "94990"),
    _Firm("Redwood Valley School Trust", "1200 Campus Drive", "Stonefield", "CA", "94995", taxable=False),
    _Firm("Saltmarsh Environmental", "55 Estuary Road", "Bayview", "CA", "94990"),
    _Firm("Thistle & Thyme Catering", "31 Market Square", "Millbrook", "CA", "94991"),
    _Firm("Underhill Plumbing Supply", "204 Foundry Street", "Stonefield", "CA", "94995"),
    _Firm("Vesper Night Security", "66 Beacon Street", "Bayview", "CA", "94990"),
    _Firm("Wren's Nest Preschool", "14 Willow Court", "Millbrook", "CA", "94991", taxable=False),
    _Firm("Yarrow Landscape Design", "89 Garden Row", "Larchmont Falls", "CA", "94993"),
    _Firm("Zephyr Solar Installers", "410 Industry Way", "Stonefield", "CA", "94995"),
)

_ACCOUNTS = (
    ("Recurring Services", "ServiceFeeIncome"),
    ("Project Services", "ServiceFeeIncome"),
    ("Hardware Sales", "SalesOfProductIncome"),
)

_PRODUCTS = (
    _Product("Managed Workstation", "Service", "45.00", "Recurring Services", description="Per device"),
    _Product("Managed Server", "Service", "165.00", "Recurring Services", description="Care of one server"),
    _Product("Firewall Monitoring", "Service", "79.00", "Recurring Services"),
    _Product("Email Security", "Service", "4.75", "Recurring Services", description="Per mailbox"),
    _Product("Cloud Backup 500 GB", "Service", "60.00", "Recurring Services"),
    _Product("Cloud Backup 2 TB", "Service", "190.00", "Recurring Services"),
    _Product("Web Hosting", "Service", "24.50", "Recurring Services"),
    _Product("Help Desk Seat", "Service", "19.90", "Recurring Services"),
    _Product("Remote Support", "Service", "110.00", "Project Services", description="Per hour"),
    _Product("On-site Support", "Service", "145.00", "Project Services", description="Per hour"),
    _Product("Network Assessment", "Service", "1250.00", "Project Services"),
    _Product("Project Management", "Service", "135.00", "Project Services", description="Per hour"),
    _Product("Structured Cabling", "Service", "95.00", "Project Services", description="Per drop"),
    _Product("Staff Training", "Service", "480.00", "Project Services", description="Half a day"),
    _Product("Laptop 14 inch", "NonInventory", "1189.00", "Hardware Sales", taxable=True),
    _Product("Docking Station", "NonInventory", "229.00", "Hardware Sales", taxable=True),
    _Product("Monitor 27 inch", "NonInventory", "319.50", "Hardware Sales", taxable=True),
    _Product("Wireless Access Point", "NonInventory", "184.00", "Hardware Sales", taxable=True),
    _Product("Battery Backup 1500 VA", "NonInventory", "262.75", "Hardware Sales", taxable=True),
    _Product("Patch Cable 3 m", "NonInventory", "6.35", "Hardware Sales", taxable=True),
)
_RECURRING = _PRODUCTS[:8]
_PROJECT = _PRODUCTS[8:14]
_HARDWARE = _PRODUCTS[14:]
_CLASSES = ("Managed Services", "Projects", "Hardware")
_DEPARTMENTS = ("North Office", "South Office")
_TERMS = ("Net 30", "Net 15", "Due on receipt", "Net 30", "Net 60")
_METHODS = ("Check", "Check", "Bank Transfer", "Check")


def create_sample(store: Store, api: Api, past: Clock, realm: str, *, name: str, seed: int) -> None:
    """Make the company `realm` and live its last six months up to what `past` shows.

    `api` reads the time from `past`, a clock that stands still; it is set back and brought to where it was.
    """
    now = past.now()
    today = now.astimezone(PACIFIC).date()
    first = _first_of_month(today, _MONTHS)
    past.set(_noon(first - timedelta(days=3)))
    create_company(store, past, realm, name=name, country="US", home_currency="USD", seed=seed)
    history = _History(api, past, realm, Chance(seed), first, today, now)
    history.prepare()
    office = Office(Talk(api, realm, Chance(seed), "office"), first, today, history.at)
    office.prepare(store, past, realm)
    office.plan()
    history.live()
    past.set(now)


@dataclass
class _Customer:
    id: str
    number: int
    taxable: bool
    recurring: bool
    billed: int = 0
    """How many invoices they got."""
    open: list[tuple[str, Decimal]] = field(default_factory=list)
    """Invoices not yet paid, oldest first: id and what is still owed."""


class _History:
    """The half year, as events on days; an event may cause later ones (an invoice its payment)."""

    def __init__(
        self, api: Api, past: Clock, realm: str, chance: Chance, first: date, today: date, now: datetime
    ) -> None:
        self._talk = Talk(api, realm, chance, "sample")
        self._past = past
        self._first = first
        self._today = today
        self._now = now
        self._order = itertools.count()
        self._events: list[tuple[date, int, Callable[[date], None]]] = []
        self._customers: list[_Customer] = []
        self._items: dict[str, str] = {}
        self._classes: dict[str, str] = {}
        self._departments: list[str] = []
        self._terms: dict[str, str] = {}
        self._methods: dict[str, str] = {}
        self._tax_code = ""

    def prepare(self) -> None:
        """Accounts, items, classes, locations, customers and the things every company has from the start."""
        preferences = self._talk.get("preferences")["Preferences"]
        self._talk.post(
            "preferences",
            {
                "Id": preferences["Id"],
                "SyncToken": preferences["SyncToken"],
                "sparse": True,
                "AccountingInfoPrefs": {"ClassTrackingPerTxnLine": True, "TrackDepartments": True},
            },
        )
        self._terms = self._talk.named("Term")
        self._methods = self._talk.named("PaymentMethod")
        for title in sorted(set(_METHODS) - set(self._methods)):
            self._methods[title] = self._talk.post("paymentmethod", {"Name": title})["PaymentMethod"]["Id"]
        codes = self._talk.query("select * from TaxCode")
        self._tax_code = next(code["Id"] for code in codes if code["Id"] not in ("TAX", "NON"))
        for title in _CLASSES:
            self._classes[title] = self._talk.post("class", {"Name": title})["Class"]["Id"]
        for title in _DEPARTMENTS:
            self._departments.append(self._talk.post("department", {"Name": title})["Department"]["Id"])
        incomes = {}
        for title, sub_type in _ACCOUNTS:
            account = {"Name": title, "AccountType": "Income", "AccountSubType": sub_type}
            incomes[title] = self._talk.post("account", account)["Account"]["Id"]
        for product in _PRODUCTS:
            item = {
                "Name": product.name,
                "Type": product.kind,
                "UnitPrice": float(product.price),
                "Taxable": product.taxable,
                "IncomeAccountRef": {"value": incomes[product.income]},
            }
            if product.description:
                item["Description"] = product.description
            self._items[product.name] = self._talk.post("item", item)["Item"]["Id"]
        for number, firm in enumerate(_FIRMS):
            self._add_firm(number, firm)

    def live(self) -> None:
        """Play the events in the order of their days, up to today."""
        for back in range(_MONTHS, -1, -1):
            day = _first_of_month(self._today, back)
            for customer in self._customers:
                if customer.recurring:
                    self.at(day, partial(self._bill_month, customer))
        for number in range(26):
            self.at(self._first + timedelta(days=4 + number * 7), self._bill_project)
        self.at(self._first + timedelta(days=40), self._credit_and_apply)
        self.at(self._first + timedelta(days=95), self._credit_left_open)
        self.at(self._first + timedelta(days=60), self._void_an_invoice)
        self.at(self._first + timedelta(days=120), self._delete_an_invoice)
        self.at(self._first + timedelta(days=130), self._retainer)
        self.at(self._first + timedelta(days=150), self._part_with_a_customer)
        while self._events:
            day, _, act = heapq.heappop(self._events)
            if day > self._today:
                break
            self._past.set(min(_noon(day), self._now))
            act(day)

    def _add_firm(self, number: int, firm: _Firm) -> None:
        slug = "".join(letter for letter in firm.name.lower() if letter.isalnum())
        address = {
            "Line1": firm.street,
            "City": firm.city,
            "CountrySubDivisionCode": firm.state,
            "PostalCode": firm.post_code,
        }
        customer = {
            "DisplayName": firm.name,
            "CompanyName": firm.name,
            "PrimaryEmailAddr": {"Address": f"billing@{slug}.example"},
            "PrimaryPhone": {"FreeFormNumber": f"(555) 555-01{number:02d}"},
            "BillAddr": address,
            "ShipAddr": address,
            "Taxable": firm.taxable,
            "SalesTermRef": {"value": self._terms[_TERMS[number % len(_TERMS)]]},
        }
        parent = self._talk.post("customer", customer)["Customer"]["Id"]
        self._customers.append(_Customer(parent, number, firm.taxable, recurring=number % 4 != 3))
        for site in firm.sites:
            job = {
                "DisplayName": site,
                "CompanyName": firm.name,
                "Job": True,
                "ParentRef": {"value": parent},
                "BillWithParent": False,
                "Taxable": firm.taxable,
            }
            made = self._talk.post("customer", job)["Customer"]["Id"]
            self._customers.append(_Customer(made, number, firm.taxable, recurring=False))

    def _bill_month(self, customer: _Customer, day: date) -> None:
        lines = []
        for step in range(2 + customer.number % 2):
            product = _RECURRING[(customer.number + step) % len(_RECURRING)]
            lines.append(self._line(product, 1 + (customer.number * 3 + step) % 11, "Managed Services"))
        invoice = self._invoice(customer, day, lines, memo=f"Services for {day:%B %Y}")
        self._schedule_payment(customer, day, invoice)

    def _bill_project(self, day: date) -> None:
        customer = self._customers[self._talk.pick(len(self._customers))]
        work = _PROJECT[self._talk.pick(len(_PROJECT))]
        lines = [self._line(work, 1 + self._talk.pick(12), "Projects")]
        for _ in range(self._talk.pick(3)):
            hardware = _HARDWARE[self._talk.pick(len(_HARDWARE))]
            lines += [self._line(hardware, 1 + self._talk.pick(6), "Hardware")]
        if self._talk.pick(5) == 0:
            total = sum((Decimal(str(line["Amount"])) for line in lines), Decimal())
            lines.append(
                {
                    "DetailType": "DiscountLineDetail",
                    "Amount": float(cents(total * 5 / 100)),
                    "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 5},
                }
            )
        lines.append({"DetailType": "DescriptionOnly", "Description": "Thank you for working with us."})
        invoice = self._invoice(customer, day, lines, memo="Project work")
        self._schedule_payment(customer, day, invoice)

    def _invoice(
        self, customer: _Customer, day: date, lines: list[dict[str, Any]], *, memo: str
    ) -> dict[str, Any]:
        taxed = customer.taxable and any(_is_taxed(line) for line in lines)
        body = {
            "CustomerRef": {"value": customer.id},
            "TxnDate": day.isoformat(),
            "SalesTermRef": {"value": self._terms[_TERMS[customer.number % len(_TERMS)]]},
            "DepartmentRef": {"value": self._departments[customer.number % len(self._departments)]},
            "CustomerMemo": {"value": memo},
            "Line": lines,
        }
        if taxed:
            body["TxnTaxDetail"] = {"TxnTaxCodeRef": {"value": self._tax_code}}
        made: dict[str, Any] = self._talk.post("invoice", body)["Invoice"]
        customer.billed += 1
        customer.open.append((made["Id"], Decimal(str(made["Balance"]))))
        return made

    def _schedule_payment(self, customer: _Customer, day: date, invoice: dict[str, Any]) -> None:
        """Every customer has a habit: prompt, late, in two parts, two invoices at once, too much, very
        late."""
        owed = Decimal(str(invoice["Balance"]))
        identity = invoice["Id"]
        habit = customer.number % 6
        if habit == 0:
            self._pay_on(day + timedelta(days=12), customer, {identity: owed})
        elif habit == 1:
            self._pay_on(day + timedelta(days=41), customer, {identity: owed})
        elif habit == 2:
            part = cents(owed * 60 / 100)
            self._pay_on(day + timedelta(days=20), customer, {identity: part})
            self._pay_on(day + timedelta(days=65), customer, {identity: owed - part})
        elif habit == 3:
            if len(customer.open) >= 2:
                both = dict(customer.open[-2:])
                self._pay_on(day + timedelta(days=15), customer, both)
        elif habit == 4:
            extra = Decimal("25.00") if customer.billed == 3 else Decimal()
            self._pay_on(day + timedelta(days=18), customer, {identity: owed}, extra=extra)
        else:
            self._pay_on(day + timedelta(days=75), customer, {identity: owed})

    def _pay_on(
        self, day: date, customer: _Customer, shares: Mapping[str, Decimal], *, extra: Decimal = Decimal()
    ) -> None:
        self.at(day, lambda when: self._pay(customer, when, shares, extra))

    def _pay(self, customer: _Customer, day: date, shares: Mapping[str, Decimal], extra: Decimal) -> None:
        """Pay what is still owed of the shares (an invoice may meanwhile be void, deleted or paid by a
        credit)."""
        owed = dict(customer.open)
        lines = {
            identity: min(share, owed[identity]) for identity, share in shares.items() if owed.get(identity)
        }
        if not lines:
            return
        method = _METHODS[customer.number % len(_METHODS)]
        body = {
            "CustomerRef": {"value": customer.id},
            "TotalAmt": float(sum(lines.values(), Decimal()) + extra),
            "TxnDate": day.isoformat(),
            "PaymentMethodRef": {"value": self._methods[method]},
            "PaymentRefNum": str(1000 + self._talk.pick(9000)),
            "Line": [_application(amount, "Invoice", identity) for identity, amount in lines.items()],
        }
        self._talk.post("payment", body)
        self._settle(customer, lines)

    def _credit_and_apply(self, day: date) -> None:
        """A credit memo that a payment of nothing applies to an open invoice."""
        customer = self._owing(Decimal("50.00"))
        credit = self._credit(customer, day, _PRODUCTS[8], "One hour of support was not needed")
        identity, owed = customer.open[-1]
        amount = min(owed, Decimal(str(credit["TotalAmt"])))
        self._talk.post(
            "payment",
            {
                "CustomerRef": {"value": customer.id},
                "TotalAmt": 0,
                "TxnDate": day.isoformat(),
                "Line": [
                    _application(amount, "Invoice", identity),
                    _application(amount, "CreditMemo", credit["Id"]),
                ],
            },
        )
        self._settle(customer, {identity: amount})

    def _credit_left_open(self, day: date) -> None:
        self._credit(self._customers[2], day, _PRODUCTS[4], "Backup was down for a week")

    def _credit(self, customer: _Customer, day: date, product: _Product, why: str) -> dict[str, Any]:
        body = {
            "CustomerRef": {"value": customer.id},
            "TxnDate": day.isoformat(),
            "PrivateNote": why,
            "Line": [self._line(product, 1, "Managed Services")],
        }
        made: dict[str, Any] = self._talk.post("creditmemo", body)["CreditMemo"]
        return made

    def _void_an_invoice(self, day: date) -> None:
        customer = self._owing(Decimal())
        invoice = self._invoice(
            customer, day, [self._line(_PRODUCTS[12], 3, _CLASSES[1])], memo="Entered twice"
        )
        self._remove(invoice, "void")
        self._settle(customer, dict([customer.open[-1]]))

    def _delete_an_invoice(self, day: date) -> None:
        customer = self._owing(Decimal())
        invoice = self._invoice(
            customer, day, [self._line(_PRODUCTS[13], 1, _CLASSES[1])], memo="Entered in error"
        )
        self._remove(invoice, "delete")
        self._settle(customer, dict([customer.open[-1]]))

    def _remove(self, invoice: dict[str, Any], operation: str) -> None:
        body = {"Id": invoice["Id"], "SyncToken": invoice["SyncToken"]}
        self._talk.post("invoice", body, {"operation": operation})

    def _retainer(self, day: date) -> None:
        """Money that belongs to no invoice yet."""
        customer = self._customers[-1]
        body = {
            "CustomerRef": {"value": customer.id},
            "TotalAmt": 1500,
            "TxnDate": day.isoformat(),
            "PaymentMethodRef": {"value": self._methods["Check"]},
            "PaymentRefNum": "20417",
            "PrivateNote": "Retainer for the autumn project",
        }
        self._talk.post("payment", body)

    def _part_with_a_customer(self, _day: date) -> None:
        """A customer without open invoices who will not come back."""
        for customer in reversed(self._customers):
            if customer.open or customer.recurring or customer is self._customers[-1]:
                continue
            now = self._talk.get(f"customer/{customer.id}")["Customer"]
            body = {"Id": now["Id"], "SyncToken": now["SyncToken"], "sparse": True, "Active": False}
            self._talk.post("customer", body)
            self._customers.remove(customer)
            return

    def _owing(self, at_least: Decimal) -> _Customer:
        """A recurring customer whose newest invoice is open by that much."""
        return next(
            customer
            for customer in self._customers
            if customer.recurring and customer.open and customer.open[-1][1] > at_least
        )

    def _settle(self, customer: _Customer, paid: Mapping[str, Decimal]) -> None:
        left = [(identity, owed - paid.get(identity, Decimal())) for identity, owed in customer.open]
        customer.open = [(identity, owed) for identity, owed in left if owed > 0]

    def _line(self, product: _Product, quantity: int, title: str) -> dict[str, Any]:
        amount = cents(Decimal(product.price) * quantity)
        return {
            "DetailType": "SalesItemLineDetail",
            "Amount": float(amount),
            "Description": product.description or product.name,
            "SalesItemLineDetail": {
                "ItemRef": {"value": self._items[product.name]},
                "Qty": quantity,
                "UnitPrice": float(product.price),
                "TaxCodeRef": {"value": "TAX" if product.taxable else "NON"},
                "ClassRef": {"value": self._classes[title]},
            },
        }

    def at(self, day: date, act: Callable[[date], None]) -> None:
        """Let something happen on a day; days after today never come."""
        heapq.heappush(self._events, (day, next(self._order), act))


def _application(amount: Decimal, kind: str, identity: str) -> dict[str, Any]:
    return {"Amount": float(amount), "LinkedTxn": [{"TxnId": identity, "TxnType": kind}]}


def _is_taxed(line: Mapping[str, Any]) -> bool:
    detail = line.get("SalesItemLineDetail", {})
    return bool(detail.get("TaxCodeRef", {}).get("value") == "TAX")


def _first_of_month(today: date, months_back: int) -> date:
    months = today.year * 12 + today.month - 1 - months_back
    return date(months // 12, months % 12 + 1, 1)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), PACIFIC)
