"""A world that goes on from where another one stood ready is the world that did it all itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from tests.world import READY, World
from tests.worlds import bare
from tieout.storage.tables import metadata

SEALED = ("access_box", "refresh_box", "secret_box", "verifier_box")
"""Columns that are never the same twice: what is sealed is sealed with a fresh nonce."""


def ours(world: World) -> dict[str, list[str]]:
    """Every row of each of our tables."""
    with world.edges.database.engine.connect() as connection:
        return {
            table.name: sorted(
                map(repr, connection.execute(select(*(c for c in table.c if c.name not in SEALED))).all())
            )
            for table in metadata.sorted_tables
        }


def theirs(world: World) -> dict[str, list[str]]:
    """Every row of each of the simulator's tables."""
    with world.simulator.store.transaction() as db:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: sorted(map(repr, db.execute(f'SELECT * FROM "{name}"'))) for name in names}


def numbered_anew(world: World) -> None:
    """Let PostgreSQL number rows from one again: the database is shared, and was only emptied."""
    with world.edges.database.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            for (name,) in connection.execute(text("SELECT sequencename FROM pg_sequences")).all():
                if name.removesuffix("_id_seq") in metadata.tables:
                    connection.execute(text(f"ALTER SEQUENCE {name} RESTART"))


def lived(world: World) -> list[Any]:
    """What a world shows after a day in which both houses, their tokens and their numbering were used."""
    world.client()
    world.service()
    world.invoice()
    world.settle()
    world.pass_time(26 * 3600)
    (invoice,) = world.every("Invoice", "DocNumber = 'T-i1'")
    world.pay(invoice["CustomerRef"]["value"], {invoice["Id"]: "30"})
    world.settle()
    return [ours(world), theirs(world), world.edges.ids.new("x"), world.edges.ids.token()]


@pytest.mark.parametrize("company", ["empty", "sample"])
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_world_that_took_over_is_table_by_table_the_one_that_was_built_and_stays_so(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, company: str
) -> None:
    def made(name: str) -> World:
        (tmp_path / name).mkdir()
        world = bare(request, tmp_path / name, kind, company=company)
        numbered_anew(world)
        return world

    monkeypatch.delitem(READY, (company, 1, kind), raising=False)
    first = made("first")
    first.ready()
    first.close()
    assert (company, 1, kind) in READY
    seen: list[list[Any]] = []
    for name in ("built", "taken over"):
        world = made(name)
        back = world.make_ready() if name == "built" else world.ready()
        seen.append([back, ours(world), theirs(world), *lived(world)])
        world.close()
    built, taken = seen
    for one, other in zip(built, taken, strict=True):
        assert one == other


def test_a_world_in_which_something_happened_before_builds_itself(small_world: World) -> None:
    small_world.books("POST", "customer", {"DisplayName": "There already"})
    small_world.ready()
    with small_world.edges.database.reading() as work:
        (company,) = work.companies.all(small_world.caller.tenant)
        assert work.records.count(company.id, "Customer") == 1
