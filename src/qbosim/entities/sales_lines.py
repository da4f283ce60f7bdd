"""The lines of sales forms: what a client sent, made into what QuickBooks keeps.

A kept form has its item and description lines first, each with an id, then the subtotal, then the discount and the
shipping, which have none (recorded).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from qbosim import faults
from qbosim.books.sales import SHIPPING
from qbosim.books.sales_tax import Rate, net_of_gross
from qbosim.entities.line_ids import LineIds
from qbosim.entities.tax import NOT_TAXABLE, TAXABLE, rates_of
from qbosim.entities.texts import check_lengths
from qbosim.jsontext import cents, money, plain
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "Sales lines",
    recorded(
        "line.amount",
        "Where a line has price and quantity, its Amount is their product at the cent, else 6070.",
        "a fault seen by integrators; UnitPrice 0.5306667 times 15 is 7.96 in real XML (ruckus/quickbooks-ruby)",
    ),
    recorded(
        "line.no_price",
        "A line sent without price and quantity is answered without them.",
        "sandbox traffic (minimul/qbo_api, create__invoice)",
    ),
    recorded(
        "line.ids",
        "A line sent with its id stays that line; any other is new and its id counts on.",
        "sandbox traffic, SalesReceipt 17 (minimul/qbo_api)",
    ),
    recorded(
        "line.subtotal",
        "Behind the lines stands one SubTotalLineDetail without an id; one that a client sends is computed anew.",
        "sandbox traffic (minimul/qbo_api, create__invoice)",
    ),
    recorded(
        "line.discount",
        "A discount stands behind the subtotal without an id: a share of the subtotal or an amount, positive, subtracted, "
        "on the company's discount account unless the line names one.",
        "a sandbox company's SalesReceipt 38 and Invoice 49 (airbyte source-quickbooks, NangoHQ integration templates)",
    ),
    documented(
        "line.one_discount",
        "A form has one discount line at most, and it says how much or what share (6090).",
        "Intuit's documentation of Invoice and of the error codes",
    ),
    documented(
        "line.shipping",
        "A line with the item SHIPPING_ITEM_ID is the shipping charge: it is added behind the subtotal.",
        "Intuit's documentation of Invoice",
    ),
    documented(
        "line.description",
        "A DescriptionOnly line has a text and no amount.",
        "Intuit's documentation of Invoice",
    ),
    documented(
        "line.inline_subtotal",
        "A DescriptionOnly line whose Description is `Subtotal:` shows what the lines since the last such line come to.",
        "Intuit's documentation of Invoice (how the amount is written is assumed)",
    ),
    recorded(
        "line.bundle",
        "A bundle needs GroupItemRef and Quantity; QuickBooks puts the items in it behind, each at its own price, so many "
        "times. The bundle's own Amount is 0, and the items count.",
        "real XML bodies (ruckus/quickbooks-ruby, invoice with a bundle)",
    ),
    assumed(
        "line.bundle_lines",
        "Lines that a client sends inside a bundle are taken instead of the bundle's own.",
        "clients send forms back as they got them, with the lines in the bundle changed",
    ),
    assumed(
        "line.no_item",
        "A line without an item sells the company's default item.",
        "the documentation speaks of a default item and of documentation lines; a recorded sale says no more",
    ),
    recorded(
        "line.account",
        "A line keeps the account it earned on when its item is given another one.",
        "a sandbox company's invoices (NangoHQ integration templates)",
    ),
    documented(
        "line.limits",
        "A form has 10,000 lines at most, 750 when they are taxable, and a Description 4,000 characters.",
        "Intuit's documentation of limits and of Invoice",
    ),
)

ZERO = Decimal(0)
_MOST_LINES = 10_000
_MOST_TAXABLE = 750
"""Intuit's documentation of limits."""
_INLINE_SUBTOTAL = "Subtotal:"
"""A description that makes QuickBooks write what the lines before it come to (Intuit's documentation)."""


@dataclass(frozen=True)
class TaxedAmount:
    """A net amount with what is needed to tax it."""

    net: Decimal
    taxable: bool
    rates: tuple[Rate, ...] = ()
    """Outside the US: the rates of the line's own code."""
    gross: Decimal | None = None
    """Set when the client gave an amount that includes tax."""


@dataclass(frozen=True)
class Lines:
    """A form's lines, ready to be kept, and what follows from them."""

    kept: list[Body]
    subtotal: Decimal
    discount: Decimal
    shipping: Decimal
    taxed: tuple[TaxedAmount, ...]


