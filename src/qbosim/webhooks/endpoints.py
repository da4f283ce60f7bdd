"""Where an app wants its webhooks: what Intuit's developer portal keeps, one address for each app."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from ipaddress import ip_address
from typing import get_args
from urllib.parse import urlsplit

from qbosim.rules import Topic, assumed, documented
from qbosim.webhooks.events import Format

SCHEMA = """
CREATE TABLE IF NOT EXISTS webhook_endpoint (
    client_id TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    format TEXT NOT NULL,
    entities TEXT
);
"""

RULES = Topic(
    "Webhooks",
    documented(
        "webhook.connected_only",
        "An app is told of the companies that it is connected to, and no more after it was disconnected.",
        "Intuit's documentation of webhooks",
    ),
    assumed(
        "webhook.loopback_only",
        "Webhooks go to addresses of this machine only; Intuit wants a public https address instead.",
        "a simulator must not send anything to other people's machines",
    ),
)


@dataclass(frozen=True)
class Endpoint:
    """One app's wish."""

    client_id: str
    url: str
    format: Format = "cloudevents"
    entities: frozenset[str] | None = None
    """The entities it wants to hear of, in lower case; None: all."""

    def wants(self, entity: str) -> bool:
        """Whether the app asked for changes of that entity."""
        return self.entities is None or entity.lower() in self.entities


def why_not(url: str) -> str | None:
    """Why webhooks cannot go to `url`, as a sentence; None when they can."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        return f"It is no address: {error}."
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "It is no http or https address."
    if parts.username is not None or parts.fragment:
        return "A user name or a fragment has no place in it."
    if not _is_loopback(parts.hostname):
        return f"{parts.hostname} is not this machine, and the simulator sends to localhost, 127.0.0.0/8 and ::1 only."
    return None


def register(db: sqlite3.Connection, endpoint: Endpoint) -> None:
    """Keep an app's wish; it replaces the one before."""
    entities = None if endpoint.entities is None else json.dumps(sorted(endpoint.entities))
    db.execute(
        "INSERT OR REPLACE INTO webhook_endpoint VALUES (?, ?, ?, ?)",
        (endpoint.client_id, endpoint.url, endpoint.format, entities),
    )


def remove(db: sqlite3.Connection, client_id: str | None) -> int:
    """Forget one app's wish, or all; answers how many there were."""
    if client_id is None:
        return db.execute("DELETE FROM webhook_endpoint").rowcount
    return db.execute("DELETE FROM webhook_endpoint WHERE client_id = ?", (client_id,)).rowcount


def every(db: sqlite3.Connection) -> list[Endpoint]:
    """All wishes, by client id."""
    rows = db.execute("SELECT client_id, url, format, entities FROM webhook_endpoint ORDER BY client_id")
    return [
        Endpoint(client_id, url, _format(form), None if names is None else frozenset(json.loads(names)))
        for client_id, url, form, names in rows
    ]


def _format(text: str) -> Format:
    return next(form for form in get_args(Format) if form == text)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
