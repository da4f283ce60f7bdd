"""Back-off: how long to wait before something is tried again, each time longer, and not all at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator

Chance = Callable[[], float]
"""Gives a number from 0 up to 1, another one each time."""


def even() -> float:
    """Give the middle of what chance could give, for who needs none."""
    return 0.5


def waits(
    first: float, *, tries: int, factor: float = 4.0, spread: float = 0.5, chance: Chance = even
) -> Iterator[float]:
    """Give the seconds before each further try: `first`, then `factor` times as many each time.

    Each wait is up to half of `spread` shorter or longer, by chance: callers that failed together do not come
    back together.
    """
    assert first > 0, first
    assert 0 <= spread < 2, spread
    for number in range(tries):
        yield first * factor**number * (1 + spread * (chance() - 0.5))
