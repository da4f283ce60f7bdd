"""A world with a page: qbosim on a port, Tieout's page on another, and a Chromium that sees both."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from qbosim.server import Server
from tests.databases import hurried
from tests.world import World
from tieout.cli.server import make_app
from tieout.edges import Edges
from tieout.kit.ids import SeededIds
from tieout.wiring import Settings, build
from tieout.worker import Worker

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PLACES = ("chromium", "google-chrome", "chromium-browser")


class Gate(httpx2.BaseTransport):
    """Lets calls through to the simulator, those about one entity only while it is open."""

    def __init__(self, inner: httpx2.BaseTransport) -> None:
        self._inner = inner
        self._open = threading.Event()
        self._open.set()
        self._entity = ""

    def shut(self, entity: str) -> None:
        """Hold back queries of an entity from now on."""
        self._entity = entity
        self._open.clear()

    def open(self) -> None:
        """Let everything through again."""
        self._open.set()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Pass a call on, at once or when the gate opens."""
        if (
            self._entity
            and f"from {self._entity}".casefold() in request.url.params.get("query", "").casefold()
        ):
            assert self._open.wait(30), "nobody opened the gate"
        return self._inner.handle_request(request)


class House(World):
    """A world whose simulator and page can be reached by a browser."""

    gate: Gate

    def __init__(self, folder: Path, **more: object) -> None:
        self._books_server: Server | None = None
        super().__init__(folder, **more)  # type: ignore[arg-type]
        self._page_server, self._page_thread = self._serve_page()
        self._closing = threading.Event()
        self._hands = threading.Thread(target=self._do_jobs, name="jobs", daemon=True)
        self._hands.start()

    def start(self, *, ids_seed: int | None = None) -> Edges:
        """Start the installation, pointed at the simulator's real address; qbosim is served from then on."""
        if self._books_server is None:
            self._books_server = Server(self.simulator)
            started = threading.Event()
            threading.Thread(
                target=self._books_server.run, args=(started.set,), name="qbosim", daemon=True
            ).start()
            assert started.wait(10), "qbosim did not start"
            self.transport = self.gate = Gate(self.transport)
        self.settings = Settings(
            home=self.folder, database=self.database, intuit_url=self._books_server.url, port=0
        )
        edges = build(
            self.settings,
            clock=self.clock,
            ids=SeededIds(self.seed if ids_seed is None else ids_seed),
            transport=self.transport,
            owner=f"worker-{ids_seed or 0}",
        )
        hurried(edges.database)
        return edges

    def close(self) -> None:
        """Stop both servers and whoever does jobs, then the world."""
        self._closing.set()
        self._hands.join(30)
        self._page_server.should_exit = True
        self._page_thread.join(10)
        assert self._books_server is not None
        self._books_server.stop()
        super().close()

    def _do_jobs(self) -> None:
        """Do what is handed to a worker, as one would; cycles run only when they are asked for."""
        worker = Worker(self.edges)
        while not self._closing.wait(0.1):
            worker.run_jobs()

    def _serve_page(self) -> tuple[uvicorn.Server, threading.Thread]:
        listening = socket.create_server(("127.0.0.1", 0))
        self.settings = self.settings.model_copy(update={"port": listening.getsockname()[1]})
        self.url = self.settings.base_url()
        app = make_app(self.edges, self.settings, with_worker=False)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, ws="none"))
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listening]}, name="page", daemon=True
        )
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the page's server did not start"
            threading.Event().wait(0.01)
        return server, thread


def chromium() -> str:
    """Find a Chromium; skips, saying how to get one, where there is none."""
    named = os.environ.get("TIEOUT_CHROMIUM")
    found = named or next((path for path in map(shutil.which, PLACES) if path), None)
    if found is None or not Path(found).exists():
        pytest.skip(
            "no Chromium here: `apt-get install chromium`, or name one with TIEOUT_CHROMIUM=/path/to/chromium"
        )
    return found


@contextmanager
def browsing() -> Iterator[Browser]:
    """Open a Chromium for the length of the block."""
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()
