"""The Accounting API behind the door: every call under `/v3/company/{realm}/` that has passed it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from qbosim import batch, faults
from qbosim.books import ledger, settlement
from qbosim.cdc import run_change_feed
from qbosim.clock import Clock
from qbosim.entities.catalogue import BY_NAME, ENTITIES, find_entity
from qbosim.entities.entity import Entity
from qbosim.entities.paper import as_pdf
from qbosim.moments import stamp_millis
from qbosim.query.select import run_query
from qbosim.records.company import SCHEMA as COMPANY_SCHEMA
from qbosim.records.company import Company
from qbosim.routes import change, deliver, include_words, read, read_json, verb_of
from qbosim.store import Store
from qbosim.wire import Request, Response
from qbosim.xmlanswers import in_asked_form
from qbosim.xmlbodies import as_json, is_xml

SCHEMA = (
    COMPANY_SCHEMA
    + ledger.SCHEMA
    + settlement.SCHEMA
    + """
CREATE TABLE IF NOT EXISTS replay (realm TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (realm, key)) WITHOUT ROWID;
"""
    + "".join(entity.schema_sql() for entity in ENTITIES)
)

_LONGEST_REQUEST_ID = 50
_JSON = (("Content-Type", "application/json;charset=utf-8"), ("QBO-Version", "1988.128"))


def ensure_schema(store: Store) -> None:
    """Make the tables that companies live in."""
    store.ensure(SCHEMA)


class Api:
    """Answers Accounting API calls from the books in a `Store`."""

    def __init__(
        self, store: Store, clock: Clock, *, noticed: Callable[[Company], None] | None = None
    ) -> None:
        """`noticed` is told, inside its transaction, of each call that changed something (`Company.changes`)."""
        self._store = store
        self._clock = clock
        self._noticed = noticed
        ensure_schema(store)

    def answer(self, realm: str, request: Request, *, user: str) -> Response:
        """Answer one call of `user` (a display name, which stale object errors show) for the company `realm`.

        A client's mistake is answered with Intuit's fault, never raised.
        """
        now = self._clock.now()
        try:
            response = _Call(self._store, realm, _in_json(request), user, now, self._noticed).answer()
        except faults.Fault as fault:
            response = fault.response(now)
        return in_asked_form(request, response)


class _Call:
    def __init__(
        self,
        store: Store,
        realm: str,
        request: Request,
        user: str,
        now: datetime,
        noticed: Callable[[Company], None] | None,
    ) -> None:
        self._store = store
        self._realm = realm
        self._request = request
        self._user = user
        self.now = now
        self._noticed = noticed

    def answer(self) -> Response:
        request = self._request
        parts = [part for part in request.path.split("/") if part]
        place = parts[3:]
        if parts[:2] != ["v3", "company"] or not place:
            raise faults.no_such_address(request.path)
        key = _request_id(request.query.get("requestid", ""))
        name = place[0].lower()
        if name == "query" and len(place) == 1 and request.method in ("GET", "POST"):
            return self._query()
        if name == "cdc" and len(place) == 1 and request.method == "GET":
            return self._do(lambda company: f'"CDCResponse":{run_change_feed(company, request.query)}')
        if name == "batch" and len(place) == 1 and request.method == "POST":
            return self._batch(key)
        entity = find_entity(name)
        if entity is None:
            raise faults.no_such_address(request.path)
        if request.method == "POST" and len(place) == 1:
            return self._change(entity, key)
        if request.method == "POST" and len(place) == 3 and place[2].lower() == "send":
            address = request.query.get("sendTo")
            return self._do(lambda company: _member(entity, deliver(company, entity, place[1], address).text))
        if request.method == "GET" and len(place) == 3 and place[2].lower() == "pdf":
            return self._pdf(entity, place[1])
        asked = entity.asked
        if request.method == "GET" and len(place) == 1 and asked is not None:
            return self._do(lambda company: _member(entity, asked(company, request.query)))
        if request.method == "GET" and (len(place) == 2 or (entity.single and len(place) == 1)):
            identity = place[1] if len(place) == 2 else ""
            return self._do(lambda company: _member(entity, read(company, entity, identity).text))
        raise faults.no_such_address(request.path)

    def _query(self) -> Response:
        request = self._request
        text = request.query.get("query")
        if text is None and request.method == "POST":
            text = request.body.decode("utf-8", "replace")
        if not text or not text.strip():
            raise faults.query_unparsable("null")
        return self._do(lambda company: f'"QueryResponse":{run_query(company, text)}')

    def _change(self, entity: Entity, key: str) -> Response:
        verb = verb_of(self._request.query)
        raw = read_json(self._request.body)
        return self._do(lambda company: _member(entity, change(company, entity, verb, raw)), key)

    def _batch(self, key: str) -> Response:
        items = batch.read_items(read_json(self._request.body))
        with self._store.transaction() as db:
            self._company_or_fault(self._company(db))

        def do(item: batch.Item) -> str:
            item_key = f"{key}{item.identity or ''}" if key and item.writes else ""
            with self._store.transaction() as inner:
                known = self._replayed(inner, item_key)
                if known is not None:
                    return known
                company = self._company(inner, item.options)
                members = item.run(company)
                self._notice(company)
                self._remember(inner, item_key, members)
                return members

        return _ok(f'{{"BatchItemResponse":{batch.run_batch(items, do)},"time":"{stamp_millis(self.now)}"}}')

    def _pdf(self, entity: Entity, identity: str) -> Response:
        with self._store.transaction() as db:
            company = self._company(db)
            self._company_or_fault(company)
            body = as_pdf(company, entity, company.need(entity.name, identity))
        return Response(200, body, (("Content-Type", "application/pdf"),))

    def _do(self, work: Callable[[Company], str], key: str = "") -> Response:
        """Run `work` in a transaction; with a request id, answer a repeated call with the first one's bytes."""
        with self._store.transaction() as db:
            known = self._replayed(db, key)
            if known is not None:
                return _ok(known)
            company = self._company(db, include_words(self._request.query))
            self._company_or_fault(company)
            body = f'{{{work(company)},"time":"{stamp_millis(self.now)}"}}'
            self._notice(company)
            self._remember(db, key, body)
        return _ok(body)

    def _company(self, db: sqlite3.Connection, include: frozenset[str] = frozenset()) -> Company:
        return Company(db, self._realm, now=self.now, user=self._user, entities=BY_NAME, include=include)

    def _notice(self, company: Company) -> None:
        if self._noticed is not None and company.changes:
            self._noticed(company)

    def _company_or_fault(self, company: Company) -> None:
        if not company.exists():
            raise faults.not_found()

    def _replayed(self, db: sqlite3.Connection, key: str) -> str | None:
        if not key:
            return None
        row = db.execute("SELECT body FROM replay WHERE realm = ? AND key = ?", (self._realm, key)).fetchone()
        return None if row is None else str(row[0])

    def _remember(self, db: sqlite3.Connection, key: str, body: str) -> None:
        """Keep what a call answered. Only work that was done is kept: a refused call did none (assumed)."""
        if key:
            db.execute("INSERT INTO replay VALUES (?, ?, ?)", (self._realm, key, body))


def _in_json(request: Request) -> Request:
    """The request with an XML body read into JSON. Raises 2010 when the body is not about its address."""
    place = (request.path.split("/") + [""] * 5)[4].lower()
    if not is_xml(request) or place == "query":
        return request
    name, body = as_json(request.body)
    if not name.lower().startswith(place):
        raise faults.unreadable()
    return replace(request, body=body)


def _request_id(text: str) -> str:
    """The request id of a call; an empty one counts as none (recorded)."""
    if len(text) > _LONGEST_REQUEST_ID:
        raise faults.bad_request_id()
    return text


def _member(entity: Entity, text: str) -> str:
    return f'"{entity.name}":{text}'


def _ok(body: str) -> Response:
    return Response(200, body.encode(), _JSON)
