"""Several people's sign-ins for one company: tried in their order, lost one by one, added, ordered and removed."""

from __future__ import annotations

import pytest

from tests.connections.consent import CALLBACK, SESSION, clicked, finished
from tests.looking import issues, kinds, only, plan_fault
from tests.world import World
from tieout.connections.companies import list_companies
from tieout.connections.companies import test_connection as ask_quickbooks
from tieout.connections.expiry import renew_unused, warn_of_expiry
from tieout.connections.grants import GrantShown, list_grants, order_grants, remove_grant
from tieout.connections.oauth import BESIDE, begin_connection, connect_with_refresh_token
from tieout.kit.crypto import Secret
from tieout.kit.errors import Invalid, NotFound, ReconnectNeeded, Refused
from tieout.security.notices import list_notices
from tieout.storage.notices import Notice

HOUR = 3600.0
DAY = 24 * HOUR
REFUSED = {"error": "invalid_grant", "error_description": "Incorrect or invalid refresh token"}


def _added(world: World, label: str) -> None:
    """Add one more person's sign-in."""
    connect_with_refresh_token(
        world.edges,
        world.caller,
        environment="production",
        realm_id=world.simulator.realm_id,
        refresh_token=Secret(world.grant()["refresh_token"]),
        instead_of=BESIDE,
        label=label,
    )


def _grants(world: World) -> list[GrantShown]:
    return list_grants(world.edges, world.caller)


def _states(world: World) -> list[tuple[str, str]]:
    return [(one.label, one.state) for one in _grants(world)]


def _standing(world: World) -> list[Notice]:
    return list_notices(world.edges, world.caller, standing=True)


def _told(world: World) -> list[str]:
    return sorted(one.kind for one in _standing(world))


def _ended(world: World, label: str) -> None:
    """End one person's access at Intuit, and no other's."""
    from tieout.connections.sealing import fingerprint, refresh_token

    with world.edges.database.reading() as work:
        grant = next(
            one for one in work.grants.all(only(work.companies.all("main")).id) if one.label == label
        )
    token = refresh_token(world.edges.keys, grant)
    assert fingerprint(token)
    with world.simulator.store.transaction() as db:
        db.execute(
            "UPDATE connections SET revoked_at = 1 WHERE number ="
            " (SELECT connection FROM refresh_tokens WHERE token = ?)",
            (token,),
        )


@pytest.fixture
def three(small_world: World) -> World:
    """Give a world whose company Ann, Ben and Cleo authorised, in this order."""
    world = small_world
    world.ready()
    first = _grants(world)[0].id
    for label in ("Ann", "Ben", "Cleo"):
        _added(world, label)
    remove_grant(world.edges, world.caller, grant=first)
    return world


def test_a_sign_in_that_is_given_anew_keeps_its_name_unless_it_gets_another(small_world: World) -> None:
    world = small_world
    world.connect()

    def again(instead_of: str, label: str = "") -> None:
        connect_with_refresh_token(
            world.edges,
            world.caller,
            environment="production",
            realm_id=world.simulator.realm_id,
            refresh_token=Secret(world.grant()["refresh_token"]),
            instead_of=instead_of,
            label=label,
        )

    again(_grants(world)[0].id, "Office")
    again("all")
    assert _states(world) == [("Office", "in_use")]
    _added(world, "Bookkeeper")
    again(_grants(world)[1].id)
    assert _states(world) == [("Office", "in_use"), ("Bookkeeper", "standby")]
    again(_grants(world)[1].id, "New bookkeeper")
    assert _states(world) == [("Office", "in_use"), ("New bookkeeper", "standby")]
    again("all")
    assert _states(world) == [("", "in_use")], "one that stands for several is named after none of them"


def test_the_first_is_in_use_and_the_others_stand_by(three: World) -> None:
    assert _states(three) == [("Ann", "in_use"), ("Ben", "standby"), ("Cleo", "standby")]
    assert {one.authorised_by for one in _grants(three)} == {"owner"}
    assert all(one.days_left >= 99 and one.ends_by for one in _grants(three))


def test_when_one_loses_access_the_next_takes_over_within_the_same_cycle(three: World) -> None:
    three.client()
    three.service()
    three.invoice()
    _ended(three, "Ann")
    assert three.sync().state == "succeeded"
    assert _states(three) == [("Ann", "lost"), ("Ben", "in_use"), ("Cleo", "standby")]
    assert _told(three) == ["connection.grant_lost"]
    told = only(_standing(three))
    assert "Ann" in told.record
    assert "Ben" in told.why
    assert all((told.what, told.record, told.why, told.remedy))
    assert issues(three) == [], "the company goes on: nobody has to decide anything"
    three.settle()
    assert len(three.every("Invoice")) == 1
    assert only(list_companies(three.edges, three.caller)).status == "connected"


def test_only_when_nobody_is_left_the_company_needs_somebody(three: World) -> None:
    _ended(three, "Ann")
    _ended(three, "Ben")
    assert three.sync().state == "succeeded"
    assert _states(three) == [("Ann", "lost"), ("Ben", "lost"), ("Cleo", "in_use")]
    _ended(three, "Cleo")
    assert three.sync().state == "aborted"
    assert kinds(three) == ["connection.auth"]
    assert "connection.lost" in _told(three)
    company = only(list_companies(three.edges, three.caller))
    assert company.status == "needs_reconnect"
    with pytest.raises(ReconnectNeeded) as refused:
        ask_quickbooks(three.edges, three.caller)
    assert all(refused.value.parts().values())


