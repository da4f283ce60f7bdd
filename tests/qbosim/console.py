"""A person at the console without a browser: opens pages, fills in forms, keeps cookies, presses buttons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from urllib.parse import parse_qsl, urlencode, urlsplit

from qbosim.simulator import Simulator
from qbosim.wire import Request, Response

ROOT = "/qbosim/console"
HOST = "127.0.0.1:8790"
_INPUT = re.compile(r"<input\b[^>]*>")
_ATTRIBUTE = re.compile(r'(\w[\w-]*)="([^"]*)"')


class Visitor:
    """Somebody with a browser's cookies."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.cookies: dict[str, str] = {}

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        host: str = HOST,
        query: dict[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """One request, with the cookies; keeps those that come back."""
        sent = {"host": host, **(headers or {})}
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        response = self.simulator.answer(Request(method, path, query or {}, sent, body))
        for name, value in response.headers:
            if name == "Set-Cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
                if "Max-Age=0" in rest:
                    del self.cookies[key]
        return response

    def open(self, place: str = "", status: int = 200, **query: str) -> str:
        """Open a page of the console; answers its HTML."""
        path, _, more = place.partition("?")
        response = self.ask("GET", ROOT + path, query={**dict(parse_qsl(more)), **query})
        assert response.status == status, (place, response.status, response.body.decode())
        return response.body.decode()

    def proof(self, place: str) -> dict[str, str]:
        """The hidden fields of the first form at a place, without those of the name at the foot."""
        found: dict[str, str] = {}
        for tag in _INPUT.findall(self.open(place)):
            named = {key: unescape(value) for key, value in _ATTRIBUTE.findall(tag)}
            if named.get("type") == "hidden" and named["name"] in (
                "token",
                "once",
                "sync_token",
                "title",
                "party",
            ):
                found.setdefault(named["name"], named["value"])
        return found

    def post(
        self, place: str, form: list[tuple[str, str]], headers: Mapping[str, str] | None = None
    ) -> Response:
        """Post a form as it is."""
        return self.ask("POST", ROOT + place, body=urlencode(form).encode(), headers=headers)

    def press(self, place: str, /, *more: tuple[str, str], on: str | None = None, **fields: str) -> str:
        """Fill in the form at a place and press its button; answers the page that the browser is sent to.

        `more`: fields that come several times or whose names are no words. `on`: the page with the form, where it is
        another one than the address that it is sent to.
        """
        response = self.sent(place, *more, on=on, **fields)
        assert response.status == 303, (response.status, said_trouble(response.body.decode()))
        to = urlsplit(response.header("location") or "")
        assert to.path.startswith(ROOT)
        return self.open(to.path[len(ROOT) :] + (f"?{to.query}" if to.query else ""))

    def sent(self, place: str, /, *more: tuple[str, str], on: str | None = None, **fields: str) -> Response:
        """The answer to a form that is filled in and sent."""
        proof = self.proof(place if on is None else on)
        return self.post(place, [*proof.items(), *fields.items(), *more], {"origin": f"http://{HOST}"})

    def refused(
        self, place: str, /, *more: tuple[str, str], on: str | None = None, **fields: str
    ) -> dict[str, str]:
        """The four parts of the trouble that a form runs into."""
        response = self.sent(place, *more, on=on, **fields)
        assert response.status >= 400, response.headers
        return said_trouble(response.body.decode())


def said_trouble(html: str) -> dict[str, str]:
    """What a page's trouble says."""
    box = re.search(r'<div class="trouble".*?</dl>', html, re.DOTALL)
    if box is None:
        return {}
    what = re.search(r"<h2>(.*?)</h2>", box[0])
    assert what is not None
    parts = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", box[0], re.DOTALL)
    return {"what": unescape(what[1]), **{key.lower(): unescape(value) for key, value in parts}}


def notice(html: str) -> str:
    """What a page says was done."""
    found = re.search(r'<div class="notice" role="status">(.*?)</div>', html)
    return unescape(found[1]) if found else ""
