"""The ids of a transaction's lines."""

from __future__ import annotations

from collections.abc import Sequence

from qbosim.records.layout import Body


class LineIds:
    """Hands out line ids: a known one is kept, any other line is new and counts on (recorded)."""

    def __init__(self, old: Sequence[Body], *, before_first: int = 0) -> None:
        """`old` are the lines so far; `before_first` is one less than the first id of a new transaction."""
        self._known = {number for line in old for number in _ids_of(line)}
        self._used: set[str] = set()
        self._last = max((int(number) for number in self._known if number.isdecimal()), default=before_first)

    def take(self, line: Body) -> str:
        """The id of a line that a client sent."""
        wished = str(line.get("Id", ""))
        if wished in self._known and wished not in self._used:
            self._used.add(wished)
            return wished
        self._last += 1
        return str(self._last)


def _ids_of(line: Body) -> list[str]:
    inner = (line.get("GroupLineDetail") or {}).get("Line") or []
    return [str(part["Id"]) for part in (line, *inner) if "Id" in part]
