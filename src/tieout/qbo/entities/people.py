"""Vendors and employees: the people and firms that a company buys from and employs."""

from __future__ import annotations

from typing import Final

from tieout.qbo.entities.columns import Columns
from tieout.qbo.entities.entity import HEARD, Can, Entity

VENDOR: Final = Entity(
    name="Vendor",
    plural="vendors",
    summary="Whom the company buys from",
    can=HEARD | Can.CREATE | Can.UPDATE | Can.DEACTIVATE,
    active_flag=True,
    columns=Columns(name="DisplayName", number="AcctNum", balance="Balance", currency="CurrencyRef.value"),
)
EMPLOYEE: Final = Entity(
    name="Employee",
    plural="employees",
    summary="Who works for the company",
    can=HEARD | Can.CREATE | Can.UPDATE | Can.DEACTIVATE,
    active_flag=True,
    columns=Columns(name="DisplayName", number="EmployeeNumber"),
)
