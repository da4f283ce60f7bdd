"""Rows by name: customers under their parents, classes under theirs, each with its sum, and the grand total."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from qbosim.reports.columns import NOT_SPECIFIED, Amounts, add
from qbosim.reports.frame import Cell, Line, Row, Section, amount_cells
from qbosim.reports.names import Names
from qbosim.rules import Topic, assumed, documented

RULES = Topic(
    "Reports by name",
    documented(
        "report.names.grand_total",
        "Lists by name have a line per name without a type, and end with the section GrandTotal, `TOTAL`.",
        "Intuit's documentation of CustomerBalance, CustomerSales and AgedReceivables",
    ),
    assumed(
        "report.names.nesting",
        "Names below another stand in its section, which ends with `Total …`.",
        "as in ClassSales of Intuit's documentation",
    ),
)

Shown = Callable[[Sequence[int | None]], list[Cell]]
"""Makes cells of a row's amounts."""


class NameRows:
    """Amounts by id, as nested rows."""

    def __init__(
        self,
        names: Names,
        column: str,
        amounts: Mapping[int | None, Amounts],
        width: int,
        shown: Shown = amount_cells,
        *,
        descending: bool = False,
    ) -> None:
        """`column` is the posting's column the ids come from; `width` the number of amounts in a row."""
        self._names = names
        self._column = column
        self._amounts = amounts
        self._width = width
        self._shown = shown
        self._descending = descending
        parents = names.parents(column)
        self._inside: dict[int | None, list[int]] = {}
        for identity in self._with_parents(amounts, parents):
            self._inside.setdefault(parents.get(identity), []).append(identity)

    def rows(self) -> list[Row]:
        """All rows with the grand total; none when there are no amounts."""
        if not self._amounts:
            return []
        rows = [self._row(identity) for identity in self._sorted(None)]
        if None in self._amounts:
            rows.append(Line([Cell(NOT_SPECIFIED), *self._shown(self._amounts[None])], "**", typed=False))
        total = add(self._amounts.values(), self._width)
        return [*rows, Section(summary=[Cell("TOTAL"), *self._shown(total)], group="GrandTotal")]

    @staticmethod
    def _with_parents(amounts: Mapping[int | None, Amounts], parents: Mapping[int, int]) -> list[int]:
        there: dict[int, None] = {}
        for identity in amounts:
            above = identity
            while above is not None and above not in there:
                there[above] = None
                above = parents.get(above)
        return list(there)

    def _sorted(self, parent: int | None) -> list[int]:
        return sorted(
            self._inside.get(parent, []),
            key=lambda identity: (self._names.of(self._column, identity).lower(), identity),
            reverse=self._descending,
        )

    def _row(self, identity: int) -> Row:
        own = self._amounts.get(identity, [None] * self._width)
        name = self._names.of(self._column, identity)
        inner = [self._row(child) for child in self._sorted(identity)]
        if not inner:
            return Line([Cell(name, str(identity)), *self._shown(own)], typed=False)
        short = name.rpartition(":")[2]
        total = [Cell(f"Total {short}"), *self._shown(self._whole(identity))]
        return Section([Cell(name, str(identity)), *self._shown(own)], inner, total)

    def _whole(self, identity: int) -> Amounts:
        own = self._amounts.get(identity, [None] * self._width)
        return add([own, *map(self._whole, self._inside.get(identity, []))], self._width)
