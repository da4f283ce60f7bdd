"""The lines of purchases: what a client sent, made into what QuickBooks keeps.

Bills, vendor credits, expenses and purchase orders have the same two kinds of lines: an account with an amount, or an
item with price and quantity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from qbosim import faults
from qbosim.books.sales_tax import Rate, net_of_gross
from qbosim.entities.line_ids import LineIds
from qbosim.entities.priced import line_amount, number_in, price_and_quantity
from qbosim.entities.purchase_tax import purchase_rates_of
from qbosim.entities.tax import NOT_TAXABLE, TAXABLE
from qbosim.entities.texts import check_lengths
from qbosim.jsontext import cents, money, plain
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "Lines of purchases",
    recorded(
        "expense_lines.shape",
        "Every line shows its BillableStatus and, in the US, a TaxCodeRef, NotBillable and NON when nothing was sent.",
        "objects of Intuit's sandbox company (Bill, Purchase, PurchaseOrder)",
    ),
    recorded(
        "expense_lines.numbers",
        "Lines of bills and purchase orders carry LineNum, lines of expenses do not; only bills' lines carry LinkedTxn.",
        "objects of Intuit's sandbox company (Bill, Purchase, PurchaseOrder)",
    ),
    documented(
        "expense_lines.amount",
        "An item's amount that is not price times quantity is refused with 6070.",
        "Intuit's documentation of Bill and of the error codes",
    ),
    documented(
        "expense_lines.required",
        "A line needs Amount and DetailType, an account line its AccountRef, an item line its ItemRef (2020).",
        "Intuit's documentation of Bill",
    ),
    documented(
        "expense_lines.billable",
        "A billable line names the customer who will be billed for it (6000).",
        "Intuit's documentation of BillableStatus; the words are assumed",
    ),
    assumed(
        "expense_lines.item_account",
        "An item that has no expense account cannot be bought (6000).",
        "QuickBooks offers only items that are marked as bought",
    ),
    documented(
        "expense_lines.inclusive",
        "With TaxInclusive the kept Amount is net and TaxInclusiveAmt holds what the client sent.",
        "Intuit's documentation of GlobalTaxCalculation",
    ),
)

ACCOUNT = "AccountBasedExpenseLineDetail"
ITEM = "ItemBasedExpenseLineDetail"

ZERO = Decimal(0)
_MOST_LINES = 10_000


@dataclass(frozen=True)
class Shape:
    """Which parts the lines of one kind of purchase show."""

    numbered: bool
    linked: bool


@dataclass(frozen=True)
class Bought:
    """One line's amount with what is needed to tax it."""

    net: Decimal
    rates: tuple[Rate, ...]
    gross: Decimal | None
    """Set when the client gave an amount that includes tax."""


@dataclass(frozen=True)
class Lines:
    """A purchase's lines, ready to be kept, and what follows from them."""

    kept: list[Body]
    bought: tuple[Bought, ...]

    @property
    def net(self) -> Decimal:
        """The sum of the lines without tax."""
        return sum((line.net for line in self.bought), ZERO)


def build_lines(
    company: Company, sent: Sequence[Body], old: Sequence[Body], shape: Shape, tax_mode: str
) -> Lines:
    """Make the lines of a purchase.

    `tax_mode` is `US`, or outside the US one of Intuit's `TaxExcluded`, `TaxInclusive`, `NotApplicable`. Raises 2020
    for what is missing, 6070 when an amount is not price times quantity, 2500 for bad references.
    """
    if not sent:
        raise faults.missing("Line")
    if len(sent) > _MOST_LINES:
        raise faults.business(f"A transaction can have at most {_MOST_LINES} lines.")
    ids = LineIds(old)
    before = {line["Id"]: line for line in old if "Id" in line}
    kept: list[Body] = []
    bought: list[Bought] = []
    for line in sent:
        kind = line.get("DetailType")
        if not kind:
            raise faults.missing("Line.DetailType")
        if kind not in (ACCOUNT, ITEM, "DescriptionOnly"):
            raise faults.business(f"{kind} is not a line of a purchase.")
        check_lengths(line, {"Description": 4000})
        identity = ids.take(line)
        built: Body = {"Id": identity}
        if shape.numbered:
            built["LineNum"] = len(kept) + 1
        if line.get("Description"):
            built["Description"] = line["Description"]
        if kind == "DescriptionOnly":
            built |= {"DetailType": kind, "DescriptionLineDetail": {}, "CustomExtensions": []}
        else:
            was = before.get(identity, {})
            detail, amount = _detail(company, line, was.get(kind) or {}, tax_mode)
            built["Amount"] = money(amount.net)
            if line.get("Received") not in (None, ""):
                built["Received"] = plain(line["Received"])
            if shape.linked:
                built["LinkedTxn"] = line.get("LinkedTxn", was.get("LinkedTxn")) or []
            built |= {"DetailType": kind, kind: detail, "CustomExtensions": []}
            bought.append(amount)
        kept.append(built)
    return Lines(kept, tuple(bought))


