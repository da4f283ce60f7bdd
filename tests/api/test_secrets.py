"""No secret is left in plain text anywhere: a whole day is run, and everything that it left behind is searched."""

from __future__ import annotations

import hmac
import io
import json
import logging
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from contextlib import redirect_stderr, suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import make_url
from starlette.testclient import TestClient

from tests.api.test_access import TOKEN, client_of
from tests.connections.consent import clicked
from tests.connections.mailbox import Mailbox, Program, mail_server, program
from tests.databases import postgres_database, postgres_url, sqlite_template
from tests.looking import plan_fault
from tests.world import World
from tests.worlds import bare
from tieout.cli.logs import log_to_stderr
from tieout.connections.delivering import deliver_due
from tieout.connections.keys import rotate_keys
from tieout.connections.tenants import add_tenant
from tieout.connections.webhooks import PLACE, set_webhooks
from tieout.kit.crypto import Secret
from tieout.kit.errors import TieoutError
from tieout.security.callers import operator

__all__ = ["postgres_database", "postgres_url", "sqlite_template"]

HOUR, DAY = 3600.0, 86_400.0
VERIFIER = "a1b2c3d4-5678-90ab-cdef-1234567890ab"
SMTP_PASSWORD = "a-password-of-the-mail-server"
METRICS = "a-token-of-the-collector-0123456789"
CHANNEL = "a-signing-secret-somebody-brought"
BASE = "http://127.0.0.1:8787"


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as running:
        yield running


@pytest.fixture
def listener() -> Iterator[Program]:
    with program() as running:
        yield running


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def fresh(request: pytest.FixtureRequest, tmp_path: Path, box: Mailbox) -> Iterator[World]:
    """Give a world that is not connected yet, with a mail server that wants a password."""
    made = bare(request, tmp_path, str(request.param))
    made.edges = replace(
        made.edges,
        outgoing=replace(
            made.edges.outgoing,
            smtp_url=f"smtp://books:{SMTP_PASSWORD}@127.0.0.1:{box.port}",
            mail_from="tieout@example.com",
            private_webhooks=True,
            base_url=BASE,
        ),
    )
    yield made
    made.close()


def test_after_a_whole_day_no_secret_is_found_anywhere_in_plain_text(
    fresh: World, listener: Program, caplog: pytest.LogCaptureFixture
) -> None:
    logged = io.StringIO()
    caplog.set_level(logging.DEBUG)
    with redirect_stderr(logged):
        log_to_stderr(logging.DEBUG)
        try:
            secrets, shown = _a_day(fresh, listener)
        finally:
            log_to_stderr()
    # The browser of this test tells of the addresses it opens, on the same log; those are not Tieout's lines.
    lines = [
        line for line in caplog.messages if "/oauth/callback" not in line and "/connect/oauth2" not in line
    ]
    left = {"logs": "\n".join([logged.getvalue(), *lines]).encode(), **shown}
    left |= {f"file {path.name}": path.read_bytes() for path in fresh.folder.rglob("*") if path.is_file()}
    left["database"] = _dumped(fresh)
    secrets |= _tokens_of_intuit(fresh)
    assert len(secrets) > 14
    found = sorted(
        (place, name)
        for place, text in left.items()
        for name, secret in secrets.items()
        if secret.encode() in text
    )
    assert found == []
    assert b"Blue Heron Boats" in left["database"], "the search sees what is there"


