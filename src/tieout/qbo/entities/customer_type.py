"""Customer types: the groups that customers are sorted into."""

from __future__ import annotations

from typing import Final

from tieout.qbo.entities.columns import Columns
from tieout.qbo.entities.entity import READ, Can, Entity

CUSTOMER_TYPE: Final = Entity(
    name="CustomerType",
    plural="customer types",
    summary="Groups of customers, made in QuickBooks itself",
    can=READ | Can.FOLLOW,
    active_flag=True,
    columns=Columns(name="Name"),
)
