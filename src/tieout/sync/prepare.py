"""Preparing a push: what exactly will be sent, or why it cannot be sent yet.

Runs inside one transaction, just before the call. References are resolved here: a customer or item that is
missing in the books gets a push of its own and this one waits; what only a person can decide blocks it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeAlias

from tieout.domain.documents import (
    Client,
    HostRecord,
    Kind,
    Payment,
    SalesDocument,
    Service,
    Status,
    title,
)
from tieout.domain.fingerprint import fingerprint
from tieout.domain.issues import IssueState
from tieout.domain.links import How, Link
from tieout.domain.matching import Suggestion, Verdict
from tieout.domain.outcome import Blocked, Postponed
from tieout.domain.pushes import Action, Push
from tieout.domain.seen import SeenDocument, SeenPayment
from tieout.kit.errors import Invalid, Unmapped
from tieout.mirror.rows import seen_of
from tieout.qbo.entities.credit_memo import credit_memo_body
from tieout.qbo.entities.customer import customer_body
from tieout.qbo.entities.invoice import invoice_body
from tieout.qbo.entities.item import item_body
from tieout.qbo.entities.payment import payment_body
from tieout.qbo.entities.refs import Refs
from tieout.reconcile.linking import link_record
from tieout.storage.unit_of_work import Work
from tieout.sync.forgotten import recognise_document, recognise_payment
from tieout.sync.intake import queue_push, removal_of
from tieout.sync.round import Round

ENTITY_OF: dict[Kind, str] = {
    Kind.CLIENT: "Customer",
    Kind.SERVICE: "Item",
    Kind.INVOICE: "Invoice",
    Kind.CREDIT_NOTE: "CreditMemo",
    Kind.PAYMENT: "Payment",
}
WAIT = timedelta(minutes=15)


@dataclass(frozen=True)
class Ready:
    """A push that can be sent."""

    action: Action
    entity: str
    body: bytes
    qbo_id: str
    sync_token: str
    intended: str
    duplicate_number: bool = False


@dataclass(frozen=True)
class Needless:
    """A push whose work is done already, or no longer wanted."""

    why: str


Prepared: TypeAlias = Ready | Needless | Postponed | Blocked


def prepare(round_: Round, work: Work, push: Push) -> Prepared:
    """Say what a push will send, inside the caller's transaction."""
    link = work.links.by_host(round_.company.id, push.kind, push.host_ref)
    if push.action in (Action.VOID, Action.DELETE):
        return _prepare_removal(push, link)
    record = work.intents.get(round_.company.id, push.kind, push.host_ref)
    if record is None:
        return Needless("the host no longer has it")
    fresh = link is None or push.generation > link.generation
    if link is None and _is_before_start(record, round_.settings["start_date"]):
        # It was queued before the start date was set: a company is often looked at long before it goes live.
        return Needless("it is dated before the start date")
    if isinstance(record, SalesDocument | Payment) and record.status is Status.VOID:
        return _prepare_removal(replace(push, action=removal_of(push.kind)), link)
    if not fresh:
        assert link is not None
        if link.state in ("voided", "deleted"):
            return Blocked(
                "drift.voided" if link.state == "voided" else "drift.deleted",
                f"It was {link.state} in QuickBooks",
                f"{title(record)} was changed at the host, and QuickBooks has it no longer in force",
                "Choose “push ours” to make it anew, or “accept theirs” to void it at the host",
            )
        if link.state == "drifted":
            return Postponed(
                round_.edges.clock.now() + WAIT,
                "it was also changed in QuickBooks",
                waits_for="a decision on its issue",
            )
        if link.intended == fingerprint(record):
            return Needless("QuickBooks has exactly this already")
    try:
        return _prepare_writing(round_, work, push, record, None if fresh else link)
    except Unmapped as error:
        return Blocked(
            "export.unmapped",
            error.message,
            error.reason,
            error.remedy,
            {"record": error.record, **error.facts},
        )
    except Invalid as error:
        return Blocked(
            "export.invalid",
            error.message,
            error.reason,
            error.remedy,
            {"record": error.record, **error.facts},
        )


def _is_before_start(record: HostRecord, start: str) -> bool:
    """Tell whether a document or payment is dated before the day from which a company is sent any."""
    return (
        isinstance(record, SalesDocument | Payment)
        and bool(start)
        and record.dated < date.fromisoformat(start)
    )


def _prepare_removal(push: Push, link: Link | None) -> Prepared:
    if link is None:
        return Needless("QuickBooks never had it")
    if link.state in ("voided", "deleted"):
        return Needless(f"it is {link.state} in QuickBooks already")
    return Ready(push.action, ENTITY_OF[push.kind], b"", link.qbo_id, link.sync_token, "")


