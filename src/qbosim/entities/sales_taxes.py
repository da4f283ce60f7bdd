"""The sales tax of a form: which rates, on what, and what the answer shows of it."""

from __future__ import annotations

from decimal import Decimal

from qbosim import faults
from qbosim.books.sales_tax import TaxAmount, on_base, on_lines, overridden, total_of
from qbosim.entities.change import Change
from qbosim.entities.sales_lines import ZERO, Lines
from qbosim.entities.tax import rates_of
from qbosim.jsontext import cents, money, plain
from qbosim.records.company import Company
from qbosim.records.layout import Body
from qbosim.rules import Topic, assumed, documented

RULES = Topic(
    "Sales tax",
    documented(
        "tax.us_lines",
        "A US line is TAX or NON, anything else is 6100; TxnTaxCodeRef of the form says at which rates.",
        "Intuit's documentation of sales tax",
    ),
    documented(
        "tax.automated",
        "With automated sales tax the company's engine chooses the code, whatever the client sends; here it is always the "
        "company's default code.",
        "Intuit's documentation of automated sales tax (that it is the default code is this simulator's)",
    ),
    documented(
        "tax.override",
        "A TotalTax that the client sets is kept, and spread over the rates by their shares.",
        "Intuit's developer blog, December 2017",
    ),
    documented(
        "tax.line_codes",
        "Outside the US each line is taxed by its own code, and a line needs one.",
        "Intuit's documentation of GlobalTaxCalculation",
    ),
    documented(
        "tax.inclusive",
        "With TaxInclusive a line's amount holds its tax: the net amount is kept, and net and tax add up to what was sent.",
        "real XML bodies of a Canadian company (ruckus/quickbooks-ruby) and Intuit's documentation",
    ),
    documented(
        "tax.not_applicable",
        "With NotApplicable there is no tax, and a TotalTax is refused with 6170.",
        "Intuit's documentation of the error codes",
    ),
    documented(
        "tax.discount",
        "ApplyTaxAfterDiscount takes tax on what is left after the discount.",
        "Intuit's documentation of Invoice",
    ),
    assumed(
        "tax.discount_shares",
        "The discount lowers the lines by their shares of the subtotal, to the cent, the last line taking the rest.",
        "only taxable lines are taxed, so the discount must be divided among lines",
    ),
    assumed(
        "tax.rounding",
        "Each rate is taken on the sum of the taxable amounts and rounded half up.",
        "the engine is not documented; the sandbox company's forms agree",
    ),
)


def tax_detail(
    company: Company, change: Change, lines: Lines, mode: str, after_discount: bool
) -> tuple[Body, Decimal]:
    """A form's TxnTaxDetail and its total tax; raises 6170 for tax where none applies."""
    sent = change.value("TxnTaxDetail") or {}
    recomputed = "TxnTaxDetail" not in change.sent
    wished = sent.get("TotalTax") if not recomputed else None
    if mode == "US":
        return _us_tax(company, sent, lines, after_discount, wished)
    if mode == "NotApplicable":
        if sent.get("TotalTax") and not recomputed:
            raise faults.Fault(
                faults.FaultError(
                    "6170",
                    "Invalid Tax Detail",
                    "TxnTaxDetail can't be given when GlobalTaxCalculation is NotApplicable.",
                    "TxnTaxDetail",
                )
            )
        return {"TotalTax": 0}, ZERO
    nets = _discounted(lines, after_discount=True)
    taxes = on_lines([(net, amount.rates) for net, amount in zip(nets, lines.taxed, strict=True)])
    if mode == "TaxInclusive" and not lines.discount:
        gross = sum((amount.gross or amount.net for amount in lines.taxed), ZERO)
        taxes = overridden(taxes, gross - lines.subtotal)
    return _detail(taxes, None, wished)


def _us_tax(
    company: Company, sent: Body, lines: Lines, after_discount: bool, wished: object
) -> tuple[Body, Decimal]:
    """US sales tax: the lines say whether, the transaction's code says at which rates (Intuit's documentation).

    With automated sales tax the engine chooses the code itself; here it takes the company's default one (assumed). A
    TotalTax that the client sets is kept and spread over the rates.
    """
    if not company.preference("TaxPrefs", "UsingSalesTax"):
        return {"TotalTax": 0}, ZERO
    reference = sent.get("TxnTaxCodeRef")
    if company.preference("TaxPrefs", "PartnerTaxEnabled"):
        reference = company.preference("TaxPrefs", "TaxGroupCodeRef") or reference
    if not reference or not reference.get("value"):
        return {"TotalTax": 0}, ZERO
    code = company.refer("TaxCode", reference, reference)
    nets = _discounted(lines, after_discount=after_discount)
    base = sum((net for net, amount in zip(nets, lines.taxed, strict=True) if amount.taxable), ZERO)
    taxes = on_base(base, rates_of(company, code))
    return _detail(taxes, code.entity.id_text(code.id), wished)


def _detail(taxes: list[TaxAmount], code: str | None, wished: object) -> tuple[Body, Decimal]:
    if isinstance(wished, Decimal | int) and wished and taxes:
        taxes = overridden(taxes, cents(wished))
    total = total_of(taxes)
    detail: Body = {}
    if code is not None:
        detail["TxnTaxCodeRef"] = {"value": code}
    detail["TotalTax"] = money(total)
    if taxes:
        detail["TaxLine"] = [
            {
                "Amount": money(tax.amount),
                "DetailType": "TaxLineDetail",
                "TaxLineDetail": {
                    "TaxRateRef": {"value": tax.rate.id},
                    "PercentBased": True,
                    "TaxPercent": plain(tax.rate.percent),
                    "NetAmountTaxable": money(tax.base),
                },
            }
            for tax in taxes
        ]
    return detail, total


def _discounted(lines: Lines, *, after_discount: bool) -> list[Decimal]:
    """The lines' net amounts, less their share of the discount when tax is taken after it."""
    nets = [amount.net for amount in lines.taxed]
    if not after_discount or not lines.discount or not lines.subtotal:
        return nets
    shares = [cents(lines.discount * net / lines.subtotal) for net in nets]
    shares[-1] += lines.discount - sum(shares, ZERO)
    return [net - share for net, share in zip(nets, shares, strict=True)]
