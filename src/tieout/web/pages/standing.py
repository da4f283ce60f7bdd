"""Standing: the one answer that the home page gives first — are my books tied out?"""

from __future__ import annotations

from dataclasses import dataclass

from tieout.sync.health import Health
from tieout.web.formatting import count

ON_THE_WAY = ("queued", "leased", "waiting", "sent", "retry_at")


@dataclass(frozen=True)
class Standing:
    """An answer in a headline and a sentence."""

    tone: str
    icon: str
    headline: str
    sentence: str


@dataclass(frozen=True)
class Step:
    """One step from nothing to two systems that are tied out."""

    name: str
    done: bool
    current: bool
    address: str


def standing_of(health: Health | None) -> Standing:
    """Sum up a company's health; the gravest thing is said first."""
    if health is None:
        return Standing(
            "calm",
            "plug",
            "Connect QuickBooks to begin",
            "Tieout keeps your business system and QuickBooks Online tied out, to the cent. "
            "Nothing is written to QuickBooks until you go live.",
        )
    name = health.company.name
    if health.company.status == "needs_reconnect":
        return Standing(
            "bad",
            "alert",
            "The connection needs you",
            f"{name} no longer accepts our sign-in. Nothing is lost: work waits until you reconnect.",
        )
    if health.company.status == "disconnected":
        return Standing(
            "calm",
            "plug",
            f"{name} is disconnected",
            "Connect it again to go on; links and history are kept.",
        )
    if health.complete_until is None:
        return Standing(
            "info",
            "down",
            "Import what QuickBooks has",
            f"Tieout first reads {name}'s customers, items and documents. It only reads.",
        )
    if health.settings["export"] != "on":
        return Standing(
            "info",
            "eye",
            "Match, then go live",
            "QuickBooks is read and followed. Nothing is sent to it until you go live.",
        )
    if health.open_issues:
        return Standing(
            "bad",
            "alert",
            f"{count(health.open_issues, 'thing needs', 'things need')} your decision",
            "Everything else goes on meanwhile. Each one below says what happened and what you can do.",
        )
    cycle = health.last_cycle
    if cycle is not None and cycle.state in ("failed", "aborted"):
        return Standing("bad", "alert", "The last cycle failed", cycle.error or "Its log says why.")
    under_way = sum(health.pushes.get(state, 0) for state in ON_THE_WAY)
    if under_way:
        return Standing(
            "info",
            "sync",
            f"{count(under_way, 'change is', 'changes are')} on the way to QuickBooks",
            "Both sides agree on everything else.",
        )
    if cycle is None:
        return Standing("info", "clock", "The first cycle is about to run", "It starts by itself.")
    return Standing(
        "good",
        "check",
        "Your books are tied out",
        f"Your business system and {name} agree. Nothing is waiting, and nothing needs you.",
    )


def steps_of(health: Health | None, query: str) -> list[Step]:
    """List the steps of setting up, with the one that is next; empty once a company is live."""
    connected = health is not None and health.company.status == "connected"
    imported = health is not None and health.complete_until is not None
    live = health is not None and health.settings["export"] == "on"
    if live:
        return []
    return [
        Step("Connect", connected, not connected, "#connection"),
        Step("Import", imported, connected and not imported, "#import"),
        Step("Match", False, connected and imported, f"/matching/client{query}"),
        Step("Go live", False, connected and imported, "#golive"),
    ]
