"""Names that are no more than a name to us: how classes, locations and payment methods are translated."""

from __future__ import annotations

import msgspec

from tieout.domain.seen import SeenName
from tieout.qbo.entities.spelling import living_name


class _Name(msgspec.Struct):
    Id: str
    Name: str | None = None
    FullyQualifiedName: str | None = None
    Active: bool = True


_DECODER = msgspec.json.Decoder(_Name)


def seen(raw: bytes, home_currency: str = "") -> SeenName:  # noqa: ARG001  a name has no currency
    """Translate a name of a list."""
    found = _DECODER.decode(raw)
    name = living_name(found.Name or "")
    return SeenName(
        qbo_id=found.Id,
        name=name,
        full_name=living_name(found.FullyQualifiedName or "") or name,
        active=found.Active,
    )
