"""The pace at which a company is asked."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2

from tieout.kit.clock import ManualClock
from tieout.qbo.pace import Pace
from tieout.wiring import Settings, build

START = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
ALLOWED = 10
"""Requests a second for one company and app (Intuit's documentation)."""


def ask(company: str) -> httpx2.Request:
    return httpx2.Request("GET", f"https://quickbooks.api.intuit.com/v3/company/{company}/query")


def test_no_second_holds_more_requests_to_one_company_than_intuit_takes() -> None:
    clock = ManualClock(START)
    pace = Pace(clock)
    sent = []
    for _ in range(45):
        pace(ask("1"))
        sent.append(clock.now())
    for first in sent:
        assert sum(1 for one in sent if first <= one < first + timedelta(seconds=1)) <= ALLOWED
    assert sent[-1] - sent[0] < timedelta(seconds=6)


def test_one_company_does_not_wait_for_another() -> None:
    clock = ManualClock(START)
    pace = Pace(clock)
    for company in ("1", "2", "3"):
        for _ in range(9):
            pace(ask(company))
    assert clock.now() == START


def test_signing_in_is_not_held_up() -> None:
    clock = ManualClock(START)
    pace = Pace(clock)
    for _ in range(50):
        pace(httpx2.Request("POST", "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer"))
    assert clock.now() == START


def test_threads_share_one_pace() -> None:
    class Slept(ManualClock):
        def __init__(self) -> None:
            super().__init__(START)
            self.waits: list[float] = []

        def sleep(self, seconds: float) -> None:
            self.waits.append(seconds)

    clock = Slept()
    pace = Pace(clock)

    def ask_often() -> None:
        for _ in range(9):
            pace(ask("1"))

    threads = [threading.Thread(target=ask_often) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(clock.waits) == 18
    assert max(clock.waits) > 2


def test_an_installation_keeps_the_pace_on_its_network(tmp_path: Path) -> None:
    edges = build(Settings(home=tmp_path, intuit_url="http://127.0.0.1:9"))
    hooks = edges.http.event_hooks["request"]
    edges.http.close()
    edges.database.close()
    assert any(isinstance(hook, Pace) for hook in hooks)
