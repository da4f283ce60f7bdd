"""Turns the rows of a CSV folder into host records, one after the other, what others name before them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from tieout.domain.currencies import is_currency
from tieout.domain.documents import (
    Address,
    Allocation,
    Client,
    HostRecord,
    Line,
    Payment,
    SalesDocument,
    Service,
    TaxRegion,
    Term,
    line_amount,
)
from tieout.domain.money import ZERO
from tieout.hosts.csv_folder.cells import Cells
from tieout.hosts.csv_folder.columns import (
    ALLOCATIONS,
    CLIENTS,
    CREDIT_NOTE_LINES,
    CREDIT_NOTES,
    INVOICE_LINES,
    INVOICES,
    LINE_COLUMNS,
    PAYMENTS,
    SERVICES,
    TAX_REGIONS,
    TERMS,
    FileShape,
)
from tieout.hosts.csv_folder.problems import CsvProblem, Problems
from tieout.hosts.csv_folder.sheets import Sheet

LINE_CELLS = tuple(column.name for column in LINE_COLUMNS)
HEADING_CELLS = ("client", "date", "due_date", "term", "currency", "tax", "memo", "status")
PAYMENT_CELLS = ("client", "date", "amount", "currency", "reference", "method", "status", "note")
PRICE_PLACES_MAX = 7


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record comes from."""

    file: str
    row: int
    parts_file: str = ""
    """Where its lines or allocations come from."""
    part_rows: tuple[int, ...] = ()


Parts: TypeAlias = dict[str, list[tuple[int, tuple[str, ...]]]]
"""The rows of a file of lines or allocations, by what they belong to: row number and cells."""


