"""A second tenant's token: on every route it sees nothing of the first tenant's, and changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from tests.api.test_access import TOKEN, client_of
from tests.api.test_host_records import problem_of
from tests.world import World
from tieout.connections.channels import add_channel
from tieout.connections.tenants import add_tenant, new_token, remove_tenant
from tieout.kit.crypto import Secret
from tieout.mirror.starting import start_import
from tieout.security.callers import operator
from tieout.security.notices import News, tell
from tieout.web.app import router
from tieout.web.session import FIELD, form_token
from tieout.wiring import Settings

OPERATOR = operator("main", "cli")
SECRETS = ("Blue Heron Boats", "T-i1", "New Company")
"""Words that stand in the first tenant's books, and nowhere else."""
NAMING = {"company", "grant", "issue", "notice", "channel", "job"}
"""What parameters name that belongs to one tenant, and that another could guess."""


@pytest.fixture
def busy(world: World) -> World:
    """Give a world whose first tenant has clients, invoices, links and issues."""
    world.ready()
    world.client()
    world.service()
    world.invoice()
    world.settle()
    world.edit("Invoice", world.every("Invoice")[0]["Id"], DocNumber="T-i1-changed")
    world.pass_time(60)
    world.sync()
    start_import(world.edges, world.caller)
    news = News("connection.lost", "co_1", "Blue Heron Boats needs attention", "Blue Heron Boats", "so", "so")
    with world.edges.database.transaction() as work:
        tell(world.edges, work, "main", news)
    near = replace(world.edges, outgoing=replace(world.edges.outgoing, private_webhooks=True))
    add_channel(near, world.caller, kind="webhook", address="http://127.0.0.1:9/told")
    return world


@pytest.fixture
def stranger(busy: World) -> Iterator[TestClient]:
    token = add_tenant(busy.edges, OPERATOR, tenant="blue-heron", name="Somebody else").token.value
    with client_of(
        busy,
        "https://books.example",
        host="0.0.0.0",
        public_url="https://books.example",
        access_token=TOKEN,
    ) as made:
        made.headers["authorization"] = f"Bearer {token}"
        yield made


def _first_tenants_ids(world: World) -> dict[str, list[str]]:
    """Give ids of the first tenant's for the parameters of addresses."""
    with world.edges.database.reading() as work:
        (company,) = work.companies.all("main")
        return {
            "company": [company.id, company.realm_id, company.name],
            "grant": [one.id for one in work.grants.all(company.id)],
            "issue": [one.id for one in work.issues.list(company.id)][:1],
            "ref": ["i1", "c1", "s1"],
            "notice": [one.id for one in work.notices.list("main", 1)],
            "channel": [one.id for one in work.channels.list("main")],
            "job": [one.id for one in work.jobs.of_companies([company.id], limit=1)],
        }


def _snapshot(world: World) -> dict[str, Any]:
    """Read all that belongs to the first tenant, except what moves by itself."""
    with world.edges.database.reading() as work:
        (company,) = work.companies.all("main")
        return {
            "company": company,
            "belongings": work.companies.belongings(company.id),
            "settings": work.settings.all(company.id),
            "grants": work.grants.all(company.id),
            "app": work.apps.get("main", "production"),
            "audit": work.audit.list("main"),
            "notices": work.notices.list("main", 100),
            "channels": work.channels.list("main"),
            "jobs": work.jobs.of_companies([company.id], limit=100),
        }