def _detail(company: Company, line: Body, old: Body, tax_mode: str) -> tuple[Body, Bought]:
    kind = line["DetailType"]
    sent = line.get(kind) or {}
    amount = line_amount(line, sent)
    code, rates = _tax_of(company, sent, old, tax_mode)
    gross: Decimal | None = None
    net = amount
    if tax_mode == "TaxInclusive":
        # python-quickbooks sends 0 with every line whose gross amount nobody set.
        gross = cents(number_in(sent, "TaxInclusiveAmt") or amount)
        net = net_of_gross(gross, rates)
    customer = _customer(company, sent, old)
    status = sent.get("BillableStatus") or "NotBillable"
    if status == "Billable" and customer is None:
        raise faults.business("A billable expense must have a customer to bill.")
    built: Body = {"CustomerRef": customer.reference()} if customer is not None else {}
    klass = _class(company, sent, old)
    if kind == ACCOUNT:
        if klass is not None:
            built["ClassRef"] = klass
        built["AccountRef"] = _account(company, sent, old).reference()
        built["BillableStatus"] = status
    else:
        built["BillableStatus"] = status
        built["ItemRef"] = _item(company, sent, old).reference()
        if klass is not None:
            built["ClassRef"] = klass
        built |= price_and_quantity(sent, amount, net)
    if sent.get("MarkupInfo"):
        built["MarkupInfo"] = sent["MarkupInfo"]
    if code is not None:
        built["TaxCodeRef"] = {"value": code}
    if gross is not None:
        built["TaxInclusiveAmt"] = money(gross)
    return built, Bought(net, rates, gross)


def _customer(company: Company, sent: Body, old: Body) -> Record | None:
    reference = sent.get("CustomerRef")
    if not reference or not reference.get("value"):
        return None
    return company.refer("Customer", reference, old.get("CustomerRef"))


def _class(company: Company, sent: Body, old: Body) -> Body | None:
    reference = sent.get("ClassRef")
    if not reference or not reference.get("value"):
        return None
    if not company.preference("AccountingInfoPrefs", "ClassTrackingPerTxnLine"):
        return None
    return company.refer("Class", reference, old.get("ClassRef")).reference()


def _account(company: Company, sent: Body, old: Body) -> Record:
    reference = sent.get("AccountRef")
    if not reference or not reference.get("value"):
        raise faults.missing(f"Line.{ACCOUNT}.AccountRef")
    return company.refer("Account", reference, old.get("AccountRef"))


def _item(company: Company, sent: Body, old: Body) -> Record:
    """The item bought, which must have an account to be booked on."""
    reference = sent.get("ItemRef")
    if not reference or not reference.get("value"):
        raise faults.missing(f"Line.{ITEM}.ItemRef")
    item = company.refer("Item", reference, old.get("ItemRef"))
    if not (item.body.get("ExpenseAccountRef") or item.body.get("AssetAccountRef")):
        raise faults.business(f"The item {item.name} has no expense account; it can't be bought.")
    return item


def _tax_of(company: Company, sent: Body, old: Body, tax_mode: str) -> tuple[str | None, tuple[Rate, ...]]:
    """A line's tax code and, outside the US, the rates at which tax is paid on it."""
    code = (sent.get("TaxCodeRef") or {}).get("value")
    if tax_mode == "US":
        code = code or NOT_TAXABLE
        if code not in (TAXABLE, NOT_TAXABLE):
            raise faults.bad_line_tax(code)
        return code, ()
    if tax_mode == "NotApplicable":
        return None, ()
    if not code:
        raise faults.business("Make sure all your transactions have a tax rate before you save.")
    return code, purchase_rates_of(company, company.refer("TaxCode", {"value": code}, old.get("TaxCodeRef")))
