"""What became of records that were put into the host, or would become of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from tieout.hosts import contract


class FaultShown(BaseModel):
    """One thing that is wrong with one record."""

    model_config = ConfigDict(from_attributes=True)
    field: str
    what: str
    record: str
    why: str
    remedy: str


class VerdictShown(BaseModel):
    """What became of one record."""

    model_config = ConfigDict(from_attributes=True)
    kind: str
    ref: str
    outcome: str = Field(description="`create`, `change`, `same` or `refused`")
    faults: list[FaultShown] = Field(default_factory=list)


class Taken(BaseModel):
    """What became of a batch of records."""

    applied: bool = Field(
        description="False for a dry run, and when a record was refused: then nothing was written"
    )
    counts: dict[str, int] = Field(description="How many records had each outcome")
    refused: list[VerdictShown] = Field(
        description="The first hundred refused records, with everything wrong with each"
    )


SHOWN_MAX = 100


def taken(verdicts: Sequence[contract.Verdict], *, applied: bool) -> Taken:
    """Sum up what became of a batch."""
    counts = Counter(verdict.outcome for verdict in verdicts)
    refused = [verdict for verdict in verdicts if verdict.outcome == "refused"]
    return Taken(
        applied=applied,
        counts=dict(counts),
        refused=[VerdictShown.model_validate(verdict) for verdict in refused[:SHOWN_MAX]],
    )