def _prepare_writing(
    round_: Round, work: Work, push: Push, record: HostRecord, link: Link | None
) -> Prepared:
    match record:
        case Client():
            return _prepare_client(round_, work, push, record, link)
        case Service():
            return _prepare_service(round_, push, record, link)
        case SalesDocument():
            return _prepare_document(round_, work, push, record, link)
        case Payment():
            return _prepare_payment(round_, work, push, record, link)
        case _:
            return Needless("tax regions and terms are linked, never sent")


def _prepare_client(round_: Round, work: Work, push: Push, client: Client, link: Link | None) -> Prepared:
    parent = ""
    if client.parent:
        above = need_customer(round_, work, client.parent)
        if not isinstance(above, str):
            return above
        parent = above
    body = customer_body(
        client,
        parent_id=parent,
        currency=client.currency,
        qbo_id=link.qbo_id if link else "",
        sync_token=link.sync_token if link else "",
    )
    return _ready(push, record=client, link=link, body=body)


def _prepare_service(round_: Round, push: Push, service: Service, link: Link | None) -> Prepared:
    account = round_.settings["income_account"]
    if link is None and not account:
        return Blocked(
            "export.unmapped",
            "No income account is chosen for new items",
            f"{title(service)} has no item in QuickBooks yet, and a new item must say which account it earns on",
            "Choose the setting income_account of this company, or link the service to an item",
            {"setting": "income_account"},
        )
    body = item_body(
        service,
        income_account=account if link is None else "",
        qbo_id=link.qbo_id if link else "",
        sync_token=link.sync_token if link else "",
    )
    return _ready(push, record=service, link=link, body=body)


def _prepare_document(
    round_: Round, work: Work, push: Push, document: SalesDocument, link: Link | None
) -> Prepared:
    refs = _references(round_, work, document)
    if not isinstance(refs, Refs):
        return refs
    write = invoice_body if document.kind is Kind.INVOICE else credit_memo_body
    if link is None:
        known = recognise_document(round_, work, push, document, ENTITY_OF[document.kind], refs.customer)
        if known is not None:
            return Needless(known) if isinstance(known, str) else known
    body = write(
        replace(document, memo=_note_to_keep(round_, work, link, document.memo)),
        refs,
        mark=push.id,
        qbo_id=link.qbo_id if link else "",
        sync_token=link.sync_token if link else "",
    )
    ready = _ready(push, record=document, link=link, body=body)
    # A document made anew on purpose keeps its number, which its void predecessor still carries.
    return replace(ready, duplicate_number=push.generation > 1 and link is None)


def _prepare_payment(round_: Round, work: Work, push: Push, payment: Payment, link: Link | None) -> Prepared:
    customer = need_customer(round_, work, payment.client)
    if not isinstance(customer, str):
        return customer
    suspect = next(
        (
            one
            for one in work.issues.list(
                round_.company.id, state=IssueState.OPEN, kind="payment.duplicate_suspect"
            )
            if one.finding.facts.get("host_payment") == payment.ref
        ),
        None,
    )
    if suspect is not None:
        return Postponed(
            round_.edges.clock.now() + WAIT,
            "QuickBooks may have this payment already",
            waits_for="a decision on the suspected duplicate",
        )
    invoices: dict[str, str] = {}
    for part in payment.allocations:
        target = work.links.by_host(round_.company.id, Kind.INVOICE, part.invoice)
        if target is None:
            return _wait_for_invoice(round_, work, part.invoice)
        if target.state in ("voided", "deleted"):
            return Blocked(
                "export.rejected",
                f"Its invoice is {target.state} in QuickBooks",
                f"{title(payment)} settles invoice {part.invoice}, which QuickBooks no longer has in force",
                "Settle the invoice's own issue first, then retry",
            )
        invoices[part.invoice] = target.qbo_id
    if link is None:
        known = recognise_payment(round_, work, push, payment, customer, invoices)
        if known is not None:
            return Needless(known) if isinstance(known, str) else known
    body = payment_body(
        replace(payment, note=_note_to_keep(round_, work, link, payment.note)),
        Refs(
            customer=customer,
            invoices=invoices,
            deposit_account=round_.settings["deposit_account"],
            country=round_.company.country,
        ),
        mark=push.id,
        qbo_id=link.qbo_id if link else "",
        sync_token=link.sync_token if link else "",
    )
    return _ready(push, record=payment, link=link, body=body)


