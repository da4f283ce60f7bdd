"""One Chromium for all tests of the page, and a context that remembers what should never have happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.web.house import House, browsing


@dataclass
class Eyes:
    """A browser context with what it saw go wrong."""

    context: BrowserContext
    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)
    expected: str = ""
    """What the console may say: a browser reports there that a page was refused."""

    def page(self) -> Page:
        """Open a tab that is watched."""
        page = self.context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        return page

    def _heard(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self.complaints.append(said.text)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with browsing() as opened:
        yield opened


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    opened = House(tmp_path, company="sample", seed=7)
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture
def eyes(browser: Browser) -> Iterator[Eyes]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US", timezone_id="UTC")
    watching = Eyes(context)
    try:
        yield watching
    finally:
        context.close()
    said = [one for one in watching.complaints if not watching.expected or watching.expected not in one]
    assert said == [], "the console must stay silent"


@pytest.fixture
def page(eyes: Eyes) -> Page:
    return eyes.page()
