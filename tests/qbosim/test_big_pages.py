"""Pages of queries while somebody writes: always those that counting through the whole list would give."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbosim.query import pages
from tests.qbosim.desk import REALM, Desk, bill, named

Row = dict[str, Any]

SHAPES: dict[str, tuple[Callable[[Row], bool], Callable[[list[Row]], None]]] = {}
"""A query's words, and how somebody without a database would find its rows: which, and in which order."""


def _shape(words: str, keep: Callable[[Row], bool], *keys: tuple[Callable[[Row], Any], bool]) -> None:
    def order(rows: list[Row]) -> None:
        rows.sort(key=lambda row: int(row["Id"]))
        for key, descending in reversed(keys):
            rows.sort(key=key, reverse=descending)

    SHAPES[words] = (keep, order)


def _every(_row: Row) -> bool:
    return True


def _changed(row: Row) -> str:
    return str(row["MetaData"]["LastUpdatedTime"])


def _id(row: Row) -> int:
    return int(row["Id"])


def _day(row: Row) -> str:
    return str(row["TxnDate"])


def _number(row: Row) -> tuple[bool, str]:
    return ("DocNumber" in row, str(row.get("DocNumber", "")).lower())


_NEWEST = ((_changed, True), (_id, True))
_shape("", _every, *_NEWEST)
_shape("orderby Id", _every, (_id, False))
_shape("orderby Id desc", _every, (_id, True))
_shape("orderby MetaData.LastUpdatedTime", _every, (_changed, False))
_shape("orderby TxnDate", _every, (_day, False))
_shape("orderby TxnDate desc", _every, (_day, True))
_shape(
    "orderby DocNumber desc, TotalAmt",
    _every,
    (_number, True),
    (lambda row: row["TotalAmt"], False),
)
_shape("where TxnDate >= '2026-05-04'", lambda row: _day(row) >= "2026-05-04", *_NEWEST)
_shape("where CustomerRef = '1' orderby Id", lambda row: row["CustomerRef"]["value"] == "1", (_id, False))
_shape("where CustomerRef in ('1', '2')", lambda row: row["CustomerRef"]["value"] in ("1", "2"), *_NEWEST)
_shape("where Balance > '0' orderby TxnDate", lambda row: row["Balance"] > 0, (_day, False))
_shape(
    "where TxnDate < '2026-05-05' and TotalAmt > '20' orderby DueDate",
    lambda row: _day(row) < "2026-05-05" and row["TotalAmt"] > 20,
    (lambda row: row["DueDate"], False),
)

_WRITES = st.sampled_from(("invoice", "date", "pay", "void", "delete", "refused", "batch", "later"))
_ASKS = st.tuples(st.sampled_from(sorted(SHAPES)), st.integers(1, 30), st.integers(1, 9))
_STEPS = st.lists(st.one_of(_ASKS, _ASKS, _WRITES), min_size=4, max_size=24)


@settings(max_examples=60, deadline=None)
@given(steps=_STEPS, stride=st.sampled_from((2, 7, 100_000)), few=st.sampled_from((1, 5, 20_000)))
@pytest.mark.rule("query.pages")
def test_a_page_is_what_counting_through_the_list_gives_whatever_was_written_before(
    steps: list[Any], stride: int, few: int
) -> None:
    with pytest.MonkeyPatch.context() as limits:
        limits.setattr(pages, "_STRIDE", stride)  # the limits of a million rows, reached by twenty
        limits.setattr(pages, "_FEW", few)
        desk = Desk()
        customers = [desk.customer(f"Firm {number}") for number in range(3)]
        for number in range(12):
            desk.invoice(customers[number % 3], 10.0 + number % 5, TxnDate=f"2026-05-0{1 + number % 6}")
        for count, step in enumerate(steps):
            if isinstance(step, str):
                _write(desk, step, count, customers)
            else:
                words, start, most = step
                page = desk.query(f"select * from Invoice {words} startposition {start} maxresults {most}")
                assert page.get("Invoice", []) == _counted(desk, words)[start - 1 : start - 1 + most]
                whole = _counted(desk, words)
                condition = words.partition("orderby")[0]
                assert desk.query(f"select count(*) from Invoice {condition}")["totalCount"] == len(whole)
        assert desk.in_order()


