"""A generated company in a file of its own, which is there whole or not at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from qbosim.clock import Clock
from qbosim.entities.catalogue import ENTITIES
from qbosim.generate.company import kind_of
from qbosim.generate.msp import Size
from qbosim.generate.offices import OfficeFailed
from qbosim.simulator import Simulator
from qbosim.store import CannotOpen, Store


class CannotGenerate(Exception):
    """Why the file was not written."""


def generate_file(path: Path, size: Size, seed: int, *, clock: Clock | None = None) -> dict[str, int]:
    """Write a generated company to `path`; answers how many records of each kind it holds.

    The history ends yesterday by `clock`. Raises `CannotGenerate` when there is a file already, or none can be written.
    """
    if path.exists():
        raise CannotGenerate("there is a file already, and it may hold somebody's books")
    part = path.with_name(f"{path.name}.part")
    try:
        store = Store(part, expendable=True)
    except (CannotOpen, OSError, sqlite3.Error) as error:
        raise CannotGenerate(str(error)) from error
    try:
        with closing(Simulator(store, company=kind_of(size), seed=seed, clock=clock)):
            report = _counted(store)
        part.replace(path)
    except BaseException as error:
        part.unlink(missing_ok=True)
        if isinstance(error, OfficeFailed | sqlite3.Error):
            raise CannotGenerate(str(error)) from error
        raise

    return report


def _counted(store: Store) -> dict[str, int]:
    with store.transaction() as db:
        counts = {
            entity.name: int(
                db.execute(f"SELECT count(*) FROM {entity.table} WHERE deleted = 0").fetchone()[0]
            )
            for entity in ENTITIES
            if entity.day_key or entity.name in ("Customer", "Vendor")
        }
    return {name: count for name, count in counts.items() if count}
