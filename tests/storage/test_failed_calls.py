"""Failed calls are kept with Intuit's id, the newest so many of each company."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.storage.sample import with_company
from tieout.storage.database import Database
from tieout.storage.failed_calls import KEPT, FailedCall

START = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)


def failed(number: int) -> FailedCall:
    return FailedCall(START + timedelta(seconds=number), "query Invoice", 500, "10000", f"1-{number}", "m")


def test_the_newest_come_first_and_the_oldest_are_forgotten_company_by_company(database: Database) -> None:
    one, other = with_company(database), with_company(database, "co_2", realm="2")
    with database.transaction() as work:
        work.failed_calls.add(other, [failed(0)])
        for start in range(0, KEPT + 30, 10):
            work.failed_calls.add(one, [failed(number) for number in range(start, start + 10)])
    with database.reading() as work:
        kept = work.failed_calls.latest(one, KEPT * 2)
        assert [call.tid for call in work.failed_calls.latest(other, 5)] == ["1-0"]
    assert len(kept) == KEPT
    assert (kept[0].tid, kept[-1].tid) == (f"1-{KEPT + 29}", "1-30")
    assert kept[0] == failed(KEPT + 29)
