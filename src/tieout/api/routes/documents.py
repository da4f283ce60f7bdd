"""Documents: how each invoice, credit note and payment stands, and everything known of one."""

from __future__ import annotations

from fastapi import APIRouter

from tieout.api.asking import After, Asked, CompanyQuery, Limit, Search
from tieout.api.shapes.base import PageOf
from tieout.api.shapes.documents import (
    DocumentDetailShown,
    DocumentKind,
    DocumentShown,
    detail_shape,
    document_shape,
)
from tieout.sync.documents import get_document, list_documents

router = APIRouter(prefix="/documents", tags=["Documents"])


@router.get("")
def documents(
    asked: Asked,
    company: CompanyQuery = "",
    kind: DocumentKind | None = None,
    search: Search = "",
    after: After = "",
    limit: Limit = 50,
) -> PageOf[DocumentShown]:
    """List documents and how they stand, the latest changed first."""
    page = list_documents(
        asked.edges,
        asked.caller,
        company=company,
        kind=kind.word if kind else "",
        search=search,
        limit=limit,
        after=after,
    )
    return PageOf(items=[document_shape(row) for row in page.rows], next=page.after or None)


@router.get("/{kind}/{ref:path}")
def document(asked: Asked, kind: DocumentKind, ref: str, company: CompanyQuery = "") -> DocumentDetailShown:
    """Show one document with its link, pushes, issues and history."""
    return detail_shape(get_document(asked.edges, asked.caller, kind=kind.word, ref=ref, company=company))
