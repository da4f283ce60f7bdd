"""Very many changes of which hardly one means anything to us: those are settled together, each other one alone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event

from tests.looking import invoices, issues, only
from tests.mirror.wire import calm, many, rewired
from tests.world import World

STRANGERS = 700
COMMITS_MOST = 80
"""What a quiet cycle needs, and some for each page of changes; each on its own, they would need two thousand."""


def test_changes_that_nothing_hangs_on_are_settled_together_and_the_others_are_looked_at(
    world: World,
) -> None:
    world.client()
    world.service()
    world.invoice()
    world.settle()
    bill = only(invoices(world))
    made = many(world, "Customer", [{"DisplayName": f"Stranger {one:04}"} for one in range(STRANGERS)])
    bodies = [
        {"CustomerRef": {"value": made[0]["Id"]}, "Line": _unnumbered(bill)} for _ in range(STRANGERS // 2)
    ]
    many(world, "Invoice", bodies)
    world.edit(
        "Invoice",
        bill["Id"],
        Line=[{"DetailType": "SalesItemLineDetail", "Amount": 999, "SalesItemLineDetail": {}}],
    )
    world.edit("Customer", bill["CustomerRef"]["value"], Active=False)
    world.pass_time(900)

    def spoil(body: Any) -> None:
        for found in _lists(body, "Customer"):
            for one in found:
                if one["Id"] == made[5]["Id"]:
                    one["PrimaryEmailAddr"] = "no object"

    rewired(world, tamper=spoil)
    commits = _counted(world)
    assert world.sync().state == "succeeded"
    assert len(commits) <= COMMITS_MOST
    kinds = {(one.finding.kind, one.finding.record) for one in issues(world)}
    assert ("sync.poison", made[5]["Id"]) in kinds
    assert ("customer.unlinked", "c1") in kinds
    assert any(kind.startswith("drift.") and record == "i1" for kind, record in kinds), kinds
    with world.edges.database.reading() as work:
        waiting = work.inbound.list(work.companies.all("main")[0].id)
    assert [(one.entity, one.qbo_id, one.state) for one in waiting] == [("Customer", made[5]["Id"], "poison")]
    calm(world)
    world.edit("Customer", made[5]["Id"], Notes="mended")
    world.settle()
    assert "sync.poison" not in {one.finding.kind for one in issues(world)}


def _unnumbered(bill: dict[str, Any]) -> list[dict[str, Any]]:
    line = bill["Line"][0]
    return [{name: value for name, value in line.items() if name != "Id"}]


def _lists(body: Any, entity: str) -> list[list[dict[str, Any]]]:
    if isinstance(body, list):
        return [found for one in body for found in _lists(one, entity)]
    if isinstance(body, dict):
        mine = [value for name, value in body.items() if name == entity and isinstance(value, list)]
        return mine + [
            found for name, value in body.items() if name != entity for found in _lists(value, entity)
        ]
    return []


def _counted(world: World) -> list[Any]:
    """Count what is committed from now on."""
    commits: list[Any] = []
    event.listen(world.edges.database.engine, "commit", commits.append)
    return commits
