"""Payment methods: how money came in."""

from __future__ import annotations

from typing import Final

from tieout.qbo.entities.columns import Columns
from tieout.qbo.entities.entity import HEARD, Can, Entity
from tieout.qbo.entities.listed_name import seen

PAYMENT_METHOD: Final = Entity(
    name="PaymentMethod",
    plural="payment methods",
    summary="How money came in: cash, check, card",
    can=HEARD | Can.CREATE | Can.UPDATE | Can.DEACTIVATE,
    active_flag=True,
    columns=Columns(name="Name"),
    translation=seen,
)
