"""Consent, tokens, rotation, revocation: what an app lives through with Intuit's identity servers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from qbosim.clock import Clock
from qbosim.simulator import Simulator
from tests.qbosim.asking import (
    ACCOUNTING,
    CALLBACK,
    api,
    ask,
    authorization,
    basic,
    callback,
    consented,
    control,
    granted,
    post_form,
    token,
)
from tests.qbosim.conftest import MONDAY

DAY = 86_400
REFRESH_REFUSED = {"error": "invalid_grant", "error_description": "Incorrect or invalid refresh token"}


def refreshed(simulator: Simulator, refresh_token: str) -> dict[str, object]:
    response = token(simulator, grant_type="refresh_token", refresh_token=refresh_token)
    assert response.status == 200, response.body
    answer: dict[str, object] = response.json()
    return answer


@pytest.mark.parametrize("name", ["openid_configuration", "openid_sandbox_configuration"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_discovery_points_at_the_host_it_was_asked_at(simulator: Simulator, name: str, slash: str) -> None:
    response = ask(simulator, "GET", f"/.well-known/{name}{slash}", headers={"host": "sim.test:81"})
    found = response.json()
    assert found["token_endpoint"] == "http://sim.test:81/oauth2/v1/tokens/bearer"
    assert found["authorization_endpoint"] == "http://sim.test:81/connect/oauth2"
    assert found["revocation_endpoint"] == "http://sim.test:81/v2/oauth2/tokens/revoke"
    assert found["userinfo_endpoint"] == "http://sim.test:81/v1/openid_connect/userinfo"
    assert found["jwks_uri"] == "http://sim.test:81/op/v1/jwks"
    assert found["issuer"] == "https://oauth.platform.intuit.com/op/v1"


def test_the_consent_page_names_the_app_and_every_company_and_cannot_be_framed(simulator: Simulator) -> None:
    control(simulator, "POST", "companies", {"kind": "empty", "name": "Second <b>Company"})
    page = ask(simulator, "GET", "/connect/oauth2", query=authorization(simulator))
    text = page.body.decode()
    assert page.status == 200
    assert "App under test" in text
    assert "New Company" in text
    assert "Second &lt;b&gt;Company" in text
    assert page.header("x-frame-options") == "DENY"


@pytest.mark.rule("oauth.bodies", "oauth.seconds_left")
def test_connecting_sends_a_code_with_state_and_realm_that_buys_working_tokens(simulator: Simulator) -> None:
    form = {**authorization(simulator), "decision": "connect", "realmId": simulator.realm_id}
    back = callback(post_form(simulator, "/connect/oauth2", form))
    assert back["state"] == "s-1"
    assert back["realmId"] == simulator.realm_id
    tokens = token(
        simulator, grant_type="authorization_code", code=back["code"], redirect_uri=CALLBACK
    ).json()
    assert tokens["token_type"] == "bearer"
    assert tokens["expires_in"] == 3600
    assert tokens["x_refresh_token_expires_in"] == 8_726_400
    assert set(tokens) == {
        "token_type",
        "access_token",
        "expires_in",
        "refresh_token",
        "x_refresh_token_expires_in",
    }
    read = api(simulator, "GET", f"companyinfo/{simulator.realm_id}", bearer=tokens["access_token"])
    assert read.status == 200


def test_cancelling_sends_access_denied_with_the_state(simulator: Simulator) -> None:
    form = {**authorization(simulator), "decision": "cancel"}
    assert callback(post_form(simulator, "/connect/oauth2", form)) == {
        "error": "access_denied",
        "state": "s-1",
    }


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"redirect_uri": "https://app.example/callback"}, "https://app.example/callback"),
        ({"redirect_uri": "http://localhost.evil.example/callback"}, "localhost.evil.example"),
        ({"redirect_uri": ""}, "missing"),
        ({"client_id": "ABnobody"}, "ABnobody"),
    ],
)
def test_an_unknown_app_or_address_gets_a_page_and_never_a_redirect(
    simulator: Simulator, changed: dict[str, str], said: str
) -> None:
    asked = authorization(simulator, **changed)
    for response in (
        ask(simulator, "GET", "/connect/oauth2", query=asked),
        post_form(simulator, "/connect/oauth2", {**asked, "decision": "connect"}),
    ):
        assert response.status == 400
        assert response.header("location") is None
        assert said in response.body.decode()


def test_a_registered_address_is_accepted_to_the_letter_only(simulator: Simulator) -> None:
    app = control(
        simulator, "POST", "apps", {"name": "Other", "redirect_uris": ["https://app.example/callback"]}
    )
    asked = authorization(simulator, client_id=app["client_id"])
    exact = {**asked, "redirect_uri": "https://app.example/callback"}
    assert ask(simulator, "GET", "/connect/oauth2", query=exact).status == 200
    longer = {**asked, "redirect_uri": "https://app.example/callback/2"}
    assert ask(simulator, "GET", "/connect/oauth2", query=longer).status == 400


@pytest.mark.parametrize("scope", ["", "com.intuit.quickbooks.everything"])
def test_a_scope_that_does_not_exist_is_sent_back_to_the_app(simulator: Simulator, scope: str) -> None:
    response = ask(simulator, "GET", "/connect/oauth2", query=authorization(simulator, scope=scope))
    assert callback(response) == {"error": "invalid_scope", "state": "s-1"}


def test_a_company_that_does_not_exist_cannot_be_chosen(simulator: Simulator) -> None:
    form = {**authorization(simulator), "decision": "connect", "realmId": "123"}
    assert post_form(simulator, "/connect/oauth2", form).status == 400


def test_signing_in_only_names_no_company_and_its_id_token_verifies_against_the_published_key(
    simulator: Simulator,
) -> None:
    asked = authorization(simulator, scope="openid email")
    back = callback(post_form(simulator, "/connect/oauth2", {**asked, "decision": "connect"}))
    assert "realmId" not in back
    tokens = token(
        simulator, grant_type="authorization_code", code=back["code"], redirect_uri=CALLBACK
    ).json()
    keys = KeySet.import_key_set(ask(simulator, "GET", "/op/v1/jwks").json())
    read = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"])
    assert read.claims["aud"] == [simulator.client_id]
    assert read.claims["iss"] == "https://oauth.platform.intuit.com/op/v1"
    assert read.claims["exp"] - read.claims["iat"] == 3600
    person = ask(
        simulator,
        "GET",
        "/v1/openid_connect/userinfo",
        headers={"authorization": f"Bearer {tokens['access_token']}"},
    ).json()
    assert person["sub"] == read.claims["sub"]
    assert "email" in person
    assert "givenName" not in person


def test_user_information_is_refused_to_a_token_without_the_openid_scope(simulator: Simulator) -> None:
    bearer = granted(simulator)["access_token"]
    response = ask(
        simulator, "GET", "/v1/openid_connect/userinfo", headers={"authorization": f"Bearer {bearer}"}
    )
    assert response.status == 401


def test_a_wrong_secret_is_invalid_client(simulator: Simulator) -> None:
    refused = post_form(
        simulator,
        "/oauth2/v1/tokens/bearer",
        {
            "grant_type": "refresh_token",
            "refresh_token": granted(simulator)["refresh_token"],
            "client_id": simulator.client_id,
            "client_secret": "wrong",
        },
    )
    assert (refused.status, refused.json()) == (401, {"error": "invalid_client"})
    nobody = post_form(simulator, "/oauth2/v1/tokens/bearer", {"grant_type": "refresh_token"})
    assert nobody.status == 401


@pytest.mark.rule("oauth.bodies")
def test_credentials_in_the_body_are_as_good_as_a_basic_header(simulator: Simulator) -> None:
    client_id, client_secret = simulator.client_credentials
    form = {
        "grant_type": "authorization_code",
        "code": consented(simulator),
        "redirect_uri": CALLBACK,
        "client_id": client_id,
        "client_secret": client_secret,
    }
    assert post_form(simulator, "/oauth2/v1/tokens/bearer", form).status == 200


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "x"}, "invalid_request"),
        ({"grant_type": "authorization_code", "redirect_uri": CALLBACK}, "invalid_request"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "code": "x", "redirect_uri": CALLBACK}, "invalid_grant"),
    ],
)
def test_token_requests_that_lack_something_are_told_so(
    simulator: Simulator, form: dict[str, str], error: str
) -> None:
    response = token(simulator, **form)
    assert (response.status, response.json()) == (400, {"error": error})
    assert response.header("content-type") == "application/json;charset=utf-8"


@pytest.mark.rule("oauth.code_life")
def test_a_code_works_once_for_its_address_and_for_ten_minutes(simulator: Simulator) -> None:
    used = consented(simulator)
    other = consented(simulator)
    late = consented(simulator)
    exchange = {"grant_type": "authorization_code", "redirect_uri": CALLBACK}
    assert token(simulator, code=used, **exchange).status == 200
    assert token(simulator, code=used, **exchange).json() == {"error": "invalid_grant"}
    elsewhere = {"grant_type": "authorization_code", "redirect_uri": "http://localhost:1/x"}
    assert token(simulator, code=other, **elsewhere).json() == {"error": "invalid_grant"}
    simulator.clock.advance(601)
    assert token(simulator, code=late, **exchange).json() == {"error": "invalid_grant"}


@pytest.mark.rule("oauth.rotation")
def test_a_refresh_within_a_day_keeps_the_refresh_token_and_gives_a_new_access_token(
    simulator: Simulator,
) -> None:
    first = granted(simulator)
    simulator.clock.advance(DAY - 1)
    second = refreshed(simulator, first["refresh_token"])
    assert second["refresh_token"] == first["refresh_token"]
    assert second["access_token"] != first["access_token"]


@pytest.mark.rule("oauth.rotation")
def test_of_two_refreshes_around_the_rotation_the_first_wins_and_the_second_is_refused(
    simulator: Simulator,
) -> None:
    first = granted(simulator)
    simulator.clock.advance(DAY)
    winner = refreshed(simulator, first["refresh_token"])
    loser = token(simulator, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert winner["refresh_token"] != first["refresh_token"]
    assert (loser.status, loser.json()) == (400, REFRESH_REFUSED)
    assert refreshed(simulator, str(winner["refresh_token"]))["refresh_token"] == winner["refresh_token"]


@pytest.mark.rule("oauth.reuse")
def test_when_reuse_revokes_a_rotated_token_takes_the_whole_connection_with_it(simulator: Simulator) -> None:
    control(simulator, "POST", "settings", {"reuse_revokes": True})
    first = granted(simulator)
    simulator.clock.advance(DAY)
    winner = refreshed(simulator, first["refresh_token"])
    token(simulator, grant_type="refresh_token", refresh_token=first["refresh_token"])
    dead = token(simulator, grant_type="refresh_token", refresh_token=str(winner["refresh_token"]))
    assert dead.json() == REFRESH_REFUSED


def test_when_reuse_revokes_a_code_that_comes_twice_ends_the_connection_it_made(simulator: Simulator) -> None:
    control(simulator, "POST", "settings", {"reuse_revokes": True})
    exchange = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, "code": consented(simulator)}
    tokens = token(simulator, **exchange).json()
    assert token(simulator, **exchange).status == 400
    again = token(simulator, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert again.json() == REFRESH_REFUSED


@pytest.mark.rule("oauth.lifetimes")
def test_a_refresh_token_idle_for_a_hundred_days_is_dead(simulator: Simulator) -> None:
    first = granted(simulator)["refresh_token"]
    simulator.clock.advance(99 * DAY)
    second = str(refreshed(simulator, first)["refresh_token"])
    simulator.clock.advance(100 * DAY)
    refused = token(simulator, grant_type="refresh_token", refresh_token=second)
    assert refused.json() == REFRESH_REFUSED


@pytest.mark.rule("oauth.lifetimes")
def test_after_five_years_even_a_busy_connection_ends_and_the_seconds_left_are_told_on_request(
    simulator: Simulator,
) -> None:
    current = granted(simulator)["refresh_token"]
    hard_limit = MONDAY + timedelta(days=5 * 365)
    seen = []
    while simulator.clock.now() + timedelta(days=90) < hard_limit:
        simulator.clock.advance(90 * DAY)
        response = post_form(
            simulator,
            "/oauth2/v1/tokens/bearer",
            {"grant_type": "refresh_token", "refresh_token": current},
            authorization=basic(simulator),
            **{"x-include-refresh-token-hard-expires-in": "true"},
        )
        assert response.status == 200
        current = response.json()["refresh_token"]
        seen.append(response.json()["x_refresh_token_hard_expires_in"])
        assert response.json()["x_refresh_token_expires_in"] <= seen[-1]
    assert seen[0] == (5 * 365 - 90) * DAY
    simulator.clock.set(hard_limit)
    refused = token(simulator, grant_type="refresh_token", refresh_token=current)
    assert refused.json() == REFRESH_REFUSED


@pytest.mark.rule("oauth.revoked")
@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
@pytest.mark.parametrize("spelling", ["json", "form"])
def test_revoking_either_token_kills_both(simulator: Simulator, which: str, spelling: str) -> None:
    tokens = granted(simulator)
    if spelling == "json":
        revoked = ask(
            simulator,
            "POST",
            "/v2/oauth2/tokens/revoke",
            headers={"authorization": basic(simulator), "content-type": "application/json"},
            body={"token": tokens[which]},
        )
    else:
        revoked = post_form(
            simulator, "/v2/oauth2/tokens/revoke", {"token": tokens[which]}, authorization=basic(simulator)
        )
    assert (revoked.status, revoked.body) == (200, b"")
    again = token(simulator, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert again.json() == REFRESH_REFUSED
    assert api(simulator, "GET", "companyinfo/1", bearer=tokens["access_token"]).status == 403


def test_a_token_that_is_not_the_apps_cannot_be_revoked(simulator: Simulator) -> None:
    other = control(simulator, "POST", "apps", {"name": "Other"})
    theirs = control(simulator, "POST", "grant", {"client_id": other["client_id"]})
    response = post_form(
        simulator,
        "/v2/oauth2/tokens/revoke",
        {"token": theirs["refresh_token"]},
        authorization=basic(simulator),
    )
    assert response.status == 400
    assert api(simulator, "GET", "companyinfo/1", bearer=theirs["access_token"]).status == 200


def test_the_token_endpoint_answers_posts_only(simulator: Simulator) -> None:
    response = ask(simulator, "GET", "/oauth2/v1/tokens/bearer")
    assert (response.status, response.header("allow")) == (405, "POST")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "world.db"


def test_tokens_codes_and_the_clock_survive_a_restart(file: Path) -> None:
    with Simulator(file, company="empty", seed=3, clock=Clock.at(MONDAY)) as before:
        tokens = granted(before)
        code = consented(before)
        before.clock.advance(60)
        credentials, realm = before.client_credentials, before.realm_id
    with Simulator(file) as after:
        assert (after.client_credentials, after.realm_id) == (credentials, realm)
        assert after.clock.now() == MONDAY + timedelta(seconds=60)
        assert api(after, "GET", f"companyinfo/{realm}", bearer=tokens["access_token"]).status == 200
        exchanged = token(after, grant_type="authorization_code", code=code, redirect_uri=CALLBACK)
        assert exchanged.status == 200
        assert exchanged.json()["access_token"] != tokens["access_token"]


def test_accounting_scope_is_what_lets_a_token_into_the_books(simulator: Simulator) -> None:
    without = control(simulator, "POST", "grant", {"scope": "openid profile"})
    assert api(simulator, "GET", "companyinfo/1", bearer=without["access_token"]).status == 403
    both = control(simulator, "POST", "grant", {"scope": f"openid {ACCOUNTING}"})
    assert api(simulator, "GET", "companyinfo/1", bearer=both["access_token"]).status == 200


def test_the_company_chosen_on_the_page_is_the_one_the_tokens_open(simulator: Simulator) -> None:
    other = control(simulator, "POST", "companies", {"kind": "empty", "name": "Other"})["realm_id"]
    form = {**authorization(simulator), "decision": "connect", "realmId": other}
    back = callback(post_form(simulator, "/connect/oauth2", form))
    assert back["realmId"] == other
    exchange = {"grant_type": "authorization_code", "redirect_uri": CALLBACK}
    bearer = token(simulator, code=back["code"], **exchange).json()["access_token"]
    assert api(simulator, "GET", f"companyinfo/{other}", bearer=bearer, realm=other).status == 200
    assert api(simulator, "GET", "companyinfo/1", bearer=bearer).status == 403
