"""Asking a simulator in process, with as few words as possible."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from qbosim.simulator import Simulator
from qbosim.wire import Request, Response

ACCOUNTING = "com.intuit.quickbooks.accounting"
CALLBACK = "http://localhost:8080/callback"


def ask(
    simulator: Simulator,
    method: str,
    path: str,
    *,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    body: Any = b"",
) -> Response:
    """One request; a body that is not bytes is sent as JSON. Without headers of its own it wants JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    wanted = {"accept": "application/json", **(headers or {})}
    return simulator.answer(Request(method, path, query or {}, wanted, content))


def control(simulator: Simulator, method: str, path: str, body: Any = b"", **query: str) -> Any:
    """A control request that must succeed; answers its JSON."""
    response = ask(simulator, method, f"/qbosim/{path}", query=query, body=body)
    assert response.status == 200, response.body
    return response.json()


def post_form(simulator: Simulator, path: str, form: Mapping[str, str], **headers: str) -> Response:
    """A form, as a browser or an OAuth client posts it."""
    return ask(
        simulator,
        "POST",
        path,
        headers={"content-type": "application/x-www-form-urlencoded", **headers},
        body=urlencode(form).encode(),
    )


def basic(simulator: Simulator) -> str:
    """The Authorization header of the first app."""
    return "Basic " + b64encode(":".join(simulator.client_credentials).encode()).decode()


def token(simulator: Simulator, **form: str) -> Response:
    """A request to the token endpoint by the first app."""
    return post_form(simulator, "/oauth2/v1/tokens/bearer", form, authorization=basic(simulator))


def authorization(simulator: Simulator, **changed: str) -> dict[str, str]:
    """What an app puts into the address of the consent page."""
    return {
        "client_id": simulator.client_id,
        "response_type": "code",
        "scope": ACCOUNTING,
        "redirect_uri": CALLBACK,
        "state": "s-1",
        **changed,
    }


def callback(response: Response) -> dict[str, str]:
    """The parameters with which the browser is sent back to the app."""
    assert response.status == 302, (response.status, response.body)
    location = response.header("location")
    assert location is not None
    assert location.startswith(CALLBACK + "?")
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def consented(simulator: Simulator, **changed: str) -> str:
    """A fresh code, as after a click on Connect."""
    form = {**authorization(simulator), "decision": "connect", "realmId": simulator.realm_id, **changed}
    return callback(post_form(simulator, "/connect/oauth2", form))["code"]


def granted(simulator: Simulator) -> dict[str, Any]:
    """Tokens without a browser."""
    tokens: dict[str, Any] = control(simulator, "POST", "grant")
    return tokens


def api(
    simulator: Simulator,
    method: str,
    place: str,
    *,
    bearer: str | None,
    realm: str | None = None,
    body: Any = b"",
    **query: str,
) -> Response:
    """A call to the accounting API."""
    headers = {"accept": "application/json", "content-type": "application/json"}
    if bearer is not None:
        headers["authorization"] = f"Bearer {bearer}"
    path = f"/v3/company/{realm or simulator.realm_id}/{place}"
    return ask(simulator, method, path, query=query, headers=headers, body=body)
