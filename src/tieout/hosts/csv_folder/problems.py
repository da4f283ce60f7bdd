"""Problems of a CSV folder: where each one is, what it is, why, and what to do about it."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TextIO

LISTED_MAX = 200
"""More problems than this are counted and not listed: nobody reads a thousand."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet runs a cell that begins like this."""


@dataclass(frozen=True)
class CsvProblem:
    """One thing that keeps a folder from being taken."""

    file: str
    row: int
    """As a spreadsheet numbers it: the header is row 1. 0 for the whole file."""
    column: str
    record: str
    """The record by name, as far as its row tells."""
    what: str
    why: str
    remedy: str

    def sentence(self) -> str:
        """Put it into one line for a terminal."""
        place = self.file + (f" row {self.row}" if self.row else "")
        place += f", column {self.column}" if self.column else ""
        head = f"{place}: {self.record + ': ' if self.record else ''}{self.what}"
        return " ".join(part.rstrip(".") + "." for part in (head, self.why, self.remedy) if part)


class Problems:
    """Collects problems: the first ones whole, the rest as a number."""

    def __init__(self) -> None:
        self.listed: list[CsvProblem] = []
        self.total = 0

    def add(self, problem: CsvProblem) -> None:
        """Count a problem, and keep it while there is room."""
        self.total += 1
        if len(self.listed) < LISTED_MAX:
            self.listed.append(problem)


def safe_cell(text: str) -> str:
    """Make a text safe to be opened in a spreadsheet: what would run as a formula gets a quote before it."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def write_problems(problems: Iterable[CsvProblem], to: TextIO) -> None:
    """Write problems as CSV, for the person who mends the files."""
    sheet = csv.writer(to)
    sheet.writerow(["file", "row", "column", "record", "what", "why", "remedy"])
    for one in problems:
        texts = (one.column, one.record, one.what, one.why, one.remedy)
        sheet.writerow([safe_cell(one.file), one.row, *map(safe_cell, texts)])
