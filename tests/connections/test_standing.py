"""Pausing, read-only companies, the default company, disconnecting and erasing."""

from __future__ import annotations

import pytest

from tests.looking import invoices, issues, only
from tests.world import World
from tieout.connections.companies import change_setting, get_company, list_companies, read_settings
from tieout.connections.companies import test_connection as ask_quickbooks
from tieout.connections.ending import disconnect, erase, what_goes
from tieout.connections.expiry import warn_of_expiry
from tieout.connections.oauth import connect_with_refresh_token
from tieout.connections.standing import (
    compare_accesses,
    make_default,
    pause,
    permissions,
    resume,
    set_access,
)
from tieout.kit.crypto import Secret
from tieout.kit.errors import Invalid, NotAllowed, NotFound, ReconnectNeeded, Refused, TieoutError
from tieout.security.callers import Caller, owner
from tieout.storage.companies import Company
from tieout.worker import Worker

DAY = 86_400.0


def _company(world: World) -> Company:
    found: Company = only(list_companies(world.edges, world.caller))
    return found


def _calls(world: World) -> int:
    return len(world.control("GET", "log")["entries"])


def _second(world: World, name: str, caller: Caller | None = None) -> Company:
    """Connect one more company of the simulator."""
    realm = world.control("POST", "companies", {"kind": "empty", "name": name})["realm_id"]
    grant = world.control("POST", "grant", {"realm_id": realm, "client_id": world.simulator.client_id})
    return connect_with_refresh_token(
        world.edges,
        caller or world.caller,
        environment="production",
        realm_id=realm,
        refresh_token=Secret(grant["refresh_token"]),
    )


def _four_parts(error: TieoutError) -> None:
    assert all(error.parts().values()), error.parts()


def test_while_paused_nothing_calls_intuit_by_itself(small_world: World) -> None:
    world = small_world
    world.ready()
    pause(world.edges, world.caller, reason="year-end closing")
    assert _company(world).status_why == "year-end closing (owner)"
    before = _calls(world)
    for _ in range(3):
        world.pass_time(10 * DAY)
        assert Worker(world.edges).tick() == []
        warn_of_expiry(world.edges)
    assert _calls(world) == before
    with pytest.raises(TieoutError) as refused:
        world.sync()
    _four_parts(refused.value)
    assert "year-end closing" in refused.value.sentence()
    assert ask_quickbooks(world.edges, world.caller), "a person may look all the same"
    assert _company(world).status == "paused"
    world.client()
    world.service()
    world.invoice()
    assert resume(world.edges, world.caller).status == "connected"
    world.settle()
    assert len(invoices(world)) == 1


def test_connecting_again_does_not_end_a_pause(small_world: World) -> None:
    world = small_world
    world.connect()
    pause(world.edges, world.caller, reason="closing")
    assert world.connect().status == "paused"
    with pytest.raises(Invalid):
        pause(world.edges, world.caller, reason="  ")
    resume(world.edges, world.caller)
    with pytest.raises(Refused):
        resume(world.edges, world.caller)


def test_a_company_connected_read_only_is_never_written_to(small_world: World) -> None:
    world = small_world
    world.ready()
    shown = set_access(world.edges, world.caller, read_only=True)
    assert {one.name: one.allowed for one in shown} == {
        "read": True,
        **dict.fromkeys(("create", "update", "void", "delete", "lists", "payroll"), False),
    }
    assert all(one.why for one in shown)
    assert read_settings(world.edges, world.caller)["export"] == "off"
    with pytest.raises(Refused) as refused:
        change_setting(world.edges, world.caller, name="export", value="on")
    _four_parts(refused.value)
    world.client()
    world.service()
    world.invoice()
    before = len(world.every("Customer"))
    for _ in range(3):
        world.pass_time(1000)
        assert world.sync().state == "succeeded"
    assert invoices(world) == []
    assert len(world.every("Customer")) == before
    opened = {one.name: one.allowed for one in set_access(world.edges, world.caller, read_only=False)}
    assert not opened["create"], "sending stays off until somebody switches it on"
    change_setting(world.edges, world.caller, name="export", value="on")
    assert next(one for one in permissions(world.edges, world.caller) if one.name == "create").allowed
    world.settle()
    assert len(invoices(world)) == 1


