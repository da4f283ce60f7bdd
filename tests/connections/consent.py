"""Intuit's consent page, clicked through without a browser."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

import httpx2

from tests.bridge import SimulatorTransport
from tests.world import World
from tieout.connections.oauth import begin_connection, finish_connection
from tieout.kit.crypto import Secret
from tieout.security.callers import Caller
from tieout.storage.companies import Company

CALLBACK = "http://127.0.0.1:8787/oauth/callback"
SESSION = Secret("the browser session's own secret")


class _Form(HTMLParser):
    """The fields that a press of a button would post."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an input's value; of a choice the chosen one."""
        found = {name: value or "" for name, value in attrs}
        if tag == "input" and (found.get("type") != "radio" or "checked" in found):
            self.fields[found["name"]] = found["value"]


def clicked(world: World, address: str, **chosen: str) -> dict[str, str]:
    """Open the consent page, press Connect (or what `chosen` says), and give what the browser comes back with."""
    with httpx2.Client(transport=SimulatorTransport(world.simulator)) as browser:
        page = browser.get(address)
        fields = {**_Form(page.text).fields, "decision": "connect", **chosen}
        back = browser.post(str(page.url.copy_with(query=None)), data=fields)
    assert back.status_code == 302, back.text
    return dict(parse_qsl(urlsplit(back.headers["location"]).query))


def begun(world: World, *, session: Secret = SESSION, reconnect: str = "") -> str:
    """Start connecting; gives the address of the consent page."""
    return begin_connection(
        world.edges,
        world.caller,
        environment="production",
        redirect_uri=CALLBACK,
        session=session,
        reconnect=reconnect,
    ).url


def finished(
    world: World,
    back: dict[str, str],
    *,
    session: Secret = SESSION,
    caller: Caller | None = None,
    realm_id: str = "",
) -> Company:
    """Finish connecting with what the browser came back with."""
    return finish_connection(
        world.edges,
        caller or world.caller,
        state=Secret(back["state"]),
        session=session,
        code=Secret(back["code"]),
        realm_id=realm_id or back["realmId"],
    )
