"""The lines of sales forms: what a client sent, made into what QuickBooks keeps.

A kept form has its item and description lines first, each with an id, then the subtotal, then the discount and the
shipping, which have none (recorded).
"""

from __future__ import annotations

from collections.abc import Sequence
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

ZERO = Decimal(0)
_MOST_LINES = 10_000


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
    ids = LineIds(old)
    before = {line["Id"]: line for line in old if "Id" in line}
    kept: list[Body] = []
    taxed: list[TaxedAmount] = []
    subtotal = ZERO
    discount_line: Body | None = None
    shipping_line: Body | None = None
    for line in sent:
        kind = line.get("DetailType")
        if not kind:
            raise faults.missing("Line.DetailType")
        check_lengths(line, {"Description": 4000})
        if kind == "SubTotalLineDetail":
            continue
        if kind == "DiscountLineDetail":
            if discount_line is not None:
                raise faults.business("A transaction can have one discount line only.")
            discount_line = line
        elif kind == "DescriptionOnly":
            kept.append(_description_line(line, ids.take(line), len(kept) + 1))
        elif kind == "SalesItemLineDetail":
            if (line.get(kind) or {}).get("ItemRef", {}).get("value") == SHIPPING:
                shipping_line = line
                continue
            identity = ids.take(line)
            built, amount = _item_line(
                company, line, before.get(identity, {}), identity, len(kept) + 1, tax_mode, class_per_line
            )
            kept.append(built)
            taxed.append(amount)
            subtotal += amount.net
        else:
            raise faults.business(f"{kind} is not a line of a sales form.")
    if not kept and discount_line is None and shipping_line is None:
        raise faults.missing("Line")
    kept.append({"Amount": money(subtotal), "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}})
    discount = ZERO
    if discount_line is not None:
        built, discount = _discount_line(company, discount_line, subtotal)
        kept.append(built)
    shipping = ZERO
    if shipping_line is not None:
        built, shipping = _shipping_line(company, shipping_line, tax_mode)
        kept.append(built)
    return Lines(kept, subtotal, discount, shipping, tuple(taxed))


def _description_line(line: Body, identity: str, number: int) -> Body:
    built: Body = {"Id": identity, "LineNum": number}
    if line.get("Description"):
        built["Description"] = line["Description"]
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
