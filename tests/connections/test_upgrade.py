"""A company that was connected with the first release stays connected: its one sign-in becomes the first of several."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import MetaData, Table, create_engine, insert

from tests.databases import NoPostgres, scratch_postgres
from tests.world import START, World
from tieout.connections.apps import save_app
from tieout.connections.companies import test_connection as ask_quickbooks
from tieout.connections.grants import list_grants
from tieout.kit.crypto import Secret
from tieout.storage import upgrades
from tieout.storage.columns import Instant

HOUR = 3600.0
FIRST = "0001"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of an empty database that nobody has set up."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'former.db'}"
        return
    with ExitStack() as stack:
        try:
            url = stack.enter_context(scratch_postgres())
        except NoPostgres as none:
            pytest.skip(str(none))
        yield url


def test_a_company_of_the_first_release_goes_on_with_its_sign_in(
    address: str, tmp_path: Path, sqlite_template: Path
) -> None:
    shutil.copyfile(sqlite_template, tmp_path / "tieout.db")
    world = World(tmp_path)
    try:
        tokens = world.grant()
        _as_the_first_release_left_it(world, address, tokens)
        world.database = address
        world.restart()
        save_app(
            world.edges,
            world.caller,
            environment="production",
            client_id=world.simulator.client_id,
            client_secret=Secret(world.simulator.client_secret),
        )
        (grant,) = list_grants(world.edges, world.caller)
        assert (grant.state, grant.authorised_at) == ("in_use", START)
        for _ in range(3):
            assert ask_quickbooks(world.edges, world.caller)
            world.pass_time(26 * HOUR)
        (grant,) = list_grants(world.edges, world.caller)
        assert grant.state == "in_use"
        for kept in tmp_path.glob("former.db*"):
            assert tokens["refresh_token"].encode() not in kept.read_bytes()
    finally:
        world.close()


def _as_the_first_release_left_it(world: World, address: str, tokens: Any) -> None:
    """Set a database up as the first release did, with one company and its tokens, sealed as it sealed them."""
    engine = create_engine(address)
    config = upgrades._config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, FIRST)
        seal = world.edges.keys.seal
        access = seal(tokens["access_token"], row="token:co_1:access")
        refresh = seal(tokens["refresh_token"], row="token:co_1:refresh")
        rows: dict[str, dict[str, Any]] = {
            "companies": {
                "id": "co_1",
                "tenant": "main",
                "realm_id": world.simulator.realm_id,
                "name": "New Company",
                "country": "US",
                "currency": "USD",
                "environment": "production",
                "host": "ledger",
                "status": "connected",
                "read_only": False,
                "is_default": True,
                "connected_at": START,
                "due_at": START,
                "leased_by": "",
                "fence": 3,
                "again": False,
            },
            "tokens": {
                "company": "co_1",
                "access_key": access.key_id,
                "access_box": access.box,
                "refresh_key": refresh.key_id,
                "refresh_box": refresh.box,
                "access_expires_at": START + timedelta(hours=1),
                "refresh_expires_at": START + timedelta(days=100),
                "version": 7,
                "saved_at": START,
                "refreshing_by": "",
            },
        }
        for name, row in rows.items():
            table = Table(name, MetaData(), autoload_with=connection)
            for column in table.columns:
                if column.name.endswith(("_at", "_until")):
                    column.type = Instant()
            connection.execute(insert(table).values(row))
    engine.dispose()
