"""The control plane's doors for the simulated clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from qbosim.asked import Refused, read_body
from qbosim.controls.world import Controlled
from qbosim.wire import Request


class ClockChange(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST /qbosim/clock."""

    set: datetime | None = None
    advance: float | None = None
    freeze: bool | None = None


class ClockDoors:
    """Answers control requests about time."""

    def __init__(self, simulator: Controlled) -> None:
        self._simulator = simulator

    def show(self, _request: Request) -> Any:
        """What time it is."""
        clock = self._simulator.clock
        return {
            "now": clock.now().isoformat(),
            "frozen": clock.frozen,
            "offset_seconds": clock.state.offset_seconds,
        }

    def move(self, request: Request) -> Any:
        """Set, advance, freeze or release the clock; in this order when several are asked."""
        wish = read_body(request, ClockChange, "The clock was not moved")
        clock = self._simulator.clock
        if wish.set is None and wish.advance is None and wish.freeze is None:
            raise Refused(
                "The clock was not moved",
                which="the body",
                why="It asks for nothing.",
                remedy='Send {"set": "2026-01-31T09:00:00+00:00"}, {"advance": seconds} or {"freeze": true}.',
            )
        try:
            if wish.set is not None:
                clock.set(wish.set)
            if wish.advance is not None:
                clock.advance(wish.advance)
        except (ValueError, OverflowError) as error:
            raise Refused(
                "The clock was not moved",
                which="set" if wish.set is not None else "advance",
                why=f"{error}.",
                remedy='Send an instant with its offset, like "2026-01-31T09:00:00+00:00", or fewer seconds.',
            ) from error
        if wish.freeze is True:
            clock.freeze()
        elif wish.freeze is False:
            clock.run()
        return self.show(request)
