"""The invariants that `tieout doctor` checks: each must notice what it is there for."""

from __future__ import annotations

from tests.world import World
from tieout.sync.invariants import Broken, check_company


def broken(world: World) -> list[Broken]:
    with world.edges.database.reading() as work:
        company = work.companies.all("main")[0]
        return check_company(work, company)


def test_a_document_that_is_in_the_books_twice_under_one_mark_is_noticed(world: World) -> None:
    world.ready()
    world.client()
    world.service()
    world.invoice(number="T-77")
    world.settle()
    assert broken(world) == []
    first = world.every("Invoice", "DocNumber = 'T-77'")[0]
    copied = {name: first[name] for name in ("CustomerRef", "DocNumber", "PrivateNote")}
    lines = [line for line in first["Line"] if line["DetailType"] != "SubTotalLineDetail"]
    again = world.books(
        "POST",
        "invoice",
        {**copied, "Line": [{name: value for name, value in line.items() if name != "Id"} for line in lines]},
        include="allowduplicatedocnum",
    )["Invoice"]
    world.settle()
    (found,) = broken(world)
    assert found.invariant == "no_document_twice"
    assert "T-77" in found.record
    world.delete("Invoice", again["Id"])
    world.settle()
    assert broken(world) == []
