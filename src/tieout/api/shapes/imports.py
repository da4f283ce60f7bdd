"""Shapes of a running import, as programs see them."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from tieout.api.shapes.companies import ProgressShown
from tieout.mirror import progress


class StandingShown(BaseModel):
    """How far the import of a company is."""

    model_config = ConfigDict(from_attributes=True)
    company: str
    state: str = Field(
        description="`waiting` (for a free worker), `running`, `stopped` (a reason stands at an entity, and it goes on "
        "later), `done` or `never`"
    )
    done: int
    total: int = Field(description="What is counted so far; it grows until each entity was looked at")
    rate: int = Field(description="Records a second, over the last ten seconds")
    seconds_left: int | None = Field(description="Null when nobody can say")
    complete_until: datetime | None
    entities: list[ProgressShown]


def standing_shape(one: progress.Standing) -> StandingShown:
    """Show how far an import is."""
    return StandingShown.model_validate(one)
