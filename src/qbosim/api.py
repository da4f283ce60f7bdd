"""The Accounting API behind the door: every call under `/v3/company/{realm}/` that has passed it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from qbosim import batch, faults, uploads
from qbosim.books import applications, ledger, movements
from qbosim.cdc import run_change_feed
from qbosim.clock import Clock
from qbosim.entities.attachable import ATTACHABLE
from qbosim.entities.catalogue import BY_NAME, ENTITIES, find_entity
from qbosim.entities.entity import Entity
from qbosim.entities.paper import as_pdf
from qbosim.entities.tax_service import create_tax_code
from qbosim.entities.writing import update
from qbosim.jsontext import dumps
from qbosim.moments import stamp_millis
from qbosim.query.select import Room, run_query
from qbosim.records.company import SCHEMA as COMPANY_SCHEMA
from qbosim.records.company import Company
from qbosim.records.files import SCHEMA as FILES_SCHEMA
from qbosim.reports.catalogue import run_report
from qbosim.routes import change, deliver, include_words, read, read_json, verb_of
from qbosim.rules import Topic, assumed, documented, recorded
from qbosim.store import Database, Store
from qbosim.wire import Request, Response
from qbosim.xmlanswers import in_asked_form
from qbosim.xmlbodies import as_json, is_xml

RULES = Topic(
    "Requests",
    documented(
        "requests.request_id",
        "A write that comes again with the same requestid is answered with the first answer's bytes and does nothing.",
        "Intuit's documentation of request ids",
    ),
    assumed(
        "requests.refused_again",
        "A refused write is not kept: the same requestid may try again, and how long the others are kept is for ever.",
        "Intuit speaks of work done twice, which a refusal is not, and names no time",
    ),
    documented(
        "requests.request_id_length",
        "A requestid of more than 50 characters is refused with 2130; an empty one counts as none.",
        "Intuit's documentation of request ids and error codes; an empty one in sandbox traffic (minimul/qbo_api)",
    ),
    recorded(
        "requests.no_address",
        "An address that is none is refused with 400 and code 500, not with 404.",
        "sandbox traffic (minimul/qbo_api, error/500)",
    ),
    documented(
        "requests.minor_version",
        "Whatever minorversion says, 75 is served.",
        "Intuit's announcement of January 2025: versions below 75 are ignored",
    ),
    assumed(
        "requests.head",
        "HEAD answers the headers of GET; a method that no address knows is refused like an address that is none.",
        "servers of Intuit's kind do the first by themselves; the second has one shape of refusal for both",
    ),
    assumed(
        "requests.hostile",
        "A body that cannot be read is refused with 2010, and no request at all with 500.",
        "a mistake of the client's is a ValidationFault everywhere in Intuit's documentation",
    ),
)

SCHEMA = (
    COMPANY_SCHEMA
    + FILES_SCHEMA
    + ledger.SCHEMA
    + applications.SCHEMA
    + movements.SCHEMA
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
        self,
        store: Store,
        clock: Clock,
        *,
        noticed: Callable[[Company], None] | None = None,
        base_url: Callable[[Request], str] = lambda request: (
            f"http://{request.headers.get('host', 'localhost')}"
        ),
        change_feed_days: Callable[[], int] = lambda: 0,
    ) -> None:
        """`noticed` is told, inside its transaction, of each call that changed something (`Company.changes`).

        `base_url` answers the address under which a client reached the simulator; files are fetched from there.
        `change_feed_days` answers how many days ago a change feed may start; 0 for any time.
        """
        self._store = store
        self._base_url = base_url
        self._clock = clock
        self._noticed = noticed
        self._feed_days = change_feed_days
        ensure_schema(store)

    def answer(
        self, realm: str, request: Request, *, user: str, meddle: batch.Meddler | None = None
    ) -> Response:
        """Answer one call of `user` (a display name, which stale object errors show) for the company `realm`.

        `meddle` is asked before each item of a batch whether something goes wrong with it. A client's mistake
        is answered with Intuit's fault, never raised.
        """
        now = self._clock.now()
        try:
            call = _Call(
                self._store, realm, _in_json(request), user, now, self._noticed, meddle, self._feed_days()
            )
            response = call.answer()
        except faults.Fault as fault:
            response = fault.response(now)
        response = uploads.with_addresses(response, realm, self._base_url(request), now)
        return in_asked_form(request, response)

    def fetch(self, request: Request) -> Response | None:
        """Answer a request to a file's temporary address, which needs no token; None for any other address."""
        now = self._clock.now()
        with self._store.transaction() as db:
            return uploads.fetch(
                request, now, lambda realm: Company(db, realm, now=now, user="", entities=BY_NAME)
            )

    def edit(self, realm: str, entity: str, identity: str, change: Mapping[str, Any], *, user: str) -> bool:
        """Change a record as `user` does inside QuickBooks, while an app works on it too.

        `change` holds properties and their new values; without one, or when the books refuse it, the record is saved
        as it is, which moves its SyncToken all the same. Answers whether there was such a record.
        """
        declared = find_entity(entity)
        number = None if declared is None else declared.id_number(identity)
        if declared is None or number is None:
            return False
        with self._store.transaction() as db:
            call = _Call(self._store, realm, Request("POST", ""), user, self._clock.now(), self._noticed)
            return call.edit(db, declared, number, change)


