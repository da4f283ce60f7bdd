"""The matching page: who is who and what is what, the certain ones in bulk, the doubtful ones one by one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tieout.connections.companies import get_company, list_companies, read_settings
from tieout.domain.matching import Verdict
from tieout.mirror.browse import Mirrored, list_mirrored
from tieout.reconcile.matching import MATCHED, link, list_links, matched_kind, suggest, take_exact, unlink
from tieout.web.door import Door
from tieout.web.formatting import count
from tieout.web.notices import done
from tieout.web.pages.choices import ENTITIES
from tieout.web.route import back
from tieout.web.wording import THEIRS

PAGE = 50
FOUND_MAX = 20


@dataclass(frozen=True)
class Slice:
    """A page of a list."""

    number: int
    pages: int
    total: int


def add_to(routes: APIRouter, door: Door) -> None:
    """Add the matching pages and what is pressed on them."""

    @routes.get("/matching")
    def first(company: str = "") -> Response:
        """Go to the first kind."""
        return RedirectResponse(_address(MATCHED[0].value, company=company), 307)

    @routes.get("/matching/{kind}")
    def matching(
        request: Request,
        kind: str,
        company: str = "",
        show: str = "",
        search: str = "",
        page: int = 1,
        ref: str = "",
        find: str = "",
    ) -> Response:
        """Show what is not linked with what it may be, or the links there are."""
        sort = matched_kind(kind).value
        edges, caller = door.edges, door.caller
        chosen = get_company(edges, caller, company=company)
        proposals = suggest(edges, caller, kind=sort, company=company)
        counts = Counter(one.verdict.value for one in proposals)
        links = list_links(edges, caller, kind=sort, company=company)
        wanted = search.casefold().split()
        only = ref if ref and not find else ""
        shown_links = [
            one for one in links if all(word in f"{one.ours} {one.theirs}".casefold() for word in wanted)
        ]
        shown = [
            one
            for one in proposals
            if show in ("", one.verdict.value)
            and all(word in one.label.casefold() for word in wanted)
            and only in ("", one.ref)
        ]
        listed = shown_links if show == "linked" else shown
        part = _slice(len(listed), page)
        begin = (part.number - 1) * PAGE
        return door.rendering.page(
            request,
            "matching.html",
            company=chosen,
            companies=list_companies(edges, caller),
            query=door.query(company),
            kind=sort,
            kinds=[one.value for one in MATCHED],
            show=show,
            search=search,
            counts=counts,
            linked=len(links),
            unlinked=len(proposals),
            exact=counts[Verdict.EXACT.value],
            proposals=shown[begin : begin + PAGE] if show != "linked" else [],
            links=sorted(shown_links, key=lambda one: one.ours.casefold())[begin : begin + PAGE]
            if show == "linked"
            else [],
            part=part,
            settings=read_settings(edges, caller, company=company),
            only=only,
            find_ref=ref,
            find=find,
            found=_found(door, sort, company, find) if ref and find else None,
            here=_address(sort, company=company, show=show, search=search, page=str(part.number)),
            address=_address,
        )

    @routes.get("/matching/{kind}/found")
    def found(request: Request, kind: str, company: str = "", find: str = "", ref: str = "") -> Response:
        """List what was searched for, to be chosen from."""
        sort = matched_kind(kind).value
        return door.rendering.part(
            request,
            "parts/found.html",
            kind=sort,
            ref=ref,
            find=find,
            found=_found(door, sort, company, find) if find.strip() else [],
        )

    @routes.post("/matching/{kind}/exact")
    def exact(kind: str, company: Annotated[str, Form()] = "") -> Response:
        """Link everything whose match is exact."""
        taken = take_exact(door.edges, door.caller, kind=kind, company=company)
        one, many = THEIRS[matched_kind(kind).value]
        return back(
            door,
            _address(kind, company=company),
            done(f"{count(len(taken), one, many)} linked", "only what is equal, alone and uncontradicted"),
        )

    @routes.post("/matching/{kind}/link")
    def make_link(
        kind: str,
        ref: Annotated[str, Form()],
        qbo_id: Annotated[str, Form()],
        company: Annotated[str, Form()] = "",
        back_to: Annotated[str, Form(alias="back")] = "",
    ) -> Response:
        """Link one record to the one that was chosen."""
        link(door.edges, door.caller, kind=kind, ref=ref, qbo_id=qbo_id, company=company)
        return back(door, back_to or _address(kind, company=company), done("Linked"))

    @routes.post("/matching/{kind}/unlink")
    def remove_link(
        kind: str,
        ref: Annotated[str, Form()],
        company: Annotated[str, Form()] = "",
        back_to: Annotated[str, Form(alias="back")] = "",
    ) -> Response:
        """Remove a link; both records stay."""
        unlink(door.edges, door.caller, kind=kind, ref=ref, company=company)
        return back(
            door,
            back_to or _address(kind, company=company, show="linked"),
            done("The link is removed", "both records stay as they are"),
        )


def _found(door: Door, kind: str, company: str, find: str) -> list[Mirrored]:
    return list_mirrored(
        door.edges,
        door.caller,
        entity=ENTITIES[kind],
        search=find[:100],
        company=company,
        limit=FOUND_MAX,
    )


def _slice(total: int, wanted: int) -> Slice:
    pages = max(1, -(-total // PAGE))
    return Slice(min(max(wanted, 1), pages), pages, total)


def _address(kind: str, **query: str) -> str:
    kept = {name: value for name, value in query.items() if value and not (name == "page" and value == "1")}
    return f"/matching/{kind}" + (f"?{urlencode(kept)}" if kept else "")
