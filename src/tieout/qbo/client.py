"""One company's books over Intuit's API: read, count, follow, write, in batches or one by one; reports and files.

A call ends in what was asked for or in an error of the tree that says what happens next. Reads are tried
again here a few times; writes never: whoever writes decides, since only the caller can find out whether a
write whose answer was lost was carried out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote

import httpx2
import msgspec

from tieout.domain.seen import Gone
from tieout.kit.backoff import Chance, even
from tieout.kit.clock import Clock
from tieout.kit.errors import Rejected
from tieout.qbo import asks, rereading
from tieout.qbo.batch import BatchItem, BatchQuery, End, Found, outcomes
from tieout.qbo.call import Ask, Bearer, Call, Caller, Journal, Reply, Watch, asked_of, inside, server_time_of
from tieout.qbo.changes import changes_from
from tieout.qbo.company_info import CompanyInfo, Preferences, company_info_from, preferences_from
from tieout.qbo.entities import Can, by_name
from tieout.qbo.faults import NOT_FOUND, no_answer
from tieout.qbo.files import PRINTED, File, address_of, pdf_of, upload_body, uploaded
from tieout.qbo.heads import decoded, heads_of
from tieout.qbo.query import ACTIVE_AND_NOT, PAGE_MAX, both, counted, select
from tieout.qbo.record import Changes, Page, Record, Unread, total_of
from tieout.qbo.reports import Report, report_from
from tieout.qbo.throttle import Throttle, Unthrottled

__all__ = [
    "BatchItem",
    "BatchQuery",
    "Bearer",
    "Books",
    "Call",
    "Changes",
    "CompanyInfo",
    "File",
    "Found",
    "Page",
    "Preferences",
    "Record",
    "Report",
]

T = TypeVar("T")


class Books:
    """The API of one company."""

    def __init__(
        self,
        http: httpx2.Client,
        *,
        api_base: str,
        realm_id: str,
        bearer: Bearer,
        clock: Clock,
        throttle: Throttle | None = None,
        chance: Chance = even,
        may_write: bool = True,
        journal: Journal | None = None,
        on_call: Callable[[Call], None] | None = None,
        before_write: Callable[[], None] | None = None,
    ) -> None:
        """Open the books; nothing is called yet.

        `bearer` gives the access token and renews it when Intuit refuses it; `throttle` says when it is a call's
        turn (without one, at once); `chance` varies the waits between tries. Without `may_write` every write is
        refused with NotAllowed before anything is sent. `journal` writes down what calls cost and which failed:
        each at once, or in bulk while the books are used as a context. `on_call` hears of every call, also of
        those that failed; `before_write` is asked right before a write leaves, and what it raises keeps the
        write here.
        """
        root = f"{api_base.rstrip('/')}/v3/company/{quote(realm_id, safe='')}"
        self._realm_id = realm_id
        self._clock = clock
        self._chance = chance
        self._journal = journal
        self._caller = Caller(
            http,
            root,
            bearer,
            clock,
            throttle or Unthrottled(),
            Watch(journal, on_call, before_write),
            may_write=may_write,
        )

    def __enter__(self) -> Books:
        if self._journal is not None:
            self._journal.gather()
        return self

    def __exit__(self, *_: object) -> None:
        if self._journal is not None:
            self._journal.close()

    def __repr__(self) -> str:
        return f"Books({self._realm_id!r})"

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────

    def page(
        self,
        entity: str,
        *,
        start: int,
        size: int = PAGE_MAX,
        where: str = "",
        order: str = "",
        fields: str = "*",
    ) -> Page:
        """Read one page of an entity; one metered read.

        `start` counts from 1; `order` is the entity's own where none is given. Names that were made inactive are
        left out unless `where` asks for them (`query.ACTIVE_AND_NOT`). With `fields` (`Id`) records are shown in
        part only, not to be kept. Raises Unreachable or Throttled after a few tries, ReconnectNeeded, Rejected.
        """
        statement = select(
            entity, where=where, order=order or by_name(entity).order, start=start, size=size, fields=fields
        )

        def read(reply: Reply) -> Page:
            found, time = heads_of(entity).of_answer(reply.body, reply.tid)
            records, unread = _told_apart(found)
            return Page(records, server_time_of(time, reply), unread, reply.took)

        return self._read(asks.query(entity, statement), read)

    def count(self, entity: str, where: str = "") -> int:
        """Count an entity's records; one metered read. Errors as `page`."""

        return self._read(
            asks.query(entity, counted(entity, where), meter="count"), lambda reply: total_of(reply.body)
        )

    def find(self, entity: str, where: str) -> list[Record]:
        """Read all records that fit, inactive names too; a metered read per 1,000. Errors as `page`."""
        if by_name(entity).active_flag and "active" not in where.lower():
            where = both(ACTIVE_AND_NOT, where)
        found: list[Record] = []
        while True:
            page = self.page(entity, start=len(found) + 1, where=where)
            found.extend(page.records)
            if len(page.records) < PAGE_MAX:
                return found

    def read(self, entity: str, qbo_id: str) -> Record | None:
        """Read one record; None when it does not exist (any more). One metered read. Errors as `page`."""
        try:
            record = self._read(asks.one(entity, qbo_id), lambda reply: _written(entity, reply))
        except Rejected as error:
            if error.facts.get("code") == NOT_FOUND:
                return None
            raise
        return record if isinstance(record, Record) else None

    def changes(self, entities: Sequence[str], since: datetime) -> Changes:
        """Read what changed in several entities since a moment; one metered read whatever their number.

        The feed looks back 30 days and shows at most 1,000 objects without saying that there are more:
        `may_be_cut` is then True, and the same window must be read by query. The next call's `since` is
        `server_time` less an overlap, never our own clock. Errors as `page`.
        """
        assert all(Can.FOLLOW in by_name(entity).can for entity in entities), entities
        return self._read(asks.changes(entities, since), changes_from)

    def company_info(self) -> CompanyInfo:
        """Read who the company is, with its home currency; two metered reads. Errors as `page`."""
        preferences = self.preferences()
        ask = asks.one("CompanyInfo", self._realm_id)
        return self._read(ask, lambda reply: company_info_from(inside(reply), preferences.home_currency))

    def preferences(self) -> Preferences:
        """Read how the company is set up, as far as it matters to us; one metered read. Errors as `page`."""
        return self._read(asks.one("Preferences"), lambda reply: preferences_from(inside(reply)))

    def report(self, name: str, params: Mapping[str, str]) -> Report:
        """Read a report, named and asked as Intuit's documentation spells it; one metered read. Errors as `page`.

        Dates are worth giving: what QuickBooks takes without them differs from report to report.
        """
        return self._read(asks.report(name, params), lambda reply: report_from(reply.body, reply.tid))

    def pdf(self, entity: str, qbo_id: str) -> bytes:
        """Read a document as people see it, a PDF; one metered read. Errors as `page`."""
        assert entity in PRINTED, entity
        return self._read(asks.pdf(by_name(entity), qbo_id), pdf_of)

    def download(self, attachable: str) -> bytes:
        """Read the file of an attachable, by its id; one metered read. Errors as `page`."""
        ask = asks.download(attachable)
        return self._caller.fetch(self._read(ask, address_of), ask.what)

    # ── writing ──────────────────────────────────────────────────────────────────────────────────────────

    def create(
        self, entity: str, body: bytes, *, request_id: str, allow_duplicate_number: bool = False
    ) -> Record:
        """Create a record and give it as QuickBooks made it.

        The same `request_id` (at most 50 characters) does the work once and gives the first answer again,
        perhaps that of a record deleted since; for how long, Intuit does not say.

        Raises:
            OutcomeUnknown: it may have been created; look before anything is sent again.
            Unreachable, Throttled: nothing was created.
            Rejected, PeriodClosed, ReconnectNeeded: QuickBooks read it and said no.
        """
        assert Can.CREATE in by_name(entity).can, entity
        include = (("include", "allowduplicatedocnum"),) if allow_duplicate_number else ()
        return self._write_record(entity, "create", body, request_id, include)

    def update(
        self, entity: str, body: bytes, *, request_id: str, allow_duplicate_number: bool = False
    ) -> Record:
        """Update a record, in full or sparsely as the body says. Errors as `create`, and ChangedElsewhere
        when the record moved since the SyncToken in the body."""
        assert Can.UPDATE in by_name(entity).can, entity
        include = (("include", "allowduplicatedocnum"),) if allow_duplicate_number else ()
        return self._write_record(entity, "update", body, request_id, include)

    def void(self, entity: str, qbo_id: str, sync_token: str, *, request_id: str) -> Record:
        """Void a transaction: it stays with amount 0. Errors as `update`."""
        declared = by_name(entity)
        assert Can.VOID in declared.can, f"QuickBooks has no void of {declared.plural} over its API"
        return self._write_record(
            entity, "void", _void_body(qbo_id, sync_token), request_id, declared.void_call
        )

    def delete(self, entity: str, qbo_id: str, sync_token: str, *, request_id: str) -> Gone:
        """Delete a transaction for good. Errors as `update`; Rejected with code 610 when it is gone."""
        declared = by_name(entity)
        assert Can.DELETE in declared.can, f"QuickBooks has no delete of {declared.plural} over its API"
        body = msgspec.json.encode({"Id": qbo_id, "SyncToken": sync_token})
        reply = self._caller.send(
            asks.write(declared, "delete", body, request_id, (("operation", "delete"),))
        )
        gone = self._caller.understood(reply, lambda reply: _written(entity, reply))
        if isinstance(gone, Gone):
            return gone
        raise no_answer(asked_of(reply.ask, 200, reply.tid), "its answer does not say that it was deleted")

    def send(self, entity: str, qbo_id: str, to: str = "") -> Record:
        """Have QuickBooks mail a document, to its customer or to the address that is given. Errors as `create`.

        QuickBooks knows no request id here: whoever does not know the outcome looks at `EmailStatus`.
        """
        assert entity in PRINTED, entity
        return self._written_record(asks.send(by_name(entity), qbo_id, to))

    def upload(self, file: File, *, request_id: str) -> Record:
        """Attach a file to records, and give its attachable. Errors as `create`; Invalid when it is too large."""
        body, content_type = upload_body(file)
        reply = self._caller.send(asks.upload(body, content_type, request_id))
        return self._caller.understood(reply, uploaded)

    def batch(self, items: Sequence[BatchItem | BatchQuery], *, request_id: str = "") -> list[End]:
        """Write up to 30 transactions in one call, or ask queries; each has its own end, in the order of the items.

        Intuit carries items out independently, so none may depend on another. `request_id` (at most 36
        characters) makes each item's work happen once, as in `create`, if the same items come in the same
        order. Each query is a metered read; a batch of nothing but queries is a read and tried again as one.
        Raises what concerns the whole call: OutcomeUnknown, Unreachable, Throttled, ReconnectNeeded.
        """
        ask = asks.batch(items, request_id)
        if not ask.writes:
            return self._read(ask, lambda reply: outcomes(items, reply))
        return self._caller.understood(self._caller.send(ask), lambda reply: outcomes(items, reply))

    # ── calling ──────────────────────────────────────────────────────────────────────────────────────────

    def _write_record(
        self, entity: str, verb: str, body: bytes, request_id: str, params: asks.Params
    ) -> Record:
        return self._written_record(asks.write(by_name(entity), verb, body, request_id, params))

    def _written_record(self, ask: Ask) -> Record:
        reply = self._caller.send(ask)
        record = self._caller.understood(reply, lambda reply: _written(ask.entity, reply))
        if isinstance(record, Record):
            return record
        raise no_answer(asked_of(ask, 200, reply.tid), "its answer shows a deleted record")

    def _read(self, ask: Ask, understand: Callable[[Reply], T]) -> T:
        return rereading.read(self._caller, self._clock, self._chance, ask, understand)


def _told_apart(found: list[Record | Gone | Unread]) -> tuple[tuple[Record, ...], tuple[Unread, ...]]:
    """Tell the records of a page from what is none; nearly every page holds nothing else."""
    if set(map(type, found)) == {Record}:
        return tuple(found), ()  # type: ignore[arg-type]  # as was just looked at
    records = tuple(one for one in found if isinstance(one, Record))
    return records, tuple(one for one in found if isinstance(one, Unread))


def _written(entity: str, reply: Reply) -> Record | Gone:
    return decoded(entity, inside(reply, by_name(entity).answered_as), reply.tid)


def _void_body(qbo_id: str, sync_token: str) -> bytes:
    return msgspec.json.encode({"Id": qbo_id, "SyncToken": sync_token, "sparse": True})
