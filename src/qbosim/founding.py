"""How a world began: what a reset goes back to."""

from __future__ import annotations

from dataclasses import dataclass

from qbosim.clock import ClockState


@dataclass(frozen=True)
class Founding:
    """How a world began; what a reset goes back to."""

    seed: int
    company: str
    """`sample`, `empty` or a directory."""
    clock: ClockState
