"""Departments, which QuickBooks shows as locations: where a document belongs."""

from __future__ import annotations

from typing import Final

from tieout.qbo.entities.entity import Can, Entity
from tieout.qbo.entities.listed_name import seen

DEPARTMENT: Final = Entity(
    name="Department",
    plural="locations",
    summary="Where a document belongs, in companies that track it",
    can=Can.QUERY | Can.FOLLOW | Can.CREATE | Can.UPDATE | Can.DEACTIVATE,
    active_flag=True,
    seen=seen,
)