def _note_to_keep(round_: Round, work: Work, link: Link | None, ours: str) -> str:
    """Choose the private note of an update: what a bookkeeper wrote there since our last write stays."""
    row = work.records.get(round_.company.id, ENTITY_OF[link.kind], link.qbo_id) if link is not None else None
    if link is None or row is None:
        return ours
    now, before = seen_of(round_.company, row), link.baseline
    if isinstance(now, SeenDocument) and isinstance(before, SeenDocument) and now.memo != before.memo:
        return now.memo
    if isinstance(now, SeenPayment) and isinstance(before, SeenPayment) and now.note != before.note:
        return now.note
    return ours


def _wait_for_invoice(round_: Round, work: Work, ref: str) -> Prepared:
    invoice = work.intents.get(round_.company.id, Kind.INVOICE, ref)
    if invoice is None:
        return Blocked(
            "export.invalid",
            "It settles an invoice that the host does not have",
            f"the host shows no invoice {ref}",
            "Correct the payment at the host; it is tried again by itself then",
        )
    if not work.pushes.open_of(round_.company.id, Kind.INVOICE, ref):
        return Blocked(
            "export.unmapped",
            "Its invoice is not in QuickBooks",
            f"{title(invoice)} was not exported: it is a draft, void, dated before the start date, or its push was cancelled",
            "Export or link the invoice first, then retry",
        )
    return Postponed(
        round_.edges.clock.now() + WAIT, "its invoice is not in QuickBooks yet", waits_for=title(invoice)
    )


def _ready(push: Push, *, record: HostRecord, link: Link | None, body: bytes) -> Ready:
    return Ready(
        Action.CREATE if link is None else Action.UPDATE,
        ENTITY_OF[push.kind],
        body,
        link.qbo_id if link else "",
        link.sync_token if link else "",
        fingerprint(record),
    )


def _references(round_: Round, work: Work, document: SalesDocument) -> Refs | Postponed | Blocked:
    """Resolve all that a document refers to; what is missing is named all at once."""
    customer = need_customer(round_, work, document.client)
    items: dict[str, str] = {}
    taxes: dict[str, str] = {}
    lacking: list[Postponed | Blocked] = [] if isinstance(customer, str) else [customer]
    for line in document.lines:
        if line.service and line.service not in items:
            item = need_item(round_, work, line.service)
            if isinstance(item, str):
                items[line.service] = item
            else:
                lacking.append(item)
        if line.tax_region and line.tax_region not in taxes:
            code = _linked(round_, work, Kind.TAX_REGION, line.tax_region)
            if isinstance(code, str):
                taxes[line.tax_region] = code
            else:
                lacking.append(code)
    term = ""
    if document.term:
        known = _linked(round_, work, Kind.TERM, document.term)
        if isinstance(known, str):
            term = known
        else:
            lacking.append(known)
    blocked = [one for one in lacking if isinstance(one, Blocked)]
    if len(blocked) == 1:
        return blocked[0]
    if blocked:
        return Blocked(
            "export.unmapped",
            f"{len(blocked)} things it needs are missing",
            "; ".join(dict.fromkeys(one.why for one in blocked)),
            "; ".join(dict.fromkeys(one.remedy for one in blocked)),
            {"missing": [one.facts for one in blocked]},
        )
    if lacking:
        first = lacking[0]
        assert isinstance(first, Postponed)
        names = ", ".join(dict.fromkeys(one.waits_for for one in lacking if isinstance(one, Postponed)))
        return replace(first, waits_for=names)
    assert isinstance(customer, str)
    return Refs(
        customer=customer,
        items=items,
        tax_codes=taxes,
        term=term,
        country=round_.company.country,
    )


def _linked(round_: Round, work: Work, kind: Kind, ref: str) -> str | Blocked:
    link = work.links.by_host(round_.company.id, kind, ref)
    if link is not None:
        return link.qbo_id
    record = work.intents.get(round_.company.id, kind, ref)
    name = title(record) if record is not None else f"{kind.value.replace('_', ' ').capitalize()} {ref}"
    theirs = "tax code" if kind is Kind.TAX_REGION else "payment term"
    return Blocked(
        "export.unmapped",
        f"{name} is not linked",
        f"{name} has no {theirs} in QuickBooks linked to it",
        f"Link {name} to a {theirs}: Matching on the page, or `tieout match`",
        {"kind": kind.value, "ref": ref},
    )


