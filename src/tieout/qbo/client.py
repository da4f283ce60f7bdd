"""One company's books over Intuit's API: read, count, follow, write, in batches or one by one.

A call ends in what was asked for or in an error of the tree that says what happens next. Reads are tried
again here a few times; writes never: whoever writes decides, since only the caller can find out whether a
write whose answer was lost was carried out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final, TypeVar
from urllib.parse import quote

import httpx2
import msgspec

from tieout.domain.seen import Gone
from tieout.kit.clock import Clock
from tieout.kit.errors import Rejected, Throttled, TieoutError, Unreachable
from tieout.qbo.batch import BATCH_MAX, BatchItem, batch_body, outcomes
from tieout.qbo.call import Ask, Bearer, Call, Caller, Reply, asked_of, inside, server_time_of, understood
from tieout.qbo.changes import changes_from
from tieout.qbo.company_info import CompanyInfo, Preferences, company_info_from, preferences_from
from tieout.qbo.entities import Can, Entity, by_name
from tieout.qbo.faults import NOT_FOUND, no_answer
from tieout.qbo.query import ACTIVE_AND_NOT, PAGE_MAX, both, counted, select, stamp
from tieout.qbo.record import Answer, Changes, Page, Record, decoded, split_answer

__all__ = [
    "BatchItem",
    "Bearer",
    "Books",
    "Call",
    "Changes",
    "CompanyInfo",
    "Page",
    "Preferences",
    "Record",
]

LONG_QUERY: Final = 1500
"""Characters from which a query is posted rather than put into the address."""
REQUEST_ID_MAX: Final = 50
BATCH_REQUEST_ID_MAX: Final = 36
"""Characters of a request id (Intuit's documentation)."""
READ_WAITS: Final = (1.0, 4.0)
"""Seconds before the second and third try of a read that was not answered."""

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
        on_call: Callable[[Call], None] | None = None,
    ) -> None:
        """Open the books; nothing is called yet.

        `bearer` gives the access token and renews it when Intuit refuses it; `on_call` hears of every call,
        also of those that failed.
        """
        root = f"{api_base.rstrip('/')}/v3/company/{quote(realm_id, safe='')}"
        self._realm_id = realm_id
        self._clock = clock
        self._caller = Caller(http, root, bearer, clock, on_call)

    def __repr__(self) -> str:
        return f"Books({self._realm_id!r})"

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────

    def page(
        self, entity: str, *, start: int, size: int = PAGE_MAX, where: str = "", order: str = "Id"
    ) -> Page:
        """Read one page of an entity; one metered read.

        `start` counts from 1. Names that were made inactive are left out unless `where` asks for them
        (`query.ACTIVE_AND_NOT`). Raises Unreachable or Throttled after
        a few tries, ReconnectNeeded, Rejected.
        """
        statement = select(entity, where=where, order=order, start=start, size=size)

        def read(reply: Reply) -> Page:
            answer = split_answer(entity, reply.body)
            records = tuple(one for one in _decoded_all(entity, answer, reply.tid) if isinstance(one, Record))
            return Page(records, server_time_of(answer.time, reply))

        return self._read(self._query(entity, statement), read)

    def count(self, entity: str, where: str = "") -> int:
        """Count an entity's records; one metered read. Errors as `page`."""

        def read(reply: Reply) -> int:
            total = split_answer(entity, reply.body).total
            if total is None:
                raise msgspec.ValidationError("the answer has no count")
            return total

        return self._read(self._query(entity, counted(entity, where), what="count"), read)

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
        ask = Ask("GET", f"/{by_name(entity).path}/{quote(qbo_id, safe='')}", f"read {entity}", entity)
        try:
            record = self._read(ask, lambda reply: _written(entity, reply))
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
        ask = Ask(
            "GET",
            "/cdc",
            "changes",
            params=(("entities", ",".join(entities)), ("changedSince", stamp(since))),
        )
        return self._read(ask, changes_from)

    def company_info(self) -> CompanyInfo:
        """Read who the company is, with its home currency; two metered reads. Errors as `page`."""
        ask = Ask("GET", f"/companyinfo/{quote(self._realm_id, safe='')}", "read CompanyInfo", "CompanyInfo")
        preferences = self.preferences()
        return self._read(ask, lambda reply: company_info_from(inside(reply), preferences.home_currency))

    def preferences(self) -> Preferences:
        """Read how the company is set up, as far as it matters to us; one metered read. Errors as `page`."""
        ask = Ask("GET", "/preferences", "read Preferences", "Preferences")
        return self._read(ask, lambda reply: preferences_from(inside(reply)))

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
            self._write_ask(declared, "delete", body, request_id, (("operation", "delete"),))
        )
        gone = understood(reply, lambda reply: _written(entity, reply))
        if isinstance(gone, Gone):
            return gone
        raise no_answer(asked_of(reply.ask, 200, reply.tid), "its answer does not say that it was deleted")

    def batch(self, items: Sequence[BatchItem], *, request_id: str = "") -> list[Record | Gone | TieoutError]:
        """Write up to 30 transactions in one call; each has its own outcome, in the order of the items.

        Intuit carries items out independently, so none may depend on another. `request_id` (at most 36
        characters) makes each item's work happen once, as in `create`, if the same items come in the same
        order. Raises what concerns the whole call: OutcomeUnknown, Unreachable, Throttled, ReconnectNeeded.
        """
        assert 0 < len(items) <= BATCH_MAX, len(items)
        assert len(request_id) <= BATCH_REQUEST_ID_MAX, request_id
        ask = Ask(
            "POST",
            "/batch",
            "batch",
            params=(("requestid", request_id),) if request_id else (),
            body=batch_body(items),
            writes=True,
        )
        reply = self._caller.send(ask)
        return understood(reply, lambda reply: outcomes(items, reply))

    # ── calling ──────────────────────────────────────────────────────────────────────────────────────────

    def _query(self, entity: str, statement: str, what: str = "query") -> Ask:
        if len(statement) > LONG_QUERY:
            return Ask(
                "POST",
                "/query",
                f"{what} {entity}",
                entity,
                body=statement.encode(),
                content_type="application/text",
            )
        return Ask("GET", "/query", f"{what} {entity}", entity, params=(("query", statement),))

    def _write_record(
        self, entity: str, verb: str, body: bytes, request_id: str, params: tuple[tuple[str, str], ...]
    ) -> Record:
        reply = self._caller.send(self._write_ask(by_name(entity), verb, body, request_id, params))
        record = understood(reply, lambda reply: _written(entity, reply))
        if isinstance(record, Record):
            return record
        raise no_answer(asked_of(reply.ask, 200, reply.tid), "its answer shows a deleted record")

    def _write_ask(
        self, entity: Entity, verb: str, body: bytes, request_id: str, params: tuple[tuple[str, str], ...]
    ) -> Ask:
        assert 0 < len(request_id) <= REQUEST_ID_MAX, request_id
        return Ask(
            "POST",
            f"/{entity.path}",
            f"{verb} {entity.name}",
            entity.name,
            params=(*params, ("requestid", request_id)),
            body=body,
            writes=True,
        )

    def _read(self, ask: Ask, understand: Callable[[Reply], T]) -> T:
        """Read, a few times if need be, and take the answer apart; a garbled answer counts as none."""
        for wait in READ_WAITS:
            try:
                return understood(self._caller.send(ask), understand)
            except Throttled as error:
                asked_for = error.facts.get("retry_after")
                self._clock.sleep(asked_for if isinstance(asked_for, float) else wait)
            except Unreachable:
                self._clock.sleep(wait)
        return understood(self._caller.send(ask), understand)


def _written(entity: str, reply: Reply) -> Record | Gone:
    return decoded(entity, inside(reply), reply.tid)


def _decoded_all(entity: str, answer: Answer, tid: str) -> Iterator[Record | Gone]:
    for raw in answer.records:
        yield decoded(entity, raw, tid)


def _void_body(qbo_id: str, sync_token: str) -> bytes:
    return msgspec.json.encode({"Id": qbo_id, "SyncToken": sync_token, "sparse": True})
