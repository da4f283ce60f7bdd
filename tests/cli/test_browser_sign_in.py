"""Connecting with a browser: the printed address, Intuit's consent, and the way back to this machine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from tests.cli.conftest import Intuit
from tieout.cli.callback import Answer, Listener
from tieout.connections.apps import save_app
from tieout.connections.companies import list_companies
from tieout.connections.oauth import begin_connection, finish_connection
from tieout.kit.clock import ManualClock, SystemClock
from tieout.kit.crypto import Secret
from tieout.kit.errors import Invalid, NotAllowed, NotFound, TieoutError
from tieout.security.callers import owner
from tieout.wiring import TENANT, Settings, build


class Waiting:
    """A listener that waits in a thread."""

    def __init__(self, finish: Callable[[Answer], str], *, seconds: float = 20) -> None:
        self.listener = Listener(0)
        self.ended: list[BaseException | None] = []
        self.address = self.listener.redirect_uri.replace("localhost", "127.0.0.1")
        self._thread = threading.Thread(target=self._wait, args=(finish, seconds))
        self._thread.start()

    def _wait(self, finish: Callable[[Answer], str], seconds: float) -> None:
        try:
            self.listener.wait(state="right", clock=SystemClock(), seconds=seconds, finish=finish)
            self.ended.append(None)
        except TieoutError as error:
            self.ended.append(error)

    def end(self) -> BaseException | None:
        """Wait for the end and give what was raised."""
        self._thread.join(timeout=30)
        return self.ended[0]


def test_a_sign_in_at_intuits_page_ends_with_a_connected_company(tmp_path: Path, intuit: Intuit) -> None:
    edges = build(Settings(home=tmp_path))
    caller = owner(TENANT, "cli")
    save_app(
        edges,
        caller,
        environment="production",
        client_id=intuit.simulator.client_id,
        client_secret=Secret(intuit.simulator.client_secret),
    )
    listener = Listener(0)
    session = Secret(edges.ids.token())
    started = begin_connection(
        edges,
        caller,
        environment="production",
        redirect_uri=listener.redirect_uri,
        session=session,
    )

    def finish(answer: Answer) -> str:
        return finish_connection(
            edges,
            caller,
            state=Secret(started.state),
            session=session,
            code=Secret(answer.code),
            realm_id=answer.realm_id,
        ).name

    pages: list[str] = []
    person = threading.Thread(target=lambda: pages.append(consent(started.url)))
    person.start()
    listener.wait(state=started.state, clock=edges.clock, seconds=20, finish=finish)
    person.join()
    company = list_companies(edges, caller)[0]
    assert company.realm_id == intuit.simulator.realm_id
    assert company.status == "connected"
    assert company.name in pages[0]
    edges.http.close()
    edges.database.close()


def consent(url: str) -> str:
    """Press Connect on Intuit's page, and follow the browser back."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    answer = httpx2.post(
        url.split("?")[0], data={**query, "decision": "connect", **realm_of(httpx2.get(url).text)}
    )
    assert answer.status_code in (302, 303), answer.text
    return httpx2.get(answer.headers["location"]).text


def realm_of(page: str) -> dict[str, str]:
    import re

    found = re.search(r'name="realmId" value="(\d+)"', page)
    return {"realmId": found[1]} if found else {}


def test_others_who_knock_neither_end_the_waiting_nor_see_anything() -> None:
    taken: list[Answer] = []

    def finish(answer: Answer) -> str:
        taken.append(answer)
        return "A company is connected."

    waiting = Waiting(finish)
    address = waiting.address
    assert httpx2.get(address.replace("/oauth/callback", "/favicon.ico")).status_code == 404
    assert httpx2.get(address, params={"state": "wrong", "code": "x", "realmId": "1"}).status_code == 403
    assert httpx2.get(address, params={"error": "access_denied"}).status_code == 403
    evil = httpx2.get(
        address, params={"state": "right", "code": "x", "realmId": "1"}, headers={"host": "evil.example"}
    )
    assert evil.status_code == 404
    assert taken == []
    good = httpx2.get(address, params={"state": "right", "code": "c", "realmId": "1"})
    assert "A company is connected." in good.text
    assert waiting.end() is None
    assert taken == [Answer("c", "1")]


@pytest.mark.parametrize(
    ("params", "kind"),
    [
        ({"error": "access_denied"}, NotAllowed),
        ({"error": "invalid_scope<script>"}, Invalid),
        ({"code": "c"}, Invalid),
        ({"realmId": "1"}, Invalid),
    ],
)
def test_a_declined_or_incomplete_answer_ends_with_what_to_do(
    params: dict[str, Any], kind: type[TieoutError]
) -> None:
    waiting = Waiting(lambda _answer: "never")
    page = httpx2.get(waiting.address, params={"state": "right", **params})
    assert "<script>" not in page.text
    error = waiting.end()
    assert isinstance(error, kind)
    assert error.remedy


def test_what_stops_the_finishing_is_told_in_the_browser_and_in_the_terminal() -> None:
    def finish(_answer: Answer) -> str:
        raise NotFound("There is no such company", record="x", reason="y", remedy="Choose another")

    waiting = Waiting(finish)
    page = httpx2.get(waiting.address, params={"state": "right", "code": "c", "realmId": "1"})
    assert page.status_code == 404
    assert "Choose another" in page.text
    assert isinstance(waiting.end(), NotFound)


def test_the_waiting_ends_by_itself() -> None:
    from datetime import UTC, datetime

    class Hurried(ManualClock):
        def now(self) -> datetime:
            self.sleep(400)
            return super().now()

    listener = Listener(0)
    clock = Hurried(datetime(2026, 3, 2, tzinfo=UTC))
    with pytest.raises(Invalid, match="Nobody came back"):
        listener.wait(state="right", clock=clock, seconds=600, finish=lambda _answer: "")


def test_a_port_that_is_taken_is_named() -> None:
    taken = Listener(0)
    with pytest.raises(Invalid) as refused:
        Listener(int(urlsplit(taken.redirect_uri).port or 0))
    assert "--callback-port" in refused.value.remedy
    taken.close()
