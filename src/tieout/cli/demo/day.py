"""The day of the demo: its steps in order, the stage they are played on, and whether it came out well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Final

from tieout.cli.demo.afternoon import AFTERNOON
from tieout.cli.demo.bookkeeper import Bookkeeper
from tieout.cli.demo.checks import Played
from tieout.cli.demo.clock import ForwardClock
from tieout.cli.demo.morning import MORNING
from tieout.cli.demo.rest import Rest
from tieout.cli.demo.simulator import Simulated
from tieout.cli.demo.stage import Stage, play_step
from tieout.cli.demo.telling import Telling

DAY: Final = (*MORNING, *AFTERNOON)
"""Every step of the day, in its order."""
ENCORE: Final = "SD-3102"
"""The invoice that is left to be settled by whoever watches."""


def play(stage: Stage) -> list[Played]:
    """Play the steps until one breaks off."""
    steps: list[Played] = []
    for number, step in enumerate(DAY, start=1):
        steps.append(play_step(stage, number, step))
        if steps[-1].trouble is not None:
            break
        stage.breathe()
    return steps


def tied_out(steps: Sequence[Played]) -> bool:
    """Tell whether the whole day was played and every check held."""
    return [played.name for played in steps] == [step.name for step in DAY] and all(
        played.ok for played in steps
    )


@contextmanager
def staged(
    running: Simulated, page: str, home: Path, clock: ForwardClock, telling: Telling, *, pause_seconds: float
) -> Iterator[Stage]:
    """Set the stage on two sides that run."""
    with Rest(page) as tieout, Bookkeeper(running.url, running.realm_id) as books:
        yield Stage(
            simulated=running,
            page=page,
            home=str(home),
            tieout=tieout,
            books=books,
            clock=clock,
            telling=telling,
            pause_seconds=pause_seconds,
            played=Played("", ""),
        )


def encore(stage: Stage) -> None:
    """Leave whoever watches something to decide: a total that changes in QuickBooks."""
    stage.books.raise_price(stage.sale(ENCORE), Decimal("10.00"))
    stage.cycle()
    stage.notes(f"The bookkeeper has just changed {ENCORE} once more: it is yours to settle, on the page")
