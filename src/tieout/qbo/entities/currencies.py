"""Currencies: those that a company works with besides its own, and what they were worth on which day."""

from __future__ import annotations

from typing import Final

from tieout.qbo.entities.columns import Columns
from tieout.qbo.entities.entity import HEARD, READ, Can, Entity

COMPANY_CURRENCY: Final = Entity(
    name="CompanyCurrency",
    plural="currencies",
    summary="Foreign currencies that the company works with",
    can=HEARD | Can.CREATE | Can.UPDATE | Can.DEACTIVATE,
    active_flag=True,
    columns=Columns(name="Name", number="Code", currency="Code"),
    told="Currency",
)
EXCHANGE_RATE: Final = Entity(
    name="ExchangeRate",
    plural="exchange rates",
    summary="What one unit of a currency is worth on a day; it has no id",
    can=READ | Can.CREATE | Can.UPDATE,
    columns=Columns(name="SourceCurrencyCode", dated="AsOfDate", currency="SourceCurrencyCode"),
    key=("SourceCurrencyCode", "AsOfDate"),
    order="AsOfDate",
)
