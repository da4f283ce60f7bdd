"""Files in and out: reading an upload's parts, and the temporary addresses under which a file can be fetched."""

from __future__ import annotations

import binascii
import hashlib
import hmac
import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from typing import Any
from urllib.parse import quote, urlencode

from qbosim import faults, jsontext
from qbosim.entities import writing
from qbosim.entities.attachable import ATTACHABLE, TEMPORARY, with_file
from qbosim.records.company import Company, Record
from qbosim.records.files import find_file, keep_file
from qbosim.rules import Topic, assumed, documented, recorded
from qbosim.wire import Request, Response
from qbosim.xmlbodies import as_json

RULES = Topic(
    "Upload and download",
    recorded(
        "upload.answer",
        "An upload answers an AttachableResponse with one attachable for each file: its name, size, type and two "
        "addresses.",
        "sandbox traffic (minimul/qbo_api, attachment__create_for_invoice)",
    ),
    recorded(
        "upload.fault_inside",
        "What is wrong with one file is told inside its AttachableResponse, with HTTP 200.",
        "sandbox traffic (minimul/qbo_api, an upload for estimate 75)",
    ),
    documented(
        "upload.content_only",
        "A file without a metadata part takes name and type from its own part.",
        "Intuit's documentation of Attachable; node-quickbooks' source",
    ),
    documented(
        "upload.base64",
        "A part may be in base64, and lines may end in a bare line feed.",
        "python-quickbooks' source (Attachable.save)",
    ),
    documented(
        "upload.limit",
        "One request carries at most 100 MB.",
        "Intuit's documentation of Attachable",
    ),
    documented(
        "download.address",
        "GET /download/{id} answers the file's temporary address as plain text.",
        "Intuit's documentation of Attachable",
    ),
    recorded(
        "download.fifteen_minutes",
        "A temporary address is made anew for every answer and lives 15 minutes (X-Amz-Expires=900); it needs no token.",
        "sandbox traffic (minimul/qbo_api, attachment__read_attachment)",
    ),
    assumed(
        "download.refused",
        "An address that is too old or was changed is answered with 403 and an XML error, as the file store does.",
        "the recorded addresses are those of Amazon S3, whose errors are public",
    ),
)

LARGEST_UPLOAD = 100 * 1024 * 1024
"""Bytes of one request."""

_LIFETIME = timedelta(minutes=15)
_PLACE = "/attachments/"
_DATE = "%Y%m%dT%H%M%SZ"
_PLAIN = (("Content-Type", "text/plain;charset=utf-8"),)
"""The headers of a download's answer, by which `with_addresses` knows it."""
_KEPT = re.compile(rb'"TempDownloadUri":"' + TEMPORARY.encode() + rb'(\d+)"')
"""No client can write this into an answer: inside a text the quotes are escaped, and the key is read-only."""
_PART_NAME = re.compile(r"file_(metadata|content)_(\w+)", re.ASCII)


@dataclass
class Upload:
    """One file of a request, and what the client says about it."""

    content: bytes | None = None
    name: str = ""
    kind: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)


def read_uploads(request: Request) -> list[Upload]:
    """The files of an upload request, in their order. Raises 2010 for a body that is no such thing, 6000 above 100 MB."""
    if len(request.body) > LARGEST_UPLOAD:
        raise faults.business("The size of the attachments is more than 100 MB.")
    found: dict[str, Upload] = {}
    for part, sent in _parts(request):
        matched = _PART_NAME.fullmatch(str(part.get_param("name", "", "content-disposition")))
        if matched is None:
            continue
        upload = found.setdefault(matched.group(2), Upload())
        content = _decoded(part, sent)
        if matched.group(1) == "metadata":
            upload.metadata = _metadata(content)
        else:
            upload.content = content
            upload.name = part.get_filename() or ""
            upload.kind = part.get_content_type() if part.get("content-type") else ""
    uploads = [upload for upload in found.values() if upload.content is not None]
    if not uploads:
        raise faults.missing("file_content_01")
    return uploads


def attach(company: Company, upload: Upload) -> Record:
    """Keep a file and make its attachable. Raises Intuit's faults, 6000 for a link to nothing among them."""
    assert upload.content is not None, "only uploads with a file are read"
    metadata = dict(upload.metadata)
    metadata["FileName"] = metadata.get("FileName") or upload.name or "attachment"
    metadata["ContentType"] = metadata.get("ContentType") or upload.kind or "application/octet-stream"
    record = writing.create(company, ATTACHABLE, metadata)
    keep_file(company, record.id, upload.content)
    return with_file(company, record, len(upload.content))


def download(company: Company, identity: str) -> Response:
    """Where an attachment's file is, as plain text; `with_addresses` writes the address. Raises 610 without a file."""
    record = company.need(ATTACHABLE.name, identity)
    kept = record.body.get("TempDownloadUri")
    if kept is None:
        raise faults.not_found()
    return Response(200, str(kept).encode(), _PLAIN)


