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
from qbosim.entities.line_ids import LineIds
from qbosim.entities.priced import number_in
from qbosim.entities.sold_items import TaxedAmount, discount_line, item_line, shipping_line
from qbosim.entities.tax import NOT_TAXABLE, TAXABLE
from qbosim.entities.texts import check_lengths
from qbosim.jsontext import cents, money, plain
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "Sales lines",
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
            built, discount = discount_line(company, self._discount, self._subtotal)
            kept.append(built)
        if self._shipping is not None:
            built, shipping = shipping_line(company, self._shipping, self._tax_mode)
            kept.append(built)
        return Lines(kept, self._subtotal, discount, shipping, tuple(self._taxed))

    def _place(self, line: Body) -> tuple[str, int]:
        self._number += 1
        return self._ids.take(line), self._number

    def _item(self, line: Body) -> Body:
        identity, number = self._place(line)
        before = self._before.get(identity, {})
        built, amount = item_line(
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
        quantity = number_in(detail, "Quantity")
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
