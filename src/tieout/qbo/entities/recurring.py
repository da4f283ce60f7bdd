"""Recurring transactions: templates of other transactions, with their schedules."""

from __future__ import annotations

from typing import Final

from tieout.qbo.entities.columns import Columns
from tieout.qbo.entities.entity import READ, Can, Entity

RECURRING_TRANSACTION: Final = Entity(
    name="RecurringTransaction",
    plural="recurring transactions",
    summary="Templates of transactions, each inside the name of its kind",
    can=READ | Can.CREATE | Can.UPDATE | Can.DELETE,
    columns=Columns(
        name="RecurringInfo.Name",
        party="CustomerRef.value or VendorRef.value or EntityRef.value",
        amount="TotalAmt or Amount",
        currency="CurrencyRef.value",
    ),
    active="RecurringInfo.Active",
    wrapped=True,
)
