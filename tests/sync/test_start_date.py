"""The day from which documents are sent holds also for what was read before that day was chosen."""

from __future__ import annotations

from datetime import timedelta

from tests.looking import document, invoices, only, stands
from tests.world import TODAY, World
from tieout.connections.companies import change_setting


def test_what_was_read_before_the_start_date_was_chosen_is_left_alone_all_the_same(world: World) -> None:
    change_setting(world.edges, world.caller, name="export", value="off")
    world.client()
    world.service()
    world.invoice("old")
    world.invoice("new", dated=TODAY + timedelta(days=1))
    world.settle()
    assert stands(world, "invoice", "old") == "queued", "it is owed until a start date says otherwise"
    start = str(TODAY + timedelta(days=1))
    change_setting(world.edges, world.caller, name="start_date", value=start)
    change_setting(world.edges, world.caller, name="export", value="on")
    world.settle()
    assert only(invoices(world))["DocNumber"] == "T-new"
    assert stands(world, "invoice", "old") == "not_sent"
    assert any(
        one.what == "not sent" and "start date" in one.detail
        for one in document(world, "invoice", "old").timeline
    )
