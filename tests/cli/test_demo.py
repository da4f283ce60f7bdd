"""The demo from outside: a real process, ended in every way, and a day that somebody spoils."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tieout.cli.demo.day import DAY
from tieout.cli.demo.simulator import simulator
from tieout.cli.sample_shop import VARIANCE, sample_shop
from tieout.kit.errors import Unreachable

TIEOUT = [sys.executable, "-c", "import sys; from tieout.cli.main import run; sys.argv[0] = 'tieout'; run()"]
DAY_SECONDS = 240
END_SECONDS = 30
STEPS = [step.name for step in DAY]
Line = dict[str, Any]


class Demo:
    """A running `tieout demo --json`."""

    def __init__(self, temp: Path, *options: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TIEOUT_")}
        self.temp = temp
        self.process = subprocess.Popen(
            [*TIEOUT, "demo", "--json", *options],
            env={**kept, "TMPDIR": str(temp)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def line(self) -> Line:
        """Read the next line; an end without one shows what was said on standard error."""
        assert self.process.stdout is not None
        text = self.process.stdout.readline()
        if not text:
            assert self.process.stderr is not None
            pytest.fail(f"the demo ended early: {self.process.stderr.read()}")
        said: Line = json.loads(text)
        return said

    def until(self, event: str, step: str = "") -> Line:
        """Read on up to the line of an event, or of a step."""
        while True:
            said = self.line()
            if said["event"] == event and said.get("step", "") == step:
                return said

    def rest(self) -> tuple[int, list[Line], str]:
        """Read what it still says; gives the exit code, the lines and standard error."""
        out, err = self.process.communicate(timeout=DAY_SECONDS)
        return self.process.returncode, [json.loads(line) for line in out.splitlines()], err

    def left_behind(self) -> list[str]:
        """List the files and processes that are still there."""
        give_up = time.monotonic() + END_SECONDS
        while (found := [*map(str, self.temp.iterdir()), *_processes(self.temp)]) and (
            time.monotonic() < give_up
        ):
            time.sleep(0.1)
        return found


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Callable[..., Demo]]:
    temp = tmp_path / "temp"
    temp.mkdir()
    started: list[Demo] = []

    def start(*options: str) -> Demo:
        started.append(Demo(temp, *options))
        return started[-1]

    yield start
    for each in started:
        with suppress(ProcessLookupError):
            each.process.kill()
        each.process.communicate(timeout=END_SECONDS)


def _processes(temp: Path) -> list[str]:
    """List the processes that were started for a demo, known by the temporary folder they were told to use."""
    mark = f"TMPDIR={temp}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if mark in entry.read_bytes().split(b"\0"):
                command = (entry.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
                if command:
                    found.append(command)
    return found


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        yield held.getsockname()[1]


def test_the_day_is_played_every_step_is_checked_and_nothing_is_left_behind(
    demo: Callable[..., Demo],
) -> None:
    running = demo("--once", "--port", "0")
    code, lines, err = running.rest()
    end = lines[-1]
    assert code == 0, (end, err)
    assert end["ok"] is True
    assert [step["step"] for step in end["steps"]] == STEPS
    assert [line["step"] for line in lines if line["event"] == "step"] == STEPS
    assert all(step["checks"] and all(check["ok"] for check in step["checks"]) for step in end["steps"])
    assert end["seconds"] > 0
    assert not Path(lines[0]["folder"]).exists()
    assert running.left_behind() == []
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(lines[0]["quickbooks"])


def spoil(quickbooks: str) -> None:
    """Change one exported invoice in QuickBooks, and enter another a second time under its number."""
    granted = httpx2.post(f"{quickbooks}/qbosim/grant", json={}).json()
    realm = httpx2.get(f"{quickbooks}/qbosim/companies").json()["companies"][0]["realm_id"]
    with httpx2.Client(
        base_url=f"{quickbooks}/v3/company/{realm}",
        headers={"authorization": f"Bearer {granted['access_token']}", "accept": "application/json"},
    ) as books:

        def numbered(number: str) -> dict[str, Any]:
            found = books.get(
                "/query", params={"query": f"select * from Invoice where DocNumber = '{number}'"}
            )
            (invoice,) = found.json()["QueryResponse"]["Invoice"]
            return dict(invoice)

        def sales_lines(invoice: dict[str, Any]) -> list[dict[str, Any]]:
            return [line for line in invoice["Line"] if line["DetailType"] == "SalesItemLineDetail"]

        changed = numbered("SD-3102")
        lines = sales_lines(changed)
        detail = lines[0]["SalesItemLineDetail"]
        detail["UnitPrice"] += 1
        lines[0]["Amount"] = detail["UnitPrice"] * detail["Qty"]
        body = {"Id": changed["Id"], "SyncToken": changed["SyncToken"], "sparse": True, "Line": lines}
        assert books.post("/invoice", json=body).status_code == 200
        copied = numbered("SD-3110")
        body = {
            "DocNumber": copied["DocNumber"],
            "CustomerRef": copied["CustomerRef"],
            "Line": [{**line, "Id": None} for line in sales_lines(copied)],
        }
        again = books.post("/invoice", json=body, params={"include": "allowduplicatedocnum"})
        assert again.status_code == 200, again.text


def test_a_total_that_somebody_changes_and_an_invoice_entered_twice_are_found_and_the_demo_says_so(
    demo: Callable[..., Demo],
) -> None:
    running = demo("--once", "--port", "0")
    quickbooks = running.until("ready")["quickbooks"]
    running.until("step", "variance")
    spoil(quickbooks)
    code, lines, _err = running.rest()
    end = lines[-1]
    assert code == 1
    assert end["ok"] is False
    broken = [
        check
        for step in end["steps"]
        if step["step"] == "tie_out"
        for check in step["checks"]
        if not check["ok"]
    ]
    said = {check["what"]: check for check in broken}
    total = said["total by total"]
    assert total["expected"] != total["found"]
    assert "SD-3102" in total["found"]
    assert "SD-3110 2" in said["every final invoice is in QuickBooks exactly once"]["found"]
    assert "Invoice SD-3102" in said["nothing waits for a person"]["found"]
    assert running.left_behind() == []


@pytest.mark.parametrize(
    "end,code",
    [(signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGKILL, -signal.SIGKILL)],
    ids=["Ctrl-C", "a signal to end", "kill -9"],
)
def test_ended_in_the_middle_it_leaves_no_process_and_no_folder_behind(
    demo: Callable[..., Demo], end: signal.Signals, code: int
) -> None:
    running = demo()
    ready = running.until("ready")
    assert Path(ready["folder"]).is_dir()
    assert httpx2.get(ready["page"], follow_redirects=True).status_code == 200
    running.process.send_signal(end)
    assert running.rest()[0] == code
    assert running.left_behind() == []


@pytest.mark.parametrize("seconds", [0.5, 1.8])
def test_ended_while_it_starts_it_leaves_nothing_behind(demo: Callable[..., Demo], seconds: float) -> None:
    running = demo()
    time.sleep(seconds)
    running.process.send_signal(signal.SIGINT)
    assert running.rest()[0] != 0
    assert running.left_behind() == []


def test_a_taken_port_is_named_and_nothing_is_left_behind(demo: Callable[..., Demo]) -> None:
    with taken_port() as port:
        running = demo("--once", "--port", str(port))
        code, _lines, err = running.rest()
    assert code == 3
    assert str(port) in err
    assert "Why:" in err
    assert running.left_behind() == []


def test_it_starts_where_the_usual_port_is_taken(demo: Callable[..., Demo]) -> None:
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            held.bind(("127.0.0.1", 8787))
        except OSError:
            pytest.skip("another program uses port 8787, and may let go of it at any time")
        held.listen()
        running = demo()
        page = running.until("ready")["page"]
        running.process.send_signal(signal.SIGINT)
        running.rest()
    assert page != "http://127.0.0.1:8787"


def test_a_kept_folder_keeps_both_sides_and_a_used_one_is_refused(
    demo: Callable[..., Demo], tmp_path: Path
) -> None:
    keep = tmp_path / "kept"
    running = demo("--keep", str(keep))
    running.until("ready")
    running.process.send_signal(signal.SIGINT)
    running.rest()
    assert (keep / "qbosim.db").is_file()
    assert (keep / "tieout" / "tieout.db").is_file()
    assert running.left_behind() == []
    code, _lines, err = demo("--once", "--keep", str(keep)).rest()
    assert code == 3
    assert "not empty" in err


def test_a_simulator_that_does_not_start_is_told_in_its_own_words(tmp_path: Path) -> None:
    (tmp_path / "qbosim.db").mkdir()
    with pytest.raises(Unreachable) as told, simulator(tmp_path) as starting:
        starting.ready()
    assert "qbosim.db" in told.value.reason


def test_the_sample_shop_holds_what_the_day_needs() -> None:
    shop = sample_shop(date(2026, 3, 2))
    final = [one for one in shop["invoices"] if one.get("status", "final") == "final"]
    assert len(final) == 12
    assert len(shop["credit_notes"]) == 1
    known = {
        kind: {one["ref"] for one in shop[kind]} for kind in ("clients", "services", "terms", "tax_regions")
    }
    for document in (*shop["invoices"], *shop["credit_notes"]):
        assert document["client"] in known["clients"]
        assert document["dated"] <= "2026-03-02"
        for line in document["lines"]:
            assert line["service"] in known["services"]
            assert line["tax_region"] in {"", *known["tax_regions"]}
    assert any(one["number"] == VARIANCE and Decimal(one["tax"]) > 0 for one in final)
