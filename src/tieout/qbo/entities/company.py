"""The company itself: who it is and how it is set up, one record each."""

from __future__ import annotations

from typing import Final

from tieout.qbo.entities.columns import Columns
from tieout.qbo.entities.entity import READ, Can, Entity

COMPANY_INFO: Final = Entity(
    name="CompanyInfo",
    plural="company details",
    summary="Who the company is; one record",
    can=READ | Can.UPDATE,
    columns=Columns(name="CompanyName"),
)
PREFERENCES: Final = Entity(
    name="Preferences",
    plural="preferences",
    summary="How the company is set up; one record",
    can=READ | Can.NOTIFY | Can.UPDATE,
    columns=Columns(),
)
