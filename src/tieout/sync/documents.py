"""Documents as people look for them: what the host has, what QuickBooks has, and how the two stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from tieout.connections.companies import found
from tieout.domain.documents import HostRecord, Kind, Payment, SalesDocument, Status, title
from tieout.domain.issues import Issue, IssueState
from tieout.domain.links import Link
from tieout.domain.permissions import READ
from tieout.domain.pushes import Push
from tieout.kit.errors import NotFound
from tieout.security.operation import Act, operation
from tieout.storage.timeline import Moment

STANDS = (
    "draft",
    "not_sent",
    "from_books",
    "queued",
    "waiting",
    "on_its_way",
    "needs_attention",
    "synced",
    "variance",
    "drift",
    "voided",
    "deleted",
)
"""How a document can stand, from the host's side; `from_books` is a payment that we brought from QuickBooks."""


@dataclass(frozen=True)
class DocumentRow:
    """A document in a list."""

    kind: Kind
    ref: str
    label: str
    number: str
    client: str
    """The client's name."""
    dated: date | None
    total: Decimal | None
    currency: str
    stands: str
    detail: str
    qbo_id: str
    changed_at: datetime


@dataclass(frozen=True)
class DocumentPage:
    """A page of documents."""

    rows: list[DocumentRow]
    after: str
    """Give this for the next page; empty at the end."""


@dataclass(frozen=True)
class DocumentDetail:
    """All that is known of one document."""

    row: DocumentRow
    record: HostRecord
    link: Link | None
    pushes: list[Push]
    issues: list[Issue]
    timeline: list[Moment]


@operation("document.list", needs=READ, writes=False)
def list_documents(
    act: Act, *, company: str = "", kind: str = "", search: str = "", limit: int = 50, after: str = ""
) -> DocumentPage:
    """List documents, the latest changed first; `kind` is invoice, credit_note, payment, or empty for all."""
    chosen = found(act.work, act.caller.tenant, company)
    page = act.work.intents.recent(chosen.id, kind=kind, search=search, limit=limit, after=after)
    records: dict[tuple[Kind, str], HostRecord] = {
        (sort, ref): record
        for sort in dict.fromkeys(one.kind for one in page.rows)
        for ref, record in act.work.intents.many(
            chosen.id, sort, [one.ref for one in page.rows if one.kind is sort]
        ).items()
    }
    return DocumentPage(
        [
            DocumentRow(
                one.kind,
                one.ref,
                one.label,
                one.number,
                one.client_name,
                one.dated,
                one.total,
                one.currency,
                stands(records.get((one.kind, one.ref)), one.link, one.push, one.issue_kind),
                one.push.error
                if one.push is not None and one.push.state in ("waiting", "retry_at", "blocked")
                else "",
                one.link.qbo_id if one.link is not None else "",
                one.changed_at,
            )
            for one in page.rows
        ],
        page.after,
    )


@operation("document.get", needs=READ, writes=False)
def get_document(act: Act, *, kind: str, ref: str, company: str = "") -> DocumentDetail:
    """Show one document with its link, pushes, issues and timeline."""
    work = act.work
    chosen = found(work, act.caller.tenant, company)
    sort = Kind(kind)
    record = work.intents.get(chosen.id, sort, ref)
    if record is None:
        raise NotFound(
            "There is no such document",
            record=f"{kind} {ref}",
            reason="the host has not shown it",
            remedy="Check its ref, or start a cycle",
        )
    link = work.links.by_host(chosen.id, sort, ref)
    pushes = work.pushes.of(chosen.id, sort, ref)
    issues = work.issues.of_record(chosen.id, sort.value, ref)
    opened = [one for one in issues if one.state is IssueState.OPEN]
    client = work.intents.get(chosen.id, Kind.CLIENT, getattr(record, "client", ""))
    row = DocumentRow(
        sort,
        ref,
        title(record),
        getattr(record, "number", ""),
        getattr(client, "name", ""),
        getattr(record, "dated", None),
        record.total if isinstance(record, SalesDocument) else getattr(record, "amount", None),
        getattr(record, "currency", ""),
        stands(record, link, pushes[0] if pushes else None, opened[0].finding.kind if opened else ""),
        pushes[0].error if pushes else "",
        link.qbo_id if link else "",
        pushes[0].updated_at if pushes else act.edges.clock.now(),
    )
    return DocumentDetail(row, record, link, pushes, issues, work.timeline.of(chosen.id, sort, ref))


def stands(record: HostRecord | None, link: Link | None, push: Push | None, issue_kind: str) -> str:
    """Sum up how a document stands, in one of `STANDS`."""
    if link is not None and link.state == "drifted":
        return "drift"
    if push is not None:
        known = {
            "queued": "queued",
            "leased": "queued",
            "retry_at": "queued",
            "waiting": "waiting",
            "sent": "on_its_way",
            "blocked": "needs_attention",
        }
        if push.state.value in known:
            return known[push.state.value]
    if isinstance(record, Payment) and record.source == "books":
        return "voided" if record.status is Status.VOID else "from_books"
    if link is None:
        is_draft = isinstance(record, SalesDocument | Payment) and record.status is Status.DRAFT
        return "draft" if is_draft else "not_sent"
    if link.state in ("voided", "deleted"):
        return link.state
    return "variance" if issue_kind == "export.variance" else "synced"
