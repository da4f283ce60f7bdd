"""Sign-ins: who authorised a company, in which order they are tried, one more, one less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form
from starlette.responses import Response

from tieout.connections.grants import GrantShown, order_grants, remove_grant
from tieout.web.door import Door
from tieout.web.formatting import day
from tieout.web.notices import done
from tieout.web.route import back


@dataclass(frozen=True)
class SignIn:
    """A sign-in in its place, with the orders that one press leads to."""

    grant: GrantShown
    name: str
    up: str
    """All ids with this one a place earlier, parted by commas; empty for the first."""
    down: str
    """All ids with this one a place later; empty for the last."""
    removable: bool
    """It is not the only one: a company is cut off by disconnecting it, and not here."""


def sign_ins(grants: Sequence[GrantShown]) -> list[SignIn]:
    """Put names and the next possible orders to sign-ins."""
    ids = [one.id for one in grants]
    return [
        SignIn(
            one,
            named(one),
            _swapped(ids, place - 1) if place else "",
            _swapped(ids, place) if place + 1 < len(ids) else "",
            len(ids) > 1,
        )
        for place, one in enumerate(grants)
    ]


def named(grant: GrantShown) -> str:
    """Name a sign-in as people do."""
    return grant.label or f"Sign-in of {day(grant.authorised_at.date())}"


def add_to(routes: APIRouter, door: Door) -> None:
    """Add what is pressed on a company's sign-ins; a new one is added by connecting."""

    @routes.post("/companies/{company}/grants/order")
    def order(company: str, order: Annotated[str, Form()]) -> Response:
        """Put the sign-ins into another order."""
        now = order_grants(door.edges, door.caller, company=company, grants=order.split(","))
        return back(
            door,
            _place(company),
            done("The order is changed", f"{named(now[0])} is tried first"),
        )

    @routes.post("/companies/{company}/grants/remove")
    def remove(company: str, grant: Annotated[str, Form()]) -> Response:
        """Remove one sign-in."""
        left = remove_grant(door.edges, door.caller, company=company, grant=grant)
        return back(
            door,
            _place(company),
            done("The sign-in is removed", f"the company stays connected by {named(left[0])}"),
        )


def _place(company: str) -> str:
    return f"/companies/{quote(company, safe='')}#signins"


def _swapped(ids: Sequence[str], place: int) -> str:
    return ",".join([*ids[:place], ids[place + 1], ids[place], *ids[place + 2 :]])
