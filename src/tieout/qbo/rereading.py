"""Trying a read again: a few times, each after a longer wait, for minutes and not for ever. Writes never come here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from tieout.kit.backoff import Chance, waits
from tieout.kit.clock import Clock
from tieout.kit.errors import Throttled, Unreachable
from tieout.qbo.call import Ask, Caller, Reply
from tieout.qbo.circuit import Open

FIRST_WAIT: Final = 1.0
"""Seconds before the second try; each further wait is four times as long, and all of them vary by chance."""
TRIES_AGAIN: Final = 3
DEADLINE: Final = 240.0
"""Seconds after which a read is given up whatever is left to try: waits for a turn and after a 429 count, too."""

T = TypeVar("T")


def read(caller: Caller, clock: Clock, chance: Chance, ask: Ask, understand: Callable[[Reply], T]) -> T:
    """Make a call that reads, and take its answer apart; a garbled answer counts as none.

    Raises Unreachable or Throttled when the last try failed or time is up, and at once what no trying mends.
    """
    assert not ask.writes, ask
    began = clock.now()
    pauses = waits(FIRST_WAIT, tries=TRIES_AGAIN, chance=chance)
    while True:
        left = DEADLINE - (clock.now() - began).total_seconds()
        try:
            return caller.understood(caller.send(ask, patience=max(left, 0.0)), understand)
        except Open:
            raise
        except (Throttled, Unreachable) as error:
            pause = next(pauses, None)
            if pause is not None and isinstance(error, Throttled):
                pause = max(pause, float(str(error.facts.get("retry_after", 0.0))))
            if pause is None or (clock.now() - began).total_seconds() + pause > DEADLINE:
                raise
        clock.sleep(pause)
