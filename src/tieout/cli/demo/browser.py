"""A browser without a screen: it reads pages, presses buttons of forms, follows redirects and keeps cookies."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import httpx2

from tieout.kit.errors import NotFound

HOPS_MAX = 10
WAIT_SECONDS = 60.0


@dataclass
class Form:
    """One form of a page: where it goes and what it carries."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """A page that a browser stopped at."""

    url: str
    status: int
    text: str

    def form(self, action: str) -> Form:
        """Find the first form that goes to an address; NotFound when there is none."""
        reader = _FormReader()
        reader.feed(self.text)
        for form in reader.forms:
            if form.action.split("?")[0] == action:
                return form
        raise NotFound(
            "The page has no such form",
            record=f"{action} on {self.url}",
            reason=f"its forms go to {', '.join(form.action for form in reader.forms) or 'nowhere'}",
            remedy="Open the page in a browser and look",
        )


class Browser:
    """Opens pages and presses buttons. Each browser has cookies of its own."""

    def __init__(self) -> None:
        self._http = httpx2.Client(timeout=WAIT_SECONDS, headers={"accept": "text/html"})

    def __enter__(self) -> Self:
        """Use it for the length of a `with` block."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Close its connections."""
        self._http.close()

    def open(self, url: str) -> Page:
        """Open an address and follow where it leads."""
        return self._followed(self._http.get(url))

    def press(self, page: Page, form: Form, **changes: str) -> Page:
        """Send a form with some of its fields filled in, and follow where it leads."""
        url = urljoin(page.url, form.action)
        return self._followed(self._http.request(form.method, url, data={**form.fields, **changes}))

    def press_only(self, page: Page, form: Form, **changes: str) -> str:
        """Send a form and give the address it leads to, without going there."""
        url = urljoin(page.url, form.action)
        answer = self._http.request(form.method, url, data={**form.fields, **changes})
        return urljoin(url, answer.headers.get("location", ""))

    def _followed(self, answer: httpx2.Response) -> Page:
        for _ in range(HOPS_MAX):
            if not answer.is_redirect:
                break
            answer = self._http.get(urljoin(str(answer.url), answer.headers["location"]))
        return Page(str(answer.url), answer.status_code, answer.text)


class _FormReader(HTMLParser):
    """Collects the forms of a page with the values that they would send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in a form or a field of the last one."""
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(said.get("action", ""), said.get("method", "get").upper()))
        elif tag == "input" and self.forms and said.get("name"):
            chosen = said.get("type") not in ("radio", "checkbox") or "checked" in said
            if chosen:
                self.forms[-1].fields[said["name"]] = said.get("value", "")