def with_addresses(response: Response, realm: str, base: str, now: datetime) -> Response:
    """The answer with a fresh temporary address in every attachable that has a file; `base` is the simulator's."""
    if response.headers == _PLAIN:
        uri = temporary_address(realm, int(response.body.removeprefix(TEMPORARY.encode())), base, now)
        return Response(200, uri.encode(), _PLAIN)
    if _KEPT.search(response.body) is None:
        return response

    def fresh(matched: re.Match[bytes]) -> bytes:
        uri = temporary_address(realm, int(matched.group(1)), base, now)
        return b'"TempDownloadUri":' + jsontext.dumps(uri)

    return Response(response.status, _KEPT.sub(fresh, response.body), response.headers)


def temporary_address(realm: str, number: int, base: str, now: datetime) -> str:
    """An address under which an attachment's bytes can be fetched for 15 minutes from `now`, without a token."""
    path = f"{_PLACE}{realm}/{number}"
    date = now.astimezone(UTC).strftime(_DATE)
    query = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Date": date,
        "X-Amz-SignedHeaders": "host",
        "X-Amz-Expires": str(int(_LIFETIME.total_seconds())),
        "X-Amz-Signature": _signature(path, date),
    }
    return f"{base}{quote(path)}?{urlencode(query)}"


def fetch(request: Request, now: datetime, company: Callable[[str], Company]) -> Response | None:
    """Answer a request to a temporary address; None when it goes elsewhere. `company` opens a realm's books."""
    if not request.path.startswith(_PLACE) or request.method not in ("GET", "HEAD"):
        return None
    date = request.query.get("X-Amz-Date", "")
    if not hmac.compare_digest(
        _signature(request.path, date).encode(), request.query.get("X-Amz-Signature", "").encode()
    ):
        return _refused("SignatureDoesNotMatch", "The request signature does not match the address.")
    try:
        made = datetime.strptime(date, _DATE).replace(tzinfo=UTC)
    except ValueError:
        return _refused("AccessDenied", "X-Amz-Date must be formatted yyyyMMddTHHmmssZ")
    if now >= made + _LIFETIME:
        return _refused("AccessDenied", "Request has expired")
    realm, _, identity = request.path.removeprefix(_PLACE).partition("/")
    number = ATTACHABLE.id_number(identity)
    books = company(realm)
    record = None if number is None else books.find(ATTACHABLE.name, number)
    content = None if record is None else find_file(books, record.id)
    if record is None or content is None:
        return _refused("NoSuchKey", "The specified key does not exist.", status=404)
    name = quote(str(record.body.get("FileName", "")))
    kind = str(record.body.get("ContentType", ""))
    headers = (
        ("Content-Type", kind if kind.isascii() and kind.isprintable() else "application/octet-stream"),
        ("Content-Disposition", f"attachment; filename*=UTF-8''{name}"),
    )
    return Response(200, content, headers)


def _signature(path: str, date: str) -> str:
    """Ties an address to its moment. It keeps no secret: whoever reaches this simulator may read its files."""
    return hmac.new(b"qbosim attachments", f"{path}\n{date}".encode(), hashlib.sha256).hexdigest()


def _refused(code: str, message: str, *, status: int = 403) -> Response:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Response(status, text.encode(), (("Content-Type", "application/xml"),))


def _parts(request: Request) -> list[tuple[Message, bytes]]:
    """The parts of a multipart body, their headers and their bytes; lines end in CRLF or LF."""
    head = message_from_bytes(f"Content-Type: {request.headers.get('content-type', '')}\n\n".encode())
    boundary = head.get_boundary()
    if boundary is None:
        raise faults.unreadable()
    mark = rb"(?:^|\r?\n)--" + re.escape(boundary.encode()) + rb"(?:--)?[ \t]*(?=\r?\n|$)"
    pieces = re.split(mark, request.body)[1:-1]
    if not pieces:
        raise faults.unreadable()
    return [_part(re.sub(rb"^\r?\n", b"", piece)) for piece in pieces]


def _part(piece: bytes) -> tuple[Message, bytes]:
    end = re.search(rb"\r?\n\r?\n", piece)
    if end is None:
        raise faults.unreadable()
    return message_from_bytes(piece[: end.start()] + b"\n\n"), piece[end.end() :]


def _decoded(part: Message, content: bytes) -> bytes:
    if part.get("content-transfer-encoding", "").strip().lower() != "base64":
        return content
    try:
        return b64decode(b"".join(content.split()), validate=True)
    except binascii.Error as error:
        raise faults.unreadable() from error


def _metadata(content: bytes) -> dict[str, Any]:
    """The Attachable beside a file: JSON, or XML as the SDKs for PHP and Ruby send it."""
    try:
        metadata = jsontext.loads(as_json(content)[1] if content.lstrip().startswith(b"<") else content)
    except ValueError as error:
        raise faults.unreadable() from error
    if not isinstance(metadata, dict):
        raise faults.unreadable()
    return metadata
