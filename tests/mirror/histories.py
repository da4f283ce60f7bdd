"""Random histories of a mirrored company, audited by somebody who trusts nobody: `python -m tests.mirror.histories --count N`.

A bookkeeper creates, edits, voids, deletes, merges, deactivates and enters again under the same number; answers
are lost, cut and refused; webhooks come late, twice, in another order, forged, or not at all; the feed is off for
days; clocks differ; our process dies between two transactions, or stands still while another worker takes over.
After each step what coverage claims is compared with what QuickBooks has (`tests.mirror.truth`); after the calm
the mirror must equal QuickBooks, byte for byte.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import repeat
from pathlib import Path
from typing import Any

import structlog

from qbosim.wire import Request, Response
from tests.databases import scratch_postgres
from tests.hearing import Hearing
from tests.mirror.truth import Truth
from tests.qbosim.desk import Desk, named
from tests.qbosim.histories import TRANSACTIONS, Body, History
from tests.qbosim.receiver import Told, receiving
from tests.simulation.weather import Crash, Odds, Weather
from tests.world import World
from tieout.connections.webhooks import Answer, receive
from tieout.kit.errors import TieoutError
from tieout.mirror.backfill import import_company
from tieout.mirror.coverage import CompanyCoverage, show_coverage
from tieout.storage.database import Database
from tieout.sync.cadence import RARELY
from tieout.worker import Worker

FAST = Path("/dev/shm")
HOUR = 3_600.0
DAY = 86_400.0
CALM_LOOKS = 12
"""Looks in the calm, an hour and more apart: what was in trouble is tried again in that time."""
UNREAD_MOST = RARELY.lists + timedelta(days=4)
"""For how long a list that the feed does not cover may go unread, by clocks that are hours wrong now and then."""
WEIGHTS = (40, 12, 8, 18, 8, 3, 1, 14, 8)
"""How often the bookkeeper makes, deletes, voids, edits, renames, merges, closes, sets up and enters again."""


class OverApi(Desk):
    """The desk of a bookkeeper who uses a world's simulator over its API."""

    def __init__(self, world: World) -> None:
        self._world = world

    def send(self, method: str, place: str, body: Any = b"", *, user: str = "", **query: str) -> Response:
        """One call that wants JSON."""
        del user  # the token says who it is
        status, answer = self._world.try_books(method, place, None if body == b"" else body, **query)
        return Response(status, json.dumps(answer).encode())


class Bookkeeper(History):
    """A bookkeeper without a plan, in one world's company."""

    def __init__(self, world: World, dice: random.Random) -> None:
        self.world = world
        self.dice = dice
        self.country, self.currencies, self.done = "US", False, 0
        self.desk = OverApi(world)
        self.names: dict[str, list[str]] = {}
        self.numbers: list[tuple[str, str]] = []
        self.acts: Counter[str] = Counter()
        self._begin()

    def _begin(self) -> None:
        (settings,) = self.desk.rows("Preferences")
        tracking = {"ClassTrackingPerTxnLine": True, "TrackDepartments": True}
        self.desk.post("Preferences", named(settings, AccountingInfoPrefs=tracking))
        super()._begin()

    def live(self, steps: int) -> None:
        """Let that many things happen, or be tried."""
        acts = (
            self._make,
            self._delete,
            self._void,
            self._edit,
            self._rename,
            self._merge,
            self._close,
            self._set_up,
            self._enter_again,
        )
        for act in self.dice.choices(acts, WEIGHTS, k=steps):
            before = self.done
            act()
            self.acts[act.__name__] += self.done - before

    def _delete(self) -> None:
        entity = self.dice.choice((*TRANSACTIONS, "Attachable"))
        record = self.pick(entity)
        if record is None:
            return
        if record.get("DocNumber"):
            self.numbers.append((entity, record["DocNumber"]))
        self._try(entity, named(record), operation="delete")

    def _merge(self) -> None:
        entity = self.dice.choice(("Customer", "Vendor"))
        if len(set(self.names[entity])) < 3:
            return
        gone, kept = self.dice.sample(sorted(set(self.names[entity])), 2)
        body = {"entity": entity, "gone": gone, "kept": kept, "as_inactive": self.dice.random() < 0.5}
        asked = Request(
            "POST", "/qbosim/merge", {}, {"content-type": "application/json"}, json.dumps(body).encode()
        )
        if self.world.simulator.answer(asked).status == 200:
            self.done += 1
            self.names[entity] = [kept if one == gone else one for one in self.names[entity]]

    def _close(self) -> None:
        (settings,) = self.desk.rows("Preferences")
        day = self.dice.choice(["2025-02-01", "2025-05-01", ""])
        self._try("Preferences", named(settings, AccountingInfoPrefs={"BookCloseDate": day}))

    def _set_up(self) -> None:
        """Enter or change something that is no transaction."""
        name = f"Word {self.dice.randrange(10**9)}"
        choices: list[tuple[str, Body]] = [
            ("Term", {"Name": name[:31], "DueDays": self.dice.randrange(90)}),
            ("PaymentMethod", {"Name": name}),
            ("Class", {"Name": name}),
            ("Department", {"Name": name}),
            ("TaxAgency", {"DisplayName": name}),
            ("Attachable", {"Note": name}),
            ("Account", {"Name": name, "AccountType": "Expense"}),
            ("Employee", {"FamilyName": name}),
            ("Customer", {"DisplayName": name}),
            ("Vendor", {"DisplayName": name}),
            ("CompanyCurrency", {"Code": "EUR"}),
            ("ExchangeRate", {"SourceCurrencyCode": "EUR", "AsOfDate": self.day(), "Rate": 1.25}),
            ("RecurringTransaction", self._template()),
            ("CompanyInfo", self._renamed_company(name)),
            ("Attachable", self._noted_again(name)),
        ]
        entity, body = self.dice.choice(choices)
        self._try(entity, body)

    def _template(self) -> Body:
        recurs = {"Name": f"Every {self.dice.randrange(10**9)}", "RecurType": "Unscheduled"}
        return {"Bill": {**self.body("Bill"), "RecurringInfo": recurs}}

    def _renamed_company(self, name: str) -> Body:
        (company,) = self.desk.rows("CompanyInfo")
        return named(company, LegalName=name)

    def _noted_again(self, name: str) -> Body:
        record = self.pick("Attachable")
        return {"Note": name} if record is None else named(record, Note=name)

    def _enter_again(self) -> None:
        """Enter a transaction under the number of one that was deleted, or under one of its own."""
        entity, number = self.dice.choice([*self.numbers, ("Invoice", f"N{self.dice.randrange(10**6)}")])
        self._try(entity, {**self.body(entity), "DocNumber": number})


