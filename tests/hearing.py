"""A world that qbosim tells its changes: real webhooks over HTTP, handed to the door that Intuit would post to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from tests.qbosim.receiver import Receiver, Told, receiving
from tests.world import World
from tieout.connections.hold import claim_next
from tieout.connections.webhooks import PLACE, Received, receive, set_webhooks
from tieout.kit.crypto import Secret
from tieout.storage.companies import Company
from tieout.storage.events import Event
from tieout.sync.cycle import Report, run_cycle

GATHERED = 5
"""Seconds for which qbosim gathers changes before it tells of them."""


class Hearing:
    """A world with webhooks: what was received, and the days going by."""

    def __init__(self, world: World, receiver: Receiver) -> None:
        self.world = world
        self.received: list[Received] = []
        self.reports: list[Report] = []
        self.deaf = False
        """True while what qbosim sends reaches nobody."""
        (app,) = world.control("GET", "apps")["apps"]
        self.verifier = str(app["webhook_verifier"])
        shown = set_webhooks(
            world.edges, world.caller, environment="production", verifier=Secret(self.verifier)
        )
        self.door = shown.url.partition(PLACE)[2]
        receiver.reaction = self._take
        self.receiver = receiver
        world.control("POST", "webhooks", {"url": receiver.url})

    @property
    def company(self) -> Company:
        """The company as it stands now."""
        with self.world.edges.database.reading() as work:
            (company,) = work.companies.all(self.world.caller.tenant)
        return company

    def open_events(self) -> list[Event]:
        """What webhooks told and is not settled."""
        company = self.company.id
        with self.world.edges.database.reading() as work:
            return work.events.open(company, 10_000)

    def deliver(self) -> int:
        """Have qbosim send what is due."""
        return int(self.world.control("POST", "webhooks/deliver")["attempts"])

    def tick(self) -> list[Report]:
        """Run what is due, as a worker does."""
        ran: list[Report] = []
        while (lease := claim_next(self.world.edges)) is not None:
            ran.append(run_cycle(self.world.edges, lease, cause="due"))
            # Whoever runs 50 cycles at one instant would run for ever.
            assert len(ran) < 50, ran
        self.reports += ran
        return ran

    def until(self, end: datetime) -> None:
        """Let time pass, looking at the company when it is due, delivering webhooks when they are."""
        world = self.world
        while (now := world.clock.now()) < end:
            due = min(max(self.company.due_at, now + timedelta(seconds=1)), end)
            if self._waits():
                due = min(due, now + timedelta(seconds=GATHERED))
            world.pass_time((due - now).total_seconds())
            self.deliver()
            self.tick()

    def metered(self) -> dict[str, int]:
        """qbosim's own meter: reads by day (UTC)."""
        days = self.world.control("GET", "log/summary")["days"]
        return {str(one["day"]): int(one["reads"]) for one in days}

    def counted(self) -> dict[str, int]:
        """Our own count: reads by day (UTC)."""
        by_day: dict[str, int] = {}
        company = self.company.id
        with self.world.edges.database.reading() as work:
            for row in work.reads.since(company, date.min):
                by_day[row.day.isoformat()] = by_day.get(row.day.isoformat(), 0) + row.number
        return by_day

    def _take(self, told: Told) -> None:
        if not self.deaf:
            self.received.append(
                receive(self.world.edges, self.door, told.body, told.headers["intuit-signature"])
            )

    def _waits(self) -> bool:
        return any(one["waiting"] for one in self.world.control("GET", "webhooks")["endpoints"])


@contextmanager
def hearing(world: World) -> Iterator[Hearing]:
    """Give a world webhooks for the length of the block; its company must be connected."""
    with receiving() as receiver:
        yield Hearing(world, receiver)
