"""The day from which documents are sent holds also for what was read before that day was chosen."""

from __future__ import annotations

from datetime import timedelta

from tests.looking import document, invoices, only, stands
from tests.world import TODAY, World
from tieout.connections.companies import change_setting
from tieout.connections.oauth import connect_with_refresh_token
from tieout.kit.crypto import Secret
from tieout.sync.cycle import sync_now
from tieout.sync.health import read_health


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


def test_a_start_date_that_is_moved_back_sends_what_was_left_alone(world: World) -> None:
    change_setting(world.edges, world.caller, name="start_date", value=str(TODAY + timedelta(days=1)))
    world.client()
    world.service()
    world.invoice("old")
    world.settle()
    assert invoices(world) == []
    change_setting(world.edges, world.caller, name="start_date", value=str(TODAY - timedelta(days=1)))
    world.settle()
    assert only(invoices(world))["DocNumber"] == "T-old"


def test_a_second_company_is_mirrored_and_sent_nothing(world: World) -> None:
    second = world.control("POST", "companies", {"kind": "empty", "name": "Second Company"})
    grant = world.control(
        "POST", "grant", {"realm_id": second["realm_id"], "client_id": world.simulator.client_id}
    )
    connect_with_refresh_token(
        world.edges,
        world.caller,
        environment="production",
        realm_id=second["realm_id"],
        refresh_token=Secret(grant["refresh_token"]),
    )
    change_setting(world.edges, world.caller, company=second["realm_id"], name="export", value="on")
    world.client()
    world.service()
    world.invoice()
    sync_now(world.edges, world.caller, company=second["realm_id"])
    assert read_health(world.edges, world.caller, company=second["realm_id"]).pushes == {}
    world.settle()
    assert len(invoices(world)) == 1
