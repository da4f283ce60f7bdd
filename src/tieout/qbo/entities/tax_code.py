"""Tax codes: which sales taxes a line or a document bears."""

from __future__ import annotations

from typing import Final

import msgspec

from tieout.domain.documents import Kind
from tieout.domain.seen import SeenTaxCode
from tieout.qbo.entities.columns import Columns
from tieout.qbo.entities.entity import READ, Entity
from tieout.qbo.entities.spelling import living_name


class _TaxCode(msgspec.Struct):
    Id: str
    Name: str | None = None
    Description: str | None = None
    Taxable: bool | None = None
    TaxGroup: bool | None = None
    Active: bool = True


_DECODER = msgspec.json.Decoder(_TaxCode)


def seen(raw: bytes, home_currency: str = "") -> SeenTaxCode:  # noqa: ARG001  a code has no currency
    """Translate a tax code. Its rates are records of their own, so the percentage is not told here."""
    found = _DECODER.decode(raw)
    return SeenTaxCode(
        qbo_id=found.Id,
        name=living_name(found.Name or ""),
        description=found.Description or "",
        taxable=found.Taxable if found.Taxable is not None else True,
        is_group=bool(found.TaxGroup),
        active=found.Active,
    )


TAX_CODE: Final = Entity(
    name="TaxCode",
    plural="tax codes",
    summary="Sales taxes; the change feed leaves them out, and the API cannot make them this way",
    can=READ,
    active_flag=True,
    columns=Columns(name="Name"),
    translation=seen,
    kind=Kind.TAX_REGION,
)
