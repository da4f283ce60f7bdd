"""One line of a sales form that sells something: its amount, its item, the account it earns on, its tax."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from qbosim import faults
from qbosim.books.sales import SHIPPING
from qbosim.books.sales_tax import Rate, net_of_gross
from qbosim.entities.priced import line_amount, number_in, price_and_quantity
from qbosim.entities.tax import NOT_TAXABLE, TAXABLE, rates_of
from qbosim.jsontext import cents, money, plain
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body
from qbosim.rules import Topic, assumed, recorded

RULES = Topic(
    "Sales lines",
    recorded(
        "line.amount",
        "Where a line has price and quantity, its Amount is their product at the cent, else 6070.",
        "real XML bodies, where 0.5306667 times 15 is 7.96 (ruckus/quickbooks-ruby); the fault was seen by integrators",
    ),
    recorded(
        "line.no_price",
        "A line sent without price and quantity is answered without them.",
        "sandbox traffic (minimul/qbo_api, create__invoice)",
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
)


@dataclass(frozen=True)
class TaxedAmount:
    """A net amount with what is needed to tax it."""

    net: Decimal
    taxable: bool
    rates: tuple[Rate, ...] = ()
    """Outside the US: the rates of the line's own code."""
    gross: Decimal | None = None
    """Set when the client gave an amount that includes tax."""


def item_line(
    company: Company,
    line: Body,
    before: Body,
    identity: str,
    number: int,
    tax_mode: str,
    class_per_line: bool,
) -> tuple[Body, TaxedAmount]:
    """An item's line as QuickBooks keeps it, and what is taxed of it; `before` is the line so far, if there was one.

    Raises 2020 without an Amount, 6070 for a wrong one, 2500 for bad references, 6100 for a bad tax code.
    """
    detail = dict(line.get("SalesItemLineDetail") or {})
    old_detail = before.get("SalesItemLineDetail") or {}
    amount = line_amount(line, detail)
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
    shown |= price_and_quantity(detail, amount, net)
    if item is not None and "IncomeAccountRef" in item.body:
        shown["ItemAccountRef"] = _account_of(item, old_detail)
    if code is not None:
        shown["TaxCodeRef"] = {"value": code}
    if gross is not None:
        shown["TaxInclusiveAmt"] = money(gross)
    built["SalesItemLineDetail"] = shown
    built["CustomExtensions"] = []
    return built, TaxedAmount(net, taxable, rates, gross)


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


def discount_line(company: Company, line: Body, subtotal: Decimal) -> tuple[Body, Decimal]:
    """The discount: a share of the subtotal, or an amount; positive, and subtracted (Intuit's documentation)."""
    if company.preference("SalesFormsPrefs", "AllowDiscount") is False:
        raise faults.business("Discounts are turned off for this company.")
    detail = line.get("DiscountLineDetail") or {}
    percent = number_in(detail, "DiscountPercent")
    given = number_in(line, "Amount")
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


def shipping_line(company: Company, line: Body, tax_mode: str) -> tuple[Body, Decimal]:
    """The shipping charge, where the company ships; raises 6000 where it does not."""
    if not company.preference("SalesFormsPrefs", "AllowShipping"):
        raise faults.business("Shipping is turned off for this company.")
    amount = line_amount(line, dict(line.get("SalesItemLineDetail") or {}))
    shown: Body = {"ItemRef": {"value": SHIPPING}}
    if tax_mode == "US":
        code = ((line.get("SalesItemLineDetail") or {}).get("TaxCodeRef") or {}).get("value") or NOT_TAXABLE
        shown["TaxCodeRef"] = {"value": code}
    return {
        "Amount": money(amount),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": shown,
    }, amount
