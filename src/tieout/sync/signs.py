"""Signs: what one part of a company's health, or of the installation's, looks like, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

GOOD: Final = "good"
ATTENTION: Final = "attention"
"""It goes on, and somebody should look."""
STOPPED: Final = "stopped"
"""Nothing goes on until somebody does something."""
ORDER: Final = (GOOD, ATTENTION, STOPPED)


@dataclass(frozen=True)
class Sign:
    """How one thing stands, in plain words."""

    name: str
    """Such as `connection`, `freshness` or `workers`."""
    state: str
    """`good`, `attention` or `stopped`."""
    says: str
    remedy: str = ""
    """What to do; empty while all is well."""


def worst(states: Iterable[str]) -> str:
    """Give the gravest of several states; `good` when there is none."""
    return max(states, key=ORDER.index, default=GOOD)
