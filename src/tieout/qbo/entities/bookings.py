"""Bookings between accounts: journal entries and their codes, deposits, transfers, budgets."""

from __future__ import annotations

from typing import Final

from tieout.qbo.entities.columns import Columns
from tieout.qbo.entities.entity import HEARD, READ, Can, Entity

JOURNAL_ENTRY: Final = Entity(
    name="JournalEntry",
    plural="journal entries",
    summary="Bookings by hand",
    can=HEARD | Can.CREATE | Can.UPDATE | Can.DELETE,
    columns=Columns(number="DocNumber", dated="TxnDate", amount="TotalAmt", currency="CurrencyRef.value"),
)
JOURNAL_CODE: Final = Entity(
    name="JournalCode",
    plural="journal codes",
    summary="How French companies sort journal entries; the change feed leaves them out",
    can=READ | Can.NOTIFY | Can.CREATE | Can.UPDATE,
    columns=Columns(name="Name"),
)
DEPOSIT: Final = Entity(
    name="Deposit",
    plural="deposits",
    summary="Money that was brought to a bank account",
    can=HEARD | Can.CREATE | Can.UPDATE | Can.DELETE,
    columns=Columns(
        name="DepositToAccountRef.name",
        number="DocNumber",
        dated="TxnDate",
        amount="TotalAmt",
        currency="CurrencyRef.value",
    ),
)
TRANSFER: Final = Entity(
    name="Transfer",
    plural="transfers",
    summary="Money that went from one account of the company to another",
    can=HEARD | Can.CREATE | Can.UPDATE | Can.DELETE,
    columns=Columns(
        name="ToAccountRef.name",
        number="DocNumber",
        dated="TxnDate",
        amount="Amount",
        currency="CurrencyRef.value",
    ),
)
BUDGET: Final = Entity(
    name="Budget",
    plural="budgets",
    summary="What the company plans to earn and spend, made in QuickBooks itself",
    can=HEARD,
    columns=Columns(name="Name", dated="StartDate"),
)
