"""Rows by name: customers under their parents, classes under theirs, each with its sum, and the grand total."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from qbosim.reports.columns import NOT_SPECIFIED, Amounts, add, filled
from qbosim.reports.frame import Cell, Line, Row, Section, amount_cells
from qbosim.reports.names import Names
from qbosim.rules import Topic, documented, recorded

RULES = Topic(
    "Reports by name",
    documented(
        "report.names.grand_total",
        "Lists by name have a line per name without a type, and end with the section GrandTotal, `TOTAL`.",
        "Intuit's documentation of CustomerBalance, CustomerSales and AgedReceivables",
    ),
    documented(
        "report.names.nesting",
        "Names below another stand in its section, which ends with `Total …`.",
        "Intuit's documentation of ClassSales",
    ),
    recorded(
        "report.names.below",
        "Lines below another name have the type Data and say only their own part of the name; sums are 0.00 where "
        "nothing stands, and so is the total in the heading of a name that has nothing itself.",
        "an AgedReceivables answer of a real sandbox company of August 2026 in a public repository",
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
        nothing: Amounts | None = None,
    ) -> None:
        """`column` is the posting's column the ids come from; `width` the number of amounts in a row.

        `nothing` is what the heading of a name shows that has no amounts itself.
        """
        self._names = names
        self._column = column
        self._amounts = amounts
        self._width = width
        self._shown = shown
        self._descending = descending
        self._nothing: Amounts = [None] * width if nothing is None else nothing
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
        return [*rows, Section(summary=[Cell("TOTAL"), *self._shown(filled(total))], group="GrandTotal")]

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

    def _row(self, identity: int, *, is_below: bool = False) -> Row:
        own = self._amounts.get(identity, self._nothing)
        name = self._names.of(self._column, identity).rpartition(":")[2]
        inner = [self._row(child, is_below=True) for child in self._sorted(identity)]
        if not inner:
            return Line([Cell(name, str(identity)), *self._shown(own)], typed=is_below)
        total = [Cell(f"Total {name}"), *self._shown(filled(self._whole(identity)))]
        return Section([Cell(name, str(identity)), *self._shown(own)], inner, total)

    def _whole(self, identity: int) -> Amounts:
        own = self._amounts.get(identity, [None] * self._width)
        return add([own, *map(self._whole, self._inside.get(identity, []))], self._width)
