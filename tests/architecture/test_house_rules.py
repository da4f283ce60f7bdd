"""Rules of the house that no tool knows: docstrings, names of files, errors that vanish, operations nobody can ask for."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import modules

BANNED = {"base", "common", "helper", "helpers", "manager", "misc", "service", "types", "util", "utils"}
"""Names that say nothing of what is inside. `base` is let through in the shapes of REST, where it is the base class."""
LET_THROUGH = {"tieout/api/shapes/base.py"}
DOORS = ("tieout/api/", "tieout/cli/")
ONLY_ON_THE_PAGE = {"mirror.get", "mirror.list", "mirror.names"}
"""What a person can look at and a program cannot yet; an operation must not get here unnoticed."""


def test_every_module_says_what_a_reader_finds() -> None:
    silent = [place for place, tree in modules().items() if tree.body and not ast.get_docstring(tree)]
    assert silent == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    parts = {place: Path(place).with_suffix("").parts for place in modules()}
    named = [place for place, names in parts.items() if BANNED & set(names) and place not in LET_THROUGH]
    assert named == []


def test_no_error_vanishes() -> None:
    silent = [
        f"{place}:{handler.lineno}"
        for place, tree in modules().items()
        for handler in ast.walk(tree)
        if isinstance(handler, ast.ExceptHandler) and _does_nothing(handler) and _is_broad(handler.type)
    ]
    suppressed = [
        f"{place}:{call.lineno}"
        for place, tree in modules().items()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and _name(call.func) == "suppress"
        and any(_is_broad(argument) for argument in call.args)
    ]
    assert silent + suppressed == []


def _does_nothing(handler: ast.ExceptHandler) -> bool:
    return all(
        isinstance(one, ast.Pass | ast.Continue)
        or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
        for one in handler.body
    )


def _is_broad(caught: ast.expr | None) -> bool:
    """Tell whether everything is caught; a named error that is nobody's business may be let go."""
    if isinstance(caught, ast.Tuple):
        return any(_is_broad(one) for one in caught.elts)
    return caught is None or _name(caught) in ("Exception", "BaseException")


def test_what_is_suppressed_is_seen_by_this_test() -> None:
    spoilt = ast.parse("try:\n    x()\nexcept Exception:\n    pass\n")
    (handler,) = [one for one in ast.walk(spoilt) if isinstance(one, ast.ExceptHandler)]
    assert _does_nothing(handler)
    assert _is_broad(handler.type)


def test_every_operation_can_be_asked_for_over_rest_or_by_command() -> None:
    declared = dict(_operations())
    assert len(declared) >= 30
    assert {name for name, does in declared.items() if does not in _asked(DOORS)} == ONLY_ON_THE_PAGE
    assert {name for name, does in declared.items() if does not in _asked((*DOORS, "tieout/web/"))} == set()


def _asked(doors: tuple[str, ...]) -> set[str]:
    """Give every name that the modules of some doors use."""
    return {
        name
        for place, tree in modules().items()
        if place.startswith(doors)
        for node in ast.walk(tree)
        for name in _used(node)
    }


def _operations() -> Iterator[tuple[str, str]]:
    """Give each operation's name and the function that is marked with it."""
    for tree in modules().values():
        for node in ast.walk(tree):
            if not isinstance(node, ast.FunctionDef):
                continue
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and _name(mark.func) in ("operation", "errand"):
                    (name,) = [one.value for one in mark.args[:1] if isinstance(one, ast.Constant)]
                    yield str(name), node.name


def _used(node: ast.AST) -> Iterator[str]:
    """Give the names a node loads; an import alone uses nothing."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield node.id
    if isinstance(node, ast.Attribute):
        yield node.attr


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


@pytest.mark.parametrize("program", ["tieout", "qbosim"])
def test_neither_package_is_run_with_its_promises_switched_off(program: str, tmp_path: Path) -> None:
    commands = {
        "tieout": "from tieout.cli.main import run; import sys; sys.argv = ['tieout', 'companies']; run()",
        "qbosim": "from qbosim.cli import run; import sys; sys.argv = ['qbosim', 'serve', '--port', '0']; run()",
    }
    try:
        done = subprocess.run(
            [sys.executable, "-O", "-c", commands[program]],
            env={**os.environ, "TIEOUT_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        )
    except subprocess.TimeoutExpired as served:
        raise AssertionError(f"{program} runs without its assertions: {served.output!r}") from served
    assert done.returncode != 0
    assert "python -O" in done.stderr, done.stderr
