"""Requests of public clients that the simulator once refused, each as the client sends it."""

from __future__ import annotations

import pytest

from tests.qbosim.desk import Desk


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk()


@pytest.mark.rule("query.not_equal")
def test_python_quickbooks_asks_for_all_assets_but_the_receivables(desk: Desk) -> None:
    wanted = "WHERE Classification = 'Asset'"
    name = "Accounts Receivable (A/R)"
    every = [each["Name"] for each in desk.rows("Account", wanted)]
    others = [each["Name"] for each in desk.rows("Account", f"{wanted} AND FullyQualifiedName != '{name}'")]
    assert name in every
    assert others == [each for each in every if each != name]
    assert len(desk.rows("Account", f"{wanted} AND FullyQualifiedName != '{name}' MAXRESULTS 2")) == 2


@pytest.mark.rule("attachable.query_by_tag")
def test_node_quickbooks_finds_notes_by_their_tag(desk: Desk) -> None:
    for number in range(3):
        desk.post("Attachable", {"Note": f"Test {number}", "Tag": "Testing" if number else "Other"})
    found = desk.query("select * from attachable where Tag = 'Testing' startposition 1 maxresults 1000")
    assert [each["Note"] for each in found["Attachable"]] == ["Test 1", "Test 2"]
