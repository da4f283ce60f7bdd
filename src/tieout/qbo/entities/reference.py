"""The page of entities, written from their declarations: `python -m tieout.qbo.entities.reference`."""

from __future__ import annotations

import sys

from tieout.qbo.entities import ENTITIES
from tieout.qbo.entities.entity import Can, Entity

HEAD = """\
# The entities

Written by `python -m tieout.qbo.entities.reference` from the declarations in `src/tieout/qbo/entities`; do not edit
it by hand.

Each of these is mirrored: read whole at the first import, followed from then on, and every version kept. *Changes*
says how Tieout hears of one: from the change `feed`, from webhooks (`hook`), or only by reading the list again.
*Writing* is what Intuit's API allows, not what Tieout does. Only the entities that say *translated* are looked at by the
engine that ties documents out; the others are mirrored and nothing more.

"""
WRITING = {
    Can.CREATE: "create",
    Can.UPDATE: "update",
    Can.VOID: "void",
    Can.DELETE: "delete",
    Can.DEACTIVATE: "make inactive",
}
COLUMNS = """\

## What the mirror keeps beside a record's bytes

Lists are searched, filtered and shown by these columns, so that no record has to be opened for it. Each names the field
of the record that it is taken from.

"""


def document() -> str:
    """Write the whole page as Markdown."""
    parts = [HEAD, _table(("entity", "what it is", "changes", "writing", "engine"), map(_row, ENTITIES))]
    names = ("entity", *ENTITIES[0].columns.paths())
    parts += [COLUMNS, _table(names, map(_column_row, ENTITIES))]
    return "".join(parts)


def _row(entity: Entity) -> tuple[str, ...]:
    hears = [word for flag, word in ((Can.FOLLOW, "feed"), (Can.NOTIFY, "hook")) if flag in entity.can]
    writing = [word for flag, word in WRITING.items() if flag in entity.can]
    return (
        f"`{entity.name}`",
        entity.summary,
        ", ".join(hears) or "read again",
        ", ".join(writing) or "read only",
        "translated" if entity.applied else "",
    )


def _column_row(entity: Entity) -> tuple[str, ...]:
    paths = entity.columns.paths().values()
    return (f"`{entity.name}`", *(" or ".join(f"`{one}`" for one in alternatives) for alternatives in paths))


def _table(names: tuple[str, ...], rows: map[tuple[str, ...]]) -> str:
    lines = [names, ("---",) * len(names), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    sys.stdout.write(document())
