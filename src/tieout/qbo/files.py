"""Files in and out of QuickBooks: documents as people see them, and what is attached to records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import httpx2
import msgspec

from tieout.domain.seen import Gone
from tieout.kit.errors import Invalid
from tieout.qbo.call import Reply, asked_of
from tieout.qbo.faults import error_from, read_item_fault
from tieout.qbo.heads import decoded
from tieout.qbo.record import Record

LARGEST: Final = 100 * 1024 * 1024
"""Bytes of one upload (Intuit's documentation)."""
PRINTED: Final = (
    "CreditMemo",
    "Estimate",
    "Invoice",
    "Payment",
    "PurchaseOrder",
    "RefundReceipt",
    "SalesReceipt",
)
"""Entities that QuickBooks prints and mails (Intuit's SDK for PHP)."""
PDF_BEGINS: Final = b"%PDF-"


@dataclass(frozen=True)
class File:
    """A file to be attached."""

    name: str
    content_type: str
    content: bytes
    attached_to: tuple[tuple[str, str], ...] = ()
    """The records it belongs to: entity and id of each."""
    note: str = ""
    with_mail: bool = False
    """QuickBooks sends it along when it mails those records."""


class _Uploaded(msgspec.Struct):
    AttachableResponse: list[dict[str, msgspec.Raw]]


_UPLOADED = msgspec.json.Decoder(_Uploaded)


def upload_body(file: File) -> tuple[bytes, str]:
    """Put an upload's parts together; gives the body and its content type. Invalid when the file is too large."""
    if len(file.content) > LARGEST:
        raise Invalid(
            "The file is too large for QuickBooks",
            record=file.name,
            reason=f"it has {len(file.content):,} bytes, and QuickBooks takes {LARGEST:,}",
            remedy="Attach a smaller one",
        )
    metadata = msgspec.json.encode(
        {
            "FileName": file.name,
            "ContentType": file.content_type,
            **({"Note": file.note} if file.note else {}),
            "AttachableRef": [
                {"EntityRef": {"type": entity, "value": qbo_id}, "IncludeOnSend": file.with_mail}
                for entity, qbo_id in file.attached_to
            ],
        }
    )
    made = httpx2.Request(
        "POST",
        "http://parts",
        files={
            "file_metadata_01": ("metadata.json", metadata, "application/json"),
            "file_content_01": (file.name, file.content, file.content_type),
        },
    )
    return made.read(), made.headers["content-type"]


def uploaded(reply: Reply) -> Record:
    """Find the attachable that an upload made; its fault is raised (QuickBooks tells it inside a success)."""
    answer = _UPLOADED.decode(reply.body).AttachableResponse
    if len(answer) != 1:
        raise msgspec.ValidationError(f"the answer tells of {len(answer)} files")
    if "Fault" in answer[0]:
        raise error_from(read_item_fault(answer[0]["Fault"]), asked_of(reply.ask, 200, reply.tid))
    record = decoded("Attachable", answer[0].get("Attachable", msgspec.Raw(b"null")), reply.tid)
    if isinstance(record, Gone):
        raise msgspec.ValidationError("the answer shows a deleted file")
    return record


def pdf_of(reply: Reply) -> bytes:
    """Take the pages of a document; msgspec.DecodeError when they are none, a fault among it."""
    if not reply.body.startswith(PDF_BEGINS):
        raise msgspec.ValidationError("the answer is no PDF")
    return reply.body


def address_of(reply: Reply) -> str:
    """Take the address that a download answers; msgspec.DecodeError when it is none."""
    address = reply.body.decode().strip().strip('"')
    if not address.startswith(("https://", "http://")) or len(address.split()) != 1:
        raise msgspec.ValidationError("the answer is no address")
    return address
