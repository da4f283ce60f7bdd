"""Connecting through Intuit's consent page: only where it was begun, only once, only the company that was meant."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.connections.consent import begun, clicked, finished
from tests.looking import invoices, issues, kinds, only, plan_fault
from tests.world import World
from tieout.connections.apps import save_app, show_app
from tieout.connections.companies import list_companies
from tieout.connections.companies import test_connection as ask_quickbooks
from tieout.connections.ending import disconnect
from tieout.connections.oauth import connect_with_refresh_token
from tieout.connections.sealing import access_token, refresh_token
from tieout.kit.crypto import Secret
from tieout.kit.errors import Invalid, NotAllowed, NotFound, ReconnectNeeded, TieoutError
from tieout.security.callers import owner
from tieout.storage.companies import Company


@pytest.fixture
def app_world(small_world: World) -> World:
    """Give a world that knows its Intuit app and no company."""
    _save_app(small_world, small_world.simulator.client_secret)
    return small_world


def _save_app(world: World, secret: str) -> None:
    save_app(
        world.edges,
        world.caller,
        environment="production",
        client_id=world.simulator.client_id,
        client_secret=Secret(secret),
    )


def _companies(world: World) -> list[Company]:
    return list_companies(world.edges, world.caller)


def _tokens(world: World, company: str) -> tuple[str, int] | None:
    """Give the stored refresh token and its version; None when there is none."""
    with world.edges.database.reading() as work:
        grants = work.grants.all(company)
    if not grants:
        return None
    return refresh_token(world.edges.keys, only(grants)), only(grants).version


def _four_parts(error: TieoutError) -> None:
    assert all(error.parts().values()), error.parts()


def _other_realm(world: World) -> str:
    realm: str = world.control("POST", "companies", {"kind": "empty", "name": "Another One"})["realm_id"]
    return realm


def test_a_consent_connects_the_company_that_was_chosen(app_world: World) -> None:
    company = finished(app_world, clicked(app_world, begun(app_world)))
    assert company.realm_id == app_world.simulator.realm_id
    assert (company.status, company.is_default, company.currency) == ("connected", True, "USD")
    assert company.name == only(app_world.every("CompanyInfo"))["CompanyName"]
    assert ask_quickbooks(app_world.edges, app_world.caller) == company.name


def test_a_consent_is_refused_in_another_session_and_still_good_in_its_own(app_world: World) -> None:
    back = clicked(app_world, begun(app_world))
    with pytest.raises(NotAllowed) as refused:
        finished(app_world, back, session=Secret("somebody else's session"))
    _four_parts(refused.value)
    assert _companies(app_world) == []
    assert finished(app_world, back).status == "connected"


def test_a_consent_is_used_once(app_world: World) -> None:
    back = clicked(app_world, begun(app_world))
    company = finished(app_world, back)
    kept = _tokens(app_world, company.id)
    with pytest.raises(NotAllowed):
        finished(app_world, back)
    assert _tokens(app_world, company.id) == kept


def test_a_consent_that_took_more_than_ten_minutes_is_refused(app_world: World) -> None:
    back = clicked(app_world, begun(app_world))
    app_world.clock.sleep(601)
    with pytest.raises(NotAllowed):
        finished(app_world, back)
    assert _companies(app_world) == []


def test_another_tenant_cannot_finish_what_it_did_not_begin(app_world: World) -> None:
    back = clicked(app_world, begun(app_world))
    with pytest.raises(NotAllowed):
        finished(app_world, back, caller=owner("another", "test"))
    assert _companies(app_world) == []
    assert list_companies(app_world.edges, owner("another", "test")) == []


def test_another_tenant_cannot_reconnect_a_company(app_world: World) -> None:
    company = finished(app_world, clicked(app_world, begun(app_world)))
    app_world.caller = owner("another", "test")
    _save_app(app_world, app_world.simulator.client_secret)
    with pytest.raises(NotFound):
        begun(app_world, reconnect=company.id)


def test_an_invented_state_is_refused(app_world: World) -> None:
    back = clicked(app_world, begun(app_world))
    with pytest.raises(NotAllowed):
        finished(app_world, {**back, "state": "x" * 43})
    assert _companies(app_world) == []


def test_a_denied_consent_brings_no_code_and_the_state_stays_nobodys(app_world: World) -> None:
    back = clicked(app_world, begun(app_world), decision="cancel")
    assert back["error"] == "access_denied"
    with pytest.raises(TieoutError) as refused:
        finished(app_world, {**back, "code": ""}, realm_id=app_world.simulator.realm_id)
    _four_parts(refused.value)
    assert _companies(app_world) == []


def test_a_code_that_intuit_does_not_know_connects_nothing(app_world: World) -> None:
    back = clicked(app_world, begun(app_world))
    with pytest.raises(ReconnectNeeded) as refused:
        finished(app_world, {**back, "code": "ABinvented"})
    _four_parts(refused.value)
    assert _companies(app_world) == []


def test_reconnecting_to_another_company_is_refused_and_nothing_of_it_kept(app_world: World) -> None:
    company = finished(app_world, clicked(app_world, begun(app_world)))
    kept = _tokens(app_world, company.id)
    other = _other_realm(app_world)
    back = clicked(app_world, begun(app_world, reconnect=company.id), realmId=other)
    assert back["realmId"] == other
    with pytest.raises(Invalid) as refused:
        finished(app_world, back)
    _four_parts(refused.value)
    assert other in refused.value.record
    assert [one.id for one in _companies(app_world)] == [company.id]
    assert _tokens(app_world, company.id) == kept


def test_a_consent_for_one_company_given_out_as_another_leaves_no_company_behind(app_world: World) -> None:
    other = _other_realm(app_world)
    back = clicked(app_world, begun(app_world))
    with pytest.raises(TieoutError):
        finished(app_world, back, realm_id=other)
    assert _companies(app_world) == []


def test_a_consent_for_another_company_given_out_as_ours_leaves_our_tokens_alone(app_world: World) -> None:
    company = finished(app_world, clicked(app_world, begun(app_world)))
    kept = _tokens(app_world, company.id)
    back = clicked(app_world, begun(app_world, reconnect=company.id), realmId=_other_realm(app_world))
    with pytest.raises(TieoutError):
        finished(app_world, back, realm_id=company.realm_id)
    assert _tokens(app_world, company.id) == kept
    assert only(_companies(app_world)).status == "connected"
    assert ask_quickbooks(app_world.edges, app_world.caller) == company.name


def test_a_wrong_refresh_token_leaves_a_company_that_needed_it_as_it_was(app_world: World) -> None:
    company = finished(app_world, clicked(app_world, begun(app_world)))
    app_world.control("POST", "revoke", {"realm_id": company.realm_id})
    app_world.pass_time(7200)
    with pytest.raises(ReconnectNeeded):
        ask_quickbooks(app_world.edges, app_world.caller)
    other = _other_realm(app_world)
    grant = app_world.control(
        "POST", "grant", {"realm_id": other, "client_id": app_world.simulator.client_id}
    )
    with pytest.raises(TieoutError):
        connect_with_refresh_token(
            app_world.edges,
            app_world.caller,
            environment="production",
            realm_id=company.realm_id,
            refresh_token=Secret(grant["refresh_token"]),
        )
    assert only(_companies(app_world)).status == "needs_reconnect"
    assert kinds(app_world) == ["connection.auth"]


def test_the_database_file_holds_no_token_and_no_secret_in_plain_text(app_world: World) -> None:
    back = clicked(app_world, begun(app_world))
    company = finished(app_world, back)
    with app_world.edges.database.reading() as work:
        stored = only(work.grants.all(company.id))
    secrets = {
        "access token": access_token(app_world.edges.keys, stored),
        "refresh token": refresh_token(app_world.edges.keys, stored),
        "client secret": app_world.simulator.client_secret,
        "code": back["code"],
        "state": back["state"],
    }
    app_world.edges.database.close()
    held = b"".join(path.read_bytes() for path in _files(app_world.folder))
    assert company.realm_id.encode() in held
    assert [name for name, value in secrets.items() if value.encode() in held] == []


def _files(folder: Path) -> list[Path]:
    found = list(folder.glob("tieout.db*"))
    assert found
    return found


def test_a_token_moved_to_another_companys_row_does_not_open(app_world: World) -> None:
    company = finished(app_world, clicked(app_world, begun(app_world)))
    with app_world.edges.database.reading() as work:
        stored = only(work.grants.all(company.id))
    with pytest.raises(TieoutError):
        refresh_token(app_world.edges.keys, replace(stored, company="co_another"))
    with pytest.raises(TieoutError):
        refresh_token(app_world.edges.keys, replace(stored, id="grant_another"))


def test_a_wrong_secret_is_said_before_anything_is_kept(small_world: World) -> None:
    _save_app(small_world, "not the secret")
    back = clicked(small_world, begun(small_world))
    with pytest.raises(Invalid) as refused:
        finished(small_world, back)
    _four_parts(refused.value)
    assert small_world.simulator.client_id in refused.value.record
    assert "not the secret" not in refused.value.sentence()
    assert _companies(small_world) == []
    assert show_app(small_world.edges, small_world.caller, environment="production").secret_ending == "cret"


def test_nothing_begins_before_the_app_is_known(small_world: World) -> None:
    with pytest.raises(Invalid) as refused:
        begun(small_world)
    _four_parts(refused.value)


@pytest.mark.parametrize("path", ["/oauth2/v1/tokens/bearer", "*/companyinfo/*"])
@pytest.mark.parametrize("fault", ["request_lost", "reply_lost", "503", "garbage"])
def test_intuit_out_of_reach_while_connecting_leaves_nothing_half_done(
    app_world: World, path: str, fault: str
) -> None:
    back = clicked(app_world, begun(app_world))
    plan_fault(app_world, fault=fault, path=path, times=None)
    with pytest.raises(TieoutError) as refused:
        finished(app_world, back)
    _four_parts(refused.value)
    assert _companies(app_world) == []
    app_world.control("DELETE", "faults")
    assert finished(app_world, clicked(app_world, begun(app_world))).status == "connected"


def test_disconnecting_ends_the_tokens_here_and_at_intuit_and_keeps_links(world: World) -> None:
    world.client()
    world.service()
    world.invoice()
    world.settle()
    company = only(_companies(world))
    kept = _tokens(world, company.id)
    assert kept is not None
    disconnect(world.edges, world.caller)
    assert _tokens(world, company.id) is None
    assert only(_companies(world)).status == "disconnected"
    with world.edges.database.reading() as work:
        app = work.apps.get("main", "production")
    assert app is not None
    with pytest.raises(ReconnectNeeded):
        connect_with_refresh_token(
            world.edges,
            world.caller,
            environment="production",
            realm_id=company.realm_id,
            refresh_token=Secret(kept[0]),
        )
    with pytest.raises(ReconnectNeeded):
        world.sync()
    assert issues(world) == []
    world.connect()
    world._token = world.grant()["access_token"]  # the bookkeeper came in through the same app
    world.invoice("i2", number="T-i2")
    world.settle()
    assert [one["DocNumber"] for one in invoices(world)] == ["T-i1", "T-i2"]
    assert len(world.every("Customer")) == 1


def test_disconnecting_works_while_intuit_is_out_of_reach(world: World) -> None:
    plan_fault(world, fault="request_lost", path="*/revoke", times=None)
    disconnect(world.edges, world.caller)
    company = only(_companies(world))
    assert company.status == "disconnected"
    assert _tokens(world, company.id) is None