def test_whoever_signs_in_again_ends_the_trouble_and_everything_is_compared(three: World) -> None:
    for label in ("Ann", "Ben", "Cleo"):
        _ended(three, label)
    assert three.sync().state == "aborted"
    company = only(list_companies(three.edges, three.caller)).id
    with three.edges.database.transaction() as work:
        entities = list(work.coverage.all(company))
        work.coverage.change(company, entities, check_at=three.clock.now())
    three.connect()
    assert _states(three) == [("", "in_use")], "connecting again takes the place of all"
    assert _told(three) == []
    assert issues(three) == []
    with three.edges.database.reading() as work:
        checks = {one.check_at for one in work.coverage.all(company).values()}
    assert entities
    assert checks == {None}, "a full comparison is due for every entity"


def test_a_second_loss_is_told_again(three: World) -> None:
    for label in ("Ann", "Ben", "Cleo"):
        _ended(three, label)
    three.sync()
    three.connect()
    three.control("POST", "revoke", {"realm_id": three.simulator.realm_id})
    assert three.sync().state == "aborted"
    lost = [one for one in list_notices(three.edges, three.caller) if one.kind == "connection.lost"]
    assert [one.over_at is None for one in lost] == [True, False]


def test_when_quickbooks_refuses_a_fresh_token_the_next_person_is_tried_in_the_same_call(
    three: World,
) -> None:
    plan_fault(three, fault="401", path="*/cdc", times=2)
    assert three.sync().state == "succeeded"
    assert _states(three) == [("Ann", "in_use"), ("Ben", "standby"), ("Cleo", "standby")]
    assert _told(three) == ["connection.grant_refused"]
    assert issues(three) == []


def test_a_sign_in_that_quickbooks_refused_is_told_of_no_more_when_it_works_again(three: World) -> None:
    plan_fault(three, fault="401", path="*/cdc", times=2)
    three.sync()
    assert _told(three) == ["connection.grant_refused"]
    plan_fault(three, fault="401", path="*/cdc", times=2)
    three.pass_time(900)
    three.sync()
    assert _told(three) == ["connection.grant_refused"], "told once while it stands"
    three.pass_time(900)
    assert three.sync().state == "succeeded"
    assert _told(three) == []


def test_the_order_is_changed_and_followed(three: World) -> None:
    ann, ben, cleo = (one.id for one in _grants(three))
    order_grants(three.edges, three.caller, grants=[cleo, ann, ben])
    assert _states(three) == [("Cleo", "in_use"), ("Ann", "standby"), ("Ben", "standby")]
    before = _grants(three)[0].used_at
    three.pass_time(2 * HOUR)
    three.sync()
    assert _grants(three)[0].used_at != before
    for wrong in ([ann, ben], [ann, ben, ben], [ann, ben, cleo, "grant_x"]):
        with pytest.raises(Invalid):
            order_grants(three.edges, three.caller, grants=wrong)


def test_removing_one_leaves_the_connection_at_intuit_alone(three: World) -> None:
    ann, ben, cleo = (one.id for one in _grants(three))
    remove_grant(three.edges, three.caller, grant=ann)
    remove_grant(three.edges, three.caller, grant=cleo)
    three.pass_time(2 * HOUR)
    assert three.sync().state == "succeeded"
    with pytest.raises(Refused):
        remove_grant(three.edges, three.caller, grant=ben)
    with pytest.raises(NotFound):
        remove_grant(three.edges, three.caller, grant="grant_x")


def test_one_person_signs_in_again_in_their_own_place_through_the_browser(three: World) -> None:
    _ended(three, "Ben")
    ann, ben, cleo = (one.id for one in _grants(three))
    url = begin_connection(
        three.edges,
        three.caller,
        environment="production",
        redirect_uri=CALLBACK,
        session=SESSION,
        reconnect=only(list_companies(three.edges, three.caller)).id,
        instead_of=ben,
        label="Ben",
    ).url
    finished(three, clicked(three, url))
    after = _grants(three)
    assert [one.label for one in after] == ["Ann", "Ben", "Cleo"]
    assert (after[0].id, after[2].id) == (ann, cleo)
    assert after[1].id != ben
    order_grants(three.edges, three.caller, grants=[one.id for one in after[1:]] + [ann])
    assert three.sync().state == "succeeded"


def test_what_nobody_uses_is_renewed_before_intuit_forgets_it(three: World) -> None:
    """Without it, the second person's permission would be over when it is needed after 100 days."""
    for _ in range(6):
        three.pass_time(20 * DAY)
        assert three.sync().state == "succeeded"
        warn_of_expiry(three.edges)
    assert renew_unused(three.edges) == 0, "all of them are fresh now"
    _ended(three, "Ann")
    assert three.sync().state == "succeeded"
    assert _states(three)[1] == ("Ben", "in_use")
    assert [one.kind for one in list_notices(three.edges, three.caller)] == ["connection.grant_lost"]
