"""How a page of the console becomes HTML: the templates, how values are written, and the headers around them."""

from __future__ import annotations

import secrets
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote, unquote

import jinja2
import msgspec

from qbosim.console.trouble import Trouble
from qbosim.console.visit import ROOT, Visit
from qbosim.console.wording import record_title, words
from qbosim.wire import Response

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Content-Security-Policy", _POLICY),
)
_SAFE = "/?&=%+,:@!~*()'"
"""What stands in an address as it is; line breaks and the like do not."""
_KINDS = {"css": "text/css;charset=utf-8", "js": "text/javascript;charset=utf-8", "svg": "image/svg+xml"}


def page(visit: Visit, template: str, *, status: int = 200, **values: Any) -> Response:
    """Fill a template; what all pages show (companies, time, person) comes along."""
    text = (
        _templates()
        .get_template(template)
        .render(
            root=ROOT,
            visit=visit,
            companies=visit.simulator.companies(),
            clock={"now": visit.now, "frozen": visit.simulator.clock.frozen},
            once=secrets.token_urlsafe(9),
            **{"trouble": None, "realm": None, "section": "", **values},
        )
    )
    return Response(status, text.encode(), (("Content-Type", "text/html;charset=utf-8"), *_HEADERS))


def trouble_page(visit: Visit, trouble: Trouble, **values: Any) -> Response:
    """The page that says only what went wrong."""
    return page(visit, "trouble.html", status=trouble.status, trouble=trouble, **values)


def go_to(place: str, notice: str = "") -> Response:
    """Send the browser to another page of the console, where `notice` is said."""
    cookie = f"qbosim_notice={quote(notice)}; Path={ROOT}; Max-Age=60; SameSite=Strict; HttpOnly"
    return Response(
        303,
        b"",
        (
            ("Location", quote(ROOT + place, safe=_SAFE)),
            *((("Set-Cookie", cookie),) if notice else ()),
            *_HEADERS,
        ),
    )


def notice_of(cookie: str) -> str:
    """What the page before wanted said."""
    return unquote(cookie)[:300]


def asset(name: str) -> Response | None:
    """A file that pages use (style, script), or None."""
    kind = _KINDS.get(name.rpartition(".")[2])
    if kind is None or name not in _assets():
        return None
    return Response(
        200, _assets()[name], (("Content-Type", kind), ("Cache-Control", "no-cache"), _HEADERS[1])
    )


@cache
def _assets() -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in (files("qbosim.console") / "static").iterdir()}


@cache
def _templates() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("qbosim.console"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(money=money, pretty=pretty, words=words, title_of=record_title, moment=moment)
    return made


def money(value: Any) -> str:
    """An amount with its thousands and two digits behind the point; empty for none."""
    if value is None or value == "":
        return ""
    try:
        exact = Decimal(str(value))
    except ArithmeticError:
        return str(value)
    return f"{exact:,.2f}" if exact.is_finite() else str(value)


def pretty(text: str) -> str:
    """JSON with line breaks, every number digit for digit; a text that is no JSON as it is."""
    try:
        return msgspec.json.format(text.encode(), indent=2).decode()
    except msgspec.DecodeError:
        return text


def moment(value: Any) -> str:
    """An instant as people read it: the day, the time to the second, and UTC."""
    text = str(value)
    return f"{text[:10]} {text[11:19]} UTC" if len(text) > 19 else text
