"""Whatever is sent, the simulator answers: a mistake of the caller's is never an error of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbosim.clock import Clock
from qbosim.control import DOORS
from qbosim.oauth import DOORS as OAUTH_DOORS
from qbosim.simulator import Simulator
from qbosim.wire import Request
from tests.qbosim.asking import basic
from tests.qbosim.conftest import MONDAY

FIELDS = (
    "client_id",
    "client_secret",
    "response_type",
    "scope",
    "redirect_uri",
    "state",
    "decision",
    "realmId",
    "grant_type",
    "code",
    "refresh_token",
    "token",
)
WORDS = st.one_of(
    st.sampled_from(
        ["code", "refresh_token", "authorization_code", "http://localhost/x", "openid", "connect", ""]
    ),
    st.text(max_size=30),
)
KEYS = (
    "Id",
    "SyncToken",
    "sparse",
    "Line",
    "Amount",
    "DetailType",
    "SalesItemLineDetail",
    "ItemRef",
    "value",
    "Qty",
    "UnitPrice",
    "CustomerRef",
    "TotalAmt",
    "DisplayName",
    "Active",
    "TxnDate",
    "LinkedTxn",
    "TxnId",
    "TxnType",
    "TxnTaxDetail",
    "DueDate",
    "CurrencyRef",
    "BatchItemRequest",
    "bId",
    "operation",
    "Query",
    "Invoice",
    "Customer",
    "fault",
    "nth",
    "times",
    "seconds",
    "set",
    "advance",
    "freeze",
    "realm_id",
    "kind",
    "name",
    "token",
    "scope",
)
JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=10),
        st.sampled_from(["1", "reply_lost"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(KEYS), st.text(max_size=8)), inner, max_size=4),
    ),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.sampled_from(KEYS), JSON, max_size=6)
BODIES = st.one_of(
    OBJECTS.map(lambda value: json.dumps(value).encode()),
    st.binary(max_size=60),
    JSON.map(lambda value: json.dumps(value).encode()),
)
BROWSE = [*OAUTH_DOORS, "/connect/oauth2/", "/v2/oauth2/tokens/revoke/"]
METHODS = st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH"])


@pytest.fixture(scope="module")
def world() -> Iterator[Simulator]:
    with Simulator(company="empty", clock=Clock.at(MONDAY)) as made:
        yield made


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    method=METHODS,
    path=st.sampled_from(BROWSE),
    values=st.dictionaries(st.sampled_from(FIELDS), WORDS, max_size=8),
    body=BODIES,
    known=st.booleans(),
    authorization=st.sampled_from(["", "Basic", "Basic !!", "Basic 8J+YgA==", "Bearer", "Bearer x", "right"]),
)
def test_the_identity_servers_refuse_nonsense_politely(
    world: Simulator,
    method: str,
    path: str,
    values: dict[str, str],
    body: bytes,
    known: bool,
    authorization: str,
) -> None:
    query = {**values, "client_id": world.client_id} if known else values
    headers = {"authorization": basic(world) if authorization == "right" else authorization}
    assert world.answer(Request(method, path, query, headers, body)).status < 500
    form = "&".join(f"{name}={value}" for name, value in query.items()).encode("utf-8", "replace")
    assert world.answer(Request(method, path, {}, headers, form)).status < 500


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    method=METHODS,
    path=st.one_of(
        st.sampled_from([door.path for door in DOORS if door.path != "/qbosim/reset"]),
        st.text(max_size=12).map(lambda tail: "/qbosim/" + tail),
    ),
    query=st.dictionaries(st.sampled_from(["after", "limit", "before", "order", "realm", "x"]), WORDS),
    body=BODIES,
)
def test_the_control_plane_refuses_nonsense_in_four_parts(
    world: Simulator, method: str, path: str, query: dict[str, str], body: bytes
) -> None:
    answer = world.answer(Request(method, path, query, {}, body))
    assert answer.status < 500
    if answer.status != 200:
        assert set(answer.json()["error"]) == {"what", "which", "why", "remedy"}
    world.answer(Request("DELETE", "/qbosim/faults"))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(method=METHODS, path=st.text(max_size=40), token=st.text(max_size=40), body=BODIES)
def test_any_path_with_any_token_is_answered(
    world: Simulator, method: str, path: str, token: str, body: bytes
) -> None:
    for place in (f"/{path}", f"/v3/company/{path}", f"/v3/company/{world.realm_id}/{path}"):
        answer = world.answer(Request(method, place, {}, {"authorization": f"Bearer {token}"}, body))
        assert answer.status in (200, 401, 404, 405)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(method=METHODS, path=st.text(max_size=20), query=st.text(max_size=20), body=BODIES)
def test_a_good_token_with_a_bad_request_gets_a_fault_and_not_a_failure(
    world: Simulator, method: str, path: str, query: str, body: bytes
) -> None:
    bearer = world.answer(Request("POST", "/qbosim/grant")).json()["access_token"]
    headers = {"authorization": f"Bearer {bearer}", "accept": "application/json"}
    for place in (path, f"invoice/{path}", "query", "batch", "cdc", "customer", "invoice", "payment"):
        target = f"/v3/company/{world.realm_id}/{place}"
        answer = world.answer(Request(method, target, {"query": query, "operation": query}, headers, body))
        assert answer.status < 500, (method, place, query, body, answer.body)
