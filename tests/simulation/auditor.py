"""The auditor: looks at both sides through their public doors and says what should not be so.

It knows arithmetic and the notebook, and imports no rule of Tieout or of the simulator.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from tests.simulation.actors import Notebook
from tests.world import World
from tieout.domain.documents import Kind, Payment, SalesDocument, Status
from tieout.sync.decide import list_issues
from tieout.sync.documents import get_document, list_documents
from tieout.sync.health import read_health


def doubled(world: World) -> list[str]:
    """Name the documents of ours that QuickBooks has twice; asked at any moment, storm or not."""
    found = []
    for entity, field, prefix in (("Invoice", "DocNumber", "S"), ("Payment", "PaymentRefNum", "R")):
        live = Counter(
            one[field]
            for one in world.every(entity)
            if str(one.get(field, "")).startswith(prefix) and not _void(one)
        )
        found += [
            f"{entity} {number} is in QuickBooks {count} times" for number, count in live.items() if count > 1
        ]
    return found


def audit(world: World, notebook: Notebook) -> list[str]:
    """List everything that is wrong once the calm has settled."""
    return [
        *doubled(world),
        *_unbalanced(world),
        *_unfinished(world),
        *_lost_invoices(world, notebook),
        *_lost_payments(world, notebook),
        *_unequal_balances(world, notebook),
    ]


def _unbalanced(world: World) -> list[str]:
    answer = world.control("GET", "check")
    return (
        []
        if answer.get("balanced", answer.get("ok"))
        else [f"the simulator's books do not balance: {answer}"]
    )


def _issues(world: World) -> dict[tuple[str, str], int]:
    """Count the issues that are open or set aside, by record."""
    counted: Counter[tuple[str, str]] = Counter()
    twins: set[str] = set()
    for state in ("open", "ignored"):
        for issue in list_issues(world.edges, world.caller, state=state, limit=10_000):
            if issue.finding.kind == "export.variance":
                continue
            counted[issue.finding.record_kind, issue.finding.record] += 1
            twins.add(str(issue.finding.facts.get("host_payment", "")))
    for twin in twins - {""}:
        counted.setdefault(("payment", twin), 1)  # a suspected duplicate holds the host's payment too
    return counted


def _unfinished(world: World) -> list[str]:
    """Every push has ended, or stands behind an issue that is open."""
    health = read_health(world.edges, world.caller)
    issues = _issues(world)
    found = [
        f"{health.pushes[state]} pushes are still {state} after the calm"
        for state in ("queued", "leased", "sent", "retry_at")
        if health.pushes.get(state)
    ]
    if health.pushes.get("waiting") and not issues:
        found.append(f"{health.pushes['waiting']} pushes wait, and no issue is open")
    return found + [
        f"{row.label} is held, and {issues[row.kind.value, row.ref]} issues say why"
        for row in list_documents(world.edges, world.caller, limit=10_000).rows
        if row.stands == "needs_attention" and issues[row.kind.value, row.ref] != 1
    ]


def _lost_invoices(world: World, notebook: Notebook) -> list[str]:
    """Every final invoice of the shop is in QuickBooks once, as the shop has it, or an issue is open about it."""
    found = []
    issues = _issues(world)
    there: dict[str, list[dict[str, Any]]] = {}
    for one in world.every("Invoice"):
        there.setdefault(str(one.get("DocNumber", "")), []).append(one)
    for ref in sorted(notebook.invoices):
        invoice = world.host.get(Kind.INVOICE, ref)
        assert isinstance(invoice, SalesDocument)
        if _excused(world, issues, "invoice", ref) or _excused(world, issues, "client", invoice.client):
            continue
        live = [one for one in there.get(invoice.number, []) if not _void(one)]
        if invoice.status is Status.VOID:
            if live:
                found.append(
                    f"invoice {ref} is void at the host and in force in QuickBooks, and no issue says so"
                )
        elif not live:
            found.append(f"invoice {ref} is not in QuickBooks, and no issue says so")
        elif Decimal(str(live[0]["TotalAmt"])) != invoice.total:
            found.append(
                f"invoice {ref} is {invoice.total} here and {live[0]['TotalAmt']} in QuickBooks, and no issue says so"
            )
    return found


def _lost_payments(world: World, notebook: Notebook) -> list[str]:
    found = []
    issues = _issues(world)
    there = {str(one.get("PaymentRefNum", "")): one for one in world.every("Payment") if not _void(one)}
    for ref in sorted(notebook.payments):
        payment = world.host.get(Kind.PAYMENT, ref)
        assert isinstance(payment, Payment)
        if (
            _excused(world, issues, "client", payment.client)
            or _excused(world, issues, "payment", ref)
            or any(_excused(world, issues, "invoice", part.invoice) for part in payment.allocations)
        ):
            continue
        theirs = there.get(payment.reference)
        if payment.status is Status.VOID:
            if theirs is not None:
                found.append(
                    f"payment {ref} is void at the host and in force in QuickBooks, and no issue says so"
                )
        elif theirs is None:
            if not _keyed_by_the_bookkeeper(world, notebook, payment, list(there.values())):
                found.append(f"payment {ref} is not in QuickBooks, and no issue says so")
        elif Decimal(str(theirs["TotalAmt"])) != payment.amount:
            found.append(f"payment {ref} is {payment.amount} here and {theirs['TotalAmt']} in QuickBooks")
    return found


def _keyed_by_the_bookkeeper(
    world: World, notebook: Notebook, payment: Payment, there: list[dict[str, Any]]
) -> bool:
    """Tell whether the same money stands in QuickBooks under a reference of the bookkeeper's: a person merged the two."""
    numbers = {str(one["Id"]): str(one.get("DocNumber", "")) for one in world.every("Invoice")}
    invoices = [world.host.get(Kind.INVOICE, part.invoice) for part in payment.allocations]
    wanted = {one.number for one in invoices if isinstance(one, SalesDocument)}
    ours = {
        one.reference
        for one in (world.host.get(Kind.PAYMENT, ref) for ref in notebook.payments)
        if isinstance(one, Payment)
    }
    return any(
        str(one.get("PaymentRefNum", "")) not in ours
        and Decimal(str(one["TotalAmt"])) == payment.amount
        and {
            numbers.get(str(linked["TxnId"]), "")
            for line in one.get("Line", [])
            for linked in line.get("LinkedTxn", [])
        }
        == wanted
        for one in there
    )


