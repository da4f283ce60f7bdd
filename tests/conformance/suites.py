"""Which public clients are run, where each comes from, and how its tests are started."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

DRIVERS = Path(__file__).parent / "drivers"
BIN = Path(sys.executable).parent

Report = Literal["driver", "pytest", "mocha", "bun"]


class CannotPrepare(Exception):
    """A client that cannot be had on this machine, with the reason."""


@dataclass(frozen=True)
class Run:
    """One program to start in front of a simulator of its own."""

    command: Sequence[str]
    folder: Path
    trust: Sequence[Path] = ()
    """Files of authorities that the client brings along."""
    environment: dict[str, str] = field(default_factory=dict)
    """Beside what `qbosim run` gives; `$NAME` stands for one of its variables."""


@dataclass(frozen=True)
class Suite:
    """One client and its tests."""

    name: str
    version: str
    tests: str
    """Whose tests they are."""
    report: Report
    prepare: Callable[[Path], list[Run]]


def _run(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise CannotPrepare(f"{' '.join(map(str, command))}: {(done.stderr or done.stdout).strip()[-600:]}")


def _environment(folder: Path, *requirements: str) -> tuple[str, Path]:
    """A new Python environment with these packages: its interpreter, and the authorities its certifi trusts."""
    place = folder / "venv"
    uv = str(BIN / "uv")
    if not place.exists():
        _run([uv, "venv", "-q", "--python", sys.executable, str(place)], folder)
    python = str(place / "bin" / "python")
    _run([uv, "pip", "install", "-q", "--python", python, "certifi", *requirements], folder)
    (trusted,) = place.glob("lib/python*/site-packages/certifi/cacert.pem")
    return python, trusted


def _package(folder: Path, name: str, version: str, *beside: str) -> Path:
    """An unpacked npm package with its dependencies and the packages `beside`."""
    if shutil.which("npm") is None:
        raise CannotPrepare("npm is not installed")
    _run(["npm", "pack", "--silent", f"{name}@{version}"], folder)
    (packed,) = folder.glob("*.tgz")
    with tarfile.open(packed) as archive:
        archive.extractall(folder, filter="data")
    place = folder / "package"
    _run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--omit=dev"], place)
    if beside:
        _run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", *beside], place)
    return place


def _python_quickbooks(folder: Path) -> list[Run]:
    """The tests of python-quickbooks 0.8 are published inside the wheel of a fork; its code is not used."""
    python, trusted = _environment(folder, "python-quickbooks==0.9.12", "intuit-oauth", "pytest")
    wheel = ["download", "-q", "--no-deps", "--only-binary", ":all:", "-d", str(folder)]
    _run([str(BIN / "python"), "-m", "pip", *wheel, "quickbooks-pinecone==0.8.7"], folder)
    (packed,) = folder.glob("*.whl")
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(folder, [name for name in archive.namelist() if name.startswith("tests/")])
    told = {
        "CLIENT_ID": "$QBOSIM_CLIENT_ID",
        "CLIENT_SECRET": "$QBOSIM_CLIENT_SECRET",
        "REFRESH_TOKEN": "$QBOSIM_REFRESH_TOKEN",
        "COMPANY_ID": "$QBOSIM_REALM_ID",
    }
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=line", "tests/integration"]
    return [Run(command, folder, (trusted,), told)]


def _node_quickbooks(folder: Path) -> list[Run]:
    """Each file of its tests gets a company of its own, since they want one that nobody has written to."""
    beside = ("mocha@10.1.0", "async@0.9.0", "expect@0.1.1", "ramda@0.17.1", "moment@2", "bluebird@3.3.4")
    place = _package(folder, "node-quickbooks", "2.0.50", *beside)
    shutil.copy(DRIVERS / "node_quickbooks.cjs", place / "config.js")
    names = "Object.getOwnPropertyNames(require('./index').prototype)"
    _run(["node", "-e", _LISTS.replace("NAMES", names)], place)
    mocha = [str(place / "node_modules" / ".bin" / "mocha"), "--exit", "--reporter", "json"]
    return [
        Run([*mocha, "--reporter-option", f"output={name}.json", f"test/{name}.js"], place)
        for name in ("index", "batch", "cdc", "charge")
    ]


_LISTS = """
const fs = require('fs'); const names = NAMES; fs.mkdirSync('build', { recursive: true });
const after = (verb) => names.filter((name) => name.startsWith(verb)).map((name) => name.slice(verb.length));
const one = (name) => name.replace(/ies$/, 'y').replace(/(ss|x)es$/, '$1').replace(/([^s])s$/, '$1');
const QuickBooks = require('./index'); const tool = QuickBooks.prototype;
const kept = after('find').map(one).filter((name) => tool['find' + tool.pluralize(tool.capitalize(name))]);
fs.writeFileSync('build/query.txt', kept.join('\\n')); fs.writeFileSync('build/report.txt', after('report').join('\\n'));
"""
"""Makes the lists of queries and reports that the tests read; the package is published without them."""


def _quickbooks_api(folder: Path) -> list[Run]:
    place = _package(folder, "quickbooks-api", "0.6.2", "bun")
    _run(["node", "node_modules/bun/install.js"], place)
    shutil.copy(DRIVERS / "quickbooks_api.ts", place / "conformance.ts")
    return [Run([str(place / "node_modules" / ".bin" / "bun"), "conformance.ts"], place)]


def _node(name: str, version: str, driver: str) -> Callable[[Path], list[Run]]:
    def prepare(folder: Path) -> list[Run]:
        modules = folder / "modules"
        modules.mkdir()
        (modules / name).symlink_to(_package(folder, name, version))
        return [Run(["node", str(DRIVERS / driver)], folder, environment={"NODE_PATH": str(modules)})]

    return prepare


def _mcp_server(folder: Path) -> list[Run]:
    server = _package(folder, "quickbooks-mcp", "0.11.0") / "dist" / "index.js"
    return [Run([sys.executable, str(DRIVERS / "mcp_server.py"), str(server)], folder)]


def _driven(driver: str, *requirements: str) -> Callable[[Path], list[Run]]:
    def prepare(folder: Path) -> list[Run]:
        python, trusted = _environment(folder, *requirements)
        return [Run([python, str(DRIVERS / driver)], folder, (trusted,))]

    return prepare


SUITES = (
    Suite("python-quickbooks", "0.9.12", "its own integration tests", "pytest", _python_quickbooks),
    Suite("node-quickbooks", "2.0.50", "its own tests", "mocha", _node_quickbooks),
    Suite("quickbooks-api", "0.6.2", "its own live tests", "bun", _quickbooks_api),
    Suite(
        "quickbooks-node-promise",
        "3.3.14",
        "every find and report, a sale",
        "driver",
        _node("quickbooks-node-promise", "3.3.14", "node_promise.cjs"),
    ),
    Suite(
        "intuit-oauth",
        "4.2.5",
        "consent, tokens, calls, revocation",
        "driver",
        _node("intuit-oauth", "4.2.5", "intuit_oauth.cjs"),
    ),
    Suite("quickbooks-mcp", "0.11.0", "every report, books kept by name", "driver", _mcp_server),
    Suite(
        "tap-quickbooks",
        "2.5.0",
        "every stream against its schema, twice",
        "driver",
        _driven("singer_tap.py", "tap-quickbooks==2.5.0"),
    ),
    Suite(
        "airbyte-source-quickbooks",
        "4.0.4",
        "every stream against its schema",
        "driver",
        _driven("airbyte_source.py", "airbyte-source-quickbooks==4.0.4", "jsonschema"),
    ),
    Suite(
        "qbosdk",
        "1.6.1",
        "every read, and writing",
        "driver",
        _driven("fyle_sdk.py", "qbosdk==1.6.1"),
    ),
    Suite(
        "qbo-cli",
        "0.9.0",
        "every report, a life of an invoice",
        "driver",
        _driven("qbo_command.py", "qbo-cli==0.9.0"),
    ),
)
