"""The console's first page: the companies, who is connected to them, and as whom one acts."""

from __future__ import annotations

from urllib.parse import quote

from qbosim.console.guard import PERSON_COOKIE
from qbosim.console.rendering import go_to, page
from qbosim.console.trouble import Trouble
from qbosim.console.visit import ROOT, Visit
from qbosim.wire import Response

_LONGEST_NAME = 100


def home(visit: Visit) -> Response:
    """The companies, connections and apps."""
    return _home(visit)


def add(visit: Visit) -> Response:
    """Add a company, as POST /qbosim/companies does."""
    kind = visit.said("kind")
    wish: dict[str, str] = {"kind": kind}
    for name in ("name", "country", "currency"):
        if visit.said(name) and kind != "directory":
            wish[name] = visit.said(name)
    if kind == "directory":
        wish["directory"] = visit.said("directory")
    try:
        made = visit.control("POST", "/companies", wish)
    except Trouble as trouble:
        return _home(visit, trouble)
    left = sum(each["records"] for each in made.get("load", {}).get("left_out", {}).values())
    more = f" {left} records had no place in these books." if left else ""
    return go_to(f"/company/{made['realm_id']}", f"{made['name']} was added.{more}")


def grant(visit: Visit) -> Response:
    """Connect an app, as a user's consent does; shows the tokens, which are not shown again."""
    wish = {"realm_id": visit.said("realm"), "client_id": visit.said("client")}
    try:
        issued = visit.control("POST", "/grant", wish)
    except Trouble as trouble:
        return _home(visit, trouble)
    return page(
        visit,
        "granted.html",
        issued=issued,
        company=visit.company(wish["realm_id"]),
        client=wish["client_id"],
        section="companies",
    )


def disconnect(visit: Visit) -> Response:
    """End an app's connection from the user's side."""
    try:
        ended = visit.control(
            "POST", "/revoke", {"realm_id": visit.said("realm"), "client_id": visit.said("client")}
        )
    except Trouble as trouble:
        return _home(visit, trouble)
    many = ended["connections_ended"]
    return go_to("", "The app was disconnected." if many else "There was no connection to end.")


def change_person(visit: Visit) -> Response:
    """Act under another name from now on."""
    name = visit.said("person")[:_LONGEST_NAME]
    back = visit.said("back")
    place = back if back.startswith("/") and not back.startswith("//") else ""
    if not name:
        return _home(
            visit,
            Trouble(
                "The name was not changed",
                which="the name",
                why="It is empty.",
                remedy="Say as whom you act, such as Pat Bookkeeper.",
            ),
        )
    response = go_to(place, f"You act as {name} now.")
    cookie = f"{PERSON_COOKIE}={quote(name)}; Path={ROOT}; Max-Age=31536000; SameSite=Strict; HttpOnly"
    return Response(response.status, response.body, (*response.headers, ("Set-Cookie", cookie)))


def _home(visit: Visit, trouble: Trouble | None = None) -> Response:
    state = visit.control("GET", "/state")
    return page(
        visit,
        "home.html",
        status=200 if trouble is None else trouble.status,
        trouble=trouble,
        state=state,
        apps=visit.control("GET", "/apps")["apps"],
        connections=[each for each in state["connections"] if each["revoked_at"] is None],
        ended=sum(1 for each in state["connections"] if each["revoked_at"] is not None),
        section="companies",
    )
