"""The demo's QuickBooks: `qbosim serve` as a child process that never outlives the demo.

This is the only place in Tieout that starts the simulator, and it knows of it only what `qbosim serve --help`
promises: one line of JSON when it is ready.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tieout.cli.demo.guard import LOG, PATIENCE_SECONDS
from tieout.kit.errors import Unreachable

SERVE = "import sys; from qbosim.cli import run; sys.argv[0] = 'qbosim'; run()"
"""Starts the command of the same installation, wherever its script may lie."""


@dataclass(frozen=True)
class Simulated:
    """A running simulator: its address, its one app's credentials, its company, and the demo's folder."""

    url: str
    client_id: str
    client_secret: str
    realm_id: str
    folder: Path


class Starting:
    """A simulator that has been started and may not be ready yet."""

    def __init__(self, said: IO[str]) -> None:
        self._said = said

    def ready(self) -> Simulated:
        """Wait until it serves. Raises Unreachable when it ends instead."""
        where = Path(_line(self._said.readline(), Path())["folder"])
        told = _line(self._said.readline(), where)
        return Simulated(
            told["url"], told["client_id"], told["client_secret"], told["realm_id"], folder=where
        )


@contextmanager
def simulator(keep: Path | None) -> Iterator[Starting]:
    """Run a simulator with the sample company for the length of a `with` block.

    Without `keep` everything lies in a temporary folder that is removed at the end, also when this process is
    killed.
    """
    data = ["--data", "{folder}/qbosim.db"] if keep is not None else []
    command = [sys.executable, "-c", SERVE, "serve", "--company", "sample", "--port", "0", *data]
    folder = ["--folder", str(keep)] if keep is not None else []
    guard = Path(__file__).with_name("guard.py")
    # In a session of its own a Ctrl-C in the terminal does not reach it: it ends when we say so, or die.
    process = subprocess.Popen(  # noqa: S603  our own command
        [sys.executable, str(guard), *folder, "--", *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Starting(process.stdout)
    finally:
        process.stdin.close()
        try:
            process.wait(2 * PATIENCE_SECONDS)
        finally:
            process.stdout.close()


def _line(line: str, folder: Path) -> dict[str, Any]:
    if line.strip():
        found: dict[str, Any] = json.loads(line)
        return found
    log = folder / LOG
    said = log.read_text(encoding="utf-8", errors="replace").strip() if log.is_file() else ""
    raise Unreachable(
        "The demo's QuickBooks did not start",
        record="qbosim serve",
        reason=" ".join(said.split())[-600:] or "it ended without a word",
        remedy="Run `qbosim serve --port 0` by hand to see what it says",
    )
