"""What the answer to a write shows of a record: some keys stand there only, others only in lists."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from qbosim.jsontext import dumps, loads
from qbosim.records.company import Company, Record


def as_written(
    company: Company, record: Record, more: Mapping[str, Any], without: Collection[str] = ()
) -> str:
    """The JSON text that answers a write: with `more` where the record says nothing of them, `without` some keys.

    Any other answer is the record as it stands, so that what was loaded comes back as it came.
    """
    if not is_written(company, record):
        return record.text
    whole = {**more, **loads(record.text)}
    order = record.entity.order
    ordered = [key for key in order if key in whole] + [key for key in whole if key not in order]
    return dumps({key: whole[key] for key in ordered if key not in without}).decode()


def is_written(company: Company, record: Record, *operations: str) -> bool:
    """Whether the record was changed by the call that is being answered; `operations` narrows it to some changes."""
    return any(
        (change.entity, change.id) == (record.entity.name, record.id)
        and (not operations or change.operation in operations)
        for change in company.changes
    )
