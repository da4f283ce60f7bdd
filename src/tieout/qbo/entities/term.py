"""Terms: when an invoice falls due."""

from __future__ import annotations

from typing import Final

import msgspec

from tieout.domain.documents import Kind
from tieout.domain.seen import SeenTerm
from tieout.qbo.entities.columns import Columns
from tieout.qbo.entities.entity import HEARD, Can, Entity
from tieout.qbo.entities.spelling import living_name

NAME_MAX: Final = 31
"""Of Name (Intuit's documentation)."""
DATE_DRIVEN: Final = "DATE_DRIVEN"


class _Term(msgspec.Struct):
    Id: str
    Name: str | None = None
    Type: str | None = None
    DueDays: int | None = None
    Active: bool = True


_DECODER = msgspec.json.Decoder(_Term)


def seen(raw: bytes, home_currency: str = "") -> SeenTerm:  # noqa: ARG001  a term has no currency
    """Translate a term."""
    found = _DECODER.decode(raw)
    return SeenTerm(
        qbo_id=found.Id,
        name=living_name(found.Name or ""),
        due_days=None if found.Type == DATE_DRIVEN else found.DueDays,
        active=found.Active,
    )


TERM: Final = Entity(
    name="Term",
    plural="terms",
    summary="When an invoice falls due",
    can=HEARD | Can.CREATE | Can.UPDATE | Can.DEACTIVATE,
    active_flag=True,
    columns=Columns(name="Name"),
    translation=seen,
    kind=Kind.TERM,
)
