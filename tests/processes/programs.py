"""The two programs as people run them: `qbosim serve` and `tieout …`, each in a process that can be killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import httpx2

from tieout.edges import Edges
from tieout.security.callers import Caller, owner
from tieout.wiring import TENANT, Settings, build

TIEOUT = [sys.executable, "-c", "from tieout.cli.main import run; run()"]
QBOSIM = [sys.executable, "-c", "from qbosim.cli import run; run()"]
PATIENCE = 120.0
"""Seconds for anything to happen on a machine that does much else."""


class Programs:
    """A simulator with a file, an installation with a home, and the processes that run on them."""

    def __init__(
        self, folder: Path, *, database: str = "", company: str = "empty", throttle: bool = False
    ) -> None:
        self.folder = folder
        self.throttle = throttle
        self.company = company
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TIEOUT_")},
            "TIEOUT_HOME": str(folder / "home"),
            "TIEOUT_DATABASE": database,
            "TIEOUT_INTUIT_URL": self.url,
        }
        self._open = ExitStack()
        self._simulator: subprocess.Popen[str] | None = None
        self.http = self._open.enter_context(httpx2.Client(base_url=self.url, timeout=30))
        self.ready: dict[str, Any] = {}

    def __enter__(self) -> Programs:
        self.serve()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    # Processes

    def started(self, command: list[str], **options: Any) -> subprocess.Popen[str]:
        """Start a process that is gone at the end, whatever happens."""
        process = subprocess.Popen(command, env=self.environment, text=True, **options)

        def end() -> None:
            process.kill()
            process.communicate()

        self._open.callback(end)
        return process

    def serve(self) -> None:
        """Start the simulator, new or on what its file holds."""
        log = self._open.enter_context((self.folder / "qbosim.log").open("a"))
        command = [*QBOSIM, "serve", "--port", str(self.port), "--data", str(self.folder / "books.db")]
        command += ["--company", self.company, "--throttle" if self.throttle else "--no-throttle"]
        self._simulator = self.started(command, stdout=subprocess.PIPE, stderr=log)
        assert self._simulator.stdout is not None
        line = self._simulator.stdout.readline()
        assert line, (self.folder / "qbosim.log").read_text()
        self.ready = json.loads(line)

    def kill_simulator(self) -> None:
        """End the simulator as a power cut does."""
        assert self._simulator is not None
        killed(self._simulator)

    def worker(self) -> subprocess.Popen[str]:
        """Start a worker, and wait until it works."""
        log = self._open.enter_context((self.folder / "worker.log").open("a"))
        worker = self.started([*TIEOUT, "worker", "--json"], stdout=subprocess.PIPE, stderr=log)
        assert worker.stdout is not None
        assert worker.stdout.readline(), (self.folder / "worker.log").read_text()
        return worker

    def tieout(self, *words: str, stdin: str = "", may_fail: bool = False) -> Any:
        """Run a command to its end and give its JSON: the last line of a command that tells its progress."""
        done = subprocess.run(
            [*TIEOUT, *words, "--json"],
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        assert may_fail or done.returncode == 0, (words, done.returncode, done.stdout, done.stderr)
        told = done.stdout.splitlines()[-1] if words[0] in ("connect", "import") else done.stdout
        return json.loads(told)

    @contextmanager
    def installation(self) -> Iterator[tuple[Edges, Caller]]:
        """Open the installation beside the programs, as one more process would."""
        settings = Settings(
            home=Path(self.environment["TIEOUT_HOME"]),
            database=self.environment["TIEOUT_DATABASE"],
            intuit_url=self.url,
        )
        edges = build(settings)
        try:
            yield edges, owner(TENANT, "test")
        finally:
            edges.http.close()
            edges.database.close()

    def connect(self) -> None:
        """Connect the simulator's company and import it, by command."""
        self.sign_in()
        self.tieout("import")

    def sign_in(self) -> None:
        """Connect the simulator's company with a refresh token, by command."""
        grant = self.http.post("/qbosim/grant").raise_for_status().json()
        secret = self.folder / "secret"
        secret.write_text(self.ready["client_secret"])
        self.tieout(
            *("connect", "--client-id", self.ready["client_id"], "--secret-file", str(secret)),
            *("--refresh-token-file", "-", "--realm", self.ready["realm_id"]),
            stdin=grant["refresh_token"],
        )

    # The books, asked from outside

    def query(self, statement: str) -> dict[str, Any]:
        """Query the books with a token of our own."""
        for _ in range(2):
            answer = self.http.get(
                f"/v3/company/{self.ready['realm_id']}/query",
                params={"query": statement},
                headers=self.http.headers,
            )
            if answer.status_code != 401:
                break
            token = self.http.post("/qbosim/grant").json()["access_token"]
            self.http.headers.update({"authorization": f"Bearer {token}", "accept": "application/json"})
        found: dict[str, Any] = answer.raise_for_status().json()["QueryResponse"]
        return found

    def count(self, entity: str) -> int:
        """Count the books' records of an entity."""
        found: int = self.query(f"select count(*) from {entity}")["totalCount"]
        return found

    def every(self, entity: str) -> list[dict[str, Any]]:
        """Give the books' records of an entity: up to a thousand."""
        found: list[dict[str, Any]] = self.query(f"select * from {entity} orderby Id maxresults 1000").get(
            entity, []
        )
        return found

    def everything(self, entity: str) -> list[dict[str, Any]]:
        """Give all of the books' records of an entity, page by page, inactive names too."""
        found: list[dict[str, Any]] = []
        where = " where Active in (true, false)" if entity in ("Customer", "Item") else ""
        while True:
            page = self.query(
                f"select * from {entity}{where} orderby Id startposition {len(found) + 1} maxresults 1000"
            ).get(entity, [])
            found += page
            if len(page) < 1000:
                return found

    def calls(self) -> int:
        """Count the calls to the company's API so far, refused ones too."""
        newest = self.http.get("/qbosim/log", params={"order": "newest", "limit": 1}).json()["entries"]
        return int(newest[0]["number"]) if newest else 0

    def reads(self) -> int:
        """Read the simulator's own meter of what Intuit would charge for."""
        found: int = self.http.get("/qbosim/log/summary").json()["reads"]
        return found

    @contextmanager
    def file(self) -> Iterator[sqlite3.Connection]:
        """Open the simulator's file beside it, to read what there is, whatever its API says."""
        with closing(sqlite3.connect(f"file:{self.folder / 'books.db'}?mode=ro", uri=True)) as file:
            yield file

    def balanced(self) -> bool:
        """Tell whether the simulator's own double entry balances."""
        found: bool = self.http.get("/qbosim/check").json()["balanced"]
        return found


def killed(process: subprocess.Popen[str]) -> None:
    """Kill a process without a warning, and wait until it is gone."""
    process.send_signal(signal.SIGKILL)
    assert process.wait(10) == -signal.SIGKILL


def until(what: str, true: Callable[[], bool], *, patience: float = PATIENCE, step: float = 0.1) -> None:
    """Wait until something is true; a failure says what was waited for."""
    give_up = time.monotonic() + patience
    while not true():
        assert time.monotonic() < give_up, f"waited {patience} s: {what}"
        time.sleep(step)
