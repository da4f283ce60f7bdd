"""Work and stock: hours that were worked, quantities that were set right."""

from __future__ import annotations

from typing import Final

from tieout.qbo.entities.columns import Columns
from tieout.qbo.entities.entity import HEARD, READ, Can, Entity

TIME_ACTIVITY: Final = Entity(
    name="TimeActivity",
    plural="time activities",
    summary="Hours that an employee or vendor worked",
    can=HEARD | Can.CREATE | Can.UPDATE | Can.DELETE,
    columns=Columns(
        name="EmployeeRef.name or VendorRef.name or OtherNameRef.name",
        party="EmployeeRef.value or VendorRef.value or OtherNameRef.value",
        dated="TxnDate",
    ),
)
INVENTORY_ADJUSTMENT: Final = Entity(
    name="InventoryAdjustment",
    plural="inventory adjustments",
    summary="Quantities on hand that were set right",
    can=READ | Can.FOLLOW | Can.CREATE | Can.UPDATE | Can.DELETE,
    columns=Columns(
        name="AdjustAccountRef.name",
        number="DocNumber",
        party="CustomerRef.value",
        dated="TxnDate",
        amount="TotalCostAmount",
        currency="CurrencyRef.value",
    ),
)