@dataclass
class FolderReader:
    """Reads the records of a folder once; what cannot be read is collected in `problems`."""

    sheets: Mapping[str, Sheet]
    """By the name of their shape."""
    problems: Problems
    currency: str = ""
    """Of documents and payments that name none."""
    refused: int = 0
    """Records left out because of a problem."""

    def records(self) -> Iterator[tuple[HostRecord, Origin]]:
        """Read every record that can be read, with where it comes from.

        Raises Unreadable where a file stops being CSV.
        """
        yield from self._simple(TERMS, _term)
        yield from self._simple(TAX_REGIONS, _tax_region)
        yield from self._simple(SERVICES, _service)
        yield from self._clients()
        yield from self._documents(INVOICES, INVOICE_LINES, "invoice")
        yield from self._documents(CREDIT_NOTES, CREDIT_NOTE_LINES, "credit_note")
        yield from self._payments()

    def _simple(
        self, shape: FileShape, make: Callable[[Cells], HostRecord]
    ) -> Iterator[tuple[HostRecord, Origin]]:
        sheet = self.sheets.get(shape.name)
        if sheet is None:
            return
        for rows in self._groups(sheet, "ref"):
            for again in rows[1:]:
                self._doubled(again, "ref", rows[0].row)
            record = make(rows[0])
            if any(row.is_bad for row in rows):
                self.refused += 1
            else:
                yield record, Origin(sheet.name, rows[0].row)

    def _clients(self) -> Iterator[tuple[HostRecord, Origin]]:
        """Read the clients, each after its parent wherever the file has it."""
        read: set[str] = set()
        waiting: dict[str, list[tuple[Client, Origin]]] = {}
        for record, origin in self._simple(CLIENTS, _client):
            assert isinstance(record, Client), record
            if record.parent and record.parent not in read:
                waiting.setdefault(record.parent, []).append((record, origin))
                continue
            ready = [(record, origin)]
            while ready:
                client, at = ready.pop()
                yield client, at
                read.add(client.ref)
                ready.extend(waiting.pop(client.ref, ()))
        # Whose parent is not in the file may belong to one that the ledger has already.
        left = {client.ref: (client, at) for family in waiting.values() for client, at in family}
        for client, at in _parents_first(left):
            yield client, at

    def _documents(
        self, shape: FileShape, lines_shape: FileShape, key: str
    ) -> Iterator[tuple[HostRecord, Origin]]:
        sheet, lines_sheet = self.sheets.get(shape.name), self.sheets.get(lines_shape.name)
        if sheet is None:
            return
        apart = lines_sheet is not None
        if apart == sheet.has("service", "quantity", "unit_price", *(() if apart else ("amount",))):
            self.problems.add(_misplaced_lines(sheet, lines_shape, doubled=apart))
            return
        parts = self._parts(lines_sheet, key, LINE_CELLS) if lines_sheet else {}
        by = "ref" if sheet.has("ref") else "number"
        for rows in self._groups(sheet, by):
            if apart:
                for again in rows[1:]:
                    self._doubled(again, by, rows[0].row)
            cells = [row for row in rows if not apart]
            if lines_sheet is not None:
                taken = parts.pop(rows[0].text(by), [])
                cells = [
                    Cells(lines_sheet, row, dict(zip(LINE_CELLS, texts, strict=True)), self.problems)
                    for row, texts in taken
                ]
            document = self._document(shape, rows, cells)
            if any(row.is_bad for row in (*rows, *cells)):
                self.refused += 1
                continue
            where = lines_sheet.name if lines_sheet else sheet.name
            yield document, Origin(sheet.name, rows[0].row, where, tuple(cell.row for cell in cells))
        if lines_sheet is not None:
            self._orphans(lines_sheet, key, parts, sheet.name)

    def _document(self, shape: FileShape, rows: list[Cells], lines: list[Cells]) -> SalesDocument:
        head = rows[0]
        number = head.needed("number")
        head.label = f"{'Invoice' if shape is INVOICES else 'Credit note'} {number}"
        for row in (*rows[1:], *lines):
            row.label = head.label
        for row in rows[1:]:
            self._same_heading(head, row, ("number", *HEADING_CELLS))
        currency = head.text("currency").upper() or self.currency
        return SalesDocument(
            kind=shape.kind,
            ref=head.text("ref") or number,
            number=number,
            client=head.needed("client"),
            dated=head.day("date"),
            currency=currency,
            lines=tuple(_line(cells, currency) for cells in lines),
            due_date=head.day_or_none("due_date"),
            term=head.text("term"),
            tax=head.number("tax", missing=ZERO),
            memo=head.text("memo"),
            status=head.status("status"),
        )

    def _payments(self) -> Iterator[tuple[HostRecord, Origin]]:
        sheet, parts_sheet = self.sheets.get(PAYMENTS.name), self.sheets.get(ALLOCATIONS.name)
        if sheet is None:
            return
        names = ("invoice", "amount")
        parts = self._parts(parts_sheet, "payment", names) if parts_sheet else {}
        for rows in self._groups(sheet, "ref"):
            head = rows[0]
            head.label = f"Payment {head.text('reference') or head.text('ref')}"
            for row in rows[1:]:
                row.label = head.label
                if row.text("invoice"):
                    self._same_heading(head, row, PAYMENT_CELLS)
                else:
                    self._doubled(row, "ref", head.row)
            amount = head.number("amount")
            within = [row for row in rows if row.any_of(("invoice", "allocated"))]
            allocations = [
                _allocation(row, "allocated", amount if len(within) == 1 else None) for row in within
            ]
            apart: list[Cells] = []
            if parts_sheet is not None:
                apart = [
                    Cells(parts_sheet, row, dict(zip(names, texts, strict=True)), self.problems)
                    for row, texts in parts.pop(head.text("ref"), [])
                ]
                for row in apart:
                    row.label = head.label
                allocations += [_allocation(row, "amount", None) for row in apart]
            payment = Payment(
                ref=head.needed("ref"),
                client=head.needed("client"),
                dated=head.day("date"),
                amount=amount,
                currency=head.text("currency").upper() or self.currency,
                allocations=tuple(allocations),
                reference=head.text("reference"),
                method=head.text("method"),
                status=head.status("status"),
                note=head.text("note"),
            )
            if any(row.is_bad for row in (*rows, *apart)):
                self.refused += 1
                continue
            where = apart or within
            place = where[0].sheet.name if where else ""
            yield payment, Origin(sheet.name, head.row, place, tuple(row.row for row in where))
        if parts_sheet is not None:
            self._orphans(parts_sheet, "payment", parts, sheet.name)

    def _groups(self, sheet: Sheet, key: str) -> Iterator[list[Cells]]:
        """Read the rows of a sheet, those that follow each other with the same key together."""
        first: dict[str, int] = {}
        group: list[Cells] = []
        for number, cells in sheet.rows(self.problems):
            row = Cells(sheet, number, cells, self.problems)
            value = row.text(key)
            row.label = cells.get("name") or cells.get("number") or value
            if not value:
                row.needed(key)
                self.refused += 1
                continue
            if group and group[0].text(key) == value:
                group.append(row)
                continue
            if group:
                yield group
            group = []
            if value in first:
                self._doubled(row, key, first[value])
                self.refused += 1
                continue
            first[value] = number
            group = [row]
        if group:
            yield group

    def _parts(self, sheet: Sheet, key: str, names: tuple[str, ...]) -> Parts:
        found: Parts = {}
        for number, cells in sheet.rows(self.problems):
            owner = cells.get(key, "")
            if not owner:
                Cells(sheet, number, cells, self.problems).needed(key)
                continue
            found.setdefault(owner, []).append((number, tuple(cells.get(name, "") for name in names)))
        return found

    def _orphans(self, sheet: Sheet, key: str, parts: Parts, owners: str) -> None:
        for owner, rows in parts.items():
            why = f"no row of {owners} has {owner}"
            word = key.replace("_", " ")
            remedy = f"Add the {word} to {owners}, or correct the cell"
            self.problems.add(
                CsvProblem(sheet.name, rows[0][0], key, "", f"The {word} is not there", why, remedy)
            )

    def _doubled(self, row: Cells, column: str, first: int) -> None:
        row.refuse(
            column,
            "It is there twice",
            f"row {first} and row {row.row} both have {row.text(column)!r}",
            "Keep one of the two; the rows of one document or payment follow each other",
        )

    def _same_heading(self, head: Cells, row: Cells, names: tuple[str, ...]) -> None:
        for name in names:
            if row.text(name) and row.text(name) != head.text(name):
                why = f"row {head.row} says {head.text(name)!r}, row {row.row} says {row.text(name)!r}"
                remedy = "Write the same in every row of it, or leave the cell empty after the first"
                row.refuse(name, "Its rows disagree", why, remedy)


