"""Ids by the hundred thousand, in little room: nine bytes each rather than a hundred."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator


class Ids:
    """The ids that QuickBooks lists, to be compared with those that are here."""

    def __init__(self) -> None:
        self._numbers = array("q")
        self._others: set[str] = set()
        """Ids that are no plain numbers: the tax codes `TAX` and `NON`."""

    def add(self, ids: Iterable[str]) -> None:
        """Take ids in; one that comes twice counts once."""
        for one in ids:
            if _is_number(one):
                # Pages overlap by a record; left out here, the list stays in order and need not be sorted.
                if not self._numbers or self._numbers[-1] != int(one):
                    self._numbers.append(int(one))
            else:
                self._others.add(one)

    def compared(self, here: Iterable[str]) -> Comparison:
        """Tell which ids are only here, and which only there."""
        numbers = self._numbers if _ascending(self._numbers) else array("q", sorted(set(self._numbers)))
        met = bytearray(len(numbers))
        others_met: set[str] = set()
        only_here: list[str] = []
        for one in here:
            if not _is_number(one):
                (others_met.add if one in self._others else only_here.append)(one)
                continue
            place = bisect_left(numbers, int(one))
            if place < len(numbers) and numbers[place] == int(one):
                met[place] = 1
            else:
                only_here.append(one)
        only_there = [str(number) for place, number in enumerate(numbers) if not met[place]]
        only_there += sorted(self._others - others_met)
        return Comparison(only_here, only_there, len(numbers) + len(self._others))


class Comparison:
    """Which ids stand on one side only."""

    def __init__(self, only_here: list[str], only_there: list[str], there: int) -> None:
        self.only_here = only_here
        self.only_there = only_there
        self.there = there
        """How many ids QuickBooks lists."""


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19 and (text == "0" or text[0] != "0")


def _ascending(numbers: Iterable[int]) -> bool:
    """Tell whether numbers grow strictly; they do when QuickBooks keeps the order by id and nothing came twice."""
    pairs: Iterator[int] = iter(numbers)
    last = next(pairs, None)
    for number in pairs:
        assert last is not None
        if number <= last:
            return False
        last = number
    return True
