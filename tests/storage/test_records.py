"""The mirror: newer wins, every version is kept, and only real changes are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import msgspec
import pytest

from tests.storage.sample import NOW, seen, with_company
from tieout.qbo.record import Record
from tieout.storage.database import Database
from tieout.storage.records import Change, MirrorRow


def test_a_record_seen_for_the_first_time_is_a_change_without_an_old_token(database: Database) -> None:
    assert _see(database, seen("7")) == [Change("Invoice", "7", "0", None)]
    assert _get(database, "7") == replace(seen("7"), seen_at=NOW)


def test_every_column_of_a_record_comes_back_as_it_was_given(database: Database) -> None:
    given = seen(
        "7",
        "3",
        name="Blue Heron Boats",
        number="1042",
        active=False,
        party="12",
        dated=date(2026, 3, 2),
        due=date(2026, 4, 1),
        amount="160.10",
        balance="0.00",
        currency="CAD",
        created_at=NOW - timedelta(days=1),
        merged_into="9",
    )
    _see(database, given)
    assert _get(database, "7") == replace(given, seen_at=NOW)


def test_a_record_seen_again_unchanged_is_no_change_and_leaves_no_version(database: Database) -> None:
    _see(database, seen("7"))
    assert _see(database, seen("7"), minutes=5) == []
    kept = _get(database, "7")
    assert kept.seen_at == NOW + timedelta(minutes=5)
    with database.reading() as work:
        assert len(work.records.versions("co_1", "Invoice", "7")) == 1


def test_an_older_version_never_replaces_a_newer_one(database: Database) -> None:
    _see(database, seen("7", "10", minutes=3))
    assert _see(database, seen("7", "9", minutes=4)) == [], "9 is older than 10, as numbers"
    assert _see(database, seen("7", "10", raw='{"stale":1}', minutes=2)) == []
    assert _get(database, "7").sync_token == "10"


def test_a_balance_that_moves_without_a_new_token_is_a_change(database: Database) -> None:
    _see(database, seen("7", "1", raw='{"Balance":10}'))
    changes = _see(database, seen("7", "1", raw='{"Balance":0}'))
    assert changes == [Change("Invoice", "7", "1", "1")]
    assert _get(database, "7").raw == b'{"Balance":0}'


def test_every_version_is_kept_newest_first(database: Database) -> None:
    for token in ("0", "1", "2"):
        _see(database, seen("7", token, minutes=int(token)))
    with database.reading() as work:
        kept = work.records.versions("co_1", "Invoice", "7")
    assert [one.sync_token for one in kept] == ["2", "1", "0"]
    assert [one.raw for one in kept] == [seen("7", token).raw for token in ("2", "1", "0")]


def test_a_deleted_record_keeps_what_it_was_and_a_late_page_does_not_revive_it(database: Database) -> None:
    _see(database, seen("7", "1", minutes=1))
    with database.transaction() as work:
        assert work.records.mark_deleted("co_1", "Invoice", "7", now=NOW + timedelta(minutes=9))
        assert not work.records.mark_deleted("co_1", "Invoice", "7", now=NOW + timedelta(minutes=9))
        assert not work.records.mark_deleted("co_1", "Invoice", "never seen", now=NOW)
    assert _see(database, seen("7", "2", minutes=5)) == []
    gone = _get(database, "7")
    assert (gone.deleted, gone.active, gone.raw) == (True, False, seen("7", "1").raw)
    with database.reading() as work:
        assert work.records.count("co_1", "Invoice") == 0
        assert work.records.count("co_1", "Invoice", live=False) == 1
        assert work.records.ids("co_1", "Invoice") == set()
        assert work.records.tokens("co_1", "Invoice") == {}
        assert [one.deleted for one in work.records.versions("co_1", "Invoice", "7")] == [True, False]


def test_a_record_that_changed_after_its_deletion_is_there_again(database: Database) -> None:
    _see(database, seen("7", "1"))
    with database.transaction() as work:
        work.records.mark_deleted("co_1", "Invoice", "7", now=NOW + timedelta(minutes=9))
    assert _see(database, seen("7", "1", minutes=10)) == [Change("Invoice", "7", "1", "1")]
    assert not _get(database, "7").deleted


def test_a_page_that_shows_a_record_twice_keeps_the_newer_one(database: Database) -> None:
    assert _see(database, seen("7", "2", minutes=2), seen("7", "1", minutes=1)) == [
        Change("Invoice", "7", "2", None)
    ]


def test_the_same_id_of_another_entity_or_company_is_another_record(database: Database) -> None:
    with_company(database, "co_2", realm="2")
    _see(database, seen("7"), replace(seen("7", "4"), entity="Payment"))
    with database.transaction() as work:
        assert work.records.get("co_2", "Invoice", "7") is None
        work.records.upsert_many("co_2", [seen("7", "9")], now=NOW)
    assert _get(database, "7").sync_token == "0"


def test_a_list_is_searched_by_words_in_any_case_and_read_in_pages(database: Database) -> None:
    names = ["Ärmel & Söhne", "100% Pure_Water", "blue heron", "Blue Whale", "Zebra"]
    _see(database, *(seen(str(index), name=name) for index, name in enumerate(names)))
    with database.reading() as work:
        records = work.records
        assert [one.name for one in records.list("co_1", "Invoice", "BLUE")] == ["blue heron", "Blue Whale"]
        assert [one.name for one in records.list("co_1", "Invoice", "söhne ärmel")] == ["Ärmel & Söhne"]
        assert [one.name for one in records.list("co_1", "Invoice", "100%")] == ["100% Pure_Water"]
        assert records.list("co_1", "Invoice", "e_w")[0].name == "100% Pure_Water"
        assert records.list("co_1", "Invoice", "h_r") == [], "an underscore is a letter, not a wildcard"
        first = records.list("co_1", "Invoice", limit=2)
        rest = records.list("co_1", "Invoice", limit=9, after=first[-1].qbo_id)
        assert [one.name for one in first + rest] == [
            "100% Pure_Water",
            "blue heron",
            "Blue Whale",
            "Zebra",
            "Ärmel & Söhne",
        ]


def test_inactive_records_are_listed_when_asked_for(database: Database) -> None:
    _see(database, seen("1", name="kept"), seen("2", name="put away", active=False))
    with database.reading() as work:
        assert [one.qbo_id for one in work.records.list("co_1", "Invoice")] == ["1"]
        assert [one.qbo_id for one in work.records.list("co_1", "Invoice", active=None)] == ["1", "2"]
        assert [one.qbo_id for one in work.records.every("co_1", "Invoice")] == ["1", "2"]
        assert work.records.count("co_1", "Invoice") == 2
        assert work.records.counts("co_1") == {"Invoice": 2}


def test_bytes_are_kept_exactly_and_many_are_found_at_once(database: Database) -> None:
    rows = [seen(str(number), raw=f'{{"Amt":{number}.10, "t":"\\u00e9é"}}') for number in range(2300)]
    assert len(_see(database, *rows)) == 2300
    with database.reading() as work:
        found = work.records.many("co_1", "Invoice", [str(number) for number in range(2500)])
    assert len(found) == 2300
    assert found["1234"].raw == rows[1234].raw


def test_records_that_are_all_new_are_kept_in_one_go_as_if_they_had_been_seen_one_by_one(
    database: Database,
) -> None:
    given = [
        seen(
            "7",
            "3",
            name="Blue Heron Boats",
            number="1042",
            dated=date(2026, 3, 2),
            amount="160.10",
            created_at=NOW,
        ),
        seen("8", name="T\tab, newline\n and \\N", active=False),
        replace(seen("9"), updated_at=None),
    ]
    with_company(database)
    with database.transaction() as work:
        assert work.records.add_new("co_1", [_read(one) for one in given], now=NOW)
    assert [_get(database, one.qbo_id) for one in given] == [replace(one, seen_at=NOW) for one in given]
    assert _see(database, *given, minutes=1) == [], "seen again in the other way, nothing has changed"
    with database.reading() as work:
        assert [one.qbo_id for one in work.records.list("co_1", "Invoice", search="heron 1042")] == ["7"]


def test_a_record_that_is_known_is_never_replaced_by_keeping_many_in_one_go(database: Database) -> None:
    _see(database, seen("7", "3"))
    with database.transaction() as work:
        assert not work.records.add_new(
            "co_1", [_read(seen("6")), _read(seen("7", "4")), _read(seen("8"))], now=NOW
        )
        assert [one.sync_token for one in work.records.versions("co_1", "Invoice", "7")] == ["3"]
        work.records.upsert_many("co_1", [seen("6"), seen("7", "4"), seen("8")], now=NOW)
    with database.reading() as work:
        assert work.records.count("co_1", "Invoice") == 3
        assert [one.sync_token for one in work.records.versions("co_1", "Invoice", "7")] == ["4", "3"]


def test_a_record_that_a_page_shows_twice_is_not_taken_for_two(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        assert not work.records.add_new("co_1", [_read(seen("7")), _read(seen("7"))], now=NOW)
        work.records.upsert_many("co_1", [seen("7"), seen("7")], now=NOW)
        assert work.records.count("co_1", "Invoice") == 1
        assert len(work.records.versions("co_1", "Invoice", "7")) == 1


def test_records_of_a_company_that_is_gone_are_an_error_and_no_duplicate(database: Database) -> None:
    with pytest.raises(AssertionError, match="promise"), database.transaction() as work:
        work.records.add_new("co_nobody", [_read(seen("7"))], now=NOW)


def test_a_character_that_no_database_text_can_hold_is_left_out_of_the_columns_and_kept_in_the_bytes(
    database: Database,
) -> None:
    odd = seen("7", name="Blue\0Heron", raw='{"DisplayName":"Blue\\u0000Heron"}')
    _see(database, odd)
    kept = _get(database, "7")
    assert (kept.name, kept.raw) == ("BlueHeron", odd.raw)


def test_what_nobody_saw_since_a_moment_is_named(database: Database) -> None:
    _see(database, seen("7"), seen("8"), seen("9"))
    _see(database, seen("8"), minutes=5)
    with database.transaction() as work:
        work.records.mark_deleted("co_1", "Invoice", "9", now=NOW)
        assert work.records.unseen_since(
            "co_1", "Invoice", NOW + timedelta(minutes=1), now=NOW + timedelta(minutes=10)
        ) == ["7"]


def _read(row: MirrorRow, offset: timedelta = timedelta(hours=-7)) -> Record:
    """Give what a page showed of a record: its instants are texts, as people of that offset read their clocks."""

    def told(instant: datetime | None) -> str:
        return "" if instant is None else instant.astimezone(timezone(offset)).isoformat()

    return Record(
        row.entity,
        row.qbo_id,
        row.sync_token,
        row.active,
        row.raw,
        "",
        told(row.created_at),
        told(row.updated_at),
        row.name,
        row.number,
        row.party,
        row.dated,
        row.due,
        row.amount,
        row.balance,
        row.currency,
    )


@pytest.mark.parametrize("offset", [timedelta(0), timedelta(hours=-7), timedelta(hours=5, minutes=30)])
def test_an_instant_that_quickbooks_told_is_the_same_one_in_the_mirror_wherever_it_was_told(
    database: Database, offset: timedelta
) -> None:
    given = [
        seen("7", created_at=datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC)),
        seen("8", created_at=datetime(2024, 2, 29, 0, 0, tzinfo=UTC)),
        seen("9", created_at=datetime(2026, 11, 1, 8, 30, 15, 250_000, tzinfo=UTC)),
    ]
    with_company(database)
    with database.transaction() as work:
        assert work.records.add_new("co_1", [_read(one, offset) for one in given], now=NOW)
    assert [_get(database, one.qbo_id) for one in given] == [replace(one, seen_at=NOW) for one in given]


@pytest.mark.parametrize(
    "told",
    [
        "2026-05-05T10:61:00-07:00",
        "2026-05-05T10:00:7x-07:00",
        "2026-05-05T10;00:00-07:00",
        "2026-05-05T24:00:00-07:00",
        "2026-13-05T10:00:00-07:00",
        "2026-05-05T10:00:00-99:00",
        "2026-05-05T10:00:00",
        "0001-01-01T00:00:00+23:59",
        "soon",
    ],
)
def test_what_is_no_instant_leaves_its_column_empty(database: Database, told: str) -> None:
    with_company(database)
    odd = msgspec.structs.replace(_read(seen("7")), created=told)
    with database.transaction() as work:
        assert work.records.add_new("co_1", [odd], now=NOW)
    assert _get(database, "7").created_at is None


def _see(database: Database, *rows: MirrorRow, minutes: int = 0) -> list[Change]:
    with database.transaction() as work:
        if work.companies.get("co_1") is None:
            work.companies.save_connection(
                id="co_1", tenant="shop", realm_id="9130", environment="sandbox", name="Books", now=NOW
            )
        return work.records.upsert_many("co_1", rows, now=NOW + timedelta(minutes=minutes))


def _get(database: Database, qbo_id: str) -> MirrorRow:
    with database.reading() as work:
        found = work.records.get("co_1", "Invoice", qbo_id)
    assert found is not None
    return found
