"""Rivals of the mirroring benchmark: programs that others wrote, unchanged, each in surroundings of its own.

What a rival runs in is made once by the ordinary package clients (uv, npm), in the versions named here, in a folder
that is kept between runs. One that cannot be had on this machine is left out, and why is said. Each is asked for the
same kinds of records as everybody, with pages of a thousand; where Intuit's address cannot be configured, its driver
sets the variable that holds it and touches nothing else.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.contenders import Contender, Program, Task

DRIVERS = Path(__file__).parent / "drivers"
SINCE = "2000-01-01T00:00:00Z"
"""From when movers that follow changes are asked to begin: before everything."""


class CannotPrepare(Exception):
    """A rival that cannot be had on this machine, with the reason."""


def rivals(cache: Path) -> dict[str, Contender]:
    """Give all rivals, by name; what they run in is made below `cache` when it is absent."""
    cache = cache.resolve()
    return {
        "python-quickbooks": Contender(partial(_python_quickbooks, cache)),
        "node-quickbooks": Contender(partial(_node_quickbooks, cache)),
        "dlt": Contender(partial(_dlt, cache)),
        "singer": Contender(partial(_singer, cache), sqlite=False),
        "airbyte": Contender(partial(_airbyte, cache), sqlite=False),
    }


def _python_quickbooks(cache: Path, task: Task, folder: Path) -> Program:
    python = _made(cache / "python-quickbooks", _venv("python-quickbooks==0.9.12", "intuit-oauth==1.2.6"))
    return _driven(
        [str(python), str(DRIVERS / "read_python_quickbooks.py")],
        task,
        folder,
        OAUTHLIB_INSECURE_TRANSPORT="1",
    )


def _node_quickbooks(cache: Path, task: Task, folder: Path) -> Program:
    def install(place: Path) -> None:
        if shutil.which("npm") is None:
            raise CannotPrepare("npm is not installed")
        place.mkdir(parents=True)
        (place / "package.json").write_text("{}", "utf-8")
        _run(["npm", "install", "--silent", "--no-audit", "--no-fund", "node-quickbooks@2.0.50"], place)

    place = _made(cache / "node-quickbooks", install).parent.parent
    return _driven(
        ["node", str(DRIVERS / "read_node_quickbooks.cjs")],
        task,
        folder,
        NODE_PATH=str(place / "node_modules"),
    )


def _dlt(cache: Path, task: Task, folder: Path) -> Program:
    wanted = ("dlt[postgres,sqlalchemy]==1.31.0", "sqlalchemy==2.1.9", "psycopg2-binary==2.9.13")
    python = _made(cache / "dlt", _venv(*wanted))
    return _driven(
        [str(python), str(DRIVERS / "move_dlt.py")], task, folder, RUNTIME__DLTHUB_TELEMETRY="false"
    )


def _singer(cache: Path, task: Task, folder: Path) -> Program:
    # Their requirements contradict each other: as people run them, each has surroundings of its own.
    tap = _made(cache / "singer-tap", _venv("tap-quickbooks==2.5.0"))
    python = _made(cache / "singer-target", _venv("meltanolabs-target-postgres==0.8.1", "psycopg[binary]"))
    return _driven([str(python), str(DRIVERS / "move_singer.py")], task, folder, BENCH_TAP=str(tap))


def _airbyte(cache: Path, task: Task, folder: Path) -> Program:
    python = _made(cache / "airbyte", _venv("airbyte==0.71.3"))
    connector = cache / "airbyte-source-quickbooks"
    if not connector.exists():
        # Its requirements contradict PyAirbyte's; nothing of it is run but its manifest, by PyAirbyte.
        wanted = ["--no-deps", "--target", str(connector), "airbyte-source-quickbooks==4.0.4"]
        _run([_uv(), "pip", "install", "-q", "--python", str(python), *wanted], cache)
    return _driven(
        [str(python), str(DRIVERS / "move_airbyte.py")],
        task,
        folder,
        BENCH_MANIFEST=str(connector / "source_quickbooks" / "manifest.yaml"),
        DO_NOT_TRACK="1",
        AIRBYTE_OFFLINE_MODE="1",
    )


def _driven(command: list[str], task: Task, folder: Path, **more: str) -> Program:
    """Tell a driver its task by variables: the clients of all languages can read them."""
    told = {
        "BENCH_URL": task.address,
        "BENCH_REALM": task.realm,
        "BENCH_CLIENT_ID": task.client_id,
        "BENCH_CLIENT_SECRET": task.client_secret,
        "BENCH_ACCESS_TOKEN": task.access_token,
        "BENCH_REFRESH_TOKEN": task.refresh_token,
        "BENCH_ENTITIES": ",".join(task.entities),
        "BENCH_TARGET": task.database.replace("postgresql+psycopg:", "postgresql:"),
        "BENCH_START": SINCE,
        "BENCH_FOLDER": str(folder),
    }
    return Program(command, environment={**told, **more})


def _made(place: Path, make: Callable[[Path], None]) -> Path:
    """Make surroundings unless they were made before; gives the path of Python in them. Nothing half-made stays."""
    if not place.exists():
        try:
            make(place)
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
    return place / "bin" / "python"


def _venv(*requirements: str) -> Callable[[Path], None]:
    def make(place: Path) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        _run([_uv(), "venv", "-q", "--python", sys.executable, str(place)], place.parent)
        wanted = ["--compile-bytecode", "--python", str(place / "bin" / "python"), *requirements]
        _run([_uv(), "pip", "install", "-q", *wanted], place.parent)

    return make


def _uv() -> str:
    return str(Path(sys.executable).parent / "uv")


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)  # noqa: S603 - package clients
    if done.returncode:
        raise CannotPrepare((done.stderr or done.stdout).strip()[-600:])
