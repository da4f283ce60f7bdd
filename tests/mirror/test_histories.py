"""A few random histories of a mirrored company; hundreds are played by `python -m tests.mirror.histories`."""

from __future__ import annotations

import pytest

from tests.mirror.histories import play


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_happens_the_mirror_claims_nothing_that_is_not_so_and_equals_quickbooks_in_the_end(
    seed: int,
) -> None:
    played = play(seed, ticks=5)
    assert played.wrong == []
    assert played.looks > 0
    assert sum(played.acts.values()) > 0
