"""Terms: when an invoice falls due."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from tieout.domain.documents import Kind, Term, title
from tieout.domain.seen import SeenTerm
from tieout.kit.errors import Invalid
from tieout.qbo.entities.entity import Can, Entity
from tieout.qbo.entities.spelling import body_of, living_name, plain_name, within

NAME_MAX: Final = 31
DAYS_MAX: Final = 999
"""Limits of Name and DueDays (Intuit's documentation)."""
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


def term_body(term: Term, *, qbo_id: str = "", sync_token: str = "") -> bytes:
    """Spell a term that falls due after a number of days; Invalid for a name or days out of bounds."""
    record = title(term)
    name = within(plain_name(term.name), NAME_MAX, "the term's name", record=record)
    if not name or not 0 <= term.due_days <= DAYS_MAX:
        raise Invalid(
            "The term cannot be used",
            record=record,
            reason=f"it needs a name, and {term.due_days} days are not between 0 and {DAYS_MAX}"
            if name
            else "it has no name",
            remedy="Correct the term, then press Retry",
        )
    fields: dict[str, Any] = {"Name": name, "DueDays": term.due_days}
    if not qbo_id:
        fields["Type"] = "STANDARD"
    return body_of(fields, qbo_id=qbo_id, sync_token=sync_token)


TERM: Final = Entity(
    name="Term",
    plural="terms",
    summary="When an invoice falls due",
    can=Can.QUERY | Can.FOLLOW | Can.CREATE | Can.UPDATE | Can.DEACTIVATE,
    active_flag=True,
    seen=seen,
    kind=Kind.TERM,
)
