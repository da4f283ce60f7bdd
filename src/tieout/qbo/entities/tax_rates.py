"""What tax codes are made of: rates, and the agencies that the tax goes to."""

from __future__ import annotations

from typing import Final

from tieout.qbo.entities.columns import Columns
from tieout.qbo.entities.entity import READ, Can, Entity

TAX_RATE: Final = Entity(
    name="TaxRate",
    plural="tax rates",
    summary="Percentages of tax codes; the change feed leaves them out",
    can=READ,
    active_flag=True,
    columns=Columns(name="Name"),
)
TAX_AGENCY: Final = Entity(
    name="TaxAgency",
    plural="tax agencies",
    summary="Whom taxes are paid to; the change feed leaves them out",
    can=READ | Can.NOTIFY | Can.CREATE,
    columns=Columns(name="DisplayName"),
)
