"""What a record was before: every version with its differences, and records as they were at an instant."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.mirror.wire import many
from tests.world import World
from tieout.kit.errors import Invalid, NotFound
from tieout.mirror.history import History, RecordThen, list_as_of, show_as_of, show_history


@pytest.fixture
def ready(small_world: World) -> World:
    """Give a world that is connected, imported and live, on SQLite."""
    small_world.ready()
    return small_world


def history(world: World, entity: str, qbo_id: str, **more: Any) -> History:
    """Show what a record was."""
    return show_history(world.edges, world.caller, entity=entity, qbo_id=qbo_id, **more)


def then(world: World, entity: str, qbo_id: str, at: datetime) -> RecordThen:
    """Show a record as it was."""
    return show_as_of(world.edges, world.caller, entity=entity, qbo_id=qbo_id, at=at)


def seen(world: World) -> datetime:
    """Let the mirror see what happened, a quarter of an hour later; gives an instant before that."""
    at = world.clock.now() + timedelta(minutes=1)
    world.pass_time(900)
    world.sync()
    return at


def test_each_version_says_when_and_what_changed_field_by_field(world: World) -> None:
    made = world.books("POST", "vendor", {"DisplayName": "Helping Hand", "Notes": "first"})["Vendor"]["Id"]
    first = seen(world)
    world.edit("Vendor", made, PrimaryEmailAddr={"Address": "a@example.com"}, Notes="second")
    second = seen(world)
    world.edit("Vendor", made, Active=False)
    third = seen(world)
    world.edit("Vendor", made, Active=True, DisplayName="Helping Hand")
    seen(world)
    told = history(world, "Vendor", made)
    assert [one.what for one in told.events] == ["active again", "made inactive", "changed", "created"]
    changed = {one.path: (one.before, one.after) for one in told.events[2].differences}
    assert changed == {"Notes": ("first", "second"), "PrimaryEmailAddr.Address": (None, "a@example.com")}
    assert told.events[2].at is not None
    assert first < told.events[2].at < second
    assert told.events[1].unseen == 0
    assert then(world, "Vendor", made, first).record == {
        **(then(world, "Vendor", made, first).record or {}),
        "Notes": "first",
    }
    assert then(world, "Vendor", made, second).active
    assert not then(world, "Vendor", made, third).active
    assert then(world, "Vendor", made, world.clock.now()).active


def test_lines_are_told_apart_by_their_ids(ready: World) -> None:
    world = ready
    world.client()
    world.service()
    world.invoice(lines=(("s1", "2", "80"), ("s1", "1", "40")))
    world.settle()
    bill = world.every("Invoice")[0]
    lines = [dict(one) for one in bill["Line"] if "Id" in one]
    lines[1]["Amount"], lines[1]["SalesItemLineDetail"]["UnitPrice"] = 45, 45
    world.edit("Invoice", bill["Id"], Line=lines)
    seen(world)
    paths = {one.path for one in history(world, "Invoice", bill["Id"]).events[0].differences}
    number = lines[1]["Id"]
    assert {f"Line[{number}].Amount", f"Line[{number}].SalesItemLineDetail.UnitPrice", "TotalAmt"} <= paths
    assert [path for path in paths if path.startswith(f"Line[{lines[0]['Id']}]")] == []


def test_a_deleted_record_was_there_before_and_is_not_after(ready: World) -> None:
    world = ready
    world.client()
    world.service()
    before = world.clock.now() - timedelta(days=1)
    world.invoice()
    world.settle()
    was = world.every("Invoice")[0]
    bill = was["Id"]
    there = seen(world)
    world.delete("Invoice", bill)
    gone = seen(world)
    lines = [{name: part for name, part in one.items() if name != "Id"} for one in was["Line"] if "Id" in one]
    body = {"CustomerRef": was["CustomerRef"], "DocNumber": was["DocNumber"], "Line": lines}
    again = world.books("POST", "invoice", body)["Invoice"]["Id"]
    seen(world)
    assert again != bill
    assert history(world, "Invoice", bill).events[0].what == "deleted"
    assert [then(world, "Invoice", bill, at).there for at in (before, there, gone)] == [False, True, False]
    assert then(world, "Invoice", bill, before).known
    assert "later" in then(world, "Invoice", bill, before).says
    assert _listed(world, "Invoice", there) == [bill]
    assert _listed(world, "Invoice", gone) == []
    assert _listed(world, "Invoice", world.clock.now()) == [again]


def test_the_mirror_says_what_it_does_not_know(small_world: World) -> None:
    world = small_world
    made = world.books("POST", "vendor", {"DisplayName": "Helping Hand"})["Vendor"]["Id"]
    early = world.clock.now() + timedelta(minutes=1)
    world.pass_time(3600)
    world.edit("Vendor", made, Notes="changed before anybody looked")
    world.ready()
    shown = then(world, "Vendor", made, early)
    assert (shown.known, shown.there) == (False, False)
    assert "only since" in shown.says
    listed = list_as_of(world.edges, world.caller, entity="Vendor", at=early)
    assert (listed.records, listed.unknown) == ((), 1)
    seen(world)
    for text in ("b", "c", "d"):
        world.edit("Vendor", made, Notes=text)
    seen(world)
    assert history(world, "Vendor", made).events[0].unseen == 2


def test_a_merge_is_told_with_the_record_that_stayed(ready: World) -> None:
    world = ready
    kept, gone = many(world, "Customer", [{"DisplayName": "Stays"}, {"DisplayName": "Goes"}])
    seen(world)
    world.control("POST", "merge", {"entity": "Customer", "gone": gone["Id"], "kept": kept["Id"]})
    seen(world)
    assert history(world, "Customer", gone["Id"]).events[0].what in ("deleted", "merged")
    with world.edges.database.transaction() as work:
        company = work.companies.all("main")[0].id
        work.records.mark_deleted(
            company, "Customer", gone["Id"], now=world.clock.now(), merged_into=kept["Id"]
        )
    told = history(world, "Customer", gone["Id"]).events[0]
    assert (told.what, told.merged_into) == ("merged", kept["Id"])


def test_long_histories_and_lists_come_in_parts(ready: World) -> None:
    world = ready
    made = many(world, "Customer", [{"DisplayName": f"Stranger {one:03}"} for one in range(25)])
    at = seen(world)
    for text in ("a", "b", "c", "d"):
        world.edit("Customer", made[0]["Id"], Notes=text)
        world.pass_time(900)
        world.sync()
    whole = [one.what for one in history(world, "Customer", made[0]["Id"]).events]
    first = history(world, "Customer", made[0]["Id"], limit=2)
    second = history(world, "Customer", made[0]["Id"], limit=2, before=first.following)
    third = history(world, "Customer", made[0]["Id"], limit=2, before=second.following)
    parts = (first, second, third)
    assert [one.what for part in parts for one in part.events] == whole == ["changed"] * 4 + ["created"]
    assert third.following is None
    assert sorted(_listed(world, "Customer", at, limit=10)) == sorted(one["Id"] for one in made)


def _listed(world: World, entity: str, at: datetime, limit: int = 100) -> list[str]:
    found: list[str] = []
    after = ""
    while True:
        part = list_as_of(world.edges, world.caller, entity=entity, at=at, limit=limit, after=after)
        found += [one.qbo_id for one in part.records]
        if not part.following:
            return found
        assert part.following > after
        after = part.following


def test_questions_that_have_no_answer_are_refused(ready: World) -> None:
    world = ready
    with pytest.raises(NotFound, match="never saw"):
        history(world, "Customer", "4711")
    with pytest.raises(Invalid, match="not mirrored"):
        history(world, "Unicorn", "1")
    with pytest.raises(Invalid, match="placed"):
        then(world, "Customer", "1", datetime(2026, 3, 2))  # noqa: DTZ001  the question is about it
