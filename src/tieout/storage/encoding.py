"""Encoding: domain values to exact JSON and back; decimals and dates travel as text."""

from __future__ import annotations

from typing import Any, Final, TypeVar

import msgspec

from tieout.domain.documents import Client, HostRecord, Kind, Payment, SalesDocument, Service, TaxRegion, Term
from tieout.domain.seen import SeenDocument, SeenPayment

T = TypeVar("T")

_ENCODER: Final = msgspec.json.Encoder(decimal_format="string")
_RECORDS: Final[dict[Kind, msgspec.json.Decoder[Any]]] = {
    Kind.CLIENT: msgspec.json.Decoder(Client),
    Kind.SERVICE: msgspec.json.Decoder(Service),
    Kind.TAX_REGION: msgspec.json.Decoder(TaxRegion),
    Kind.TERM: msgspec.json.Decoder(Term),
    Kind.INVOICE: msgspec.json.Decoder(SalesDocument),
    Kind.CREDIT_NOTE: msgspec.json.Decoder(SalesDocument),
    Kind.PAYMENT: msgspec.json.Decoder(Payment),
}
_FACTS: Final = msgspec.json.Decoder(dict[str, object])
_BASELINES: Final[dict[Kind, msgspec.json.Decoder[Any]]] = {
    Kind.INVOICE: msgspec.json.Decoder(SeenDocument),
    Kind.CREDIT_NOTE: msgspec.json.Decoder(SeenDocument),
    Kind.PAYMENT: msgspec.json.Decoder(SeenPayment),
}


def encoded(value: object) -> bytes:
    """Write a dataclass, a dict or a list of plain values as JSON."""
    return _ENCODER.encode(value)


def record_from(kind: Kind, body: bytes) -> HostRecord:
    """Read a host record of that kind."""
    record: HostRecord = _RECORDS[kind].decode(body)
    return record


def baseline_from(kind: Kind, body: bytes) -> SeenDocument | SeenPayment:
    """Read the baseline of a link of that kind."""
    baseline: SeenDocument | SeenPayment = _BASELINES[kind].decode(body)
    return baseline


def facts_from(body: bytes) -> dict[str, object]:
    """Read free facts; a decimal or date in them comes back as the text it was written as."""
    return _FACTS.decode(body)