class _Call:
    def __init__(
        self,
        store: Store,
        realm: str,
        request: Request,
        user: str,
        now: datetime,
        noticed: Callable[[Company], None] | None,
        meddle: batch.Meddler | None = None,
        feed_days: int = 0,
    ) -> None:
        self._store = store
        self._realm = realm
        self._request = request
        self._user = user
        self.now = now
        self._noticed = noticed
        self._meddle = meddle
        self._feed_days = feed_days

    def answer(self) -> Response:
        request = self._request
        if request.method == "HEAD":
            request = replace(request, method="GET")
        parts = [part for part in request.path.split("/") if part]
        place = parts[3:]
        if parts[:2] != ["v3", "company"] or not place:
            raise faults.no_such_address(request.path)
        key = _request_id(request.query.get("requestid", ""))
        name = place[0].lower()
        if name == "query" and len(place) == 1 and request.method in ("GET", "POST"):
            return self._query()
        if name == "cdc" and len(place) == 1 and request.method == "GET":
            return self._do(
                lambda company: f'"CDCResponse":{run_change_feed(company, request.query, self._feed_days)}'
            )
        if name == "batch" and len(place) == 1 and request.method == "POST":
            return self._batch(key)
        if name == "reports" and len(place) == 2 and request.method == "GET":
            return self._report(place[1])
        if (
            name == "taxservice"
            and request.method == "POST"
            and [part.lower() for part in place[1:]] == ["taxcode"]
        ):
            return self._set_up_tax(key)
        if name == "upload" and len(place) == 1 and request.method == "POST":
            return self._upload(key)
        if name == "download" and len(place) == 2 and request.method == "GET":
            return self._download(place[1])
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

    def edit(self, db: Database, entity: Entity, number: int, change: Mapping[str, Any]) -> bool:
        """Change a record, or save it as it is."""
        record = self._company(db).find(entity.name, number)
        if record is None:
            return False
        company = self._company(db)
        if change:
            named = {"Id": entity.id_text(number), "SyncToken": str(record.token), "sparse": True, **change}
            try:
                with self._store.transaction():
                    update(company, entity, named)
            except faults.Fault:
                company = self._company(db)  # nothing of the refused change is left in it
        if not company.changes:
            company.save(record, dict(record.body))
        self._notice(company)
        return True

    def _query(self) -> Response:
        request = self._request
        text = request.query.get("query")
        if text is None and request.method == "POST":
            text = request.body.decode("utf-8", "replace")
        return self._do(lambda company: f'"QueryResponse":{run_query(company, text or "")}')

    def _report(self, name: str) -> Response:
        with self._store.transaction() as db:
            company = self._company(db)
            self._company_or_fault(company)
            return _ok(run_report(company, name, self._request.query))

    def _change(self, entity: Entity, key: str) -> Response:
        verb = verb_of(self._request.query)
        raw = read_json(self._request.body)
        return self._do(lambda company: _member(entity, change(company, entity, verb, raw)), key)

    def _batch(self, key: str) -> Response:
        items = batch.read_items(read_json(self._request.body))
        room = Room(batch.MOST_OBJECTS)
        with self._store.transaction() as db:
            self._company_or_fault(self._company(db))

        def meddle(item: batch.Item) -> batch.Trouble | None:
            return None if self._meddle is None else self._meddle(item.call(self._realm))

        def do(item: batch.Item) -> str:
            item_key = item.key(key)
            with self._store.transaction() as inner:
                known = self._replayed(inner, item_key)
                if known is not None:
                    return known
                company = self._company(inner, item.options)
                members = item.run(company, self._feed_days, room)
                self._notice(company)
                self._remember(inner, item_key, members)
                return members

        answers = batch.run_batch(items, do, meddle)
        return _ok(f'{{"BatchItemResponse":{answers},"time":"{stamp_millis(self.now)}"}}')

    def _set_up_tax(self, key: str) -> Response:
        if is_xml(self._request):
            raise faults.unsupported("XML on TaxService")
        raw = read_json(self._request.body)
        return self._do(lambda company: dumps(create_tax_code(company, raw)).decode()[1:-1], key)

    def _upload(self, key: str) -> Response:
        """Keep the files of an upload; what is wrong with one is told inside its answer (recorded)."""
        files = uploads.read_uploads(self._request)

        def keep(company: Company) -> str:
            return f'"AttachableResponse":[{",".join(self._attached(company, upload) for upload in files)}]'

        return self._do(keep, key)

    def _attached(self, company: Company, upload: uploads.Upload) -> str:
        try:
            with self._store.transaction():
                return f"{{{_member(ATTACHABLE, uploads.attach(company, upload).text)}}}"
        except faults.Fault as fault:
            return f'{{"Fault":{dumps(fault.as_object()).decode()}}}'

    def _download(self, identity: str) -> Response:
        with self._store.transaction() as db:
            company = self._company(db)
            self._company_or_fault(company)
            return uploads.download(company, identity)

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

    def _company(self, db: Database, include: frozenset[str] = frozenset()) -> Company:
        return Company(db, self._realm, now=self.now, user=self._user, entities=BY_NAME, include=include)

    def _notice(self, company: Company) -> None:
        if self._noticed is not None and company.changes:
            self._noticed(company)

    def _company_or_fault(self, company: Company) -> None:
        if not company.exists():
            raise faults.not_found()

    def _replayed(self, db: Database, key: str) -> str | None:
        if not key:
            return None
        row = db.execute("SELECT body FROM replay WHERE realm = ? AND key = ?", (self._realm, key)).fetchone()
        return None if row is None else str(row[0])

    def _remember(self, db: Database, key: str, body: str) -> None:
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
