"""Notices: what people were told and when it was over, and the places outside where they are told, too."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tieout.connections.channels import (
    NewChannel,
    add_channel,
    list_channels,
    list_deliveries,
    remove_channel,
    test_channel,
)
from tieout.connections.companies import list_companies
from tieout.kit.crypto import Secret
from tieout.kit.errors import Invalid
from tieout.security.notices import list_notices, see_notice
from tieout.web.door import Door
from tieout.web.notices import done
from tieout.web.route import back

PAGE = 25
DELIVERIES_SHOWN = 10
LISTS = {"standing": "Standing", "unseen": "Not seen", "all": "All"}


def add_to(routes: APIRouter, door: Door) -> None:
    """Add the list of notices, seeing them, and channels."""

    @routes.get("/notices")
    def notices(request: Request, show: str = "standing", company: str = "", after: str = "") -> Response:
        """List what people were told."""
        if show not in LISTS:
            raise Invalid(
                "There is no such list of notices",
                record=show[:100],
                reason=f"the lists are {', '.join(LISTS)}",
                remedy="Choose one of them",
            )
        return door.rendering.page(request, "notices.html", **_values(door, show, company, after))

    @routes.post("/notices/seen")
    def seen(seen: Annotated[str, Form()], back_to: Annotated[str, Form(alias="back")] = "/") -> Response:
        """Note that somebody has seen a notice, or all that the page showed (ids with commas between)."""
        for one in seen.split(",")[:PAGE]:
            see_notice(door.edges, door.caller, notice=one)
        return back(door, back_to)

    @routes.post("/notices/channels")
    def add(
        request: Request,
        kind: Annotated[str, Form()],
        address: Annotated[str, Form()],
        least: Annotated[str, Form()] = "warning",
        secret: Annotated[str, Form()] = "",
    ) -> Response:
        """Add a channel; a random signing secret is shown in the answer, and never again."""
        added = add_channel(
            door.edges,
            door.caller,
            kind=kind,
            address=address.strip(),
            least=least,
            secret=Secret(secret.strip()) if secret.strip() else None,
        )
        if added.secret is not None and not secret.strip():
            return _shown_once(door, request, added)
        return back(door, "/notices#channels", done(f"{added.channel.address} is told from now on"))

    @routes.get("/notices/channels")
    def nothing_here() -> Response:
        """Lead whoever comes back to the answer that showed a secret to the list: it is shown once."""
        return RedirectResponse("/notices#channels", 303)

    @routes.post("/notices/channels/test")
    def test(channel: Annotated[str, Form()]) -> Response:
        """Send a trial notice now."""
        tried = test_channel(door.edges, door.caller, channel=channel)
        return back(door, "/notices#channels", done(f"A trial notice went to {tried.address}"))

    @routes.post("/notices/channels/remove")
    def remove(channel: Annotated[str, Form()]) -> Response:
        """Remove a channel."""
        gone = remove_channel(door.edges, door.caller, channel=channel)
        return back(door, "/notices#channels", done(f"{gone.address} is told no longer"))


def _shown_once(door: Door, request: Request, added: NewChannel) -> Response:
    assert added.secret is not None
    return door.rendering.page(
        request, "channel_added.html", channel=added.channel, secret=added.secret.value, **_frame(door)
    )


def _values(door: Door, show: str, company: str, after: str) -> dict[str, Any]:
    edges, caller = door.edges, door.caller
    found = list_notices(
        edges,
        caller,
        company=company,
        standing=show == "standing",
        unseen=show == "unseen",
        limit=PAGE + 1,
        after=after,
    )
    channels = list_channels(edges, caller)
    names = {one.id: one.address for one in channels}
    return {
        **_frame(door),
        "show": show,
        "lists": LISTS,
        "notices": found[:PAGE],
        "next_after": found[PAGE - 1].id if len(found) > PAGE else "",
        "after": after,
        "address": lambda **more: (
            "/notices?"
            + urlencode({name: value for name, value in {"company": company, **more}.items() if value})
        ),
        "channels": channels,
        "deliveries": [
            (names.get(one.channel, "a channel that was removed"), one)
            for one in list_deliveries(edges, caller, limit=DELIVERIES_SHOWN)
        ],
        "mail_ready": bool(edges.outgoing.smtp_url),
    }


def _frame(door: Door) -> dict[str, Any]:
    """Give the frame also where no company is connected: notices are there all the same."""
    if list_companies(door.edges, door.caller):
        return door.frame()
    return {"company": None, "companies": [], "query": ""}
