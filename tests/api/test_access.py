"""Who may come in: only this computer without a token, and everybody else only with one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.api.test_host_records import problem_of
from tests.world import World
from tieout.cli.server import make_app
from tieout.kit.errors import Invalid
from tieout.wiring import Settings

TOKEN = "a-long-random-token-for-this-test-0123456789"


def client_of(world: World, base: str, **settings: object) -> TestClient:
    made = Settings(home=world.folder, **settings)  # type: ignore[arg-type]
    return TestClient(make_app(world.edges, made, with_worker=False), base_url=base, follow_redirects=False)


@pytest.fixture
def guarded(world: World) -> Iterator[TestClient]:
    """An installation that others can reach, under TLS."""
    with client_of(
        world,
        "https://books.example",
        host="0.0.0.0",
        public_url="https://books.example",
        access_token=TOKEN,
    ) as made:
        yield made


def test_a_website_that_leads_a_browser_here_under_its_own_name_is_turned_away(client: TestClient) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example:8787", "localhost.evil.example", ""):
        said = problem_of(client.get("/api/v1/companies", headers={"host": host}), 403)
        assert "name" in said["what"]
    assert client.get("/", headers={"host": "evil.example"}).status_code == 403


def test_every_name_of_this_computer_is_good(client: TestClient) -> None:
    for host in ("127.0.0.1:8787", "localhost:8787", "[::1]:8787", "127.0.0.1"):
        assert client.get("/api/v1/companies", headers={"host": host}).status_code == 200, host


def test_another_sites_page_may_not_change_anything_here(client: TestClient) -> None:
    for headers in (
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://127.0.0.1:9999"},
    ):
        said = problem_of(client.put("/api/v1/host/clients/C", json={"name": "A"}, headers=headers), 403)
        assert "another site" in said["what"]
    assert client.get("/api/v1/host/clients").json()["items"] == []


def test_our_own_page_and_a_program_may_change_something(client: TestClient) -> None:
    for headers in (
        {"origin": "http://127.0.0.1:8787", "sec-fetch-site": "same-origin"},
        {},
    ):
        assert client.put("/api/v1/host/clients/C", json={"name": "A"}, headers=headers).status_code < 300


def test_no_page_of_another_site_is_told_that_it_may_read_us(client: TestClient) -> None:
    answer = client.get("/api/v1/companies", headers={"origin": "https://evil.example"})
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "settings",
    [
        {"host": "0.0.0.0"},
        {"host": "192.0.2.7"},
        {"host": "::"},
        {"public_url": "https://books.example"},
        {"host": "0.0.0.0", "access_token": "short"},
    ],
)
def test_an_installation_that_others_can_reach_does_not_start_without_a_long_token(
    world: World, settings: dict[str, str]
) -> None:
    with pytest.raises(Invalid) as refused:
        client_of(world, "http://127.0.0.1", **settings)
    assert "TIEOUT_ACCESS_TOKEN" in refused.value.sentence()


def test_without_the_token_nothing_is_told_and_nothing_done(guarded: TestClient) -> None:
    strange: list[Any] = [
        {},
        {"authorization": "Bearer wrong"},
        {"authorization": f"Basic {TOKEN}"},
        {"cookie": "tieout_access=99999999999.0000"},
        {"cookie": "tieout_access="},
        {"cookie": f"tieout_access={'9' * 5000}.0000"},
        {"cookie": b'tieout_access="\xb2.0000"'},
        {"authorization": b"Bearer \xff"},
        {"host": "books.example/static/"},
        {"host": "books.example/webhooks/intuit/"},
        {"host": "books.example/healthz?"},
        {"host": "books.example/sign-in#"},
    ]
    for headers in strange:
        assert problem_of(guarded.get("/api/v1/companies", headers=headers), 401)["code"] == "sign_in_needed"
        problem_of(guarded.put("/api/v1/host/clients/C", json={"name": "A"}, headers=headers), 401)
        for path in ("/api/v1/openapi.json", "/api/v1/docs"):
            problem_of(guarded.get(path, headers=headers), 401)
        page = guarded.get("/", headers=headers)
        assert (page.status_code, page.headers["location"]) == (303, "/sign-in?then=/")


def test_a_program_shows_the_token_as_bearer(guarded: TestClient) -> None:
    headers = {"authorization": f"Bearer {TOKEN}"}
    assert guarded.get("/api/v1/companies", headers=headers).status_code == 200
    assert guarded.put("/api/v1/host/clients/C", json={"name": "A"}, headers=headers).status_code == 201


def test_a_person_signs_in_once_and_is_led_to_where_they_wanted(guarded: TestClient) -> None:
    form = guarded.get("/sign-in?then=/issues")
    assert form.status_code == 200
    assert TOKEN not in form.text
    wrong = guarded.post("/sign-in?then=/issues", data={"token": "wrong"})
    assert wrong.status_code == 401
    assert "set-cookie" not in wrong.headers
    right = guarded.post("/sign-in?then=/issues", data={"token": TOKEN})
    assert (right.status_code, right.headers["location"]) == (303, "/issues")
    cookie = right.headers["set-cookie"]
    assert {"HttpOnly", "Secure"} <= {part.strip() for part in cookie.split(";")}
    assert TOKEN not in cookie
    assert guarded.get("/api/v1/companies").status_code == 200


def test_signing_in_leads_nowhere_else(guarded: TestClient) -> None:
    for then in ("https://evil.example", "//evil.example", "/\\evil.example"):
        answer = guarded.post("/sign-in", params={"then": then}, data={"token": TOKEN})
        assert answer.headers["location"] == "/", then


def test_a_sign_in_ends_after_two_weeks(guarded: TestClient, world: World) -> None:
    guarded.post("/sign-in", data={"token": TOKEN})
    cookie = {"cookie": f"tieout_access={guarded.cookies['tieout_access']}"}
    world.clock.sleep(13 * 86400)
    assert guarded.get("/api/v1/companies", headers=cookie).status_code == 200
    world.clock.sleep(2 * 86400)
    assert guarded.get("/api/v1/companies", headers=cookie).status_code == 401


def test_another_sites_form_cannot_sign_in_or_act_even_with_the_cookie(guarded: TestClient) -> None:
    evil = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    assert guarded.post("/sign-in", data={"token": TOKEN}, headers=evil).status_code == 403
    guarded.post("/sign-in", data={"token": TOKEN})
    problem_of(guarded.put("/api/v1/host/clients/C", json={"name": "A"}, headers=evil), 403)


def test_a_token_on_this_computer_is_asked_for_too(world: World) -> None:
    with client_of(world, "http://127.0.0.1:8787", access_token=TOKEN) as local:
        assert local.get("/api/v1/companies").status_code == 401
        assert local.get("/api/v1/companies", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200