def _a_day(world: World, listener: Program) -> tuple[dict[str, str], dict[str, bytes]]:
    """Connect, import, renew, fail, be told and tell; gives the secrets by name and what was shown, by place."""
    secrets = {
        "client secret": world.simulator.client_secret,
        "verifier": VERIFIER,
        "smtp password": SMTP_PASSWORD,
        "access token": TOKEN,
        "metrics token": METRICS,
        "brought channel secret": CHANNEL,
    }
    shown: dict[str, bytes] = {}
    with client_of(world, BASE, access_token=TOKEN, metrics_token=METRICS) as browser:

        def ask(method: str, path: str, body: object = None, *, api: bool = True, **more: object) -> object:
            answer = browser.request(
                method,
                f"/api/v1{path}" if api else path,
                json=body,
                **more,  # type: ignore[arg-type]
            )
            shown[f"{method} {path}"] = answer.content + str(answer.headers).encode()
            return answer.json() if "json" in answer.headers.get("content-type", "") else answer

        browser.post("/sign-in", data={"token": TOKEN})
        secrets["cookie of the sign-in"] = browser.cookies["tieout_access"]
        app = {"client_id": world.simulator.client_id, "client_secret": world.simulator.client_secret}
        ask("PUT", "/apps/production", app)
        ask("PUT", "/apps/production", {**app, "client_secret": [app["client_secret"]], "more": 1})
        started = browser.post("/api/v1/connections", json={"environment": "production"})
        secrets["cookie of the browser session"] = browser.cookies["tieout_session"]
        back = clicked(world, started.json()["url"])
        secrets |= {"state": back["state"], "code": back["code"]}
        for _ in range(2):
            answer = browser.get("/oauth/callback", params=back)
            shown["callback"] = shown.get("callback", b"") + answer.content
        adopted = world.grant()["refresh_token"]
        ask(
            "POST",
            "/connections/adopt",
            {"environment": "production", "realm_id": "1", "refresh_token": adopted, "instead_of": ""},
        )
        ask("POST", "/connections/adopt", {"environment": "moon", "refresh_token": adopted})
        door = set_webhooks(
            world.edges, world.caller, environment="production", verifier=Secret(VERIFIER)
        ).url
        posted = ask_channel(browser, listener.url)
        secrets["made channel secret"] = posted
        ask("POST", "/channels", {"kind": "webhook", "address": listener.url + "/b", "secret": CHANNEL})
        ask("POST", "/channels", {"kind": "pigeon", "address": "x", "secret": CHANNEL})
        ask("POST", "/channels", {"kind": "webhook", "address": 7, "secret": [CHANNEL]})
        ask("POST", "/channels", {"kind": "email", "address": "books@example.com"})
        added = add_tenant(world.edges, operator("main", "cli"), tenant="blue-heron")
        secrets["tenant's token"] = added.token.value
        _the_work(world, browser, door)
        rotate_keys(world.edges, operator("main", "cli"))
        for path in _readable(browser, world):
            ask("GET", path)
        for path in (
            "/",
            "/settings",
            "/issues",
            "/cycles",
            "/matching",
            "/oauth/callback?error=access_denied",
        ):
            ask("GET", path, api=False)
        ask("GET", "/metrics", api=False, headers={"authorization": f"Bearer {METRICS}"})
    return secrets, shown


def ask_channel(browser: TestClient, url: str) -> str:
    """Add a channel whose secret is made here; it is shown this once."""
    answer = browser.post("/api/v1/channels", json={"kind": "webhook", "address": url + "/a"})
    secret: str = answer.json()["secret"]
    return secret


def _the_work(world: World, browser: TestClient, door: str) -> None:
    """Synchronise through renewals, a failing identity server, webhooks, a lost connection and its notices."""
    world.ready()
    world.client()
    world.service()
    world.invoice()
    world.settle()
    body = json.dumps([{"specversion": "1.0", "id": "e1", "type": "qbo.customer.updated.v1"}]).encode()
    signature = b64encode(hmac.new(VERIFIER.encode(), body, sha256).digest()).decode()
    for header in (signature, "wrong"):
        browser.post(PLACE + door.partition(PLACE)[2], content=body, headers={"intuit-signature": header})
    for fault in ("503", "reply_lost"):
        world.pass_time(26 * HOUR)
        plan_fault(world, fault=fault, path="/oauth2/v1/tokens/bearer", times=1)
        for _ in range(3):
            with suppress(TieoutError):
                world.sync()
            world.pass_time(61)
        deliver_due(world.edges)


def _readable(browser: TestClient, world: World) -> list[str]:
    """List every address of the description that can be read."""
    with world.edges.database.reading() as work:
        company = work.companies.all("main")[0].id
    paths = browser.get("/api/v1/openapi.json").json()["paths"]
    return [
        path.replace("{company}", company).replace("{environment}", "production")
        for path, operations in paths.items()
        if "get" in operations and "event" not in path
    ]


def _tokens_of_intuit(world: World) -> dict[str, str]:
    """Give every token that Intuit ever gave out, the rotated ones too."""
    with world.simulator.store.transaction() as db:
        return {
            f"{table} {number}": token
            for table in ("refresh_tokens", "access_tokens")
            for number, token in db.execute(f"SELECT number, token FROM {table}")
        }


def _dumped(world: World) -> bytes:
    """Give the whole database as its own tools export it."""
    if not world.database:
        world.edges.database.close()
        return b"".join(path.read_bytes() for path in world.folder.glob("tieout.db*"))
    dump = shutil.which("pg_dump")
    if dump is None:
        pytest.skip("pg_dump is not installed")
    url = make_url(world.database).set(drivername="postgresql").render_as_string(hide_password=False)
    return subprocess.run([dump, "--inserts", url], capture_output=True, check=True, timeout=120).stdout
