"""A company written to a folder: one JSON file per entity, each a list of objects as the API answers them.

The folder has the form that `companies.load` reads, so that the books can be carried elsewhere and loaded again, and that
independent tools can compute with them.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from qbosim.entities.catalogue import ENTITIES
from qbosim.entities.entity import Entity
from qbosim.rules import Topic, assumed
from qbosim.store import Database, Store
from qbosim.wire import Request

if TYPE_CHECKING:
    from qbosim.api import Api

RULES = Topic(
    "Loaded companies",
    assumed(
        "loaded.export",
        "A company that is exported and loaded again shows the same objects and the same balances.",
        "the simulator's own addition; Intuit has no such export",
    ),
)

REPORTS = ("ProfitAndLoss", "BalanceSheet", "TrialBalance", "GeneralLedger")
"""The statements that an export may bring along."""

_FIRST_DAY = "1970-01-01"
_LAST_DAY = "2099-12-31"


class CannotExport(Exception):
    """Why nothing was written."""


def export_company(
    store: Store, realm: str, directory: Path, *, reports: Api | None = None
) -> dict[str, int]:
    """Write every record of a company to `directory`; answers how many of each entity.

    With `reports`, `reports/NAME.json` hold the statements of all days. Deleted records and the bytes of attached files
    are not written. The folder is there whole or not at all: raises `CannotExport` when it exists and holds something,
    or cannot be written.
    """
    if directory.exists() and not (directory.is_dir() and not any(directory.iterdir())):
        raise CannotExport("something is there already")
    part = directory.with_name(f"{directory.name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        with store.transaction() as db:
            counts = {entity.name: _write_entity(db, realm, entity, part) for entity in ENTITIES}
            if reports is not None:
                _write_reports(reports, realm, part / "reports")
        if directory.exists():
            directory.rmdir()
        part.rename(directory)
    except OSError as error:
        raise CannotExport(f"it cannot be written there ({error.strerror})") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return {name: count for name, count in counts.items() if count}


def _write_entity(db: Database, realm: str, entity: Entity, directory: Path) -> int:
    """Write an entity's records, one a line, by id; no file when there are none."""
    rows = db.execute(
        f"SELECT body FROM {entity.table} WHERE realm = ? AND deleted = 0 ORDER BY id", (realm,)
    )
    first = rows.fetchone()
    if first is None:
        return 0
    count = 1
    with (directory / f"{entity.name}.json").open("w", encoding="utf-8") as file:
        file.write(f"[\n{first[0]}")
        for (text,) in rows:
            file.write(f",\n{text}")
            count += 1
        file.write("\n]\n")
    return count


def _write_reports(api: Api, realm: str, directory: Path) -> None:
    directory.mkdir()
    for name in REPORTS:
        request = Request(
            "GET",
            f"/v3/company/{realm}/reports/{name}",
            {"start_date": _FIRST_DAY, "end_date": _LAST_DAY},
            {"accept": "application/json"},
        )
        answer = api.answer(realm, request, user="")
        (directory / f"{name}.json").write_bytes(answer.body)
