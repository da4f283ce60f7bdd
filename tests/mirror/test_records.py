"""Looking into the mirror: any entity's records listed, filtered, paged and shown, on both databases."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.looking import kinds, only
from tests.mirror.wire import many
from tests.world import World
from tieout.kit.errors import Invalid, NotFound
from tieout.mirror.backfill import import_company
from tieout.mirror.records import get_record, list_entities, list_records
from tieout.qbo.entities import ENTITIES


def ids(world: World, **wanted: Any) -> list[str]:
    return [one.qbo_id for one in list_records(world.edges, world.caller, **wanted).rows]


def vendors(world: World, *names: str) -> list[dict[str, Any]]:
    return many(world, "Vendor", [{"DisplayName": name} for name in names])


def bills(world: World, vendor: str, *days: str) -> list[str]:
    expense = next(one["Id"] for one in world.every("Account") if one["AccountType"] == "Expense")
    detail = {"AccountRef": {"value": expense}}
    line = {
        "Amount": 12.5,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": detail,
    }
    made = many(
        world,
        "Bill",
        [
            {"VendorRef": {"value": vendor}, "TxnDate": day, "DocNumber": f"B-{number}", "Line": [line]}
            for number, day in enumerate(days)
        ],
    )
    return [one["Id"] for one in made]


def test_every_entity_is_told_with_its_numbers(world: World) -> None:
    first, second, _third = vendors(world, "Norton Lumber", "Hall Properties", "Brosnahan Insurance")
    bill = only(bills(world, first["Id"], "2026-03-01"))
    import_company(world.edges, world.caller, anew=True)
    world.edit("Vendor", second["Id"], Active=False)
    world.delete("Bill", bill)
    world.pass_time(60)
    world.sync()
    told = {one.entity.name: one.counted for one in list_entities(world.edges, world.caller)}
    assert list(told) == [one.name for one in ENTITIES]
    assert (told["Vendor"].active, told["Vendor"].inactive, told["Vendor"].deleted) == (2, 1, 0)
    assert (told["Bill"].active, told["Bill"].deleted) == (0, 1)
    assert (told["Preferences"].active, told["CompanyInfo"].active, told["Estimate"].active) == (1, 1, 0)


def test_names_are_listed_by_name_and_found_by_words(world: World) -> None:
    made = vendors(world, "Norton Lumber", "Hall Properties", "Brosnahan Insurance", "norton (old)")
    world.edit("Vendor", made[3]["Id"], Active=False)
    import_company(world.edges, world.caller, anew=True)
    north, hall, brosnahan, old = (one["Id"] for one in made)
    assert ids(world, entity="Vendor") == [brosnahan, hall, north]
    assert ids(world, entity="vendor", search="LUMB nort") == [north]
    assert ids(world, entity="Vendor", standing="inactive") == [old]
    assert ids(world, entity="Vendor", standing="all", search="norton") == [old, north]
    assert ids(world, entity="Vendor", search="%") == []


def test_documents_are_listed_the_newest_first_and_filtered_by_day_and_party(world: World) -> None:
    north, hall = (one["Id"] for one in vendors(world, "Norton Lumber", "Hall Properties"))
    one, two, three, four = bills(world, north, "2026-01-05", "2026-02-05", "2026-02-05", "2026-03-01")
    other = only(bills(world, hall, "2026-02-20"))
    import_company(world.edges, world.caller, anew=True)
    same_day = sorted([two, three], reverse=True)
    assert ids(world, entity="Bill") == [four, other, *same_day, one]
    assert ids(world, entity="Bill", party=north) == [four, *same_day, one]
    february = {"dated_from": date(2026, 2, 5), "dated_to": date(2026, 2, 28)}
    assert ids(world, entity="Bill", **february) == [other, *same_day]
    assert ids(world, entity="Bill", search="hall") == [other]
    (row,) = list_records(world.edges, world.caller, entity="Bill", party=hall).rows
    assert (row.name, row.number, row.amount, row.balance) == ("Hall Properties", "B-0", "12.5", "12.5")
    assert (row.dated, row.deleted, row.created_at is not None) == (date(2026, 2, 20), False, True)


def test_pages_follow_each_other_without_gap_or_repetition(world: World) -> None:
    made = vendors(world, *(f"Vendor {number}" for number in range(7)))
    bills(world, made[0]["Id"], *["2026-02-05"] * 4, "2026-01-01", "2026-03-01", "2026-02-05")
    import_company(world.edges, world.caller, anew=True)
    for entity in ("Vendor", "Bill"):
        whole = ids(world, entity=entity)
        assert len(whole) == len(set(whole)) == 7
        for size in (1, 2, 3, 7):
            assert paged(world, entity, size) == whole, (entity, size)


def paged(world: World, entity: str, size: int) -> list[str]:
    """Go through a list page by page."""
    seen: list[str] = []
    after = ""
    while True:
        page = list_records(world.edges, world.caller, entity=entity, limit=size, after=after)
        assert 0 < len(page.rows) <= size
        seen += [one.qbo_id for one in page.rows]
        if not page.after:
            return seen
        after = page.after


def test_one_record_is_shown_as_quickbooks_sent_it_also_when_it_was_deleted(world: World) -> None:
    vendor = only(vendors(world, "Norton Lumber"))
    bill = only(bills(world, vendor["Id"], "2026-02-05"))
    import_company(world.edges, world.caller, anew=True)
    sent = only(world.every("Bill"))
    assert get_record(world.edges, world.caller, entity="Bill", qbo_id=bill).object == sent
    world.delete("Bill", bill)
    world.pass_time(60)
    world.sync()
    shown = get_record(world.edges, world.caller, entity="Bill", qbo_id=bill)
    assert shown.listed.deleted
    assert shown.object == sent
    assert ids(world, entity="Bill") == []
    assert ids(world, entity="Bill", standing="deleted") == [bill]


def test_what_cannot_be_shown_is_refused_by_name(world: World) -> None:
    for entity, standing in (("Shoe", "all"), ("Bill", "lost")):
        with pytest.raises(Invalid) as refused:
            list_records(world.edges, world.caller, entity=entity, standing=standing)
        assert all(refused.value.parts().values())
    with pytest.raises(NotFound) as missing:
        get_record(world.edges, world.caller, entity="Bill", qbo_id="99999")
    assert missing.value.parts()["record"] == "Bill 99999"


def test_a_change_of_what_the_engine_does_not_look_at_is_mirrored_and_stands_in_nobodys_way(
    world: World,
) -> None:
    vendor = only(vendors(world, "Norton Lumber"))
    bill = only(bills(world, vendor["Id"], "2026-02-05"))
    import_company(world.edges, world.caller, anew=True)
    world.edit("Vendor", vendor["Id"], DisplayName="Norton & Sons")
    world.delete("Bill", bill)
    world.pass_time(60)
    report = world.sync()
    assert report.state == "succeeded", report
    with world.edges.database.reading() as work:
        company = only(work.companies.all("main"))
        assert work.inbound.due(company.id, now=world.clock.now()) == []
        names = [one.name for one in work.records.versions(company.id, "Vendor", vendor["Id"])]
    assert names == ["Norton & Sons", "Norton Lumber"]
    assert kinds(world) == []
    assert get_record(world.edges, world.caller, entity="Vendor", qbo_id=vendor["Id"]).listed.name == names[0]