def test_what_each_access_allows_is_known_before_anything_is_connected_and_is_what_holds_then(
    small_world: World,
) -> None:
    world = small_world
    before = {
        one.name: (one.read_only, one.read_write) for one in compare_accesses(world.edges, world.caller)
    }
    assert all(one.why for one in compare_accesses(world.edges, world.caller))
    world.ready()
    written = {one.name: one.allowed for one in permissions(world.edges, world.caller)}
    only_read = {one.name: one.allowed for one in set_access(world.edges, world.caller, read_only=True)}
    assert before == {name: (only_read[name], written[name]) for name in written}


def test_the_wish_at_connecting_says_whether_a_company_may_be_written(small_world: World) -> None:
    world = small_world
    world.ready()
    for access, read_only in (("read_only", True), ("", True), ("read_write", False)):
        company = connect_with_refresh_token(
            world.edges,
            world.caller,
            environment="production",
            realm_id=world.simulator.realm_id,
            refresh_token=Secret(world.grant()["refresh_token"]),
            access=access,
        )
        assert company.read_only is read_only, access
    assert read_settings(world.edges, world.caller)["export"] == "off"
    with pytest.raises(Invalid):
        connect_with_refresh_token(
            world.edges,
            world.caller,
            environment="production",
            realm_id=world.simulator.realm_id,
            refresh_token=Secret(world.grant()["refresh_token"]),
            access="everything",
        )


def test_erasing_names_what_goes_and_wants_the_name(small_world: World) -> None:
    world = small_world
    world.ready()
    world.client()
    world.service()
    world.invoice()
    world.settle()
    company = _company(world)
    leaving = what_goes(world.edges, world.caller)
    counted = {one.name: one.number for one in leaving.goes}
    assert counted["links"] >= 3
    assert counted["records"] > 10
    assert counted["grants"] == 1
    assert all(one.words for one in leaving.goes)
    for wrong in ("", company.name.lower(), "yes"):
        with pytest.raises(NotAllowed) as refused:
            erase(world.edges, world.caller, company=company.id, confirm=wrong)
        _four_parts(refused.value)
    assert _company(world).status == "connected"
    erase(world.edges, world.caller, company=company.id, confirm=company.name)
    assert list_companies(world.edges, world.caller) == []
    with world.edges.database.reading() as work:
        assert set(work.companies.belongings(company.id).values()) == {0}
        lines = [one for one in work.audit.list("main") if one.operation == "company.erased"]
    assert company.name in only(lines).subject
    assert "links" in only(lines).before
    again = world.connect()
    assert again.id != company.id
    world._token = world.grant()["access_token"]  # the bookkeeper came in through the same app
    assert len(invoices(world)) == 1, "QuickBooks keeps its books"


def test_the_default_company_goes_only_when_it_is_clear_which_one_follows(small_world: World) -> None:
    world = small_world
    first = world.connect()
    second, third = _second(world, "Second"), _second(world, "Third")
    leaving = what_goes(world.edges, world.caller, company=first.id)
    assert leaving.hindrance
    with pytest.raises(Refused):
        erase(world.edges, world.caller, company=first.id, confirm=first.name)
    assert get_company(world.edges, world.caller).id == first.id
    make_default(world.edges, world.caller, company=third.id)
    assert get_company(world.edges, world.caller).id == third.id
    erase(world.edges, world.caller, company=first.id, confirm=first.name)
    assert what_goes(world.edges, world.caller, company=third.id).becomes_default == second.name
    disconnect(world.edges, world.caller, company=third.id)
    assert get_company(world.edges, world.caller).id == third.id, "it is not silently another one"
    with pytest.raises(ReconnectNeeded):
        world.sync()
    erase(world.edges, world.caller, company=third.id, confirm="Third")
    assert get_company(world.edges, world.caller).id == second.id
    with pytest.raises(NotFound):
        make_default(world.edges, world.caller, company=first.id)


def test_a_second_tenant_that_disconnects_the_same_company_leaves_the_firsts_connection_alone(
    small_world: World,
) -> None:
    """Revoking any token ends the app's whole connection to the company at Intuit."""
    from tieout.connections.apps import share_app
    from tieout.security.callers import operator

    world = small_world
    world.connect()
    share_app(
        world.edges,
        operator("main", "cli"),
        environment="production",
        client_id=world.simulator.client_id,
        client_secret=Secret(world.simulator.client_secret),
    )
    stranger = owner("blue-heron", "rest")
    connect_with_refresh_token(
        world.edges,
        stranger,
        environment="production",
        realm_id=world.simulator.realm_id,
        refresh_token=Secret(world.grant()["refresh_token"]),
    )
    disconnect(world.edges, stranger)
    world.pass_time(7200)
    assert ask_quickbooks(world.edges, world.caller)
    assert issues(world) == []
