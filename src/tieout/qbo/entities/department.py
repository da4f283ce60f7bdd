"""Departments, which QuickBooks shows as locations: where a document belongs."""

from __future__ import annotations

from typing import Final

from tieout.qbo.entities.columns import Columns
from tieout.qbo.entities.entity import HEARD, Can, Entity
from tieout.qbo.entities.listed_name import seen

DEPARTMENT: Final = Entity(
    name="Department",
    plural="locations",
    summary="Where a document belongs, in companies that track it",
    can=HEARD | Can.CREATE | Can.UPDATE | Can.DEACTIVATE,
    active_flag=True,
    columns=Columns(name="Name"),
    translation=seen,
)