def _bodies(operation: dict[str, Any], schemas: dict[str, Any]) -> list[Any]:
    """Give bodies that a route takes: its own example, or an empty one."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return [None]
    schema = content.get("schema", {})
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
    return list(schema.get("examples", [])) or [{}]


def test_on_every_route_the_second_tenant_sees_and_changes_nothing_of_the_first(
    busy: World, stranger: TestClient
) -> None:
    described = stranger.get("/api/v1/openapi.json").json()
    schemas = described["components"]["schemas"]
    ids, before = _first_tenants_ids(busy), _snapshot(busy)
    asked = 0
    for path, operations in described["paths"].items():
        names = re.findall(r"{(\w+)}", path)
        for method, operation in operations.items():
            for turn in range(3 if names else 1):
                address = path
                for name in names:
                    known = ids.get(name, ["production", "invoices", "1"])
                    address = address.replace(f"{{{name}}}", known[turn % len(known)] if known else "1")
                for body in _bodies(operation, schemas):
                    query = {"company": ids["company"][turn]} if not names else {}
                    query |= {"confirm": "New Company"} if method == "delete" else {}
                    answer = stranger.request(method, f"/api/v1{address}", params=query, json=body)
                    asked += 1
                    assert answer.status_code != 500, (method, address, answer.text)
                    told = answer.text
                    for word in SECRETS:
                        # What was asked for may be repeated; nothing else may be known.
                        told = told.replace(f'"{word}"', "") if word in address + str(query) else told
                        assert word not in told or word in address + str(query), (
                            method,
                            address,
                            answer.text,
                        )
    assert asked > 60
    assert _snapshot(busy) == before
    assert busy.host.balance("i1").amount == 160


def test_what_is_not_ours_looks_like_what_is_not_there(busy: World, stranger: TestClient) -> None:
    described = stranger.get("/api/v1/openapi.json").json()
    schemas = described["components"]["schemas"]
    ids, before = _first_tenants_ids(busy), _snapshot(busy)
    firsts = {name: ids[name][0] for name in NAMING}
    compared = set()
    for path, operations in described["paths"].items():
        named = [name for name in re.findall(r"{(\w+)}", path) if name in NAMING]
        for method, operation in operations.items():
            asks = any(
                one["name"] == "company" and one["in"] == "query" for one in operation.get("parameters", [])
            )
            for body in _bodies(operation, schemas):
                for name in named or (["company"] if asks else []):
                    real = ids[name][0]
                    told = [
                        _asked(stranger, method, path, operation, body, {**firsts, name: one})
                        for one in (real, real[:-4] + "0000")
                    ]
                    assert told[0] == told[1], (method, path, name)
                    assert told[0][0] in (404, 422), (method, path, name, told[0])
                    compared.add(name)
    assert compared == NAMING
    for wish in (
        {"reconnect": ids["company"][0]},
        {"reconnect": ids["company"][0], "instead_of": ids["grant"][0]},
    ):
        answer = stranger.post("/api/v1/connections", json={"environment": "production", **wish})
        assert answer.status_code in (404, 422), answer.text
    assert _snapshot(busy) == before


def _asked(
    client: TestClient, method: str, path: str, operation: dict[str, Any], body: Any, ids: dict[str, str]
) -> tuple[int, str]:
    """Ask for something by an id; gives the status and what was said, without the id."""
    others = {"environment": "production", "kind": "client", "entity": "Invoice", "qbo_id": "1", "ref": "c1"}
    named = {"section": "full", "name": "export", **others, **ids}
    address = re.sub(r"{(\w+)}", lambda match: named[match[1]], path)
    wanted = [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]
    query = {"confirm": "New Company", "company": named["company"], "at": "2026-03-02T16:00:00Z"}
    params = {name: value for name, value in query.items() if name in wanted}
    answer = client.request(method, f"/api/v1{address}", params=params, json=body)
    said = answer.text
    for one in ids.values():
        said = said.replace(one, "ID")
    return answer.status_code, said


def test_no_page_shows_or_changes_anything_of_the_first_tenants(busy: World, stranger: TestClient) -> None:
    ids, before = _first_tenants_ids(busy), _snapshot(busy)
    others = {
        "kind": "client",
        "entity": "Invoice",
        "qbo_id": "1",
        "ref": "i1",
        "name": "app.css",
        "rest": "x",
    }
    firsts = {**others, **{name: ids[name][0] for name in NAMING}}
    stranger.get("/settings")
    token = form_token(Secret(stranger.cookies["tieout_session"]))
    form = {
        **firsts,
        "order": firsts["grant"],
        "confirm": "New Company",
        "access": "read_only",
        "reason": "so",
    }
    form |= {
        "ref": "c1",
        "qbo_id": "1",
        "action": "ignore",
        "entity": "Customer",
        "environment": "production",
    }
    asked = 0
    for path, method in _pages(busy):
        address = re.sub(r"{(\w+)(:path)?}", lambda match: quote(firsts[match[1]]), path)
        for query in ("", f"?company={firsts['company']}"):
            if address.endswith("/events"):
                continue
            data = {**form, FIELD: token} if method == "POST" else None
            answer = stranger.request(method, address + query, data=data)
            asked += 1
            assert answer.status_code < 500, (method, address, answer.text)
            assert answer.status_code != 403, "the form was sent as the page itself sends it"
            shown = answer.text + str(answer.headers)
            assert not any(word in shown for word in ("Blue Heron Boats", "T-i1", busy.simulator.realm_id)), (
                address
            )
    assert asked > 80
    assert _snapshot(busy) == before
    assert busy.host.balance("i1").amount == 160


def _pages(world: World) -> list[tuple[str, str]]:
    """List every page by address and method."""
    return [
        (route.path, method)
        for route in router(world.edges, Settings(home=world.folder)).routes
        if isinstance(route, Route) and not route.path.startswith("/static")
        for method in sorted((route.methods or set()) - {"HEAD"})
    ]


def test_a_tenants_person_signs_in_and_is_out_when_the_token_is_changed(
    busy: World, stranger: TestClient
) -> None:
    token = stranger.headers.pop("authorization").split()[1]
    answer = stranger.post("/sign-in", data={"token": token})
    assert answer.status_code == 303
    assert token not in answer.headers["set-cookie"]
    assert stranger.get("/api/v1/companies").json()["items"] == []
    cookie = stranger.cookies["tieout_access"]
    forged = {"cookie": f"tieout_access={cookie.replace('.blue-heron', '')}"}
    stranger.cookies.clear()
    assert stranger.get("/api/v1/companies", headers=forged).status_code == 401
    right = {"cookie": f"tieout_access={cookie}"}
    assert stranger.get("/api/v1/companies", headers=right).status_code == 200
    fresh = new_token(busy.edges, OPERATOR, tenant="blue-heron").token.value
    assert stranger.get("/api/v1/companies", headers=right).status_code == 401
    assert stranger.get("/api/v1/companies", headers={"authorization": f"Bearer {token}"}).status_code == 401
    assert stranger.get("/api/v1/companies", headers={"authorization": f"Bearer {fresh}"}).status_code == 200
    remove_tenant(busy.edges, OPERATOR, tenant="blue-heron")
    assert stranger.get("/api/v1/companies", headers={"authorization": f"Bearer {fresh}"}).status_code == 401


def test_a_token_of_nobodys_is_refused_where_none_is_asked_for_too(client: TestClient, world: World) -> None:
    """Otherwise a tenant whose token was changed would be taken for whoever sits at the machine."""
    token = add_tenant(world.edges, OPERATOR, tenant="blue-heron").token.value
    world.connect()
    headers = {"authorization": f"Bearer {token}"}
    assert client.get("/api/v1/companies", headers=headers).json()["items"] == []
    assert len(client.get("/api/v1/companies").json()["items"]) == 1
    problem_of(client.get("/api/v1/companies", headers={"authorization": "Bearer former"}), 401)


def test_the_database_holds_no_tenants_token(world: World) -> None:
    token = add_tenant(world.edges, OPERATOR, tenant="blue-heron").token.value
    world.edges.database.close()
    assert token.encode() not in b"".join(path.read_bytes() for path in world.folder.glob("tieout.db*"))
