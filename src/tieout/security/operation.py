"""Operations: the one shape of everything a person, a program or an agent can ask for.

An *operation* is a function of an `Act`: it runs in one transaction, and its audit line is written in that
same transaction. An *errand* calls somebody outside (QuickBooks, a host): it runs in no transaction of ours,
opens short ones itself, and its audit line follows, whether it succeeded or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from tieout.domain.documents import HostRecord, title
from tieout.domain.permissions import PERMISSIONS
from tieout.edges import Edges
from tieout.kit.errors import Retry, TieoutError
from tieout.security.callers import Caller
from tieout.storage.leases import LeaseLost
from tieout.storage.unit_of_work import Work

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Act:
    """What an operation works with: the edges, the caller, and its transaction."""

    edges: Edges
    caller: Caller
    work: Work


@dataclass(frozen=True)
class Errand:
    """What an errand works with: the edges and the caller; it opens its own transactions."""

    edges: Edges
    caller: Caller


@dataclass(frozen=True)
class Declared:
    """What is known of an operation without running it: for help texts, permissions and tests."""

    name: str
    needs: str
    writes: bool
    summary: str


DECLARED: dict[str, Declared] = {}
"""Every operation that has been imported, by name; filled by the markers, read by doors and tests."""


def operation(
    name: str, *, needs: str, writes: bool
) -> Callable[[Callable[Concatenate[Act, P], R]], Callable[Concatenate[Edges, Caller, P], R]]:
    """Mark a function of an `Act` as an operation: checks the permission, opens one transaction, writes the audit line."""

    def mark(function: Callable[Concatenate[Act, P], R]) -> Callable[Concatenate[Edges, Caller, P], R]:
        _declare(name, needs, writes, function.__doc__)

        @wraps(function)
        def run(edges: Edges, caller: Caller, /, *args: P.args, **kwargs: P.kwargs) -> R:
            caller.check(needs)
            if not writes:
                with edges.database.reading() as work:
                    return function(Act(edges, caller, work), *args, **kwargs)
            with edges.database.transaction() as work:
                result = function(Act(edges, caller, work), *args, **kwargs)
                _note(edges, work, caller, name, _subject(args, kwargs), "done")
                return result

        return run

    return mark


def errand(
    name: str, *, needs: str, writes: bool
) -> Callable[[Callable[Concatenate[Errand, P], R]], Callable[Concatenate[Edges, Caller, P], R]]:
    """Mark a function of an `Errand` as an operation that calls outside: checks the permission, audits a write's end."""

    def mark(function: Callable[Concatenate[Errand, P], R]) -> Callable[Concatenate[Edges, Caller, P], R]:
        _declare(name, needs, writes, function.__doc__)

        @wraps(function)
        def run(edges: Edges, caller: Caller, /, *args: P.args, **kwargs: P.kwargs) -> R:
            caller.check(needs)
            if not writes:
                return function(Errand(edges, caller), *args, **kwargs)
            subject = _subject(args, kwargs)
            try:
                with _whoever_has_it(edges):
                    result = function(Errand(edges, caller), *args, **kwargs)
            except TieoutError as error:
                with edges.database.transaction() as work:
                    _note(edges, work, caller, name, subject, f"refused: {error.sentence()}")
                raise
            with edges.database.transaction() as work:
                _note(edges, work, caller, name, subject, "done")
            return result

        return run

    return mark


@contextmanager
def _whoever_has_it(edges: Edges) -> Iterator[None]:
    """Say in words that a company was lost to another process in the middle of what somebody asked for."""
    try:
        yield
    except LeaseLost as lost:
        with edges.database.reading() as work:
            known = work.companies.get(lost.lease.company)
        raise Retry(
            "This was not finished",
            record=known.name if known is not None else "a company that was erased meanwhile",
            reason="another process has taken the company over, or this one was not heard of for too long; "
            "what was kept before is right",
            remedy="Ask again in a moment",
        ) from lost


def _declare(name: str, needs: str, writes: bool, doc: str | None) -> None:
    assert name not in DECLARED, f"two operations are called {name}"
    assert needs in PERMISSIONS, f"{name} needs {needs}, which is no permission"
    assert doc, f"{name} has no docstring, so no door could explain it"
    DECLARED[name] = Declared(name, needs, writes, doc.strip().splitlines()[0])


def _subject(args: tuple[object, ...], kwargs: dict[str, object]) -> str:
    shown = [str(value) for value in args if isinstance(value, str | int)]
    shown += [title(value) for value in args if isinstance(value, HostRecord)]
    shown += [
        f"{key}={value}" for key, value in kwargs.items() if isinstance(value, str | int) and value != ""
    ]
    return " ".join(shown)[:500]


def _note(edges: Edges, work: Work, caller: Caller, name: str, subject: str, end: str) -> None:
    work.audit.add(
        at=edges.clock.now(),
        tenant=caller.tenant,
        actor=caller.actor,
        door=caller.door,
        operation=name,
        subject=subject,
        after=end,
    )
