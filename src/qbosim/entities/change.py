"""What a client sent about one record, and what the record shall hold afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qbosim.records.layout import Body


def is_empty(value: Any) -> bool:
    """Whether a sent value clears: an empty text, or an object of nothing but empty values."""
    if isinstance(value, dict):
        return all(is_empty(part) for part in value.values())
    return value is None or (isinstance(value, str) and not value)


@dataclass(frozen=True)
class Change:
    """What a client sent, cleaned: known keys only, exact values, no nulls."""

    sent: Body
    old: Body | None = None
    """The record's body so far; None when it is being created."""
    sparse: bool = False

    def value(self, key: str) -> Any:
        """What the record shall hold under `key` afterwards: sent, else kept (sparse), else None.

        An empty text clears, and so does an object without content.
        """
        if key in self.sent:
            value = self.sent[key]
            return None if is_empty(value) else value
        if self.sparse and self.old is not None:
            return self.old.get(key)
        return None

    def kept(self, key: str) -> Any:
        """Like `value`, but a full update that leaves `key` out does not clear it either."""
        if key in self.sent:
            return self.value(key)
        return self.old.get(key) if self.old is not None else None
