"""Blocking: finds the few names worth comparing with a name, so that not everything is compared with all.

Names are cut into pieces of three letters within each word, so that neither a typo nor the order of words
hides a name. A name is looked up by its rarest pieces; what shares the most weight of them is compared.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

VISITS_MAX = 1_500
"""A name is looked up by its rarest pieces until this many names were visited: it bounds the time."""
FOUND_MAX = 30
"""At most this many names are compared with one."""


def pieces(name: str) -> set[str]:
    """Cut a normalised name into pieces of three letters, with the start and end of each word marked."""
    found: set[str] = set()
    for word in name.split():
        marked = f"^{word}$"
        if len(marked) <= 3:
            found.add(marked)
        found.update(marked[at : at + 3] for at in range(len(marked) - 2))
    return found


class Index:
    """Normalised names by their pieces."""

    def __init__(self, names: Mapping[str, str]) -> None:
        """Index names by id; empty names are left out."""
        self._posting: dict[str, list[str]] = {}
        for key in sorted(names):
            for piece in pieces(names[key]):
                self._posting.setdefault(piece, []).append(key)
        self._count = max(1, len(names))

    def near(self, name: str) -> list[str]:
        """Find the ids of at most `FOUND_MAX` names that share rare pieces with this one, most first."""
        known = [piece for piece in pieces(name) if piece in self._posting]
        known.sort(key=lambda piece: (len(self._posting[piece]), piece))
        weights: dict[str, int] = {}
        left = VISITS_MAX
        for piece in known:
            if left <= 0:
                break
            posting = self._posting[piece]
            # Whole numbers, so that the order in which weights are added up cannot change who is found.
            weight = int(1000 * math.log1p(self._count / len(posting)))
            visited = posting[:VISITS_MAX]
            left -= len(visited)
            for key in visited:
                weights[key] = weights.get(key, 0) + weight
        if len(weights) <= FOUND_MAX:
            return sorted(weights)
        least = sorted(weights.values(), reverse=True)[FOUND_MAX - 1]
        heaviest = [key for key, weight in weights.items() if weight >= least]
        heaviest.sort(key=lambda key: (-weights[key], key))
        return heaviest[:FOUND_MAX]


def groups(keys: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Group ids by a value they share, leaving out empty values: value → ids in order."""
    found: dict[str, list[str]] = {}
    for value, key in sorted(set(keys)):
        if value:
            found.setdefault(value, []).append(key)
    return found
