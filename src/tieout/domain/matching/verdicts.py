"""Verdicts: what may be taken in bulk, what a person must see, and what cannot be told apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

CANDIDATES_MAX = 5
EQUAL_MAX = CANDIDATES_MAX + 1
"""This many equal ones prove an ambiguity; comparing the rest would add nothing."""


class Verdict(StrEnum):
    """How sure a match is."""

    EXACT = "exact"
    """Equal, alone on both sides, and nothing speaks against it: may be taken in bulk."""
    REVIEW = "review"
    """Something like it is there: a person decides."""
    AMBIGUOUS = "ambiguous"
    """Equal, but not alone: several could be meant, or several mean the same one."""
    NONE = "none"
    """Nothing like it is there."""


@dataclass(frozen=True)
class Candidate:
    """A record of the books that a host record may be."""

    qbo_id: str
    score: int
    """0 to 100; 100 is equal in everything that could be compared."""
    reasons: tuple[str, ...]
    """What speaks for it and against it, in words."""


@dataclass(frozen=True)
class Suggestion:
    """What became of the search for one host record."""

    host_ref: str
    verdict: Verdict
    candidates: tuple[Candidate, ...] = ()
    """At most five, best first."""


@dataclass(frozen=True)
class Pair:
    """One host record and one record of the books, compared."""

    host_ref: str
    candidate: Candidate
    equal: bool = False
    """They carry the same name (or code)."""
    live: bool = True
    """Both are active."""
    contradicted: bool = False
    """Something else says that they are two."""


def suggestions(refs: Iterable[str], pairs: Sequence[Pair]) -> list[Suggestion]:
    """Turn compared pairs into one verdict for each ref, in the order of the refs.

    A pair is exact only if neither side is equal to anything else that is alive. The order in which pairs
    come makes no difference.
    """
    equal = [pair for pair in pairs if pair.equal and pair.live]
    by_host = Counter(pair.host_ref for pair in equal)
    by_books = Counter(pair.candidate.qbo_id for pair in equal)
    of: dict[str, list[Pair]] = {}
    for pair in pairs:
        of.setdefault(pair.host_ref, []).append(pair)
    return [_suggestion(ref, of.get(ref, []), by_host, by_books) for ref in refs]


def _suggestion(
    ref: str, pairs: list[Pair], by_host: Mapping[str, int], by_books: Mapping[str, int]
) -> Suggestion:
    if not pairs:
        return Suggestion(ref, Verdict.NONE)
    best = sorted(pairs, key=_rank)
    equal = [pair for pair in best if pair.equal and pair.live]
    candidates = tuple(pair.candidate for pair in best[:CANDIDATES_MAX])
    if not equal:
        return Suggestion(ref, Verdict.REVIEW, candidates)
    if by_host[ref] > 1 or any(by_books[pair.candidate.qbo_id] > 1 for pair in equal):
        return Suggestion(ref, Verdict.AMBIGUOUS, candidates)
    verdict = Verdict.REVIEW if equal[0].contradicted else Verdict.EXACT
    return Suggestion(ref, verdict, candidates)


def _rank(pair: Pair) -> tuple[bool, bool, int, int, str]:
    """Sort equal names before likely ones, then by score, then by id: ties always fall the same way."""
    qbo_id = pair.candidate.qbo_id
    return (not (pair.equal and pair.live), not pair.live, -pair.candidate.score, len(qbo_id), qbo_id)
