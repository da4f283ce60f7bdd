"""Sections: parts of a company that are brought up to date on request."""

from __future__ import annotations

from fastapi import APIRouter

from tieout.api.asking import Asked
from tieout.api.shapes.base import PageOf
from tieout.api.shapes.health import SectionShown, section_shape
from tieout.sync.sections import list_sections, sync_section

router = APIRouter(prefix="/companies", tags=["Sections"])


@router.get("/{company}/sections")
def sections(asked: Asked, company: str) -> PageOf[SectionShown]:
    """List the sections of a company with when each was last completed."""
    return PageOf(
        items=[section_shape(one) for one in list_sections(asked.edges, asked.caller, company=company)]
    )


@router.post("/{company}/sections/{section}/sync")
def sync(asked: Asked, company: str, section: str) -> PageOf[SectionShown]:
    """Bring `customers`, `products`, `tax_codes` or `full` up to date now, and answer when it is."""
    done = sync_section(asked.edges, asked.caller, company=company, section=section)
    return PageOf(items=[section_shape(one) for one in done])
