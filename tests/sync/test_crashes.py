"""Our process dies between any two steps, and the books are right all the same."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import httpx2
import pytest
from sqlalchemy import event

from tests.bridge import SimulatorTransport
from tests.looking import invoices, issues, left, only
from tests.world import World


class Died(BaseException):
    """The process ends here; no handler of ours may survive it."""


class Fuse:
    """Burns at the n-th step: a transaction's begin or commit, or either side of a call to QuickBooks."""

    def __init__(self, step: int) -> None:
        self.step = step
        self.passed = 0
        self.lit = True

    def burn(self, *_: object) -> None:
        """Count a step, and die at the chosen one."""
        if not self.lit:
            return
        self.passed += 1
        if self.passed == self.step:
            self.lit = False
            raise Died(f"at step {self.step}")


class FusedTransport(httpx2.BaseTransport):
    """A way to the simulator on which the process can die before or after each call."""

    def __init__(self, inner: SimulatorTransport, fuse: Fuse) -> None:
        self._inner, self._fuse = inner, fuse

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Carry a request."""
        self._fuse.burn()
        answer = self._inner.handle_request(request)
        self._fuse.burn()
        return answer


def crash_at(world: World, fuse: Fuse, act: Any) -> bool:
    """Act with a fuse that burns somewhere; tells whether it did. Afterwards the process has been restarted."""
    calm = world.transport
    world.transport = FusedTransport(SimulatorTransport(world.simulator), fuse)
    world.restart()
    for moment in ("begin", "commit"):
        event.listen(world.edges.database.engine, moment, fuse.burn)
    try:
        act()
        return False
    except Died:
        return True
    finally:
        fuse.lit = False
        world.transport = calm
        world.restart()
        world.pass_time(600)


@pytest.mark.parametrize("step", range(1, 140, 3))
def test_an_export_that_dies_anywhere_ends_with_each_record_once(small_world: World, step: int) -> None:
    world = small_world
    world.ready()
    world.client()
    world.service()
    world.invoice()
    world.payment(parts={"i1": "60"})
    crash_at(world, Fuse(step), world.sync)
    world.settle()
    assert [one["DocNumber"] for one in invoices(world)] == ["T-i1"]
    assert len(world.every("Payment")) == 1
    assert len(world.every("Customer")) == 1
    assert Decimal(str(only(invoices(world))["Balance"])) == Decimal(100)
    assert issues(world) == []


@pytest.mark.parametrize("step", range(1, 60, 2))
def test_a_payment_coming_in_that_dies_anywhere_is_booked_once(small_world: World, step: int) -> None:
    world = small_world
    world.ready()
    world.client()
    world.service()
    world.invoice()
    world.invoice("i2", number="T-i2")
    world.settle()
    ids = {one["DocNumber"]: one["Id"] for one in invoices(world)}
    customer = only(world.every("Customer"))["Id"]
    world.pay(customer, {ids["T-i1"]: "50", ids["T-i2"]: "20"})
    crash_at(world, Fuse(step), world.sync)
    world.settle()
    assert (left(world, "i1"), left(world, "i2")) == (Decimal(110), Decimal(140))
    assert issues(world) == []


def test_the_crash_test_reaches_the_end_of_what_it_tests(small_world: World) -> None:
    world = small_world
    world.ready()
    world.client()
    world.service()
    world.invoice()
    world.payment(parts={"i1": "60"})
    fuse = Fuse(10_000)
    assert not crash_at(world, fuse, world.sync)
    assert fuse.passed <= 140, f"the export has {fuse.passed} steps now: let the test above go as far"
