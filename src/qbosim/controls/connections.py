"""The control plane's doors for apps and their connections: register, grant, disconnect."""

from __future__ import annotations

from typing import Any

import msgspec

from qbosim import apps, tokens
from qbosim.asked import Refused, read_body
from qbosim.controls.world import Controlled, known_company
from qbosim.oauth import SCOPES, OAuth
from qbosim.wire import Request


class Grant(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST /qbosim/grant."""

    realm_id: str | None = None
    client_id: str | None = None
    scope: str = tokens.ACCOUNTING


class Disconnect(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST /qbosim/revoke."""

    realm_id: str
    client_id: str | None = None


class NewApp(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST /qbosim/apps."""

    name: str
    redirect_uris: list[str] = []


class ConnectionDoors:
    """Answers control requests about apps and connections."""

    def __init__(self, simulator: Controlled, oauth: OAuth) -> None:
        """`oauth` words the answer of a grant."""
        self._simulator = simulator
        self._oauth = oauth

    def grant(self, request: Request) -> Any:
        """Connect without a browser: Intuit's token JSON, plus nothing."""
        wish = read_body(request, Grant, "No tokens were issued")
        simulator = self._simulator
        with simulator.store.transaction() as db:
            realm = wish.realm_id or simulator.realm_id
            client_id = wish.client_id or simulator.client_id
            known_company(self._simulator, "No tokens were issued", realm)
            if apps.find(db, client_id) is None:
                raise Refused(
                    "No tokens were issued",
                    which=f"client_id {client_id}",
                    why="No app with this client id is registered here.",
                    remedy="Leave client_id out for the first app, or register one with POST /qbosim/apps.",
                    status=404,
                )
            unknown = [scope for scope in wish.scope.split() if scope not in SCOPES]
            if unknown or not wish.scope.strip():
                raise Refused(
                    "No tokens were issued",
                    which=f"scope {' '.join(unknown) or '(empty)'}",
                    why="Intuit has no such scope.",
                    remedy=f"Use one or more of: {' '.join(SCOPES)}.",
                )
            issued = tokens.grant(
                db,
                simulator.chance,
                client_id=client_id,
                realm=realm,
                scope=" ".join(wish.scope.split()),
                now=simulator.clock.now().timestamp(),
            )
        return self._oauth.granted(issued)

    def revoke(self, request: Request) -> Any:
        """The user disconnects the app inside QuickBooks."""
        wish = read_body(request, Disconnect, "Nothing was disconnected")
        known_company(self._simulator, "Nothing was disconnected", wish.realm_id)
        with self._simulator.store.transaction() as db:
            ended = tokens.revoke_realm(
                db,
                realm=wish.realm_id,
                client_id=wish.client_id,
                now=self._simulator.clock.now().timestamp(),
            )
        return {"realm_id": wish.realm_id, "connections_ended": ended}

    def apps(self, _request: Request) -> Any:
        """The registered apps with their credentials."""
        with self._simulator.store.transaction() as db:
            return {"apps": [_app(each) for each in apps.every(db)]}

    def add_app(self, request: Request) -> Any:
        """Register an app."""
        wish = read_body(request, NewApp, "The app was not registered")
        with self._simulator.store.transaction() as db:
            app = apps.register(
                db, self._simulator.chance, name=wish.name, redirect_uris=tuple(wish.redirect_uris)
            )
        return _app(app)


def _app(app: apps.App) -> dict[str, Any]:
    return {
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "name": app.name,
        "redirect_uris": list(app.redirect_uris),
        "webhook_verifier": app.webhook_verifier,
    }
