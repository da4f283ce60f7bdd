"""The postings a report is made from: all of them on accrual basis; on cash basis those of what money was paid for.

On cash basis receivables and payables do not exist. What a document earned or cost counts on the day it is settled, each
of its lines in proportion to the settled part; shares of a line add up to the line, to the cent. Money that settles nothing
yet is unapplied income (of customers) or unapplied expense (of vendors).
"""

from __future__ import annotations

from qbosim.records.company import Company
from qbosim.reports.cash import TABLE, write_cash_books
from qbosim.reports.names import Names
from qbosim.rules import Topic, assumed, documented

RULES = Topic(
    "Cash basis",
    documented(
        "report.cash.settled",
        "On cash basis a document's lines count when it is settled, in proportion, exact to the cent; receivables and "
        "payables do not appear.",
        "Intuit's help pages on cash and accrual basis",
    ),
    documented(
        "report.cash.unapplied",
        "Money that settles nothing yet is Unapplied Cash Payment Income, or Unapplied Cash Bill Payment Expense.",
        "Intuit's help pages on unapplied cash payment income",
    ),
    assumed(
        "report.cash.day",
        "A document that is dated after the payment that settles it counts on its own day.",
        "nothing is earned before it is billed",
    ),
    documented(
        "report.cash.sales_tax",
        "Sales tax is owed in proportion to what is paid of the invoice, on the days of the payments.",
        "Intuit's help page How Cash and Accrual accounting affect sales tax",
    ),
    assumed(
        "report.cash.all_lines",
        "Lines on balance sheet accounts follow the settlement like income does.",
        "without receivables the books would not balance otherwise; QuickBooks Desktop is known to leave such lines in "
        "receivables",
    ),
    assumed(
        "report.cash.stock",
        "Stock that a bill brings or an invoice takes, and its cost, follow the settlement too; the stock reports know "
        "accrual basis only.",
        "Intuit's help page on the impacts of inventory tracking says that only accrual basis shows them right, and not "
        "what cash basis shows",
    ),
    assumed(
        "report.cash.loaded",
        "What settled a loaded document outside its books makes none of its lines count.",
        "no day and no money are known of it",
    ),
)


def source(company: Company, names: Names, basis: str, first: str, last: str) -> str:
    """The table that holds the postings of a basis (`Cash` or `Accrual`) between two days, with `posting`'s columns."""
    if basis == "Accrual":
        return "posting"
    write_cash_books(company, names, first, last)
    return TABLE
