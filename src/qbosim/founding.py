"""How a world began: what a reset goes back to."""

from __future__ import annotations

from dataclasses import dataclass

from qbosim.clock import ClockState


@dataclass(frozen=True)
class Founding:
    """How a world began; what a reset goes back to."""

    seed: int
    company: str
    """`sample`, `empty`, a directory, or the words for what was generated."""
    clock: ClockState
