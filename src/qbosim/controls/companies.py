"""The control plane's doors for companies: list, add, check their books."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from qbosim.asked import Refused, read_body
from qbosim.books.ledger import check_balanced
from qbosim.companies.load import LoadReport
from qbosim.controls.world import Controlled, known_company
from qbosim.realms import Realm
from qbosim.wire import Request


class NewCompany(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST /qbosim/companies."""

    kind: str = "empty"
    name: str | None = None
    directory: str | None = None
    country: str = "US"
    currency: str = "USD"


class CompanyDoors:
    """Answers control requests about companies."""

    def __init__(self, simulator: Controlled) -> None:
        self._simulator = simulator

    def show(self, _request: Request) -> Any:
        """The companies there are."""
        return {"companies": [company_shown(each) for each in self._simulator.companies()]}

    def add(self, request: Request) -> Any:
        """Add a company."""
        failed = "The company was not added"
        wish = read_body(request, NewCompany, failed)
        if wish.kind not in ("empty", "sample", "directory"):
            raise Refused(
                failed,
                which=f"kind {wish.kind}",
                why="A company is empty, sample or directory.",
                remedy="Send one of these as kind.",
            )
        kind = wish.kind
        if kind == "directory":
            if not wish.directory or not Path(wish.directory).is_dir():
                raise Refused(
                    failed,
                    which=f"directory {wish.directory or '(missing)'}",
                    why="There is no such directory on the machine that runs the simulator.",
                    remedy="Send the path of a folder with one JSON file per entity.",
                )
            kind = str(Path(wish.directory).resolve())
        try:
            realm, report = self._simulator.add_company(
                kind, name=wish.name, country=wish.country.upper(), currency=wish.currency.upper()
            )
        except (ValueError, OSError) as error:
            raise Refused(
                failed,
                which=wish.directory or wish.name or wish.kind,
                why=f"{error}.",
                remedy="Correct that and try again; nothing was kept.",
            ) from error
        return company_shown(realm) | ({} if report is None else {"load": load_summary(report)})

    def check(self, request: Request) -> Any:
        """Whether every company's books balance."""
        wanted = request.query.get("realm_id")
        if wanted is not None:
            known_company(self._simulator, "The books were not checked", wanted)
        found = []
        for each in self._simulator.companies():
            if wanted in (None, each.realm):
                problems = check_balanced(self._simulator.store, each.realm)
                found.append({"realm_id": each.realm, "balanced": not problems, "problems": problems})
        return {"balanced": all(each["balanced"] for each in found), "companies": found}


def load_summary(report: LoadReport) -> dict[str, Any]:
    """What became of a loaded directory, as JSON."""
    return {
        "loaded": report.loaded,
        "left_out": {
            entity: {"records": count, "why": why} for entity, (count, why) in report.left_out.items()
        },
        "refused": [
            {"entity": entity, "id": identity, "why": why} for entity, identity, why in report.refused
        ],
        "derived": list(report.derived),
        "differing": list(report.differing),
    }


def company_shown(realm: Realm) -> dict[str, Any]:
    """A company as JSON."""
    return {
        "realm_id": realm.realm,
        "name": realm.name,
        "kind": realm.kind,
        "country": realm.country,
        "currency": realm.currency,
    }
