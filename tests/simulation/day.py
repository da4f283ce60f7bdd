"""One seeded day, from an empty company to the audit."""

from __future__ import annotations

import random
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.simulation.actors import Bookkeeper, Decider, Notebook, Shop
from tests.simulation.auditor import audit, doubled
from tests.simulation.weather import Crash, Odds, Weather
from tests.world import World
from tieout.kit.errors import TieoutError
from tieout.sync.decide import list_issues
from tieout.sync.documents import get_document
from tieout.worker import Worker

FAST = Path("/dev/shm")


@dataclass
class Played:
    """How a seed went."""

    seed: int
    wrong: list[str]
    notes: list[str]
    faults: dict[str, int]
    confirmed: int
    issues: int


def play(seed: int, *, ticks: int = 40) -> Played:
    """Play one day: the storm with everybody acting, then the calm, then the audit."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory(dir=FAST if FAST.is_dir() else None) as folder:
        world = World(Path(folder), seed=seed)
        weather = Weather(world.simulator, random.Random(seed + 1), Odds.drawn(rng))
        world.transport = weather
        world.restart()
        try:
            return _play(world, weather, rng, seed, ticks)
        finally:
            world.close()


def _play(world: World, weather: Weather, rng: random.Random, seed: int, ticks: int) -> Played:
    notebook = Notebook()
    world.ready()
    people: list[Shop | Bookkeeper | Decider] = [
        Shop(world, rng, notebook),
        Bookkeeper(world, rng, notebook),
        Decider(world, rng, notebook),
    ]
    weights = [rng.randint(3, 6), rng.randint(1, 4), rng.randint(0, 2)]
    weather.meddle = people[1].act
    weather.while_paused = lambda: _another_worker(world, weather)
    weather.over_database(world.edges)
    confirmed = 0
    wrong: list[str] = []
    for tick in range(ticks):
        weather.storm = False  # people's own doors work; the storm is between Tieout and QuickBooks
        for actor in rng.choices(people, weights, k=rng.randint(1, 3)):
            actor.act()
        weather.storm = True
        notebook.write(f"tick {tick}: cycle")
        confirmed += _cycle(world, weather, notebook)
        weather.storm = False
        wrong += [f"tick {tick}: {one}" for one in doubled(world)]
        world.pass_time(rng.choice((20, 120, 400, 1500)))
        if wrong:
            break
    for _ in range(30):
        confirmed += _cycle(world, weather, notebook)
        world.pass_time(1200)
    wrong += audit(world, notebook)
    issues = len(list_issues(world.edges, world.caller, limit=10_000))
    for line in wrong:
        notebook.lines += _story(world, line)
    if wrong:
        notebook.lines += [f"   in QuickBooks: {one}" for one in world.every("Payment")]
        notebook.lines += [
            f"   {one.state} {one.finding.kind} {one.finding.record_kind} {one.finding.record} {one.closed_how}"
            for one in list_issues(world.edges, world.caller, state="all", limit=1000)
        ]
    return Played(seed, wrong, notebook.lines, dict(weather.seen), confirmed, issues)


def _story(world: World, line: str) -> list[str]:
    """Tell what Tieout knows of the record that a finding names, for whoever replays the seed."""
    found = re.search(r"(invoice|payment) ([ip]\d+)", line)
    if found is None:
        return []
    detail = get_document(world.edges, world.caller, kind=found[1], ref=found[2])
    return [
        f"-- {line}",
        f"   {detail.record}",
        f"   {detail.link}",
        *(
            f"   push {one.id} {one.action} {one.state} gen {one.generation} {one.error} {one.waits_for}"
            for one in detail.pushes
        ),
        *(
            f"   {one.at:%d %H:%M} {one.what} {one.detail} ({one.actor}) {one.qbo_id}"
            for one in reversed(detail.timeline)
        ),
        *(
            f"   issue {one.finding.kind} {one.state} {one.closed_how}: {one.finding.why}"
            for one in detail.issues
        ),
    ]


def _cycle(world: World, weather: Weather, notebook: Notebook) -> int:
    """Run a cycle as the worker would; a crash starts the installation anew."""
    try:
        with world.edges.database.transaction() as work:
            for company in work.companies.all(world.caller.tenant):
                work.companies.wake(company.id, now=world.edges.clock.now())
        reports = Worker(world.edges).tick()
    except Crash as crash:
        notebook.write(f"crash {crash}")
        weather.storm = False
        world.restart()
        weather.over_database(world.edges)
        return 0
    except TieoutError as error:
        notebook.write(f"worker: {error.sentence()}")
        return 0
    for report in reports:
        notebook.write(f"  {report.state} {dict(report.stats)} {report.error}")
    return sum(report.stats["confirmed"] for report in reports)


def _another_worker(world: World, weather: Weather) -> None:
    """While ours stands still, its lease ends and another worker runs the company's cycle."""
    storm, weather.storm = weather.storm, False
    ours = world.edges
    world.pass_time(1000)
    world.edges = world.start(ids_seed=world.seed * 1000 + 500 + sum(weather.seen.values()))
    try:
        Worker(world.edges).tick()
    finally:
        world.edges.database.close()
        world.edges = ours
        weather.storm = storm
