"""Plain samples that the storage tests start from: a company, records, a push, an issue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

from tieout.domain.documents import Allocation, Client, Kind, Line, Payment, SalesDocument, Status
from tieout.domain.issues import Finding
from tieout.domain.links import How, Link
from tieout.domain.pushes import Action, Push, State
from tieout.storage.database import Database
from tieout.storage.records import MirrorRow
from tieout.storage.unit_of_work import Work

NOW = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LEASE = timedelta(minutes=5)


def with_company(
    database: Database, company: str = "co_1", *, tenant: str = "shop", realm: str = "9130"
) -> str:
    """Connect a company and give its id."""
    with database.transaction() as work:
        work.companies.save_connection(
            id=company, tenant=tenant, realm_id=realm, environment="sandbox", name=f"Books {realm}", now=NOW
        )
    return company


def invoice(
    ref: str = "inv-1", number: str = "1001", price: str = "100.00", **changes: object
) -> SalesDocument:
    """Make an invoice of one line."""
    fields: dict[str, object] = {
        "kind": Kind.INVOICE,
        "ref": ref,
        "number": number,
        "client": "c-1",
        "dated": date(2026, 2, 28),
        "currency": "USD",
        "lines": (Line("s-1", Decimal(1), Decimal(price), Decimal(price), "Work"),),
    }
    return SalesDocument(**{**fields, **changes})  # type: ignore[arg-type]


def client(ref: str = "c-1", name: str = "Blue Heron Ltd") -> Client:
    """Make a client."""
    return Client(ref=ref, name=name)


def payment(
    ref: str, *parts: tuple[str, str], status: Status = Status.FINAL, dated: date = date(2026, 3, 1)
) -> Payment:
    """Make a payment over (invoice, amount) parts."""
    allocations = tuple(Allocation(invoice, Decimal(amount)) for invoice, amount in parts)
    total = sum((part.amount for part in allocations), Decimal(0))
    return Payment(ref, "c-1", dated, total, "USD", allocations, status=status)


def push(identity: str, ref: str = "inv-1", *, kind: Kind = Kind.INVOICE, at: datetime = NOW) -> Push:
    """Make a queued push."""
    return Push(
        id=identity,
        company="co_1",
        kind=kind,
        host_ref=ref,
        action=Action.CREATE,
        state=State.QUEUED,
        created_at=at,
        updated_at=at,
        label=f"{kind.value} {ref}",
    )


def link(ref: str, qbo_id: str, *, company: str = "co_1", kind: Kind = Kind.CLIENT, token: str = "0") -> Link:
    """Make a link that a person confirmed."""
    return Link(company, kind, ref, qbo_id, token, How.CONFIRMED, NOW)


def seen(
    qbo_id: str, token: str = "0", *, raw: str = "", minutes: int = 0, name: str = "", **more: object
) -> MirrorRow:
    """Make an invoice of the books, last changed so many minutes after NOW."""
    body = raw or f'{{"Id":"{qbo_id}","SyncToken":"{token}"}}'
    return MirrorRow(
        entity="Invoice",
        qbo_id=qbo_id,
        sync_token=token,
        raw=body.encode(),
        updated_at=NOW + timedelta(minutes=minutes),
        name=name,
        **more,  # type: ignore[arg-type]
    )


def finding(record: str = "inv-1", *, kind: str = "drift.total", signature: str = "a") -> Finding:
    """Make a finding about an invoice."""
    return Finding(
        kind=kind,
        record_kind="invoice",
        record=record,
        label=f"Invoice {record}",
        what="The total was changed",
        why="ours 100.00, QuickBooks 90.00",
        remedy="Push ours or accept theirs",
        signature=signature,
        facts={"qbo_id": "7", "ours": "100.00"},
    )


def fresh_ids(prefix: str) -> Iterator[str]:
    """Give ids in order."""
    return (f"{prefix}_{number}" for number in count(1))


def stored(work: Work, identity: str) -> Push:
    """Read a push that must be there."""
    found = work.pushes.get(identity)
    assert found is not None, identity
    return found
