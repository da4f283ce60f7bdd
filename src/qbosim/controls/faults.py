"""The control plane's doors for planned faults."""

from __future__ import annotations

from typing import Any

import msgspec

from qbosim import chaos
from qbosim.asked import Refused, read_body
from qbosim.chaos import Plan
from qbosim.controls.world import Controlled
from qbosim.wire import Request


class FaultDoors:
    """Answers control requests about planned faults."""

    def __init__(self, simulator: Controlled) -> None:
        self._simulator = simulator

    def show(self, _request: Request) -> Any:
        """The planned faults and what they did so far."""
        with self._simulator.store.transaction() as db:
            return {"faults": [planned_fault(each) for each in chaos.every(db)], "kinds": chaos.KINDS}

    def plan(self, request: Request) -> Any:
        """Plan one fault."""
        plan = read_body(request, Plan, "The fault was not planned")
        wrong = chaos.nonsense(plan)
        if wrong is not None:
            field, why = wrong
            raise Refused(
                "The fault was not planned",
                which=field,
                why=why,
                remedy="GET /qbosim/faults lists the kinds and shows how a plan looks.",
            )
        with self._simulator.store.transaction() as db:
            number = chaos.add(db, plan)
            return planned_fault(next(each for each in chaos.every(db) if each.id == number))

    def clear(self, request: Request) -> Any:
        """Take back all planned faults, or the one whose number ends the path."""
        last = request.path.rstrip("/").rpartition("/")[2]
        number = int(last) if last.isdigit() else None
        with self._simulator.store.transaction() as db:
            removed = chaos.remove(db, number)
        if number is not None and not removed:
            raise Refused(
                "The fault was not taken back",
                which=f"fault {number}",
                why="There is no planned fault with this number.",
                remedy="GET /qbosim/faults lists them.",
                status=404,
            )
        return {"removed": removed}


def planned_fault(planned: chaos.Planned) -> dict[str, Any]:
    """A planned fault and what it did so far, as JSON."""
    plan: dict[str, Any] = msgspec.to_builtins(planned.plan)
    return {"id": planned.id, "seen": planned.seen, "fired": planned.fired, **plan}
