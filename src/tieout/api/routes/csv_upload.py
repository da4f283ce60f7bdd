"""CSV upload: the files of a folder, sent together, read into the built-in host."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, UploadFile

from tieout.api import problems
from tieout.api.asking import Asked
from tieout.api.routes.host import DryRun
from tieout.api.shapes.csv import CsvShown, csv_shape
from tieout.kit.errors import Invalid
from tieout.sync.host_records import import_csv

router = APIRouter(prefix="/host", tags=["Host"])
FILES_MAX = 20


@router.post("/csv", response_model=CsvShown)
def upload(
    asked: Asked,
    files: list[UploadFile],
    encoding: Annotated[
        str, Form(max_length=40, description="`windows-1252` when you know that the files are in it")
    ] = "",
    currency: Annotated[
        str, Form(max_length=3, description="ISO 4217, for documents and payments that name none")
    ] = "",
    dry_run: DryRun = False,
) -> Any:
    """Read a folder of CSV files into the host: all of it, or nothing when a row is refused."""
    with tempfile.TemporaryDirectory(prefix="tieout-csv-") as name:
        folder = Path(name)
        for file in files[:FILES_MAX]:
            target = folder / plain_name(file.filename or "")
            if target.exists():
                raise Invalid(
                    "A file was sent twice",
                    record=target.name,
                    reason="two files of this upload have this name",
                    remedy="Send each file of the folder once",
                )
            with target.open("wb") as out:
                shutil.copyfileobj(file.file, out)
        result = import_csv(
            asked.edges, asked.caller, folder, encoding=encoding, currency=currency, dry_run=dry_run
        )
    shown = csv_shape(result)
    if result.applied or dry_run:
        return shown
    first = result.plan.problems[0]
    place = first.file + (f" row {first.row}" if first.row else "")
    return problems.answer(
        Invalid(
            f"The folder has {result.plan.problems_total} problems, so nothing was written",
            record=f"{place}{', ' + first.record if first.record else ''}",
            reason=f"{first.what[:1].lower()}{first.what[1:]}: {first.why}",
            remedy=f"{first.remedy}; `problems` lists the others",
        ),
        more=shown.model_dump(mode="json"),
    )


def plain_name(name: str) -> str:
    """Take a file's own name, whatever path was sent with it; Invalid for one that cannot be a file."""
    own = name.replace("\\", "/").rsplit("/", 1)[-1]
    if not own or own.startswith(".") or not own.isprintable() or len(own) > 200:
        raise Invalid(
            "A file cannot be taken",
            record=repr(name),
            reason="its name cannot be a file's name",
            remedy="Send the files under the names that docs/csv.md lists, such as clients.csv",
        )
    return own