@dataclass
class Played:
    """How a history went."""

    seed: int
    wrong: list[str] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)
    records: int = 0
    looks: int = 0
    reads: int = 0
    reconnected: int = 0
    """How often somebody had to connect the company again."""
    silent: int = 0
    """Records that QuickBooks had changed without dating the change, when the calm was over."""


def play(seed: int, *, ticks: int = 12, database: str = "") -> Played:
    """Play one history, from an import in a storm to the audit after the calm."""
    dice = random.Random(seed)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir=FAST if FAST.is_dir() else None))
        if database == "postgresql":
            database = stack.enter_context(scratch_postgres())
            fresh = Database(database)
            fresh.migrate()
            fresh.close()
        world = World(Path(folder), seed=seed, database=database)
        stack.callback(world.close)
        return _History(world, dice, seed, stack).play(ticks)


class _History:
    def __init__(self, world: World, dice: random.Random, seed: int, stack: ExitStack) -> None:
        self.world, self.dice = world, dice
        self.played = Played(seed)
        self.weather = Weather(world.simulator, random.Random(seed + 1), Odds.drawn(dice))
        self.bookkeeper = Bookkeeper(world, dice)
        self.truth = Truth(world)
        self.bookkeeper.live(dice.randint(0, 40))
        world.transport = self.weather
        world.restart()
        self.company = world.connect()
        self._turn = threading.RLock()
        self.weather.within(self._turn)
        self.post: list[Told] = []
        """What qbosim sent and nobody has delivered yet."""
        self.hearing = Hearing(world, stack.enter_context(receiving()))
        self.hearing.receiver.reaction = self.post.append
        self.told = dice.random() < 0.7
        """False when this company has no webhooks."""
        self.weather.meddle = self._meddle
        self.weather.while_paused = self._another_worker
        self.weather.over_database(world.edges)

    def play(self, ticks: int) -> Played:
        """Storm, with everybody acting; calm; audit."""
        played, world = self.played, self.world
        self.truth.note()
        self._imported()
        for tick in range(ticks):
            self.bookkeeper.live(self.dice.choice((0, 1, 2, 5, 12)))
            self.truth.note()
            self._time_passes()
            self._deliver()
            with self._storm():
                self._cycle()
            self._connected_again()
            played.wrong += [f"tick {tick}: {one}" for one in self.truth.broken_claims()]
            if played.wrong:
                return self._ended()
        self._calm()
        # A list that the feed does not cover is as new as its last reading, and says so.
        read = self._read_until(show_coverage(world.edges, world.caller))
        played.wrong += [f"after the calm: {one}" for one in self.truth.differences(silent=False, read=read)]
        played.wrong += self._unsettled()
        played.wrong += self.truth.wrong_versions()
        played.wrong += self.truth.wrong_past(self.dice)
        played.silent = len(self.truth.differences(silent=True))
        import_company(world.edges, world.caller, anew=True)
        played.wrong += [f"after a new import: {one}" for one in self.truth.differences(silent=True)]
        return self._ended()

    def _ended(self) -> Played:
        played = self.played
        played.faults = self.weather.seen
        played.acts = self.bookkeeper.acts
        played.records = len(self.truth.now)
        played.reads = sum(self.hearing.metered().values())
        return played

    @contextmanager
    def _storm(self) -> Iterator[None]:
        self.weather.storm = True
        try:
            yield
        finally:
            self.weather.storm = False

    def _imported(self) -> None:
        """Import in the storm, again and again until it is done."""
        for _ in range(60):
            try:
                with self._storm():
                    import_company(self.world.edges, self.world.caller)
                return
            except Crash:
                self._died()
            except TieoutError:
                self._pass(120)
            self._connected_again()
        import_company(self.world.edges, self.world.caller)

    def _connected_again(self) -> None:
        """Connect the company again when its tokens are gone, which only an answer with tokens that got lost may cause."""
        with self.world.edges.database.reading() as work:
            company = work.companies.get(self.company.id)
        assert company is not None
        if company.status == "connected":
            return
        if not self.weather.tokens_lost:
            self.played.wrong.append(f"the connection is {company.status}, and no token was lost")
        self.weather.tokens_lost = 0
        self.played.reconnected += 1
        self.world.connect()

    def _pass(self, seconds: float, *, drift: float = 0.0) -> None:
        """Let time pass in QuickBooks, and here, where a clock may be put wrong by some seconds meanwhile."""
        world = self.world
        theirs = world.simulator_clock.now() + timedelta(seconds=seconds)
        world.clock.sleep(seconds + drift)
        world.simulator_clock.set(theirs)

    def _time_passes(self) -> None:
        seconds = self.dice.choice((1, 20, 200, 900, 6 * HOUR))
        drift = 0.0
        if self.dice.random() < 0.15:
            drift = self.dice.uniform(-9, 9) * HOUR
        if self.dice.random() < 0.06:
            seconds = self.dice.choice((1, 7, 27, 29, 31, 40)) * DAY
        self._pass(seconds, drift=drift)

    def _deliver(self) -> None:
        """Hand over what webhooks tell: late, twice, in another order, forged, or never."""
        self.hearing.deliver()
        if not self.told:
            self.post.clear()
            return
        if self.dice.random() < 0.2:
            return  # late
        if self.dice.random() < 0.3:
            self.dice.shuffle(self.post)
        for told in self.post:
            mood = self.dice.random()
            if mood < 0.1:
                continue
            if mood < 0.2:
                self._forge(told)
            for _ in range(self.dice.choice((1, 1, 1, 2, 4))):
                self._hand_over(told.body, told.headers["intuit-signature"])
        self.post.clear()

    def _hand_over(self, body: bytes, signature: str) -> Answer:
        return receive(self.world.edges, self.hearing.door, body, signature).answer

    def _forge(self, told: Told) -> None:
        """Tell of deletions that never were, under a signature that is another message's."""
        forged = told.body.replace(b".created.", b".deleted.").replace(b".updated.", b".deleted.")
        if (
            forged != told.body
            and self._hand_over(forged, told.headers["intuit-signature"]) != Answer.STRANGE
        ):
            self.played.wrong.append("a forged webhook was taken")

    def _meddle(self) -> None:
        # An import reads in several threads: what one of them is answered must be known as what there was.
        with self._turn, self._aside():
            self.bookkeeper.live(self.dice.randint(1, 4))
            self.truth.note()

    def _another_worker(self) -> None:
        """While ours stands still, its lease ends and another worker looks at the company."""
        with self._aside():
            ours = self.world.edges
            self._pass(1000)
            self.world.edges = self.world.start(
                ids_seed=self.played.seed * 1000 + 500 + sum(self.weather.seen.values())
            )
            try:
                Worker(self.world.edges).tick()
            finally:
                self.world.edges.database.close()
                self.world.edges = ours

    @contextmanager
    def _aside(self) -> Iterator[None]:
        storm, self.weather.storm = self.weather.storm, False
        try:
            yield
        finally:
            self.weather.storm = storm

    def _died(self) -> None:
        self.weather.storm = False
        self.weather.dead = False
        self.world.restart()
        self.weather.over_database(self.world.edges)

    def _cycle(self) -> None:
        """Look at the company now, as a worker does; a look that succeeds is remembered."""
        world = self.world
        try:
            with self._aside(), world.edges.database.transaction() as work:
                work.companies.wake(self.company.id, now=world.edges.clock.now())
            reports = Worker(world.edges).tick()
        except Crash:
            self._died()
            return
        with self._aside():
            self.played.looks += len(reports)
            covered = show_coverage(world.edges, world.caller)
            asked = world.simulator_clock.now()
            whole = covered.proven and all(
                one.complete_until is not None and one.complete_until.timestamp() >= int(asked.timestamp())
                for one in covered.entities
                if one.followed
            )
            if whole and not self._changed_since(covered, asked):
                self.truth.looked()
                self._pass(1)

    def _changed_since(self, covered: CompanyCoverage, asked: datetime) -> bool:
        """Tell whether anything changed in the very second of the look, maybe after it, or a list since it was read."""
        read, second = self._read_until(covered), int(asked.timestamp())
        now = self.truth.note()
        return any(kept.updated >= read.get(key[0], second) for key, kept in now.items())

    def _read_until(self, covered: CompanyCoverage) -> dict[str, int]:
        """Give the second in which each list that the feed does not cover was last read."""
        return {
            one.entity: int(one.complete_until.timestamp()) if one.complete_until is not None else 0
            for one in covered.entities
            if not one.followed
        }

    def _calm(self) -> None:
        """Let nothing go wrong and nobody act until everything can be known, and say what that costs."""
        if self.told:
            self.hearing.deliver()
            for told in self.post:
                self._hand_over(told.body, told.headers["intuit-signature"])
        before = sum(self.hearing.metered().values())
        for _ in range(CALM_LOOKS):
            self._pass(26 * HOUR)
            self._cycle()
            self._connected_again()
            self.played.wrong += [f"in the calm: {one}" for one in self.truth.broken_claims()]
        reads = sum(self.hearing.metered().values()) - before
        # A look and eight checks, some of which compare one by one, is what one look may cost at most.
        if reads > CALM_LOOKS * 30:
            self.played.wrong.append(f"{CALM_LOOKS} looks at a company at rest cost {reads} reads")

    def _unsettled(self) -> list[str]:
        """Find what still waits after the calm."""
        covered = show_coverage(self.world.edges, self.world.caller)
        left = [
            f"not proven after the calm: {one.entity}: {one.trouble}"
            for one in covered.entities
            if not one.proven
        ]
        unread = self.world.simulator_clock.now() - UNREAD_MOST
        left += [
            f"not read since {one.complete_until}: {one.entity}"
            for one in covered.entities
            if one.complete_until is None or one.complete_until < unread
        ]
        with self.world.edges.database.reading() as work:
            due = work.inbound.next_due(self.company.id)
            events = work.events.open(self.company.id, 100)
        if due is not None:
            left.append(f"a change waits to be applied since {due}")
        return left + [f"an event waits: {one}" for one in events]


