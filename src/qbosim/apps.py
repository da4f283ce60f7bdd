"""The apps that may ask for a connection: client id, secret, redirect addresses, webhook verifier.

What Intuit's developer portal keeps. One app exists from the start; more are registered through the control
plane.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from urllib.parse import urlsplit

from qbosim.chance import Chance

SCHEMA = """
CREATE TABLE IF NOT EXISTS apps (
    number INTEGER PRIMARY KEY,
    client_id TEXT NOT NULL UNIQUE,
    client_secret TEXT NOT NULL,
    name TEXT NOT NULL,
    redirect_uris TEXT NOT NULL,
    webhook_verifier TEXT NOT NULL
);
"""


@dataclass(frozen=True)
class App:
    """One app registered with the simulated Intuit."""

    client_id: str
    client_secret: str
    name: str
    redirect_uris: tuple[str, ...]
    """Registered addresses; those on this machine (localhost, 127.0.0.1) are allowed without registration."""
    webhook_verifier: str

    def may_redirect_to(self, address: str) -> bool:
        """Whether the consent page may send the browser to `address`.

        Intuit wants the exact registered address and allows plain http on localhost for development keys
        only; here every loopback address counts as registered, so that a test may listen on any free port.
        """
        if address in self.redirect_uris:
            return True
        parts = urlsplit(address)
        return parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1") and not parts.fragment


def register(
    db: sqlite3.Connection, chance: Chance, *, name: str, redirect_uris: tuple[str, ...] = ()
) -> App:
    """Add an app and answer its credentials; the same world always draws the same ones."""
    (number,) = db.execute("SELECT COALESCE(MAX(number), 0) + 1 FROM apps").fetchone()
    app = App(
        client_id="AB" + chance.letters("client id", number, 48),
        client_secret=chance.letters("client secret", number, 40),
        name=name,
        redirect_uris=redirect_uris,
        webhook_verifier=chance.uuid("webhook verifier", number),
    )
    db.execute(
        "INSERT INTO apps (number, client_id, client_secret, name, redirect_uris, webhook_verifier)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            number,
            app.client_id,
            app.client_secret,
            app.name,
            json.dumps(app.redirect_uris),
            app.webhook_verifier,
        ),
    )
    return app


def find(db: sqlite3.Connection, client_id: str) -> App | None:
    """The app with that client id, if there is one."""
    return next((app for app in every(db) if app.client_id == client_id), None)


def every(db: sqlite3.Connection) -> list[App]:
    """All apps, the first one first."""
    rows = db.execute(
        "SELECT client_id, client_secret, name, redirect_uris, webhook_verifier FROM apps ORDER BY number"
    )
    return [App(row[0], row[1], row[2], tuple(json.loads(row[3])), row[4]) for row in rows]
