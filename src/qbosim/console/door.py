"""The console's front door: which page answers which address, and what a form must pass before it counts."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from urllib.parse import unquote

from qbosim.console import (
    books,
    companies,
    company_settings,
    creating,
    deposits,
    editing,
    guard,
    lists,
    machine,
    merging,
    mischief,
    record,
    requests,
    settling,
    webhooks,
)
from qbosim.console.rendering import asset, notice_of, trouble_page
from qbosim.console.trouble import Trouble
from qbosim.console.visit import ROOT, Simulated, Visit, read_form
from qbosim.wire import Request, Response

PERSON = "Pat Bookkeeper"
"""Whom the visitor acts as until another name is given."""
_REMEMBERED = 500
"""Presses of buttons whose second one is recognised."""

Page = Callable[..., Response]

PAGES: dict[tuple[str, str], Page] = {
    ("GET", ""): companies.home,
    ("POST", "companies"): companies.add,
    ("POST", "grant"): companies.grant,
    ("POST", "disconnect"): companies.disconnect,
    ("POST", "person"): companies.change_person,
    ("GET", "requests"): requests.log,
    ("POST", "requests/clear"): requests.clear,
    ("GET", "requests/*"): requests.one,
    ("GET", "faults"): mischief.planned,
    ("POST", "faults"): mischief.plan,
    ("POST", "faults/storm"): mischief.storm,
    ("POST", "faults/clear"): mischief.clear,
    ("POST", "faults/remove/*"): mischief.remove,
    ("GET", "webhooks"): webhooks.deliveries,
    ("POST", "webhooks"): webhooks.register,
    ("POST", "webhooks/remove"): webhooks.remove,
    ("POST", "webhooks/deliver"): webhooks.deliver,
    ("POST", "webhooks/replay/*"): webhooks.replay,
    ("POST", "webhooks/faults"): webhooks.plan,
    ("POST", "webhooks/faults/clear"): webhooks.clear,
    ("GET", "clock"): machine.clock,
    ("POST", "clock"): machine.move_clock,
    ("GET", "settings"): machine.settings,
    ("POST", "settings"): machine.change_settings,
    ("GET", "check"): machine.check,
    ("GET", "reset"): machine.ask_reset,
    ("POST", "reset"): machine.reset,
    ("GET", "company/*"): books.overview,
    ("GET", "company/*/reports"): books.reports,
    ("GET", "company/*/reports/*"): books.report,
    ("GET", "company/*/lists"): lists.every,
    ("GET", "company/*/list/*"): lists.one,
    ("GET", "company/*/preferences"): company_settings.show,
    ("POST", "company/*/preferences"): company_settings.change,
    ("GET", "company/*/new/*"): creating.blank,
    ("POST", "company/*/new/*"): creating.create,
    ("GET", "company/*/json/*"): editing.blank_json,
    ("POST", "company/*/json/*"): editing.create_json,
    ("GET", "company/*/receive"): settling.receive_form,
    ("POST", "company/*/receive"): settling.receive,
    ("GET", "company/*/pay"): settling.pay_form,
    ("POST", "company/*/pay"): settling.pay,
    ("GET", "company/*/deposit"): deposits.deposit_form,
    ("POST", "company/*/deposit"): deposits.deposit,
    ("GET", "company/*/record/*/*"): record.show,
    ("GET", "company/*/record/*/*/pdf"): record.pdf,
    ("GET", "company/*/record/*/*/edit"): editing.edit_form,
    ("POST", "company/*/record/*/*/edit"): editing.edit,
    ("GET", "company/*/record/*/*/json"): editing.edit_as_json,
    ("POST", "company/*/record/*/*/json"): editing.save_json,
    ("GET", "company/*/record/*/*/merge"): merging.merge_form,
    ("POST", "company/*/record/*/*/merge"): merging.merge,
    ("GET", "company/*/record/*/*/do/*"): record.ask,
    ("POST", "company/*/record/*/*/do/*"): record.do,
}
"""Method and address below the console's root; `*` stands for one part, which the page is told."""


class Console:
    """Answers everything under /qbosim/console."""

    def __init__(self, simulator: Simulated) -> None:
        self._simulator = simulator
        self._pressing = threading.Lock()
        self._pressed: OrderedDict[str, Response] = OrderedDict()

    def answer(self, request: Request) -> Response:
        """Answer a request whose path is the console's root or below."""
        cookies = guard.cookies_of(request)
        token = guard.token_of(cookies)
        place = tuple(unquote(part) for part in request.path[len(ROOT) :].split("/") if part)
        visit = Visit(
            self._simulator,
            request,
            person=notice_of(cookies.get(guard.PERSON_COOKIE, "")) or PERSON,
            token=token,
            place=place,
            notice=notice_of(cookies.get(guard.NOTICE_COOKIE, "")),
        )
        try:
            guard.check_host(request)
            if request.method == "POST":
                visit.form = _form(request)
                guard.check_form(request, visit.said("token"), cookies)
                response = self._press(visit)
            else:
                response = self._show(visit)
        except Trouble as trouble:
            response = trouble_page(visit, trouble)
        return _with_cookies(response, visit, cookies)

    def _show(self, visit: Visit) -> Response:
        found = asset(visit.place[1]) if visit.place[:1] == ("static",) and len(visit.place) == 2 else None
        return found or _page_of(visit)

    def _press(self, visit: Visit) -> Response:
        """Do what a form asks for, once: a second press of the same button gets the first one's answer."""
        with self._pressing:
            known = self._pressed.get(visit.key)
            if known is not None:
                return known
            response = _page_of(visit)
            if response.status == 303:
                self._pressed[visit.key] = response
                while len(self._pressed) > _REMEMBERED:
                    self._pressed.popitem(last=False)
            return response


def _page_of(visit: Visit) -> Response:
    method = "GET" if visit.request.method == "HEAD" else visit.request.method
    for (used, pattern), found in PAGES.items():
        parts = pattern.split("/") if pattern else []
        if (
            used == method
            and len(parts) == len(visit.place)
            and all(part in ("*", given) for part, given in zip(parts, visit.place, strict=True))
        ):
            return found(
                visit, *(given for part, given in zip(parts, visit.place, strict=True) if part == "*")
            )
    raise Trouble(
        "There is no such page",
        which=visit.request.path,
        why="The console has no page at this address.",
        remedy="Start from Companies.",
        status=404,
    )


def _form(request: Request) -> dict[str, list[str]]:
    try:
        return read_form(request)
    except ValueError as error:
        raise Trouble(
            "The form was not read",
            which="its fields",
            why=f"{error}.",
            remedy="Send fewer lines at once.",
        ) from error


def _with_cookies(response: Response, visit: Visit, cookies: dict[str, str]) -> Response:
    """The answer with the browser's token, where it has none yet; what was to be said has been said by a page."""
    added = []
    if cookies.get(guard.TOKEN_COOKIE) != visit.token:
        added.append(f"{guard.TOKEN_COOKIE}={visit.token}; Path={ROOT}; SameSite=Strict; HttpOnly")
    if (
        visit.notice
        and response.status != 303
        and (response.header("content-type") or "").startswith("text/html")
    ):
        added.append(f"{guard.NOTICE_COOKIE}=; Path={ROOT}; Max-Age=0; SameSite=Strict; HttpOnly")
    if not added:
        return response
    return Response(
        response.status, response.body, (*response.headers, *(("Set-Cookie", each) for each in added))
    )
