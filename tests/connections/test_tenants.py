"""Removing a tenant takes all that is its own, and nothing of anybody else's."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tests.world import World
from tieout.connections.apps import save_app
from tieout.connections.tenants import add_tenant, list_tenants, remove_tenant, tenant_of
from tieout.domain.documents import Client
from tieout.kit.crypto import Secret
from tieout.kit.errors import NotAllowed, Refused
from tieout.security.callers import operator, owner
from tieout.security.notices import News, tell
from tieout.storage.tables import metadata

OPERATOR = operator("main", "cli")


def _rows_of(world: World, tenant: str) -> dict[str, int]:
    """Count a tenant's rows in every table that knows tenants."""
    with world.edges.database.engine.connect() as connection:
        return {
            table.name: connection.execute(
                select(func.count()).select_from(table).where(table.c.tenant == tenant)
            ).scalar_one()
            for table in metadata.sorted_tables
            if "tenant" in table.columns
        }


def test_a_removed_tenant_leaves_nothing_but_the_audit_trail_and_its_id_is_not_given_again(
    world: World,
) -> None:
    edges = world.edges
    world.client()
    before = _rows_of(world, "main")
    token = add_tenant(edges, OPERATOR, tenant="blue-heron", name="Blue Heron Boats").token.value
    edges.host("blue-heron", "ledger").put(Client(ref="c9", name="Somebody's client"))  # type: ignore[attr-defined]
    caller = owner("blue-heron", "rest")
    save_app(edges, caller, environment="sandbox", client_id="an app", client_secret=Secret("its secret"))
    with edges.database.transaction() as work:
        tell(edges, work, "blue-heron", News("budget.brake", "co_9", "what", "record", "why", "remedy"))
    with pytest.raises(NotAllowed) as refused:
        remove_tenant(edges, OPERATOR, tenant="blue-heron")
    assert "1 records of the built-in host" in refused.value.reason
    assert tenant_of(edges, token) == "blue-heron"
    remove_tenant(edges, OPERATOR, tenant="blue-heron", confirm="blue-heron")
    assert tenant_of(edges, token) is None
    assert list_tenants(edges, OPERATOR) == []
    left = _rows_of(world, "blue-heron")
    assert left.pop("audit") > 0
    assert set(left.values()) == {0}
    after = _rows_of(world, "main")
    assert {**before, "audit": 0} == {**after, "audit": 0}
    with pytest.raises(Refused):
        add_tenant(edges, OPERATOR, tenant="blue-heron")