def _unequal_balances(world: World, notebook: Notebook) -> list[str]:
    """What is open on an invoice is the same on both sides, unless an issue touches it or its payments."""
    found = []
    issues = _issues(world)
    there = {str(one.get("DocNumber", "")): one for one in world.every("Invoice") if not _void(one)}
    payments_with_issues = {record for kind, record in issues if kind in ("Payment", "payment")}
    for ref in sorted(notebook.invoices):
        invoice = world.host.get(Kind.INVOICE, ref)
        assert isinstance(invoice, SalesDocument)
        theirs = there.get(invoice.number)
        if theirs is None or invoice.status is not Status.FINAL or _excused(world, issues, "invoice", ref):
            continue
        linked = {one["TxnId"] for one in theirs.get("LinkedTxn", [])}
        ours = {one.ref for one in world.host.payments_of(ref)}
        if payments_with_issues & (linked | ours):
            continue
        if any(_excused(world, issues, "payment", one) for one in ours if one in notebook.payments):
            continue
        mine, other = world.host.balance(ref).amount, Decimal(str(theirs["Balance"]))
        if mine != other:
            found.append(
                f"invoice {ref}: {mine} is open at the host and {other} in QuickBooks, and no issue says so"
            )
    return found


def _excused(world: World, issues: dict[tuple[str, str], int], kind: str, ref: str) -> bool:
    """Tell whether an open issue, or a person's decision not to send, explains a difference."""
    if issues.get((kind, ref)):
        return True
    detail = get_document(world.edges, world.caller, kind=kind, ref=ref)
    return any(
        one.finding.kind.startswith(("export.", "customer.", "drift.", "payment."))
        and one.closed_by
        and one.closed_how in ("not sent", "set aside until it changes")
        for one in detail.issues
    )


def _void(record: dict[str, Any]) -> bool:
    return str(record.get("PrivateNote", "")).startswith("Voided") and not record["TotalAmt"]