def _term(cells: Cells) -> HostRecord:
    return Term(cells.text("ref"), cells.needed("name"), cells.whole("due_days"), active=cells.flag("active"))


def _tax_region(cells: Cells) -> HostRecord:
    return TaxRegion(
        cells.text("ref"), cells.needed("name"), cells.percent("rate"), active=cells.flag("active")
    )


def _service(cells: Cells) -> HostRecord:
    return Service(
        ref=cells.text("ref"),
        name=cells.needed("name"),
        description=cells.text("description"),
        unit_price=cells.number("unit_price") if cells.text("unit_price") else None,
        sku=cells.text("sku"),
        active=cells.flag("active"),
    )


def _client(cells: Cells) -> HostRecord:
    return Client(
        ref=cells.text("ref"),
        name=cells.needed("name"),
        email=cells.text("email"),
        phone=cells.text("phone"),
        address=Address(
            street=cells.text("street"),
            city=cells.text("city"),
            region=cells.text("region"),
            postcode=cells.text("postcode"),
            country=cells.text("country"),
        ),
        tax_id=cells.text("tax_id"),
        parent=cells.text("parent"),
        currency=cells.text("currency").upper(),
        active=cells.flag("active"),
    )


def _line(cells: Cells, currency: str) -> Line:
    """Read a line; a missing quantity is 1, a missing amount is computed, a line of words costs nothing."""
    service = cells.text("service")
    words_only = not service and not cells.any_of(("quantity", "unit_price", "amount"))
    if words_only and not cells.text("description"):
        cells.refuse(
            "service", "The line is empty", "it says neither what nor how much", "Fill it in or remove it"
        )
    quantity = cells.number("quantity", missing=ZERO if words_only else Decimal(1))
    given = cells.number("amount") if cells.text("amount") else None
    if given is not None and not cells.text("unit_price") and quantity:
        price = (given / quantity).normalize()
        exponent = price.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > PRICE_PLACES_MAX:
            why = f"{given} for {quantity} makes no price of at most {PRICE_PLACES_MAX} decimals"
            cells.refuse("unit_price", "The price is missing", why, "Write the price of one")
    else:
        price = cells.number("unit_price", missing=ZERO if words_only else None)
    if given is not None:
        amount = given
    elif is_currency(currency):
        amount = line_amount(quantity, price, currency)
    else:
        # The ledger says what is wrong with the currency.
        amount = quantity * price
    return Line(service, quantity, price, amount, cells.text("description"), cells.text("tax_region"))


def _allocation(cells: Cells, column: str, whole: Decimal | None) -> Allocation:
    return Allocation(cells.needed("invoice"), cells.number(column, missing=whole))


def _parents_first(
    clients: dict[str, tuple[Client, Origin]],
) -> Iterator[tuple[Client, Origin]]:
    """Order clients so that a parent comes before its children; those in a circle come as they are."""
    done: set[str] = set()
    for ref in clients:
        line: list[str] = []
        while ref in clients and ref not in done and ref not in line:
            line.append(ref)
            ref = clients[ref][0].parent
        for one in reversed(line):
            done.add(one)
            yield clients[one]


def _misplaced_lines(sheet: Sheet, lines_shape: FileShape, *, doubled: bool) -> CsvProblem:
    if doubled:
        return CsvProblem(
            sheet.name,
            1,
            "",
            "",
            "The lines are in two places",
            f"its header has columns of lines, and {lines_shape.name} is there too",
            f"Keep the lines in one place: in {sheet.name}, or in {lines_shape.name}",
        )
    return CsvProblem(
        sheet.name,
        1,
        "",
        "",
        "There are no lines",
        f"its header has no columns of lines, and there is no {lines_shape.name}",
        f"Add {lines_shape.name}, or the columns service, quantity and unit_price here",
    )
