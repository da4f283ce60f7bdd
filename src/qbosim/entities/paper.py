"""A document as a PDF of one page: plain, but a real file that any reader opens."""

from __future__ import annotations

from qbosim import faults
from qbosim.entities.entity import Entity
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body

_MOST_LINES = 60


def as_pdf(company: Company, entity: Entity, record: Record) -> bytes:
    """Print a document. Raises 500 for what has no paper form."""
    if "pdf" not in entity.verbs:
        raise faults.unsupported(f"pdf on {entity.name}")
    return _pdf(_written(company, record))


def _written(company: Company, record: Record) -> list[str]:
    body = record.body
    lines = [
        str(company.info.get("CompanyName", "")),
        f"{record.entity.name} {body.get('DocNumber', record.id)}",
        f"Date {body.get('TxnDate', '')}",
        f"For {_party(body).get('name', '')}",
        "",
    ]
    for line in body.get("Line", []):
        what = line.get("Description") or line.get("DetailType", "")
        lines.append(f"{what}    {line.get('Amount', '')}")
    lines += ["", f"Total {body.get('TotalAmt', 0)}"]
    return lines[:_MOST_LINES]


def _party(body: Body) -> Body:
    return body.get("CustomerRef") or body.get("VendorRef") or {}


def _pdf(lines: list[str]) -> bytes:
    """Five objects and a table of where they stand: the smallest file that is a PDF."""
    shown = "".join(f"({_escaped(line)}) Tj T*\n" for line in lines)
    content = f"BT /F1 11 Tf 14 TL 50 780 Td\n{shown}ET".encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, text in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
