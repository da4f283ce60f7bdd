"""What differs between two versions of a record, field by field."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tieout.domain.differences import TEXT_MAX, Difference, differences

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)
CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A machine with much to do draws slowly."""
RECORDS = st.dictionaries(st.sampled_from(["A", "B", "Line", "Id", "Ref"]), VALUES)


def told(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str | None, str | None]]:
    """Give differences as plain values."""
    return [(one.path, one.before, one.after) for one in differences(before, after)]


def test_a_field_that_changed_came_or_went_is_told_with_its_path() -> None:
    before = {"Name": "Ann", "Ref": {"value": "1", "name": "x"}, "Gone": True}
    after = {"Name": "Anne", "Ref": {"value": "2", "name": "x"}, "New": Decimal("1.50")}
    assert told(before, after) == [
        ("Gone", "true", None),
        ("Name", "Ann", "Anne"),
        ("New", None, "1.50"),
        ("Ref.value", "1", "2"),
    ]


def test_lines_that_changed_places_are_no_difference() -> None:
    lines = [{"Id": "1", "Amount": 5}, {"Id": "2", "Amount": 7}]
    assert told({"Line": lines}, {"Line": lines[::-1]}) == []
    assert told({"Line": lines}, {"Line": [{"Id": "2", "Amount": 8}]}) == [
        ("Line[1].Amount", "5", None),
        ("Line[1].Id", "1", None),
        ("Line[2].Amount", "7", "8"),
    ]


def test_numbers_are_compared_by_value_and_quiet_fields_are_left_out() -> None:
    assert told({"A": 5, "SyncToken": "1"}, {"A": Decimal("5.00"), "SyncToken": "2", "MetaData": {}}) == []


def test_a_long_text_is_cut() -> None:
    (one,) = differences({"A": "x"}, {"A": "y" * 10_000})
    assert one.after is not None
    assert len(one.after) == TEXT_MAX


@CALM
@given(RECORDS)
def test_a_record_does_not_differ_from_itself(record: dict[str, Any]) -> None:
    assert list(differences(record, record)) == []


@CALM
@given(RECORDS, RECORDS)
def test_whatever_differs_is_told_both_ways_round(before: dict[str, Any], after: dict[str, Any]) -> None:
    there = {(one.path, one.before, one.after) for one in differences(before, after)}
    back = {(one.path, one.after, one.before) for one in differences(after, before)}
    assert {path for path, *_ in there} == {path for path, *_ in back}
    assert all(isinstance(one, Difference) for one in differences(before, after))