def build_lines(
    company: Company, sent: Sequence[Body], old: Sequence[Body], *, tax_mode: str, class_per_line: bool
) -> Lines:
    """Make the lines of a form.

    `tax_mode` is `US`, or outside the US one of Intuit's `TaxExcluded`, `TaxInclusive`, `NotApplicable`. Raises 2020
    for a missing DetailType or Amount, 6070 when an amount is not price times quantity, 2500 for bad references.
    """
    if len(sent) > _MOST_LINES:
        raise faults.business(f"A transaction can have at most {_MOST_LINES} lines.")
    building = _Building(company, old, tax_mode, class_per_line)
    for line in sent:
        building.add(line)
    return building.finish()


class _Building:
    """A form's lines on their way."""

    def __init__(self, company: Company, old: Sequence[Body], tax_mode: str, class_per_line: bool) -> None:
        self._company = company
        self._tax_mode = tax_mode
        self._class_per_line = class_per_line
        self._ids = LineIds(old)
        self._before = {line["Id"]: line for line in _with_parts(old) if "Id" in line}
        self._kept: list[Body] = []
        self._taxed: list[TaxedAmount] = []
        self._number = 0
        self._subtotal = ZERO
        self._shown_subtotal = ZERO
        self._discount: Body | None = None
        self._shipping: Body | None = None

    def add(self, line: Body) -> None:
        """Take one line that a client sent."""
        kind = line.get("DetailType")
        if not kind:
            raise faults.missing("Line.DetailType")
        check_lengths(line, {"Description": 4000})
        if kind == "SubTotalLineDetail":
            return
        if kind == "DiscountLineDetail":
            if self._discount is not None:
                raise faults.business("A transaction can have one discount line only.")
            self._discount = line
        elif kind == "DescriptionOnly":
            self._kept.append(self._description(line))
        elif kind == "GroupLineDetail":
            self._kept.append(self._group(line))
        elif kind == "SalesItemLineDetail":
            if ((line.get(kind) or {}).get("ItemRef") or {}).get("value") == SHIPPING:
                self._shipping = line
            else:
                self._kept.append(self._item(line))
        else:
            raise faults.business(f"{kind} is not a line of a sales form.")

    def finish(self) -> Lines:
        """The lines with subtotal, discount and shipping behind them."""
        company, kept = self._company, self._kept
        if not kept and self._discount is None and self._shipping is None:
            raise faults.missing("Line")
        if sum(amount.taxable for amount in self._taxed) > _MOST_TAXABLE:
            raise faults.business(f"A taxable transaction can have at most {_MOST_TAXABLE} lines.")
        kept.append(
            {"Amount": money(self._subtotal), "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}
        )
        discount = shipping = ZERO
        if self._discount is not None:
            built, discount = _discount_line(company, self._discount, self._subtotal)
            kept.append(built)
        if self._shipping is not None:
            built, shipping = _shipping_line(company, self._shipping, self._tax_mode)
            kept.append(built)
        return Lines(kept, self._subtotal, discount, shipping, tuple(self._taxed))

    def _place(self, line: Body) -> tuple[str, int]:
        self._number += 1
        return self._ids.take(line), self._number

    def _item(self, line: Body) -> Body:
        identity, number = self._place(line)
        before = self._before.get(identity, {})
        built, amount = _item_line(
            self._company, line, before, identity, number, self._tax_mode, self._class_per_line
        )
        self._taxed.append(amount)
        self._subtotal += amount.net
        return built

    def _description(self, line: Body) -> Body:
        identity, number = self._place(line)
        text = str(line.get("Description") or "")
        if text.startswith(_INLINE_SUBTOTAL):
            text = f"{_INLINE_SUBTOTAL} {cents(self._subtotal - self._shown_subtotal):,.2f}"
            self._shown_subtotal = self._subtotal
        return _description_line(line, text, identity, number)

    def _group(self, line: Body) -> Body:
        identity, number = self._place(line)
        detail = line.get("GroupLineDetail") or {}
        old = (self._before.get(identity) or {}).get("GroupLineDetail") or {}
        if not (detail.get("GroupItemRef") or {}).get("value"):
            raise faults.missing("GroupItemRef")
        bundle = self._company.refer("Item", detail["GroupItemRef"], old.get("GroupItemRef"))
        if bundle.body.get("Type") != "Group":
            raise faults.business("Only a bundle can be sold by a GroupLineDetail.")
        quantity = _number_in(detail, "Quantity")
        quantity = Decimal(1) if quantity is None else quantity
        parts = detail.get("Line") or _parts_of(self._company, bundle, quantity, self._tax_mode)
        for part in parts:
            if part.get("DetailType") != "SalesItemLineDetail":
                raise faults.business("A bundle holds lines of items only.")
        built: Body = {"Id": identity, "LineNum": number}
        description = line.get("Description") or bundle.body.get("Description")
        if description:
            built["Description"] = description
        built["Amount"] = 0
        built["DetailType"] = "GroupLineDetail"
        built["GroupLineDetail"] = {
            "GroupItemRef": bundle.reference(),
            "Quantity": plain(quantity),
            "Line": [self._item(part) for part in parts],
        }
        built["CustomExtensions"] = []
        return built


def _with_parts(lines: Sequence[Body]) -> Iterator[Body]:
    for line in lines:
        yield line
        yield from (line.get("GroupLineDetail") or {}).get("Line") or []


def _parts_of(company: Company, bundle: Record, quantity: Decimal, tax_mode: str) -> list[Body]:
    """The lines that a bundle stands for: each item in it at its own price, so many times (Intuit's documentation)."""
    lines: list[Body] = []
    for part in (bundle.body.get("ItemGroupDetail") or {}).get("ItemGroupLine") or []:
        item = company.refer("Item", part["ItemRef"], part["ItemRef"])
        count = Decimal(part.get("Qty") or 1) * quantity
        price = Decimal(item.body.get("UnitPrice") or 0)
        detail: Body = {"ItemRef": part["ItemRef"], "UnitPrice": price, "Qty": count}
        code = TAXABLE if item.body.get("Taxable") else NOT_TAXABLE
        if tax_mode != "US":
            code = str((item.body.get("SalesTaxCodeRef") or {}).get("value", ""))
        if code:
            detail["TaxCodeRef"] = {"value": code}
        line: Body = {"Amount": cents(price * count), "DetailType": "SalesItemLineDetail"}
        if item.body.get("Description"):
            line["Description"] = item.body["Description"]
        lines.append({**line, "SalesItemLineDetail": detail})
    return lines


def _description_line(line: Body, text: str, identity: str, number: int) -> Body:
    built: Body = {"Id": identity, "LineNum": number}
    if text:
        built["Description"] = text
    built["DetailType"] = "DescriptionOnly"
    built["DescriptionLineDetail"] = dict(line.get("DescriptionLineDetail") or {})
    built["CustomExtensions"] = []
    return built


def _item_line(
    company: Company,
    line: Body,
    before: Body,
    identity: str,
    number: int,
    tax_mode: str,
    class_per_line: bool,
) -> tuple[Body, TaxedAmount]:
    detail = dict(line.get("SalesItemLineDetail") or {})
    old_detail = before.get("SalesItemLineDetail") or {}
    amount = _line_amount(line, detail)
    item = _item_of(company, detail, old_detail)
    code, taxable, rates = _tax_of(company, detail, old_detail, tax_mode)
    gross: Decimal | None = None
    net = amount
    if tax_mode == "TaxInclusive":
        gross = (
            cents(detail["TaxInclusiveAmt"]) if detail.get("TaxInclusiveAmt") not in (None, "") else amount
        )
        net = net_of_gross(gross, rates)
    built: Body = {"Id": identity, "LineNum": number}
    if line.get("Description"):
        built["Description"] = line["Description"]
    built["Amount"] = money(net)
    linked = line.get("LinkedTxn")
    if linked:
        built["LinkedTxn"] = linked
    built["DetailType"] = "SalesItemLineDetail"
    shown: Body = {}
    if detail.get("ServiceDate"):
        shown["ServiceDate"] = detail["ServiceDate"]
    if item is not None:
        shown["ItemRef"] = item.reference()
    if class_per_line and detail.get("ClassRef"):
        shown["ClassRef"] = company.refer("Class", detail["ClassRef"], old_detail.get("ClassRef")).reference()
    for key in ("MarkupInfo", "DiscountRate", "DiscountAmt"):
        if detail.get(key):
            shown[key] = detail[key]
    shown |= _price_and_quantity(detail, amount, net)
    if item is not None and "IncomeAccountRef" in item.body:
        shown["ItemAccountRef"] = _account_of(item, old_detail)
    if code is not None:
        shown["TaxCodeRef"] = {"value": code}
    if gross is not None:
        shown["TaxInclusiveAmt"] = money(gross)
    built["SalesItemLineDetail"] = shown
    built["CustomExtensions"] = []
    return built, TaxedAmount(net, taxable, rates, gross)


def _line_amount(line: Body, detail: Body) -> Decimal:
    """The amount, which must be price times quantity where both are given (code 6070, recorded)."""
    amount = _number_in(line, "Amount")
    if amount is None:
        raise faults.missing("Line.Amount")
    price, quantity = _number_in(detail, "UnitPrice"), _number_in(detail, "Qty")
    # Zero times zero counts as not given: python-quickbooks sends that with every amount, and its tests against
    # Intuit's sandbox pass.
    if price is None or quantity is None or (not price and not quantity):
        return cents(amount)
    if cents(price * quantity) != cents(amount):
        raise faults.wrong_amount(amount)
    return cents(amount)


def _number_in(detail: Body, key: str) -> Decimal | None:
    value = detail.get(key)
    return None if value is None or value == "" else Decimal(value)


def _price_and_quantity(detail: Body, sent: Decimal, net: Decimal) -> Body:
    """Price and quantity as sent; where none came, none are kept (recorded). Prices without their tax."""
    shown: Body = {}
    price, quantity = _number_in(detail, "UnitPrice"), _number_in(detail, "Qty")
    if price is not None:
        if net != sent and quantity:
            price = (net / quantity).quantize(Decimal("0.0000001"))
        shown["UnitPrice"] = plain(price)
    if quantity is not None:
        shown["Qty"] = plain(quantity)
    return shown


def _account_of(item: Record, old: Body) -> Body:
    """The account a line earns on: a line keeps it when its item is given another one later (recorded)."""
    same = (old.get("ItemRef") or {}).get("value") == item.entity.id_text(item.id)
    account: Body = (old.get("ItemAccountRef") if same else None) or item.body["IncomeAccountRef"]
    return account


def _item_of(company: Company, detail: Body, old: Body) -> Record | None:
    """The item sold; a line that names none sells the company's default item (assumed)."""
    reference = detail.get("ItemRef")
    if reference and reference.get("value"):
        item = company.refer("Item", reference, old.get("ItemRef"))
    else:
        default = company.preference("SalesFormsPrefs", "DefaultItem")
        if not default:
            return None
        item = company.refer("Item", default, default)
    if item.body.get("Type") == "Category":
        raise faults.Fault(
            faults.FaultError(
                "2500",
                "Invalid Reference Id",
                "Invalid Reference Id : An item in this transaction is set up as a category instead of a product "
                "or service.",
                "",
            )
        )
    return item


def _tax_of(
    company: Company, detail: Body, old: Body, tax_mode: str
) -> tuple[str | None, bool, tuple[Rate, ...]]:
    """A line's tax code, whether tax is due on it, and (outside the US) at which rates."""
    code = (detail.get("TaxCodeRef") or {}).get("value")
    if tax_mode == "US":
        code = code or NOT_TAXABLE
        if code not in (TAXABLE, NOT_TAXABLE):
            raise faults.bad_line_tax(code)
        return code, code == TAXABLE, ()
    if tax_mode == "NotApplicable":
        return None, False, ()
    if not code:
        raise faults.business("Make sure all your transactions have a tax rate before you save.")
    record = company.refer("TaxCode", {"value": code}, old.get("TaxCodeRef"))
    return code, True, rates_of(company, record)


def _discount_line(company: Company, line: Body, subtotal: Decimal) -> tuple[Body, Decimal]:
    """The discount: a share of the subtotal, or an amount; positive, and subtracted (Intuit's documentation)."""
    if company.preference("SalesFormsPrefs", "AllowDiscount") is False:
        raise faults.business("Discounts are turned off for this company.")
    detail = line.get("DiscountLineDetail") or {}
    percent = _number_in(detail, "DiscountPercent")
    given = _number_in(line, "Amount")
    shown: Body = {}
    if detail.get("PercentBased") and percent is not None:
        amount = cents(subtotal * percent / 100)
        shown = {"PercentBased": True, "DiscountPercent": plain(percent)}
    elif given is not None:
        amount = cents(given)
        shown = {"PercentBased": False}
    else:
        raise faults.no_discount()
    account = detail.get("DiscountAccountRef")
    if not account:
        default = company.preference("SalesFormsPrefs", "DefaultDiscountAccount")
        if not default:
            raise faults.business("There is no account for discounts; choose one in the sales settings.")
        account = {"value": str(default)}
    shown["DiscountAccountRef"] = company.refer("Account", account, account).reference()
    built = {"Amount": money(amount), "DetailType": "DiscountLineDetail", "DiscountLineDetail": shown}
    return built, amount


def _shipping_line(company: Company, line: Body, tax_mode: str) -> tuple[Body, Decimal]:
    if not company.preference("SalesFormsPrefs", "AllowShipping"):
        raise faults.business("Shipping is turned off for this company.")
    amount = _line_amount(line, dict(line.get("SalesItemLineDetail") or {}))
    shown: Body = {"ItemRef": {"value": SHIPPING}}
    if tax_mode == "US":
        code = ((line.get("SalesItemLineDetail") or {}).get("TaxCodeRef") or {}).get("value") or NOT_TAXABLE
        shown["TaxCodeRef"] = {"value": code}
    return {
        "Amount": money(amount),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": shown,
    }, amount
