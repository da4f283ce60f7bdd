"""The papers are held to the code: what they link to and name exists, what there is to know is told."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer.main

from tieout.cli.main import app
from tieout.storage.tables import metadata
from tieout.wiring import Settings

ROOT = Path(__file__).parents[2]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
PARTS = ["Context", "Decision", "Consequences", "Alternatives", "What enforces it"]
NAMING = (
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "docs/index.md",
    "docs/connections.md",
    "docs/mirror.md",
    "docs/running.md",
    "docs/decisions/*.md",
)
"""Papers whose backquoted paths must exist."""

MACHINE = re.compile(r"(?<![\w./~<-])/(?:" + "work|root|tmp|home" + r")/\w")
"""A path that only the machine of whoever wrote it has."""
PACKAGE_HOSTS = re.compile(
    "|".join(
        re.escape(".".join(parts))
        for parts in (
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("npmjs", "org"),
            ("npmjs", "com"),
            ("yarnpkg", "com"),
            ("debian", "org"),
            ("jsdelivr", "net"),
            ("unpkg", "com"),
            ("cdnjs", "com"),
            ("googleapis", "com"),
            ("crates", "io"),
            ("proxy", "golang", "org"),
            ("docker", "io"),
            ("conda", "anaconda", "org"),
        )
    ),
    re.IGNORECASE,
)
LICENCES = re.compile(r"LICEN[CS]E", re.IGNORECASE)
"""Other people's licence texts are shipped as they are."""


def tracked(pattern: str = "") -> list[Path]:
    """Give the files that git keeps; skips where this is no clone."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", *([pattern] if pattern else [])],
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout.decode()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no clone, so git cannot tell which files belong to the project")
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def papers() -> list[Path]:
    """Give the papers whose names must lead somewhere."""
    return [paper for pattern in NAMING for paper in sorted(ROOT.glob(pattern))]


def links_of(text: str) -> list[str]:
    """Give the targets of a paper's links and pictures that stay inside the project."""
    targets = re.findall(r"\]\(([^()\s]+)\)", text)
    return [one for one in targets if not re.match(r"[a-z][a-z+.-]*:", one)]


def anchors_of(text: str) -> set[str]:
    """Give the anchors that a paper's headings make."""
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def broken_links(paper: Path, root: Path = ROOT) -> list[str]:
    """Name the links of a paper that lead nowhere, or out of the project."""
    broken = []
    text = paper.read_text(encoding="utf-8")
    for link in links_of(text):
        name, _, anchor = link.partition("#")
        target = (paper.parent / unquote(name)).resolve() if name else paper
        if not target.exists() or not target.is_relative_to(root.resolve()):
            broken.append(f"{paper.relative_to(root)}: {link}")
        elif anchor and target.suffix == ".md" and anchor not in anchors_of(target.read_text("utf-8")):
            broken.append(f"{paper.relative_to(root)}: {link} (no such heading)")
    return broken


def paths_of(text: str) -> set[str]:
    """Give the backquoted words that are paths of the project; `<noun>` and `NNNN` stand for something else."""
    words = re.findall(r"`((?:src|tests|docs|requirements|benchmarks|\.ci)/[^`\s]*)`", text)
    return {word for word in words if "<" not in word and "NNNN" not in word}


def test_every_link_of_every_paper_leads_somewhere() -> None:
    found = tracked("*.md")
    assert {"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"} <= {one.name for one in found}
    assert [broken for paper in found for broken in broken_links(paper)] == []


