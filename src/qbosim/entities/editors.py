"""Who changed a record last, as MetaData shows it."""

from __future__ import annotations

import hashlib

from qbosim.records.company import Company, Record
from qbosim.records.layout import Body


def signed(company: Company, record: Record | None, body: Body) -> Body:
    """The body with MetaData that names the caller; `record` is what it replaces, if anything."""
    meta = record.body.get("MetaData", {}) if record is not None else {}
    return {**body, "MetaData": {**meta, "LastModifiedByRef": {"value": user_number(company.user)}}}


def user_number(name: str) -> str:
    """The number of a user, which follows from the display name; sixteen digits, as recorded."""
    return f"9341{int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) % 10**12:012d}"
