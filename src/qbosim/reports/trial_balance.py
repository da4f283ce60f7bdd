"""The trial balance: every account with its debit or credit balance."""

from __future__ import annotations

from qbosim.records.company import Company
from qbosim.reports.accounts_detail import standings
from qbosim.reports.entries import Entries
from qbosim.reports.frame import Cell, Column, Line, Report, Row, Section, money
from qbosim.reports.names import by_chart
from qbosim.reports.parameters import Asked, header
from qbosim.reports.statements import account_cell
from qbosim.rules import Topic, assumed, documented

RULES = Topic(
    "Statements",
    documented(
        "report.trial_balance",
        "TrialBalance has a line per account, Debit and Credit, and the group GrandTotal.",
        "Intuit's documentation of TrialBalance",
    ),
    assumed(
        "report.trial_balance.columns",
        "TrialBalance has its two columns whatever `summarize_column_by` says.",
        "no sample with others is public",
    ),
    assumed(
        "report.trial_balance.order",
        "Accounts stand in the order of the chart: by type, then by name.",
        "as in the general ledger",
    ),
)


def trial_balance(company: Company, asked: Asked) -> Report:
    """The balances at the end of a span of days; they are the ending balances of the general ledger."""
    entries = Entries(company, asked)
    found = standings(entries)
    debited = credited = 0
    rows: list[Row] = []
    accounts = [entries.names.accounts[identity] for identity in found if identity in entries.names.accounts]
    for account in sorted(accounts, key=by_chart, reverse=asked.descending):
        balance = found[account.id].after
        debited += max(balance, 0)
        credited += max(-balance, 0)
        cells = [Cell(money(balance)), Cell()] if balance >= 0 else [Cell(), Cell(money(-balance))]
        rows.append(Line([account_cell(account, account.full_name), *cells], typed=False))
    if rows:
        total = [Cell("TOTAL"), Cell(money(debited)), Cell(money(credited))]
        rows.append(Section(summary=total, group="GrandTotal"))
    columns = [
        Column("", "Account", "account"),
        Column("Debit", "Money", "debit"),
        Column("Credit", "Money", "credit"),
    ]
    return Report(header(company, asked, summarize=False), columns, rows)
