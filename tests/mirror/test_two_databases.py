"""The same company mirrored twice, into SQLite and into PostgreSQL: both say the same, table by table."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.databases import emptied
from tests.mirror.histories import Bookkeeper
from tests.mirror.truth import Truth, mirror_of
from tests.world import World
from tieout.edges import Edges
from tieout.kit.clock import ManualClock
from tieout.mirror.backfill import import_company
from tieout.mirror.check import check_mirror
from tieout.storage.database import Database
from tieout.storage.tables import coverage, imports, inbound, records, versions

DAY = 86_400.0
HANDED_OUT = {"company", "id"}
"""Columns that say which company it is, and the place of a version in its table: no two databases have the same."""


@pytest.fixture
def twins(
    small_world: World, tmp_path: Path, postgres_database: Database, postgres_url: str
) -> Iterator[tuple[World, World]]:
    """Give two installations of one simulator's company, on SQLite and on PostgreSQL, each with its own clock."""
    emptied(postgres_database)
    other = copy.copy(small_world)
    other.folder, other.database = tmp_path / "other", postgres_url
    other.folder.mkdir()
    other.clock = ManualClock(small_world.clock.now())
    other.edges = other.start()
    yield small_world, other
    other.edges.database.close()


@pytest.mark.postgres
@pytest.mark.parametrize("seed", [1, 2])
def test_two_mirrors_of_one_company_say_the_same_on_either_database(
    twins: tuple[World, World], seed: int
) -> None:
    dice = random.Random(seed)
    bookkeeper = Bookkeeper(twins[0], dice)
    truth = Truth(twins[1])
    bookkeeper.live(60)
    truth.note()
    for one in twins:
        one.connect()
        import_company(one.edges, one.caller)
    for _ in range(8):
        bookkeeper.live(dice.choice((2, 5, 25)))
        truth.note()
        _both_look(twins, dice.choice((60.0, 900.0, DAY, 9 * DAY, 31 * DAY)))
    for one in twins:
        assert all(found.proven for found in check_mirror(one.edges, one.caller))
    sqlite, postgresql = twins
    for table in (records, versions, coverage, imports, inbound):
        ours, theirs = _rows(sqlite.edges, table), _rows(postgresql.edges, table)
        assert ours == theirs, table.name
        assert ours or table is inbound, f"nothing is in {table.name}"
    assert mirror_of(sqlite.edges.database) == mirror_of(postgresql.edges.database)
    assert truth.differences(silent=False) == []


def _both_look(twins: tuple[World, World], seconds: float) -> None:
    """Let time pass, set both clocks alike, and have both look at the changes."""
    now = max(one.clock.now() for one in twins)
    for one in twins:
        one.clock.sleep((now - one.clock.now()).total_seconds() + seconds)
    twins[0].simulator_clock.set(twins[0].clock.now())
    for one in twins:
        assert one.sync().state == "succeeded"


def _rows(edges: Edges, table: Any) -> list[tuple[Any, ...]]:
    """Read what a table says, whatever its database counted and in whatever order it gives it."""
    columns = [one for one in table.columns if one.name not in HANDED_OUT]
    with edges.database.engine.connect() as connection:
        rows = connection.execute(select(*columns))
        return sorted((tuple(row) for row in rows), key=repr)
