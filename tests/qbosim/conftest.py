"""Fixtures of the simulator's tests: one in process with a frozen clock, one behind a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from qbosim.clock import Clock
from qbosim.server import open_simulator, running
from qbosim.simulator import Simulator

MONDAY = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """An empty company in memory, on a Monday that does not pass."""
    with Simulator(company="empty", seed=7, clock=Clock.at(MONDAY)) as made:
        yield made


@pytest.fixture
def served() -> Iterator[tuple[Simulator, str]]:
    """An empty company behind a loopback port: the simulator and its address."""
    with open_simulator(company="empty", seed=7) as made, running(made) as address:
        yield made, address