def need_customer(round_: Round, work: Work, ref: str) -> str | Postponed | Blocked:
    """Find the customer of a client; make one when there is none, or say who must decide."""
    link = work.links.by_host(round_.company.id, Kind.CLIENT, ref)
    if link is not None:
        return link.qbo_id
    client = work.intents.get(round_.company.id, Kind.CLIENT, ref)
    if not isinstance(client, Client):
        return Blocked(
            "export.invalid",
            "Its client is unknown",
            f"the host shows no client {ref}",
            "Bring the client into the host, or correct the document; it is tried again by itself then",
            {"kind": "client", "ref": ref},
        )
    if work.pushes.open_of(round_.company.id, Kind.CLIENT, ref):
        return Postponed(
            round_.edges.clock.now() + WAIT, "its customer is not in QuickBooks yet", waits_for=title(client)
        )
    suggestion = round_.suggestion(work, Kind.CLIENT, ref)
    if (
        suggestion is not None
        and suggestion.verdict is Verdict.EXACT
        and round_.settings["link_exact_names"] == "yes"
    ):
        return _link_exact(round_, work, Kind.CLIENT, client, suggestion)
    if suggestion is not None and suggestion.verdict is not Verdict.NONE:
        return _undecided(client, suggestion)
    if round_.settings["new_customers"] == "never":
        return Blocked(
            "export.unmapped",
            f"{title(client)} is not linked",
            f"{title(client)} has no customer in QuickBooks, and this company's setting is not to make new ones",
            f"Link {title(client)} to a customer, or change the setting new_customers",
            {"kind": "client", "ref": ref},
        )
    return _make(round_, work, Kind.CLIENT, client, "its customer is not in QuickBooks yet")


def need_item(round_: Round, work: Work, ref: str) -> str | Postponed | Blocked:
    """Find the item of a service; make one when there is none, or say who must decide."""
    link = work.links.by_host(round_.company.id, Kind.SERVICE, ref)
    if link is not None:
        return link.qbo_id
    service = work.intents.get(round_.company.id, Kind.SERVICE, ref)
    if not isinstance(service, Service):
        return Blocked(
            "export.invalid",
            "One of its services is unknown",
            f"the host shows no service {ref}",
            "Bring the service into the host, or correct the document; it is tried again by itself then",
            {"kind": "service", "ref": ref},
        )
    if work.pushes.open_of(round_.company.id, Kind.SERVICE, ref):
        return Postponed(
            round_.edges.clock.now() + WAIT, "its item is not in QuickBooks yet", waits_for=title(service)
        )
    suggestion = round_.suggestion(work, Kind.SERVICE, ref)
    if (
        suggestion is not None
        and suggestion.verdict is Verdict.EXACT
        and round_.settings["link_exact_names"] == "yes"
    ):
        return _link_exact(round_, work, Kind.SERVICE, service, suggestion)
    if suggestion is not None and suggestion.verdict is not Verdict.NONE:
        return Blocked(
            "export.unmapped",
            f"{title(service)} is not linked",
            f"{title(service)} resembles {len(suggestion.candidates)} item(s) in QuickBooks, and none of them surely",
            f"Link {title(service)} to an item: Matching on the page, or `tieout match`",
            {"kind": "service", "ref": ref, "candidates": [one.qbo_id for one in suggestion.candidates]},
        )
    return _make(round_, work, Kind.SERVICE, service, "its item is not in QuickBooks yet")


def _link_exact(
    round_: Round, work: Work, kind: Kind, record: Client | Service, suggestion: Suggestion
) -> str:
    """Link the one record of the same name, and note that nobody was asked."""
    link = link_record(
        round_.edges,
        work,
        round_.company,
        kind,
        record.ref,
        suggestion.candidates[0].qbo_id,
        How.EXACT,
        "engine: equal names",
    )
    round_.forget_suggestions()
    return link.qbo_id


def _make(round_: Round, work: Work, kind: Kind, record: Client | Service, why: str) -> Postponed:
    queue_push(round_.edges, work, round_.company, kind, record.ref, title(record), Action.CREATE, None)
    return Postponed(round_.edges.clock.now() + WAIT, why, waits_for=title(record))


def _undecided(client: Client, suggestion: Suggestion) -> Blocked:
    several = suggestion.verdict is Verdict.AMBIGUOUS
    return Blocked(
        "customer.ambiguous",
        f"{title(client)} may already be a customer",
        "several customers or clients have the same name"
        if several
        else "a customer with a similar name exists, and a wrong guess would bill somebody else",
        f"Link {title(client)} to the right customer, or have a new one made",
        {
            "kind": "client",
            "ref": client.ref,
            "candidates": [
                {"qbo_id": one.qbo_id, "score": one.score, "reasons": list(one.reasons)}
                for one in suggestion.candidates
            ],
        },
    )
