"""Matching: proposals and links of clients, services, tax regions and terms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from fastapi import APIRouter, Query

from tieout.api.asking import After, Asked, CompanyQuery, Limit
from tieout.api.shapes.base import PageOf
from tieout.api.shapes.matching import (
    LinkShown,
    LinkWish,
    MatchedKind,
    ProposalShown,
    Taken,
    VerdictName,
    link_shape,
    linked_shape,
    proposal_shape,
)
from tieout.reconcile.matching import link, list_links, suggest, take_exact, unlink

T = TypeVar("T")
router = APIRouter(tags=["Matching"])


@router.get("/matching/{kind}")
def proposals(
    asked: Asked,
    kind: MatchedKind,
    company: CompanyQuery = "",
    verdict: Annotated[VerdictName | None, Query(description="Only these")] = None,
    after: After = "",
    limit: Limit = 100,
) -> PageOf[ProposalShown]:
    """Show how every record of a kind that is not linked compares with QuickBooks; links nothing."""
    found = suggest(asked.edges, asked.caller, kind=kind, company=company)
    wanted = [one for one in found if verdict is None or one.verdict.value == verdict.value]
    page, following = cut(wanted, after, limit, lambda one: one.ref)
    return PageOf(items=[proposal_shape(one) for one in page], next=following)


@router.post("/matching/{kind}/take-exact")
def take(asked: Asked, kind: MatchedKind, company: CompanyQuery = "") -> Taken:
    """Link every record of a kind whose match is exact; the doubtful ones stay for a person."""
    links = take_exact(asked.edges, asked.caller, kind=kind, company=company)
    return Taken(linked=len(links), links=[link_shape(one) for one in links])


@router.get("/links/{kind}")
def links(
    asked: Asked, kind: MatchedKind, company: CompanyQuery = "", after: After = "", limit: Limit = 100
) -> PageOf[LinkShown]:
    """List the links of a kind with the names of both sides."""
    found = list_links(asked.edges, asked.caller, kind=kind, company=company)
    page, following = cut(found, after, limit, lambda one: one.link.host_ref)
    return PageOf(items=[linked_shape(one) for one in page], next=following)


@router.put("/links/{kind}/{ref:path}")
def put_link(
    asked: Asked, kind: MatchedKind, ref: str, body: LinkWish, company: CompanyQuery = ""
) -> LinkShown:
    """Link one record of the host to one record of QuickBooks; a link it had before is replaced."""
    return link_shape(
        link(asked.edges, asked.caller, kind=kind, ref=ref, qbo_id=body.qbo_id, company=company)
    )


@router.delete("/links/{kind}/{ref:path}")
def delete_link(asked: Asked, kind: MatchedKind, ref: str, company: CompanyQuery = "") -> LinkShown:
    """Remove a link and show what it was; nothing changes in QuickBooks or at the host."""
    return link_shape(unlink(asked.edges, asked.caller, kind=kind, ref=ref, company=company))


def cut(items: Sequence[T], after: str, limit: int, key: Callable[[T], str]) -> tuple[list[T], str | None]:
    """Cut a page out of a list: what follows the item of that key, from its start when that item is gone."""
    start = next((place + 1 for place, item in enumerate(items) if key(item) == after), 0) if after else 0
    page = list(items[start : start + limit])
    more = start + limit < len(items)
    return page, key(page[-1]) if more else None
