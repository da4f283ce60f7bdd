"""`qbosim serve` as a person or a script runs it: its one line, its errors, and a kill in the middle."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

COMMAND = [sys.executable, "-c", "from qbosim.cli import run; run()"]


class Served:
    """A running `qbosim serve`: what it printed, and a connected client."""

    def __init__(self, process: subprocess.Popen[str], ready: dict[str, Any]) -> None:
        self.process = process
        self.ready = ready
        self.client = httpx2.Client(base_url=ready["url"], timeout=20)
        self.books = f"/v3/company/{ready['realm_id']}"

    def connect(self) -> None:
        bearer = self.client.post("/qbosim/grant").json()["access_token"]
        self.client.headers.update({"authorization": f"Bearer {bearer}", "accept": "application/json"})

    def names(self) -> list[str]:
        query = {"query": "select * from Customer orderby Id maxresults 1000"}
        found = self.client.get(f"{self.books}/query", params=query).json()["QueryResponse"]
        return [row["DisplayName"] for row in found.get("Customer", [])]


@contextmanager
def serve(*arguments: str) -> Iterator[Served]:
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            assert process.stderr is not None
            raise AssertionError(process.stderr.read())
        served = Served(process, json.loads(line))
        with served.client:
            yield served
    finally:
        process.kill()
        process.communicate()


def fails(*arguments: str) -> str:
    done = subprocess.run([*COMMAND, "serve", *arguments], capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    for part in ("Which:", "Why:", "What to do:"):
        assert part in done.stderr
    return done.stderr


def test_the_ready_line_has_everything_a_client_needs() -> None:
    with serve("--company", "empty", "--seed", "5") as served:
        assert set(served.ready) == {"url", "client_id", "client_secret", "realm_id", "webhook_verifier"}
        basic = (served.ready["client_id"], served.ready["client_secret"])
        tokens = served.client.post("/qbosim/grant", json={"realm_id": served.ready["realm_id"]}).json()
        form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        assert served.client.post("/oauth2/v1/tokens/bearer", data=form, auth=basic).status_code == 200
        assert served.client.get("/qbosim/settings").json()["throttle"] is True


def test_killed_in_the_middle_of_its_work_it_goes_on_where_it_stopped(tmp_path: Path) -> None:
    file = str(tmp_path / "world.db")
    confirmed: list[str] = []
    with serve("--company", "empty", "--data", file, "--no-throttle") as first:
        first.connect()
        first.client.post("/qbosim/clock", json={"advance": 1000})
        started = time.monotonic()
        number = 0
        while time.monotonic() - started < 1:
            name = f"Customer {number}"
            assert first.client.post(f"{first.books}/customer", json={"DisplayName": name}).status_code == 200
            confirmed.append(name)
            number += 1
        headers, ready = first.client.headers, first.ready
        first.process.send_signal(signal.SIGKILL)
        first.process.wait(10)
    with serve("--data", file) as second:
        assert second.ready | {"url": ""} == ready | {"url": ""}
        second.client.headers = headers
        assert second.names() == confirmed
        log = second.client.get("/qbosim/log", params={"operation": "create", "limit": "1000"}).json()
        assert len(log["entries"]) == min(len(confirmed), 1000)
        offset = second.client.get("/qbosim/clock").json()["offset_seconds"]
        assert offset == pytest.approx(1000, abs=1)
        assert second.client.get("/qbosim/check").json()["balanced"] is True


def test_a_folder_is_loaded_and_what_it_could_not_place_is_told(tmp_path: Path) -> None:
    customer = {"Id": "58", "SyncToken": "0", "DisplayName": "From the folder", "Active": True, "Balance": 0}
    (tmp_path / "Customer.json").write_text(json.dumps([customer]))
    (tmp_path / "Spaceship.json").write_text(json.dumps([{"Id": "1"}]))
    with serve("--company", str(tmp_path)) as served:
        served.connect()
        assert served.names() == ["From the folder"]
        served.process.terminate()
        _, told = served.process.communicate(timeout=10)
    assert "loaded 1 Customer" in told
    assert "left out 1 Spaceship" in told


def test_a_port_in_use_is_told_with_a_remedy() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"127.0.0.1:{port}" in fails("--company", "empty", "--port", str(port))


def test_a_folder_that_is_not_there_is_told_with_a_remedy(tmp_path: Path) -> None:
    assert "neither sample nor empty nor a folder" in fails("--company", str(tmp_path / "nothing"))


def test_a_folder_with_a_broken_file_is_told_by_the_files_name(tmp_path: Path) -> None:
    (tmp_path / "Customer.json").write_text("[{")
    assert "Customer.json" in fails("--company", str(tmp_path))


def test_a_data_file_that_is_no_database_is_told_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("these are my notes, and they are not a database at all\n" * 50)
    before = file.read_bytes()
    assert "notes.txt" in fails("--company", "empty", "--data", str(file))
    assert file.read_bytes() == before


def test_a_data_file_in_a_folder_that_does_not_exist_is_told(tmp_path: Path) -> None:
    assert "cannot be written" in fails("--company", "empty", "--data", str(tmp_path / "no" / "world.db"))


@pytest.mark.skipif(os.name != "posix", reason="file locks are POSIX here")
def test_a_data_file_served_by_another_simulator_is_refused(tmp_path: Path) -> None:
    file = str(tmp_path / "world.db")
    with serve("--company", "empty", "--data", file):
        assert "another qbosim is serving this file" in fails("--port", "0", "--data", file)


def test_help_documents_the_control_plane_and_the_faults() -> None:
    done = subprocess.run([*COMMAND, "serve", "--help"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0
    for word in ("/qbosim/grant", "/qbosim/faults", "/qbosim/log", "reply_lost", "--company", "--data"):
        assert word in done.stdout


def test_the_command_line_starts_without_loading_the_server() -> None:
    code = "import sys, qbosim.cli; print([m for m in ('uvicorn', 'cryptography', 'sqlite3') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    assert done.stdout.strip() == "[]"
