"""A company from a folder of real QuickBooks objects, one JSON file per entity."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from qbosim.clock import Clock
from qbosim.store import Store


@dataclass(frozen=True)
class LoadReport:
    """What a folder held and what became of it."""

    loaded: dict[str, int] = field(default_factory=dict)
    """Records placed, per entity."""
    left_out: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Entities that were not placed at all: how many records, and why."""
    refused: tuple[tuple[str, str, str], ...] = ()
    """Single records that could not be placed: entity, id, reason."""


def load_directory(store: Store, clock: Clock, realm: str, directory: Path) -> LoadReport:
    """Load every `Entity.json` of `directory` into the company `realm`."""
    raise NotImplementedError