def main() -> int:
    """Play the seeds that were asked for; 1 when one of them went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.mirror.histories", description=__doc__)
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument("--count", type=int, default=1, help="how many seeds")
    parser.add_argument("--ticks", type=int, default=12, help="how long the storm lasts")
    parser.add_argument("--jobs", type=int, default=1, help="processes at once")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    given = parser.parse_args()
    began = time.monotonic()
    seeds = range(given.start, given.start + given.count)
    wrong, faults, looks = 0, Counter[str](), 0
    with ExitStack() as stack:
        run: Any = map
        if given.jobs > 1:
            run = stack.enter_context(ProcessPoolExecutor(given.jobs)).map
        for one in run(_one, seeds, repeat(given.ticks), repeat(given.database)):
            faults += one.faults
            looks += one.looks
            wrong += bool(one.wrong)
            print(
                f"seed {one.seed}: {one.records} records, {one.looks} looks, {one.reads} reads, {sum(one.acts.values())} acts, "
                f"{one.silent} changed in silence, {one.reconnected} times connected again, "
                f"{'WRONG' if one.wrong else 'right'}",
                flush=True,
            )
            for line in one.wrong[:8]:
                print(f"  {line}", flush=True)
    print(
        f"{given.count} seeds, {looks} looks, {sum(faults.values())} faults {dict(faults)}, "
        f"{wrong} wrong, {time.monotonic() - began:.0f} s"
    )
    return 1 if wrong else 0


def _one(seed: int, ticks: int, database: str) -> Played:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        return play(seed, ticks=ticks, database="postgresql" if database == "postgresql" else "")
    except Exception:  # a seed that cannot be played is a finding, and the others are played all the same
        return Played(seed, [traceback.format_exc()])


if __name__ == "__main__":
    sys.exit(main())
