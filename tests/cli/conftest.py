"""A terminal: the command line run as a person runs it, against a simulator on a real port."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import structlog

from qbosim.server import running
from qbosim.simulator import Simulator
from tieout.cli.main import run


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document that the command printed."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """The documents that the command printed, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


class Terminal:
    """Runs commands on an installation of its own."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._patch = patch
        self._capture = capture
        patch.setenv("TIEOUT_HOME", str(folder / "home"))

    def __call__(self, *words: str, stdin: str = "") -> Ended:
        """Run `tieout` with these words."""
        self._capture.readouterr()
        self._patch.setattr(sys, "argv", ["tieout", *words])
        self._patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        code = 0
        try:
            run()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(bool(end.code))
        finally:
            structlog.reset_defaults()
        said = self._capture.readouterr()
        return Ended(code, said.out, said.err)

    def file(self, name: str, content: str | bytes) -> str:
        """Write a file and give its path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)


class Intuit:
    """A simulator on a port, asked as a person and a bookkeeper would."""

    def __init__(self, simulator: Simulator, url: str) -> None:
        self.simulator = simulator
        self.url = url

    def control(self, path: str, body: Any) -> Any:
        """Use the control plane."""
        answer = httpx2.post(f"{self.url}/qbosim/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refresh_token(self) -> str:
        """Get a refresh token as a consent elsewhere would have given it."""
        body = {"realm_id": self.simulator.realm_id, "client_id": self.simulator.client_id}
        return str(self.control("grant", body)["refresh_token"])


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    for name in ("TIEOUT_CLIENT_SECRET", "TIEOUT_DATABASE", "TIEOUT_ACCESS_TOKEN", "TIEOUT_PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)
    # Whatever a test forgets to point elsewhere must not reach Intuit: this port answers nothing.
    monkeypatch.setenv("TIEOUT_INTUIT_URL", "http://127.0.0.1:9")
    return Terminal(tmp_path, monkeypatch, capsys)


@pytest.fixture
def intuit(monkeypatch: pytest.MonkeyPatch) -> Iterator[Intuit]:
    with Simulator(":memory:", company="empty", seed=7) as simulator, running(simulator) as url:
        monkeypatch.setenv("TIEOUT_INTUIT_URL", url)
        yield Intuit(simulator, url)


@pytest.fixture
def connected(terminal: Terminal, intuit: Intuit) -> Terminal:
    """A terminal whose installation is connected and imported."""
    connect(terminal, intuit)
    assert terminal("import").code == 0
    return terminal


def connect(terminal: Terminal, intuit: Intuit) -> Ended:
    """Connect the simulator's company without a browser."""
    ended = terminal(
        "connect",
        "--client-id",
        intuit.simulator.client_id,
        "--secret-file",
        terminal.file("secret", intuit.simulator.client_secret + "\n"),
        "--refresh-token-file",
        terminal.file("token", intuit.refresh_token()),
        "--realm",
        intuit.simulator.realm_id,
    )
    assert ended.code == 0, ended.err
    return ended
