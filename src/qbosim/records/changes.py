"""What one call changed: at most one change of each record, in the order in which they were first touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Operation = Literal["Create", "Update", "Delete", "Void", "Emailed", "Merge"]


@dataclass(frozen=True)
class Changed:
    """One record that a call changed."""

    entity: str
    """As QuickBooks spells it."""
    id: int
    operation: Operation
    merged: int | None = None
    """Of a Merge: the id of the record that went into this one."""


class Changes:
    """The changes of one call, in which a record that is created and then posted was created, no more."""

    def __init__(self) -> None:
        self._operations: dict[tuple[str, int], Operation] = {}
        self._merged: dict[tuple[str, int], int] = {}

    def __iter__(self) -> Iterator[Changed]:
        return (
            Changed(entity, number, operation, self._merged.get((entity, number)))
            for (entity, number), operation in self._operations.items()
        )

    def __bool__(self) -> bool:
        return bool(self._operations)

    def note(self, entity: str, number: int, operation: Operation) -> None:
        """A record was changed; what is said of a record that this call made or removed stays said."""
        before = self._operations.get((entity, number))
        if operation == "Delete" or before is None or before == "Update":
            self._operations[entity, number] = operation

    def note_merge(self, entity: str, kept: int, gone: int) -> None:
        """Two records became one; of the one that went nothing else is said."""
        self._operations[entity, kept] = "Merge"
        self._operations.pop((entity, gone), None)
        self._merged[entity, kept] = gone

    def forget(self, entity: str, number: int) -> None:
        """What was noted of a record was rolled back."""
        self._operations.pop((entity, number), None)
