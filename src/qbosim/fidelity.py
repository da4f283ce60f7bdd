"""The fidelity page: every entity and every rule of the simulator, what each rests on, and which test shows it.

`python -m qbosim.fidelity TESTS` writes the page to standard output; `TESTS` is the folder of the tests.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import qbosim
from qbosim.entities.catalogue import ENTITIES
from qbosim.entities.entity import Entity
from qbosim.rules import Rule, Topic

MARK = "rule"
"""The pytest mark with which a test says which rule it shows."""

_VERBS = ("create", "update", "delete", "void", "send", "pdf")


def every_topic() -> list[Topic]:
    """The topics that the modules of this package state, in the order of the modules' names."""
    found = []
    for module in pkgutil.walk_packages(qbosim.__path__, "qbosim."):
        if not module.name.endswith("__main__"):
            topic = getattr(importlib.import_module(module.name), "RULES", None)
            if isinstance(topic, Topic):
                found.append(topic)
    return found


def shown_by(tests: Path) -> dict[str, list[str]]:
    """Rule id to the tests that are marked with it, as `file::test`."""
    shown: dict[str, list[str]] = defaultdict(list)
    for path in sorted(tests.rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                for identity in _marks(node):
                    shown[identity].append(f"{path.relative_to(tests).as_posix()}::{node.name}")
    return shown


def problems(topics: Iterable[Topic], shown: Mapping[str, list[str]]) -> list[str]:
    """What is wrong with the rules: an id used twice, a rule no test shows, a mark that names no rule."""
    ids = Counter(rule.id for topic in topics for rule in topic.rules)
    return [
        *(f"two rules are called {identity}" for identity, count in ids.items() if count > 1),
        *(f"no test shows the rule {identity}" for identity in ids if identity not in shown),
        *(
            f"{tests[0]} names the rule {identity}, which nobody states"
            for identity, tests in shown.items()
            if identity not in ids
        ),
    ]


def page(topics: Iterable[Topic], shown: Mapping[str, list[str]]) -> str:
    """The page as Markdown."""
    rules: dict[str, list[Rule]] = defaultdict(list)
    for topic in topics:
        rules[topic.name].extend(topic.rules)
    names = {entity.name for entity in ENTITIES}
    parts = [name for name in sorted(rules, key=str.lower) if name not in names]
    lines = [*_opening(rules), "## Entities", "", *_table(), ""]
    for entity in ENTITIES:
        if rules.get(entity.name):
            lines += [f"### {entity.name}", "", *_rules(rules[entity.name], shown), ""]
    lines += ["## Protocol and books", ""]
    for part in parts:
        lines += [f"### {part}", "", *_rules(rules[part], shown), ""]
    return "\n".join(lines).rstrip() + "\n"


def _opening(rules: Mapping[str, list[Rule]]) -> Iterator[str]:
    count = Counter(rule.basis for found in rules.values() for rule in found)
    yield "# How true qbosim is to QuickBooks Online"
    yield ""
    yield "Made by `python -m qbosim.fidelity tests` from the code and the tests; do not edit."
    yield ""
    yield "Each rule is **recorded** (equal to recorded real traffic), **documented** (with the source) or **assumed**"
    yield "(nobody outside Intuit has said so; the reason is given). Every rule is shown by a test."
    yield ""
    yield f"{count['recorded']} rules are recorded, {count['documented']} documented, {count['assumed']} assumed."
    yield ""


def _table() -> Iterator[str]:
    yield "| entity | verbs | deactivated | filtered and sorted by | sorted by only | change feed |"
    yield "|---|---|---|---|---|---|"
    for entity in sorted(ENTITIES, key=lambda entity: entity.name):
        verbs = ", ".join(verb for verb in _VERBS if verb in entity.verbs) or "read only"
        filtered = ["Id", *(entry.name for entry in entity.properties if entry.filterable), "MetaData times"]
        only = [entry.name for entry in entity.properties if not entry.filterable]
        yield (
            f"| {entity.name} | {verbs} | {_yes(_is_deactivated(entity))} | {', '.join(filtered)} "
            f"| {', '.join(only)} | {_yes(entity.in_change_feed)} |"
        )


def _is_deactivated(entity: Entity) -> bool:
    return entity.is_list and entity.find_property("Active") is not None and "update" in entity.verbs


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _rules(rules: Iterable[Rule], shown: Mapping[str, list[str]]) -> Iterator[str]:
    for rule in rules:
        proof = ", ".join(f"`{test}`" for test in shown.get(rule.id, []))
        yield f"- {rule.says}  "
        yield f"  *{rule.basis}*: {rule.source}. Shown by {proof}."


def _marks(node: ast.FunctionDef) -> Iterator[str]:
    for decorator in node.decorator_list:
        if (
            isinstance(decorator, ast.Call)
            and isinstance(decorator.func, ast.Attribute)
            and decorator.func.attr == MARK
        ):
            for argument in decorator.args:
                if isinstance(argument, ast.Constant):
                    yield str(argument.value)


def main() -> None:
    """Write the page to standard output."""
    sys.stdout.write(page(every_topic(), shown_by(Path(sys.argv[1] if len(sys.argv) > 1 else "tests"))))


if __name__ == "__main__":
    main()
