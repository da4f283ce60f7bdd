"""A few seeds of every day in the test run; `make seeds` plays many, and a sabotaged Tieout must be noticed."""

from __future__ import annotations

import pytest

from tests.simulation.canary import CANARIES, released
from tests.simulation.day import play

SEEDS_WITH_LOST_ANSWERS = range(40)


@pytest.mark.parametrize("seed", range(24))
def test_a_random_day_ends_with_every_document_once_or_one_issue(seed: int) -> None:
    played = play(seed, ticks=30)
    assert played.wrong == [], (
        f"replay: python -m tests.simulation --start {seed} --count 1 --ticks 30 --verbose"
    )
    assert played.confirmed > 0, "nothing was sent, so nothing was proven"


def test_the_same_seed_is_the_same_day() -> None:
    first, second = play(7, ticks=15), play(7, ticks=15)
    assert first.notes == second.notes
    assert first.faults == second.faults


@pytest.mark.parametrize("canary", sorted(CANARIES))
def test_a_sabotaged_tieout_is_noticed(canary: str) -> None:
    with released(canary):
        for seed in SEEDS_WITH_LOST_ANSWERS:
            if play(seed, ticks=30).wrong:
                return
    pytest.fail(
        f"{len(SEEDS_WITH_LOST_ANSWERS)} days were played with the canary {canary}, and nobody noticed"
    )
