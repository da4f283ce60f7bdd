"""The simulated clock: running with an offset, standing still, moved, kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from qbosim.clock import Clock, ClockState

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Ticking:
    """A source of real time that a test moves."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time


def test_a_frozen_clock_moves_only_when_it_is_moved() -> None:
    clock = Clock.at(NOON)
    assert clock.now() == clock.now() == NOON
    clock.advance(90)
    assert clock.now() == NOON + timedelta(seconds=90)
    clock.set(NOON - timedelta(days=1))
    assert clock.now() == NOON - timedelta(days=1)
    assert clock.frozen


def test_a_running_clock_keeps_its_distance_to_real_time() -> None:
    real = Ticking()
    clock = Clock(real=real)
    clock.advance(3600)
    real.time += timedelta(seconds=10)
    assert clock.now() == NOON + timedelta(seconds=3610)
    clock.set(datetime(2030, 1, 1, tzinfo=UTC))
    real.time += timedelta(seconds=5)
    assert clock.now() == datetime(2030, 1, 1, 0, 0, 5, tzinfo=UTC)


def test_freezing_and_releasing_lose_no_simulated_time() -> None:
    real = Ticking()
    clock = Clock(real=real)
    clock.freeze()
    real.time += timedelta(hours=1)
    assert clock.now() == NOON
    clock.run()
    real.time += timedelta(seconds=1)
    assert clock.now() == NOON + timedelta(seconds=1)


def test_every_movement_tells_the_state_that_restores_it() -> None:
    real = Ticking()
    clock = Clock(real=real)
    states: list[ClockState] = []
    clock.on_change(states.append)
    clock.advance(60)
    clock.freeze()
    assert Clock(states[0], real=real).now() == NOON + timedelta(seconds=60)
    assert Clock(states[1]).now() == NOON + timedelta(seconds=60)


def test_an_instant_without_a_zone_and_a_step_beyond_the_calendar_are_refused() -> None:
    clock = Clock.at(NOON)
    with pytest.raises(ValueError, match="no time zone"):
        clock.set(datetime(2026, 1, 1))  # noqa: DTZ001 - the mistake under test
    with pytest.raises(ValueError, match="calendar"):
        clock.advance(1e12)
    with pytest.raises(ValueError, match="calendar"):
        clock.advance(-3e9)
    with pytest.raises(ValueError, match="calendar"):
        clock.set(datetime(9999, 12, 31, tzinfo=UTC))
    assert clock.now() == NOON
