"""Rendering: templates into pages. Everything is escaped, and a name that a template does not know is an error."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from tieout.kit.clock import Clock
from tieout.storage.notices import Notice
from tieout.web import formatting, notices, wording
from tieout.web.assets import Assets
from tieout.web.session import FIELD, form_token, session_of

OUR_OWN = 500
"""From this status on, an answer is about a failure of ours."""
TEMPLATES = Path(__file__).parent / "templates"


class Rendering:
    """The templates, with the words and formats they use."""

    def __init__(self, clock: Clock, assets: Assets, *, told: Callable[[], list[Notice]]) -> None:
        """Load the templates; `told` lists what stands, nobody has seen, and every page must say."""
        self._told = told
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.do"],
        )
        self._environment.globals.update(
            asset=assets.address,
            words=wording,
            said=wording.said,
            form_field=FIELD,
            ago=lambda value: formatting.relative(value, clock.now()),
            now=clock.now,
        )
        self._environment.filters.update(
            money=formatting.money,
            number=formatting.number,
            day=formatting.day,
            instant=formatting.instant,
            count=formatting.count,
            span=formatting.span,
            sentence=formatting.sentence,
            ticked=formatting.ticked,
        )

    def page(self, request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Answer with a page; says what was left to be said, once."""
        session = session_of(request) or request.state.session
        notice = notices.waiting(request)
        # A page that says what is broken on our side asks nothing more of it.
        told = self._told() if status < OUR_OWN else []
        text = self._environment.get_template(template).render(
            request=request,
            path=request.url.path,
            form_token=form_token(session),
            notice=notice,
            told=told,
            **values,
        )
        response = HTMLResponse(text, status)
        if notice is not None:
            notices.forget(response)
        return response

    def part(self, request: Request, template: str, **values: Any) -> HTMLResponse:
        """Answer with a part of a page, for a script that puts it in its place; notices stay for the page."""
        session = session_of(request) or request.state.session
        text = self._environment.get_template(template).render(
            request=request, path=request.url.path, form_token=form_token(session), notice=None, **values
        )
        return HTMLResponse(text)
