"""A bookkeeper of one company, and a watch on how soon what they change is in the mirror."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

import httpx2

from tests.processes.programs import Programs
from tieout.edges import Edges
from tieout.kit.errors import Unreachable

COMPARED = ("Customer", "Item", "Invoice", "Payment")
"""The entities whose mirror is compared with the books record by record."""
BATCH = 30
"""How many things Intuit takes in one call."""


class Bookkeeper:
    """Somebody who works in one company of the simulator, with an app of their own: our throttle is not theirs."""

    def __init__(self, programs: Programs, realm: str, client: str) -> None:
        self._programs = programs
        self._app = {"realm_id": realm, "client_id": client}
        self._token = "none yet"
        self.realm = realm

    def write(self, entity: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """Write a record and give it as it is then; None when it moved meanwhile and is left alone."""
        answer = self._asked("POST", entity, json=body)
        assert answer.status_code in (200, 400), answer.text
        if answer.status_code == 400:
            return None
        found: dict[str, Any] = answer.json()[entity.capitalize()]
        return found

    def everything(self, entity: str) -> list[dict[str, Any]]:
        """Give all records of an entity, page by page, inactive names too."""
        found: list[dict[str, Any]] = []
        where = " where Active in (true, false)" if entity in ("Customer", "Item") else ""
        while True:
            start = len(found) + 1
            statement = f"select * from {entity}{where} orderby Id startposition {start} maxresults 1000"
            answer = self._asked("GET", "query", params={"query": statement}).raise_for_status()
            page = answer.json()["QueryResponse"].get(entity, [])
            found += page
            if len(page) < 1000:
                return found

    def page(self, entity: str, start: int, fields: str = "Id, SyncToken") -> list[dict[str, Any]]:
        """Give some fields of a thousand records, from a position on."""
        statement = f"select {fields} from {entity} orderby Id startposition {start} maxresults 1000"
        answer = self._asked("GET", "query", params={"query": statement}).raise_for_status()
        found: list[dict[str, Any]] = answer.json()["QueryResponse"].get(entity, [])
        return found

    def together(self, items: list[dict[str, Any]]) -> int:
        """Write many things, thirty to a call, and count what was not refused. An item lacks its `bId` only."""
        taken = 0
        for first in range(0, len(items), BATCH):
            batch = [{"bId": str(place), **one} for place, one in enumerate(items[first : first + BATCH])]
            answer = self._asked("POST", "batch", json={"BatchItemRequest": batch}).raise_for_status()
            taken += sum("Fault" not in one for one in answer.json()["BatchItemResponse"])
        return taken

    def _asked(self, method: str, what: str, **options: Any) -> httpx2.Response:
        path = f"/v3/company/{self.realm}/{what}"
        while True:
            headers = {"authorization": f"Bearer {self._token}", "accept": "application/json"}
            answer = self._programs.http.request(method, path, headers=headers, **options)
            if answer.status_code == 401:
                granted = self._programs.http.post("/qbosim/grant", json=self._app).raise_for_status()
                self._token = granted.json()["access_token"]
            elif answer.status_code == 429:
                time.sleep(1)
            else:
                return answer


def differing(edges: Edges, company: str, books: Bookkeeper) -> list[str]:
    """Compare a company's mirror with its books, record by record; gives what is not the same."""
    wrong: list[str] = []
    for entity in COMPARED:
        there = {one["Id"]: one["SyncToken"] for one in books.everything(entity)}
        with edges.database.reading() as work:
            kept = {one: work.records.get(company, entity, one) for one in there}
            extra = work.records.ids(company, entity) - set(there)
        here = {one: record.sync_token for one, record in kept.items() if record is not None}
        wrong += [
            f"{company} {entity} {one}: SyncToken {token} there, {here.get(one)} here"
            for one, token in there.items()
            if here.get(one) != token
        ]
        wrong += [f"{company} {entity} {one} is here only" for one in extra]
    return wrong


@dataclass
class Awaited:
    """A change that was made in the books."""

    company: str
    entity: str
    qbo_id: str
    sync_token: int
    since: float
    took: float | None = None
    """Seconds until the mirror had it; None while it has not."""


class Watch:
    """Looks, five times a second, which of the changes made in the books are in the mirror by now."""

    def __init__(self, edges: Edges) -> None:
        self._edges = edges
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self.made: list[Awaited] = []
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._thread.start()

    def expect(self, company: str, entity: str, body: dict[str, Any]) -> None:
        """Wait for a record as it is now."""
        made = Awaited(company, entity, body["Id"], int(body["SyncToken"]), time.monotonic())
        with self._lock:
            self.made.append(made)

    def waiting(self) -> list[Awaited]:
        """List what is not here yet."""
        with self._lock:
            return [one for one in self.made if one.took is None]

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(0.2):
            waiting = self.waiting()
            if not waiting:
                continue
            try:
                with self._edges.database.reading() as work:
                    here = [work.records.get(one.company, one.entity, one.qbo_id) for one in waiting]
            except Unreachable:
                continue  # the database is being restarted
            now = time.monotonic()
            for one, record in zip(waiting, here, strict=True):
                if record is not None and int(record.sync_token) >= one.sync_token:
                    one.took = now - one.since
