"""Reads the cells of one row: texts, numbers, dates and yes-or-no, each refused with its reason."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from tieout.domain.documents import Status
from tieout.domain.money import ZERO
from tieout.hosts.csv_folder.problems import CsvProblem, Problems
from tieout.hosts.csv_folder.sheets import Sheet

YES = frozenset({"", "yes", "y", "true", "1", "active"})
NO = frozenset({"no", "n", "false", "0", "inactive"})
STATUSES = {"": Status.FINAL, **{status.value: status for status in Status}}

_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_COMMA_NUMBER = re.compile(r"[+-]?[0-9]+(?:,[0-9]+)?")
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_OTHER_DATE = re.compile(r"([0-9]{1,4})[./-]([0-9]{1,2})[./-]([0-9]{2,4})")


class Cells:
    """One row of a sheet; what cannot be used becomes a problem and marks the row as bad."""

    def __init__(self, sheet: Sheet, row: int, cells: dict[str, str], problems: Problems) -> None:
        self.sheet = sheet
        self.row = row
        self.is_bad = False
        self.label = ""
        """The record's name for people, as far as the row tells."""
        self._cells = cells
        self._problems = problems

    def text(self, name: str) -> str:
        """Read a text; "" when the cell is empty or the column is not there."""
        return self._cells.get(name, "")

    def needed(self, name: str) -> str:
        """Read a text that must be there."""
        text = self._cells.get(name, "")
        if not text:
            self.refuse(name, "The cell is empty", f"every row needs its {name}", "Fill it in")
        return text

    def any_of(self, names: tuple[str, ...]) -> bool:
        """Tell whether one of these cells holds anything."""
        return any(self._cells.get(name) for name in names)

    def number(self, name: str, missing: Decimal | None = None) -> Decimal:
        """Read a number, `missing` when the cell is empty; an empty cell without `missing` is refused."""
        text = self._cells.get(name, "")
        if not text:
            if missing is not None:
                return missing
            self.refuse(
                name, "The cell is empty", f"every row needs its {name}", "Write a number such as 12.50"
            )
            return ZERO
        comma = self.sheet.decimal_comma
        if _NUMBER.fullmatch(text) and not (comma and _THOUSANDS.fullmatch(text)):
            return Decimal(text)
        if comma and _COMMA_NUMBER.fullmatch(text):
            return Decimal(text.replace(",", "."))
        if comma and _THOUSANDS.fullmatch(text):
            whole = text.replace(".", "")
            why = f"{text!r} may be {whole} or {text.replace('.', ',')}"
            remedy = f"Write {whole}, or {text.replace('.', ',')} with a decimal comma"
        else:
            why = f"{text!r} is not a plain number"
            point = "12,50 or 12.50" if comma else "12.50"
            remedy = f"Write it like {point}, without thousands separators, currency signs or formulas"
        self.refuse(name, "The number cannot be read", why, remedy)
        return ZERO

    def percent(self, name: str) -> Decimal:
        """Read a number that may have a percent sign after it."""
        self._cells = {**self._cells, name: self._cells.get(name, "").removesuffix("%").strip()}
        return self.number(name)

    def whole(self, name: str) -> int:
        """Read a whole number."""
        number = self.number(name)
        if number != int(number):
            why = f"{self.text(name)!r} is not a whole number"
            self.refuse(name, "The number cannot be used", why, "Write it without decimals")
        return int(number)

    def day(self, name: str) -> date:
        """Read a date that must be there."""
        self.needed(name)
        return self.day_or_none(name) or date.min

    def day_or_none(self, name: str) -> date | None:
        """Read a date in ISO form; None when the cell is empty."""
        text = self._cells.get(name, "")
        if not text:
            return None
        iso = _ISO.fullmatch(text)
        if iso:
            try:
                return date(*map(int, iso.groups()))
            except ValueError:
                why = f"the calendar has no {text}"
                self.refuse(name, "The date cannot be used", why, "Correct the day or the month")
                return None
        why = f"{text!r} is not year-month-day, and days and months are not told apart by guessing"
        self.refuse(name, "The date cannot be read", why, f"Write it like {_example(text)}")
        return None

    def flag(self, name: str) -> bool:
        """Read yes or no; an empty cell is yes."""
        text = self._cells.get(name, "").casefold()
        if text not in YES | NO:
            self.refuse(
                name, "The cell cannot be read", f"{self.text(name)!r} is not yes or no", "Write yes or no"
            )
        return text not in NO

    def status(self, name: str) -> Status:
        """Read a document's status; an empty cell is final."""
        text = self._cells.get(name, "").casefold()
        if text not in STATUSES:
            known = ", ".join(status.value for status in Status)
            why = f"{self.text(name)!r} is none of {known}"
            remedy = "Write one of them; whether it is paid follows from the payments"
            self.refuse(name, "The status cannot be used", why, remedy)
        return STATUSES.get(text, Status.FINAL)

    def refuse(self, column: str, what: str, why: str, remedy: str) -> None:
        """Say what is wrong with a cell."""
        self.is_bad = True
        self._problems.add(CsvProblem(self.sheet.name, self.row, column, self.label, what, why, remedy))


def _example(text: str) -> str:
    """Show the ISO form of what may have been meant, where day and month can only be one way."""
    found = _OTHER_DATE.fullmatch(text.strip())
    if found and len(found[3]) == 4:
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        for day, month in ((first, second), (second, first)):
            if day > 12 and month <= 12:
                return f"{year:04d}-{month:02d}-{day:02d}"
    return "2026-11-30"
