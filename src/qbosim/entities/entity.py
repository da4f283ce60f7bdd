"""What an entity is: one declaration from which reading, writing, querying and the change feed follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from qbosim.entities.change import Change
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Layout

Verb = Literal["create", "update", "delete", "void", "send", "pdf"]


class Misplaced(Exception):
    """A loaded record that has no place in these books; the message says why."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Entity(Layout):
    """One QuickBooks entity as the simulator serves it."""

    verbs: frozenset[Verb]
    prepare: Callable[[Company, Change], Body]
    """Makes the record's whole body from a change, or raises a fault."""
    saved: Callable[[Company, Record | None, Record], None] | None = None
    """Runs after a record was created or changed: posts, links, totals."""
    entered: Callable[[Company, Record], None] | None = None
    """Enters a loaded record in the books: postings and links, but no balance moves, as the loaded ones hold it already.

    Raises `Misplaced` when something the record rests on is not there.
    """
    leaving: Callable[[Company, Record], None] | None = None
    """Runs before a record is deleted."""
    voided: Callable[[Company, Record], Body] | None = None
    """Makes the body of a voided record."""
    found_by: Callable[[Company, Body], Record | None] | None = None
    """Finds the record that a body means, for an entity whose records show no Id; None when there is none yet."""
    deleted_by_id: bool = False
    """Whether a record is deleted without its SyncToken too."""
    asked: Callable[[Company, Mapping[str, str]], str] | None = None
    """Answers a read without an id from its query parameters, with the object's JSON text."""
    answered: Callable[[Company, Record], str] | None = None
    """The JSON text of a record that is answered by itself, where that is not what lists show of it."""
    shows_editor: bool = False
    """Whether MetaData names who changed the record last."""
