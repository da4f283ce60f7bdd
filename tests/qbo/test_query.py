"""Statements of Intuit's query language."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tieout.qbo.query import both, counted, equals, quoted, select, since_clause


def test_an_apostrophe_and_a_backslash_in_a_value_are_escaped() -> None:
    assert quoted("Amy's Bird Sanctuary") == r"'Amy\'s Bird Sanctuary'"
    assert quoted("a\\b") == r"'a\\b'"


def test_a_page_is_asked_for_in_a_fixed_order_from_a_position() -> None:
    assert select("Invoice", where=equals("DocNumber", "1042"), start=1001, size=1000) == (
        "SELECT * FROM Invoice WHERE DocNumber = '1042' ORDERBY Id STARTPOSITION 1001 MAXRESULTS 1000"
    )


@pytest.mark.parametrize(("start", "size"), [(0, 10), (1, 0), (1, 1001)])
def test_a_position_or_size_that_intuit_refuses_is_never_written(start: int, size: int) -> None:
    with pytest.raises(AssertionError):
        select("Invoice", start=start, size=size)


def test_a_moment_is_written_with_its_offset_and_rounded_down_to_the_second() -> None:
    berlin = timezone(timedelta(hours=2))
    moment = datetime(2026, 7, 1, 12, 30, 59, 999_000, tzinfo=berlin)
    assert since_clause(moment) == "MetaData.LastUpdatedTime >= '2026-07-01T10:30:59+00:00'"


def test_a_moment_without_a_zone_is_a_mistake_of_ours() -> None:
    with pytest.raises(AssertionError):
        since_clause(datetime(2026, 7, 1, tzinfo=UTC).replace(tzinfo=None))


def test_clauses_are_joined_and_empty_ones_fall_out() -> None:
    assert both("", "Id IN ('1', '2')", equals("Active", "x")) == "Id IN ('1', '2') AND Active = 'x'"
    assert counted("Customer") == "SELECT COUNT(*) FROM Customer"
    assert counted("Customer", "Active = false") == "SELECT COUNT(*) FROM Customer WHERE Active = false"
