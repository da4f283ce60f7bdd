"""Tax on purchases outside the US: the rates of a code, and the tax lines of a document."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from qbosim.books.sales import liability_account
from qbosim.books.sales_tax import Rate, TaxAmount, on_lines, overridden, total_of
from qbosim.jsontext import cents, money, plain
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body
from qbosim.rules import Topic, assumed, documented

RULES = Topic(
    "Tax on purchases",
    documented(
        "purchase_tax.us",
        "US companies pay no tax that the books know of: a purchase's total is the sum of its lines.",
        "Intuit's documentation of Bill (TxnTaxDetail outside the US); no purchase of the sandbox company has one",
    ),
    documented(
        "purchase_tax.rates",
        "Outside the US each line's code names its rates for purchases; TaxExcluded is the default.",
        "Intuit's documentation of TaxCode (PurchaseTaxRateList) and of GlobalTaxCalculation",
    ),
    assumed(
        "purchase_tax.override",
        "A TotalTax that the client sends is kept and spread over the rates.",
        "as on sales forms, where Intuit's developer blog says so",
    ),
)


def purchase_rates_of(company: Company, code: Record) -> tuple[Rate, ...]:
    """The rates at which a code's tax is paid on purchases, each with the account it is reclaimed on."""
    details = (code.body.get("PurchaseTaxRateList") or {}).get("TaxRateDetail", [])
    rates = []
    for detail in sorted(details, key=lambda entry: int(entry.get("TaxOrder", 0))):
        record = company.refer("TaxRate", detail["TaxRateRef"], detail["TaxRateRef"])
        percent = Decimal(record.body.get("RateValue", 0))
        rates.append(Rate(record.entity.id_text(record.id), percent, liability_account(company, record)))
    return tuple(rates)


def purchase_tax(
    lines: Sequence[tuple[Decimal, tuple[Rate, ...]]], wished: object, inclusive: Decimal | None
) -> tuple[Body, Decimal]:
    """TxnTaxDetail and the tax on net amounts with their rates.

    `wished` is a TotalTax that the client set, `inclusive` the tax that is in the lines' gross amounts already.
    """
    taxes = on_lines(lines)
    if inclusive is not None:
        taxes = overridden(taxes, inclusive)
    if isinstance(wished, Decimal | int) and wished and taxes:
        taxes = overridden(taxes, cents(wished))
    detail: Body = {"TotalTax": money(total_of(taxes))}
    if taxes:
        detail["TaxLine"] = [_tax_line(tax) for tax in taxes]
    return detail, total_of(taxes)


def _tax_line(tax: TaxAmount) -> Body:
    return {
        "Amount": money(tax.amount),
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": {
            "TaxRateRef": {"value": tax.rate.id},
            "PercentBased": True,
            "TaxPercent": plain(tax.rate.percent),
            "NetAmountTaxable": money(tax.base),
        },
    }
