"""One request to the console: who asks, what the form says, and the doors through which everything is done.

The console has no way of its own to change anything. Books are changed by the accounting API, as the person named in
the console, and the simulator by its control plane; both refuse in their own words, which become a `Trouble` here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import parse_qs

from qbosim.api import Api
from qbosim.clock import Clock
from qbosim.console.trouble import Trouble, refusal
from qbosim.jsontext import dumps, loads
from qbosim.moments import today_in
from qbosim.realms import Realm
from qbosim.store import Store
from qbosim.wire import Request, Response

ROOT = "/qbosim/console"


class Simulated(Protocol):
    """What the console shows and acts on."""

    store: Store
    clock: Clock

    @property
    def api(self) -> Api:
        """The books' own door."""
        ...

    def base_url(self, request: Request) -> str:
        """The address under which the asker reaches the simulator."""
        ...

    def companies(self) -> list[Realm]:
        """All companies, the first one first."""
        ...

    def answer(self, request: Request) -> Response:
        """Answer any request."""
        ...


@dataclass
class Visit:
    """A request to the console with what its pages need."""

    simulator: Simulated
    request: Request
    person: str
    """The display name under which the visitor changes books."""
    token: str
    """What a form must bring along, so that no other site's form counts."""
    place: tuple[str, ...]
    """The path below the console's root, in parts."""
    form: Mapping[str, Sequence[str]] = field(default_factory=dict)
    notice: str = ""
    """What the page before this one wants said."""

    @property
    def query(self) -> Mapping[str, str]:
        """The parameters of the address."""
        return self.request.query

    @property
    def now(self) -> datetime:
        """The simulated instant."""
        return self.simulator.clock.now()

    @property
    def today(self) -> str:
        """Today's date on the US west coast, where a company's days begin unless it says otherwise."""
        return today_in("America/Los_Angeles", self.now).isoformat()

    @property
    def key(self) -> str:
        """What names this very press of a button: the same for a second press, another one for other contents."""
        return hashlib.sha256(
            "\0".join((self.request.path, str(self.request.query), self.person)).encode() + self.request.body
        ).hexdigest()[:40]

    def said(self, name: str, default: str = "") -> str:
        """One field of the form, without blanks around it."""
        values = self.form.get(name)
        return values[-1].replace("\r\n", "\n").strip() if values else default

    def every(self, name: str) -> list[str]:
        """All fields of that name, in their order."""
        return [value.strip() for value in self.form.get(name, ())]

    def ticked(self, name: str) -> bool:
        """Whether a box is ticked."""
        return bool(self.said(name))

    def company(self, realm: str) -> Realm:
        """The company with that realm id. Raises Trouble (404) when there is none."""
        for each in self.simulator.companies():
            if each.realm == realm:
                return each
        raise Trouble(
            "There is no such company",
            which=f"realm {realm}",
            why="This simulator does not have it, or has been reset since.",
            remedy="Go to Companies and choose one.",
            status=404,
        )

    def read(self, realm: str, place: str, **query: str) -> Any:
        """Read from the accounting API; amounts come as Decimal. Raises Trouble for a fault."""
        return loads(self._asked("GET", realm, place, query, b"", "This cannot be shown").body)

    def raw(self, realm: str, place: str) -> Response:
        """The API's answer as it is. Raises Trouble for a fault."""
        return self._asked("GET", realm, place, {}, b"", "This cannot be shown")

    def select(self, realm: str, text: str) -> dict[str, Any]:
        """Run a query; answers its QueryResponse."""
        answer: dict[str, Any] = self.read(realm, "query", query=text)["QueryResponse"]
        return answer

    def rows(self, realm: str, entity: str, rest: str = "") -> list[dict[str, Any]]:
        """The records that a query finds."""
        found: list[dict[str, Any]] = self.select(realm, f"select * from {entity} {rest}").get(entity, [])
        return found

    def write(
        self, realm: str, entity: str, body: Any, failed: str, /, place: str = "", **query: str
    ) -> dict[str, Any]:
        """Change the books; a second press of the same button is answered with the first one's answer.

        `failed` says what did not happen, for the Trouble that a fault becomes.
        """
        wish = {**query, "requestid": self.key}
        address = place or entity.lower()
        answered = loads(self._asked("POST", realm, address, wish, dumps(body), failed).body)
        answer: dict[str, Any] = answered[entity]
        return answer

    def control(self, method: str, door: str, body: Any = None, **query: str) -> Any:
        """Use a door of the control plane. Raises Trouble when it refuses."""
        content = b"" if body is None else dumps(body)
        response = self.simulator.answer(
            Request(method, f"/qbosim{door}", query, self.request.headers, content)
        )
        answer = loads(response.body)
        if response.status != 200:
            raise Trouble(**answer["error"], status=response.status)
        return answer

    def _asked(
        self, method: str, realm: str, place: str, query: Mapping[str, str], body: bytes, failed: str
    ) -> Response:
        headers = {"accept": "application/json", "content-type": "application/json"}
        if "host" in self.request.headers:
            headers["host"] = self.request.headers["host"]
        response = self.simulator.api.answer(
            realm,
            Request(method, f"/v3/company/{realm}/{place}", query, headers, body),
            user=self.person,
        )
        if response.status != 200:
            raise refusal(failed, response)
        return response


def quoted(text: str) -> str:
    """A text as it stands in a query, quotes included."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def read_form(request: Request) -> dict[str, list[str]]:
    """Read a posted form; fields may come more than once. Raises ValueError for more than a form may hold."""
    return parse_qs(request.body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=5_000)
