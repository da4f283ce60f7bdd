"""A folder of CSV files on the wire: what it would do, or did."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from tieout.sync.host_records import CsvResult


class CsvProblemShown(BaseModel):
    """One thing that keeps a folder from being taken."""

    model_config = ConfigDict(from_attributes=True)
    file: str
    row: int = Field(description="As a spreadsheet numbers it: the header is row 1; 0 for the whole file")
    column: str
    record: str
    what: str
    why: str
    remedy: str


class CsvShown(BaseModel):
    """What a folder of CSV files would do, or did."""

    applied: bool = Field(
        description="False for a dry run, and when anything is wrong: then nothing was written"
    )
    create: int
    change: int
    same: int
    refused: int
    by_kind: dict[str, dict[str, int]]
    problems: list[CsvProblemShown] = Field(description="The first of them")
    problems_total: int
    files: list[str] = Field(description="The files that were read")
    left_out: list[str] = Field(description="Files and columns that nothing here knows: they are not taken")


def csv_shape(result: CsvResult) -> CsvShown:
    """Show what a folder would do, or did."""
    plan = result.plan
    return CsvShown(
        applied=result.applied,
        create=plan.create,
        change=plan.change,
        same=plan.same,
        refused=plan.refused,
        by_kind={kind.value: dict(counts) for kind, counts in plan.by_kind.items()},
        problems=[CsvProblemShown.model_validate(one) for one in plan.problems],
        problems_total=plan.problems_total,
        files=list(plan.files),
        left_out=list(plan.left_out),
    )