def _counted(desk: Desk, words: str) -> list[Row]:
    keep, order = SHAPES[words]
    rows = [desk.one("Invoice", identity) for identity in _live(desk)]
    rows = [row for row in rows if keep(row)]
    order(rows)
    return rows


def _live(desk: Desk) -> list[str]:
    """Ids from the books themselves, not from a query."""
    with desk.store.transaction() as db:
        rows = db.execute("SELECT id FROM r_Invoice WHERE realm = ? AND +deleted = 0", (REALM,))
        return [str(identity) for (identity,) in rows]


def _write(desk: Desk, what: str, count: int, customers: list[str]) -> None:
    live = _live(desk)
    chosen = desk.one("Invoice", live[count * 7 % len(live)]) if live else None
    if what == "invoice" or chosen is None:
        desk.invoice(customers[count % 3], 15.0 + count, TxnDate=f"2026-05-0{1 + count % 7}")
    elif what == "date":
        desk.post("Invoice", named(chosen, TxnDate=f"2026-05-0{1 + count % 9}"))
    elif what == "pay":
        customer, balance = chosen["CustomerRef"]["value"], chosen["Balance"]
        desk.pay(customer, 3 + balance, *([("Invoice", chosen["Id"], balance)] if balance else []))
    elif what == "void":
        desk.post("Invoice", named(chosen), operation="void")
    elif what == "delete":
        desk.send("POST", "invoice", named(chosen), operation="delete")
    elif what == "refused":
        assert desk.send("POST", "invoice", {**bill(customers[0]), "TxnDate": "never"}).status == 400
    elif what == "batch":
        _half_good_batch(desk, customers[count % 3])
    else:
        desk.clock.advance(timedelta(minutes=1).total_seconds())


def _half_good_batch(desk: Desk, customer: str) -> None:
    """A batch that writes, reads what it wrote, and writes what is undone."""
    items = [
        {"bId": "1", "operation": "create", "Invoice": bill(customer, 33.0)},
        {"bId": "2", "Query": "select * from Invoice startposition 3 maxresults 4"},
        {
            "bId": "3",
            "operation": "create",
            "Invoice": {**bill(customer), "Line": [{"DetailType": "SalesItemLineDetail"}]},
        },
    ]
    answer = desk.send("POST", "batch", {"BatchItemRequest": items}).json()["BatchItemResponse"]
    assert ["Fault" in item for item in answer] == [False, False, True]


def test_a_read_inside_work_that_is_undone_leaves_no_trace() -> None:
    desk = Desk()
    customer = desk.customer()
    for _ in range(4):
        desk.invoice(customer)
    before = desk.rows("Invoice", "orderby Id startposition 2 maxresults 2")
    gone: list[Row] = []

    def write_and_fail() -> None:
        with desk.store.transaction():
            desk.invoice(customer)
            gone.extend(desk.rows("Invoice", "orderby Id desc startposition 1 maxresults 3"))
            raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        write_and_fail()
    assert len(gone) == 3
    assert desk.rows("Invoice", "orderby Id startposition 2 maxresults 2") == before
    newest = desk.rows("Invoice", "orderby Id desc startposition 1 maxresults 3")
    assert gone[0]["Id"] not in [row["Id"] for row in newest]
    assert len(newest) == 3


def test_the_change_feed_gives_live_records_first_and_deleted_ones_after_them() -> None:
    desk = Desk()
    customer = desk.customer()
    kept, gone = desk.invoice(customer), desk.invoice(customer)
    desk.send("POST", "invoice", named(gone), operation="delete")
    desk.clock.advance(60)
    newest = desk.invoice(customer)
    feed = desk.get("cdc", entities="Invoice", changedSince="2026-05-01T00:00:00Z")
    rows = feed["CDCResponse"][0]["QueryResponse"][0]["Invoice"]
    assert [(row["Id"], row.get("status")) for row in rows] == [
        (kept["Id"], None),
        (newest["Id"], None),
        (gone["Id"], "Deleted"),
    ]
