"""Each import contract is broken on purpose, by one line, and import-linter names exactly that contract."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, SOURCE

CONTRACTS: dict[str, str] = {
    one["name"]: one["id"]
    for one in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of the source tree that may be spoilt."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(SOURCE, folder / "src", ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copyfile(ROOT / "pyproject.toml", folder / "pyproject.toml")
    return folder


@pytest.fixture(scope="module")
def before(copy: Path) -> set[str]:
    """Tell which contracts the tree breaks as it is: none, or the plants below would prove nothing more."""
    return broken(copy)


RUN = (
    "import sys; sys.path.insert(0, ''); from importlinter.cli import lint_imports; "
    "sys.exit(lint_imports('../pyproject.toml', cache_dir='../cache', no_logo=True))"
)


def broken(copy: Path) -> set[str]:
    """Run import-linter on a copy, with the project's own contracts; gives the ids of those that do not hold."""
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        cwd=copy / "src",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    ends = {
        line.rpartition(" ")[0]: line.rpartition(" ")[2]
        for line in done.stdout.splitlines()
        if line.endswith((" KEPT", " BROKEN"))
    }
    assert set(ends) == set(CONTRACTS), done.stdout + done.stderr
    found = {CONTRACTS[name] for name, end in ends.items() if end == "BROKEN"}
    assert bool(found) == bool(done.returncode), done.stdout + done.stderr
    return found


@contextmanager
def planted(copy: Path, place: str, line: str) -> Iterator[None]:
    """Add a line to a file of the copy, or make the file, and take it away again."""
    path = copy / "src" / place
    text = path.read_text(encoding="utf-8") if path.exists() else None
    path.write_text((text or "") + "\n" + line + "\n", encoding="utf-8")
    try:
        yield
    finally:
        if text is None:
            path.unlink()
        else:
            path.write_text(text, encoding="utf-8")


def test_the_tree_keeps_every_contract(before: set[str]) -> None:
    assert before == set()


@pytest.mark.parametrize(
    "contract, place, line",
    [
        ("rings", "tieout/storage/leases.py", "from tieout.qbo import marker"),
        ("rings", "tieout/helpers.py", '"""A room that no ring has a place for."""'),
        ("houses", "tieout/kit/ids.py", "def later() -> None:\n    import qbosim.chance"),
        ("simulator", "qbosim/clock.py", "from tieout.domain.money import Money"),
        ("hosts", "tieout/hosts/ledger/records.py", "from tieout.hosts.csv_folder import cells"),
        ("plain-domain", "tieout/domain/money.py", "import msgspec"),
        ("sql", "tieout/mirror/rows.py", "import sqlite3"),
        ("siblings", "tieout/sync/round.py", "def later() -> None:\n    from tieout.sync import cycle"),
        ("simulator-siblings", "qbosim/books/ledger.py", "import qbosim.books.settlement"),
        ("simulator-rings", "qbosim/webhooks/mischief.py", "import qbosim.reports.periods"),
    ],
)
def test_one_forbidden_import_breaks_exactly_its_contract(
    copy: Path, before: set[str], contract: str, place: str, line: str
) -> None:
    if contract in before:
        pytest.skip(f"the tree breaks {contract} already, so that a plant would prove nothing")
    with planted(copy, place, line):
        assert broken(copy) - before == {contract}


def test_every_contract_is_broken_on_purpose_above() -> None:
    marks = test_one_forbidden_import_breaks_exactly_its_contract.pytestmark  # type: ignore[attr-defined]
    assert {case[0] for case in marks[0].args[1]} == set(CONTRACTS.values())
