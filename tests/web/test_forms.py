"""Forms and answers as a program meets them: sessions, tokens, other sites, headers, errors in four parts."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.world import World
from tieout.connections.companies import list_companies, read_settings
from tieout.kit.clock import SystemClock
from tieout.kit.errors import Invalid
from tieout.web.app import STATIC, router
from tieout.web.background import OURS, Background
from tieout.wiring import Settings

BASE = "http://127.0.0.1:8787"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    opened = World(tmp_path, company="sample")
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    yield from _client(world, BASE)


def _client(world: World, base: str, **more: str) -> Iterator[TestClient]:
    app = FastAPI(openapi_url=None)
    settings = Settings(home=world.folder, intuit_url="http://qbosim.localhost", **more)  # type: ignore[arg-type]
    app.include_router(router(world.edges, settings))
    with TestClient(app, base_url=base, follow_redirects=False) as opened:
        yield opened


def token(client: TestClient) -> str:
    found = re.search(r'name="token" value="([0-9a-f]{40})"', client.get("/").text)
    assert found is not None
    return found[1]


def said(client: TestClient, answer: httpx2.Response) -> str:
    """Follow the redirect of a form and give the text of the page it leads to."""
    assert answer.status_code == 303
    return client.get(answer.headers["location"]).text


def test_a_session_is_out_of_reach_of_scripts_and_other_sites(client: TestClient) -> None:
    cookie = client.get("/").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert "secure" not in cookie.lower()
    assert "set-cookie" not in client.get("/").headers, "the same browser keeps its session"


def test_a_session_travels_only_over_tls_where_the_page_is_reached_so(world: World) -> None:
    for client in _client(world, "https://books.example", public_url="https://books.example"):
        assert "secure" in client.get("/").headers["set-cookie"].lower()


def test_a_form_without_the_sessions_token_does_nothing(world: World, client: TestClient) -> None:
    world.connect()
    for given in ("", "0" * 40):
        answer = client.post("/connection/disconnect", data={"company": "", "token": given})
        assert answer.status_code == 403
        assert "so nothing was done" in answer.text
    assert list_companies(world.edges, world.caller)[0].status == "connected"


def test_another_sessions_token_is_refused(world: World, client: TestClient) -> None:
    foreign = token(client)
    client.cookies.clear()
    client.get("/")
    assert (
        client.post("/app", data={"client_id": "a", "client_secret": "b", "token": foreign}).status_code
        == 403
    )


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example"}, {"origin": "null"}],
)
def test_a_form_that_another_site_sends_is_refused_even_with_a_token(
    client: TestClient, headers: dict[str, str]
) -> None:
    answer = client.post(
        "/app", data={"client_id": "a", "client_secret": "b", "token": token(client)}, headers=headers
    )
    assert answer.status_code == 403
    assert "did not come from Tieout" in answer.text


def test_a_form_that_is_far_too_long_is_refused_unread(client: TestClient) -> None:
    answer = client.post("/app", data={"client_id": "x" * 200_000, "token": token(client)})
    assert answer.status_code == 403
    assert "too large" in answer.text


def test_a_form_never_leads_to_another_host(world: World, client: TestClient) -> None:
    world.connect()
    company = list_companies(world.edges, world.caller)[0].id
    for wish in ("https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"):
        answer = client.post(
            "/issues/none/decide", data={"action": "retry", "back": wish, "token": token(client)}
        )
        assert answer.headers["location"] == "/", company


def test_every_answer_carries_the_strict_headers(client: TestClient) -> None:
    for address in ("/", "/nowhere", "/static/tieout.css", "/oauth/callback"):
        headers = client.get(address).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'self'; "), address
        assert "unsafe" not in policy
        assert "form-action 'self' http://qbosim.localhost" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
    assert client.get("/").headers["cache-control"] == "no-store"


def test_a_file_is_served_small_and_kept_until_it_changes(client: TestClient) -> None:
    found = re.search(r'href="(/static/tieout\.css\?v=[0-9a-f]+)"', client.get("/").text)
    assert found is not None
    answer = client.get(found[1])
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    assert client.get(found[1], headers={"if-none-match": answer.headers["etag"]}).status_code == 304
    assert client.get("/static/../app.py").status_code == 404
    assert client.get("/static/%2e%2e/app.py").status_code == 404


def test_what_is_shipped_names_no_package_host() -> None:
    hosts = re.compile(r"unpkg|jsdelivr|cdnjs|googleapis|registry\.npmjs|npmjs\.com", re.IGNORECASE)
    found = [
        path.name
        for path in STATIC.rglob("*")
        if path.is_file() and hosts.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("error=access_denied", "answered with Cancel"),
        ("error=invalid_scope", "accounting scope"),
        ("error=server_error&error_description=try+later", "try later"),
        ("", "state, code, realmId is missing"),
        ("state=a&code=b", "realmId is missing"),
        ("state=a&code=b&realmId=abc", "is not a number"),
        ("state=a&code=b&realmId=123", "it was not started in this browser session"),
    ],
)
def test_an_answer_from_intuit_that_is_no_company_says_what_happened_and_what_to_do(
    client: TestClient, query: str, words: str
) -> None:
    text = client.get(f"/oauth/callback?{query}").text
    assert words.casefold() in text.casefold()
    assert "What to do:" in text


def test_empty_credentials_are_refused_on_the_page_they_were_typed_on(client: TestClient) -> None:
    answer = client.post(
        "/app", data={"client_id": "", "client_secret": "", "back": "/#connection", "token": token(client)}
    )
    text = said(client, answer)
    assert "The app credentials are incomplete" in text
    assert "What to do:" in text
    assert "The app credentials are incomplete" not in client.get("/").text, "it is said once"


def test_a_notice_that_somebody_made_up_is_ignored(client: TestClient) -> None:
    client.get("/")
    for made_up in ("!!!", "bm90IGpzb24", "e30="):
        client.cookies.set("tieout_notice", made_up)
        assert client.get("/").status_code == 200


def test_connecting_without_credentials_says_which_are_missing(client: TestClient) -> None:
    assert "No Intuit app is set up yet" in said(
        client, client.post("/connect", data={"token": token(client)})
    )


def test_connecting_under_another_name_of_this_computer_goes_to_the_one_intuit_knows(world: World) -> None:
    for client in _client(world, "http://localhost:8787"):
        answer = client.post("/connect", data={"token": token(client)})
        assert answer.headers["location"] == "http://127.0.0.1:8787/"


def test_settings_are_kept_and_a_wrong_date_is_refused_in_words(world: World, client: TestClient) -> None:
    world.connect()
    answer = client.post(
        "/settings",
        data={
            "new_customers": "never",
            "start_date": "31/01/2026",
            "back": "/settings",
            "token": token(client),
        },
    )
    assert "This is no date" in said(client, answer)
    answer = client.post("/settings", data={"new_customers": "never", "token": token(client)})
    assert "The settings are kept" in said(client, answer)
    assert read_settings(world.edges, world.caller)["new_customers"] == "never"


def test_a_field_that_is_missing_is_named(world: World, client: TestClient) -> None:
    world.connect()
    answer = client.post(
        "/matching/client/link", data={"ref": "c1", "back": "/matching/client", "token": token(client)}
    )
    assert "qbo_id" in said(client, answer)


@pytest.mark.parametrize(
    "address",
    [
        "/matching/invoice",
        "/documents/client/c1",
        "/documents/invoice/none",
        "/issues/none",
        "/issues?state=odd",
        "/nowhere",
        "/?company=somebody-else",
    ],
)
def test_an_address_that_cannot_be_shown_is_explained(world: World, client: TestClient, address: str) -> None:
    world.connect()
    answer = client.get(address)
    assert answer.status_code in (404, 422)
    assert "What to do:" in answer.text


def test_an_errand_that_fails_is_explained_and_one_that_runs_is_not_started_twice() -> None:
    background = Background(SystemClock())
    release = threading.Event()
    started: list[int] = []

    def slow() -> None:
        started.append(1)
        release.wait(10)

    background.start("co", "import", slow, wait=0)
    background.start("co", "import", slow, wait=0)
    assert background.running("co", "import")
    release.set()
    background.start("co", "import", slow, wait=5)
    assert started == [1]

    def refused() -> None:
        raise Invalid("It cannot be", record="it", reason="so", remedy="Leave it")

    def broken() -> None:
        raise ZeroDivisionError

    background.start("co", "refused", refused, wait=5)
    background.start("co", "broken", broken, wait=5)
    assert (background.trouble("co", "refused") or {})["what"] == "It cannot be"
    assert background.trouble("co", "broken") == OURS
    assert background.trouble("co", "import") is None
