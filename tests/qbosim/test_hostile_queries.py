"""Queries that no client should ask: each is a page or a fault, never a failure."""

from __future__ import annotations

import pytest

from tests.qbosim.desk import Desk, fault_of


@pytest.mark.parametrize(
    "condition",
    [
        "DisplayName like '" + "%a" * 30_000 + "'",
        "DisplayName like '" + "x" * 60_000 + "%'",
        "Id in (" + ",".join(f"'{number}'" for number in range(30_000)) + ")",
        " and ".join(["Id = '1'"] * 5_000),
    ],
    ids=["many wildcards", "a long pattern", "many values", "many conditions"],
)
def test_a_query_that_is_too_long_is_refused(condition: str) -> None:
    body = f"select * from Customer where {condition}".encode()
    assert fault_of(Desk().send("POST", "query", body))["code"] == "4001"


def test_wildcards_by_the_dozen_cost_no_time() -> None:
    desk = Desk()
    desk.customer("a" * 100)
    assert desk.rows("Customer", "where DisplayName like '" + "%a" * 40 + "%b'") == []
