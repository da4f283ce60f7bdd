"""The built-in host's records, asked for and put in: by a program over REST, or from a folder of CSV files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tieout.domain.documents import HostRecord, Kind, Payment, SalesDocument, Status, title
from tieout.domain.permissions import HOST_WRITE, READ
from tieout.hosts.contract import BrowsePage, Verdict
from tieout.hosts.csv_folder.folder import CsvPlan
from tieout.hosts.csv_folder.folder import apply as apply_folder
from tieout.hosts.csv_folder.folder import plan as plan_folder
from tieout.hosts.ledger.adapter import LedgerHost, Standing
from tieout.kit.errors import Invalid, NotFound
from tieout.security.operation import Errand, errand


@dataclass(frozen=True)
class CsvResult:
    """What a folder of CSV files would do, or did."""

    plan: CsvPlan
    applied: bool


def ledger_of(act: Errand) -> LedgerHost:
    """Give the built-in host of the caller's tenant."""
    host = act.edges.host(act.caller.tenant, "ledger")
    assert isinstance(host, LedgerHost)
    return host


@errand("host.put", needs=HOST_WRITE, writes=True)
def put_record(act: Errand, record: HostRecord) -> Verdict:
    """Put one client, service, tax region, term, invoice, credit note or payment into the built-in host."""
    verdict = ledger_of(act).put(record)
    _wake(act)
    return verdict


@errand("host.put_many", needs=HOST_WRITE, writes=True)
def put_records(act: Errand, records: Sequence[HostRecord]) -> Sequence[Verdict]:
    """Put many records into the built-in host: all of them, or none when one is refused."""
    verdicts = ledger_of(act).take(records)
    _wake(act)
    return verdicts


@errand("host.weigh", needs=READ, writes=False)
def weigh_records(act: Errand, records: Sequence[HostRecord]) -> Sequence[Verdict]:
    """Tell what putting many records would do with each, and write nothing."""
    return ledger_of(act).weigh(records)


@errand("host.get", needs=READ, writes=False)
def get_record(act: Errand, kind: str, ref: str) -> HostRecord:
    """Show one record of the built-in host."""
    record = ledger_of(act).get(Kind(kind), ref)
    if record is None:
        raise NotFound(
            f"The host has no such {kind.replace('_', ' ')}",
            record=ref,
            reason="it was never put in, or was removed",
            remedy="Check its ref, or look it up in the list",
        )
    return record


@errand("host.list", needs=READ, writes=False)
def list_records(act: Errand, kind: str, *, search: str = "", after: str = "", limit: int = 50) -> BrowsePage:
    """List records of the built-in host."""
    return ledger_of(act).browse(Kind(kind), search, after, limit)


@errand("host.standing", needs=READ, writes=False)
def document_standing(act: Errand, kind: str, ref: str) -> Standing:
    """Tell where a document of the built-in host stands: open, partially paid, paid, void, and what is left."""
    record = ledger_of(act).get(Kind(kind), ref)
    if not isinstance(record, SalesDocument):
        raise NotFound(
            f"The host has no such {kind.replace('_', ' ')}",
            record=ref,
            reason="it was never put in, or was removed",
            remedy="Check its ref, or look it up in the list",
        )
    return ledger_of(act).standings([record])[record.kind, ref]


@errand("host.void", needs=HOST_WRITE, writes=True)
def void_record(act: Errand, kind: str, ref: str, *, because: str = "asked for over REST") -> HostRecord:
    """Void an invoice, credit note or payment of the built-in host."""
    host = ledger_of(act)
    record = host.get(Kind(kind), ref)
    if record is None:
        raise NotFound(
            f"The host has no such {kind.replace('_', ' ')}",
            record=ref,
            reason="it was never put in, or was removed",
            remedy="Check its ref",
        )
    if isinstance(record, SalesDocument):
        host.void(Kind(kind), ref, because)
    elif isinstance(record, Payment):
        host.put(replace(record, status=Status.VOID))
    else:
        raise Invalid(
            "This cannot be voided",
            record=title(record),
            reason="documents and payments are voided; a client, service, tax region or term is made inactive",
            remedy="Put it again with active = false",
        )
    _wake(act)
    voided = host.get(Kind(kind), ref)
    assert voided is not None
    return voided


@errand("host.import_csv", needs=HOST_WRITE, writes=True)
def import_csv(
    act: Errand, folder: Path, *, encoding: str = "", currency: str = "", dry_run: bool = False
) -> CsvResult:
    """Read a folder of CSV files into the built-in host: all of it, or nothing when a row is refused.

    `encoding` names what the files are in when it cannot be recognised; `currency` (ISO 4217) is taken for
    documents and payments that name none.
    """
    host = ledger_of(act)
    plan = plan_folder(folder, host, encoding=encoding, currency=currency)
    if dry_run or not plan.can_be_applied:
        return CsvResult(plan, applied=False)
    apply_folder(plan, host)
    _wake(act)
    return CsvResult(plan, applied=True)


def _wake(act: Errand) -> None:
    """Let the next cycle come at once: the host has something new."""
    with act.edges.database.transaction() as work:
        for company in work.companies.all(act.caller.tenant):
            if company.status == "connected":
                work.companies.wake(company.id, now=act.edges.clock.now())