def test_a_link_that_leads_nowhere_is_seen(tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("## Six files, to read\n")
    paper = tmp_path / "paper.md"
    paper.write_text(
        "[a](there.md) ![b](gone.png) [c](https://example.com/) [d](there.md#six-files-to-read) [e](there.md#seven) [f](../x)"
    )
    assert broken_links(paper, tmp_path) == [
        "paper.md: gone.png",
        "paper.md: there.md#seven (no such heading)",
        "paper.md: ../x",
    ]


def test_every_file_that_the_papers_name_exists() -> None:
    named = {(paper, path) for paper in papers() for path in paths_of(paper.read_text(encoding="utf-8"))}
    assert len(named) > 50
    missing = [f"{paper.name}: {path}" for paper, path in sorted(named) if not (ROOT / path).exists()]
    assert missing == []


def test_every_name_of_the_code_that_the_papers_use_is_in_the_code() -> None:
    places = [
        *(ROOT / "src").rglob("*.py"),
        *(ROOT / "tests").rglob("*.py"),
        ROOT / "Makefile",
        ROOT / "pyproject.toml",
    ]
    words = {word for place in places for word in re.findall(r"\w+", place.read_text(encoding="utf-8"))}
    words |= {f"TIEOUT_{name.upper()}" for name in Settings.model_fields}
    named = {
        (paper.name, name)
        for paper in papers()
        for name in re.findall(
            r"`@?([A-Za-z_]\w*(?:\.\w+)*)(?:\([a-z]*\))?`", paper.read_text(encoding="utf-8")
        )
    }
    assert len(named) > 100
    assert [f"{paper}: {name}" for paper, name in sorted(named) if name.split(".")[-1] not in words] == []


def test_every_make_target_that_the_papers_name_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {
        target
        for paper in papers()
        for target in re.findall(r"(?:`|^)make ([a-z-]+)", paper.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert {"demo", "test", "check", "seeds"} <= named
    assert named - targets == set()
    told = set(
        re.findall(r"^\| `make ?([a-z-]*)", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.MULTILINE)
    )
    offered = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    assert offered - told - {"help", "setup"} == set()


def test_every_setting_of_an_installation_is_in_the_readme_with_its_default() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(TIEOUT_[A-Z_]+)` \| (.+?) \| .+ \|$", readme, re.MULTILINE))
    fields = {f"TIEOUT_{name.upper()}": field for name, field in Settings.model_fields.items()}
    assert set(rows) == set(fields)
    for name, field in fields.items():
        if field.default:
            assert rows[name] == f"`{field.default}`", name
        else:
            assert not rows[name].startswith("`"), f"{name} has no default of its own"


def test_every_command_is_in_the_readme_and_no_other() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.split("## Commands")[1].split("\n## ")[0]
    told = {
        word.removeprefix("tieout ")
        for line in table.splitlines()
        for word in re.findall(r"`([a-z -]+)`", line.split("|")[1] if line.startswith("|") else "")
    }
    group = typer.main.get_command(app)
    assert told == set(getattr(group, "commands"))  # noqa: B009  a click group, whose type typer does not tell


def test_the_architecture_shows_the_rings_in_the_order_of_the_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (rings,) = [one["layers"] for one in contracts if one["id"] == "rings"]
    text = " ".join((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").split())
    assert " · ".join(f"`{ring}`" for ring in rings) in text


def test_the_architecture_names_every_table() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rows = text.split("## What is kept")[1].split("\n## ")[0]
    named = {
        word for line in rows.splitlines() if line.startswith("| `") for word in re.findall(r"`(\w+)`", line)
    }
    assert named == set(metadata.tables)


@pytest.mark.parametrize(("paper", "most"), [("ARCHITECTURE.md", 300), ("CONTRIBUTING.md", 120)])
def test_the_papers_for_newcomers_stay_short(paper: str, most: int) -> None:
    assert len((ROOT / paper).read_text(encoding="utf-8").splitlines()) <= most


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_five_parts_and_one_line_to_quote(decision: Path) -> None:
    text = decision.read_text(encoding="utf-8")
    parts = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert parts == PARTS
    bodies = [body.strip() for body in re.split(r"^## .+$", text, flags=re.MULTILINE)[1:]]
    assert all(bodies)
    assert re.fullmatch(r"> [^\n]+\.", bodies[1]), "the decision is one quotable line"
    assert "cost" in bodies[2], "every decision costs something"
    assert len(text.splitlines()) <= 60
    assert text.startswith(f"# {decision.stem[:4]} ")


def test_decisions_are_numbered_without_a_gap_and_listed() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    assert [int(one.stem[:4]) for one in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    for one in DECISIONS:
        title = one.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        assert f"[{title}](decisions/{one.name})" in index


def test_no_file_tells_of_somebodys_machine_or_of_a_package_host() -> None:
    told = []
    for path in tracked():
        if LICENCES.search(path.name) or path.suffix in (".png", ".ico", ".woff2") or "vendor" in path.parts:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if MACHINE.search(line) or PACKAGE_HOSTS.search(line):
                told.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert told == []


def test_a_machines_path_and_a_package_host_are_seen() -> None:
    assert MACHINE.search("see /" + "root/notes")
    assert MACHINE.search('open("/' + 'tmp/x")')
    assert not MACHINE.search("host=/" + "tmp or ~/.tieout, docs/" + "home/x or url/" + "work/x")
    assert PACKAGE_HOSTS.search("https://files." + "pythonhosted" + ".org/")
    assert not PACKAGE_HOSTS.search("https://developer.intuit.com")
