"""Classes: a way to sort lines and documents by what they are for."""

from __future__ import annotations

from typing import Final

from tieout.qbo.entities.columns import Columns
from tieout.qbo.entities.entity import HEARD, Can, Entity
from tieout.qbo.entities.listed_name import seen

CLASS: Final = Entity(
    name="Class",
    plural="classes",
    summary="What a line or document is for, in companies that track it",
    can=HEARD | Can.CREATE | Can.UPDATE | Can.DEACTIVATE,
    active_flag=True,
    columns=Columns(name="Name"),
    translation=seen,
)
