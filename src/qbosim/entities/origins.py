"""What an invoice was made from: an estimate, which it closes, or hours worked, which are billed with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from qbosim import faults
from qbosim.entities.change import Change
from qbosim.entities.tax import TAXABLE
from qbosim.entities.time_activity import hours_worked
from qbosim.jsontext import cents
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, id_number
from qbosim.rules import Topic, assumed, documented, recorded

_SANDBOX = "a sandbox company's invoices and estimates (NangoHQ integration templates)"

RULES = Topic(
    "Invoice",
    recorded(
        "invoice.estimate_closes",
        "An invoice linked to an estimate closes it and both show the link; the estimate's LastUpdatedTime moves, its "
        "SyncToken does not.",
        _SANDBOX + ": Estimate 41 and Invoice 103",
    ),
    documented(
        "invoice.one_estimate",
        "An invoice is linked to one estimate at most.",
        "Intuit's documentation of Invoice.LinkedTxn",
    ),
    recorded(
        "invoice.line_links",
        "A line made from an estimate or from hours carries the link as well, between Amount and DetailType.",
        _SANDBOX,
    ),
    recorded(
        "invoice.hours",
        "An invoice may be linked to hours worked, which are HasBeenBilled with it and Billable again without it.",
        _SANDBOX + ": Invoice 106; the status is Intuit's documentation of TimeActivity",
    ),
    assumed(
        "invoice.hours_line",
        "Linked hours that no line was sent for get one: the activity's item, its hours at its rate, on its day.",
        "QuickBooks' own page adds such a line",
    ),
    documented(
        "invoice.read_only_links",
        "Links to payments and to billed expenses (ReimburseCharge, StatementCharge, ChargeCredit) are read only: what a "
        "client sends of them changes nothing.",
        "Intuit's documentation of Invoice.LinkedTxn",
    ),
    assumed(
        "invoice.estimate_reopens",
        "Deleting or voiding the invoice, or taking the link away, makes the estimate Pending again.",
        "QuickBooks' own page does so",
    ),
    assumed(
        "invoice.links_kept",
        "An update that does not name LinkedTxn, full or sparse, keeps the links.",
        "the links to payments are kept so; clients do not repeat what they cannot write",
    ),
)

_WRITABLE = ("Estimate", "TimeActivity")


def links_after(company: Company, change: Change, body: Body) -> list[Body]:
    """The invoice's links after the change, payments last as settlement keeps them.

    Raises 2500 for a link to what is not there, 6000 for a second estimate or one of another customer.
    """
    old: list[Body] = (change.old or {}).get("LinkedTxn", [])
    read_only = [link for link in old if link.get("TxnType") not in _WRITABLE]
    if "LinkedTxn" in change.sent and "Line" not in change.sent:
        _keep_links(body, change.value("LinkedTxn") or [])
    on_lines = [link for line in body.get("Line", []) for link in line.get("LinkedTxn") or []]
    wished = change.value("LinkedTxn") or [] if "LinkedTxn" in change.sent else old
    links: list[Body] = []
    for link in (*wished, *on_lines):
        if link.get("TxnType") in _WRITABLE:
            entry = {"TxnId": str(link.get("TxnId", "")), "TxnType": link["TxnType"]}
            if entry not in links:
                _check(company, entry, body, known=entry in old)
                links.append(entry)
    if sum(link["TxnType"] == "Estimate" for link in links) > 1:
        raise faults.business("An invoice can be linked to one estimate only.")
    return links + read_only


def _keep_links(body: Body, wished: Sequence[Body]) -> None:
    """Take the links that are no longer wished off lines which the client did not send."""
    for line in body.get("Line", []):
        for link in line.get("LinkedTxn") or []:
            if not any(_same(one, link) for one in wished):
                body["Line"] = [_without(kept, link) for kept in body["Line"]]


def _check(company: Company, link: Body, body: Body, *, known: bool) -> None:
    number = id_number(link["TxnId"])
    if number is None:
        raise faults.bad_id(link["TxnId"], "LinkedTxn.TxnId")
    record = company.find(link["TxnType"], number) if link["TxnType"] in company.entities else None
    if known:
        return
    if record is None:
        raise faults.unknown_reference("Transactions", link["TxnId"])
    if link["TxnType"] == "Estimate" and _customer(record.body) != _customer(body):
        raise faults.business("An estimate can be linked to an invoice of the same customer only.")
    if link["TxnType"] == "Estimate" and any(
        entry["TxnType"] == "Invoice" for entry in record.body.get("LinkedTxn", [])
    ):
        raise faults.business("This estimate has already been invoiced.")
    if link["TxnType"] == "TimeActivity" and record.body.get("BillableStatus") == "HasBeenBilled":
        raise faults.business("This time activity has already been billed.")


def _customer(body: Body) -> object:
    return (body.get("CustomerRef") or {}).get("value")


def follow_links(company: Company, before: Body, after: Body, invoice: int) -> None:
    """Close or reopen what an invoice is linked to; `before` and `after` are its bodies, empty when there is none."""
    earlier, now = _writable(before), _writable(after)
    for link in earlier:
        if link not in now:
            _let_go(company, link, invoice)
    for link in now:
        if link not in earlier:
            _take(company, link, invoice)


def _writable(body: Body) -> list[Body]:
    return [link for link in body.get("LinkedTxn") or [] if link.get("TxnType") in _WRITABLE]


def _find(company: Company, link: Body) -> Record | None:
    number = id_number(str(link.get("TxnId", "")))
    return (
        company.find(link["TxnType"], number)
        if number is not None and link["TxnType"] in company.entities
        else None
    )


def _take(company: Company, link: Body, invoice: int) -> None:
    record = _find(company, link)
    if record is None:
        return
    if link["TxnType"] == "TimeActivity":
        company.save(record, {**record.body, "BillableStatus": "HasBeenBilled"}, bump=False)
        return
    links = [*record.body.get("LinkedTxn", []), {"TxnId": str(invoice), "TxnType": "Invoice"}]
    company.save(record, {**record.body, "TxnStatus": "Closed", "LinkedTxn": links}, bump=False)


def _let_go(company: Company, link: Body, invoice: int) -> None:
    record = _find(company, link)
    if record is None:
        return
    if link["TxnType"] == "TimeActivity":
        company.save(record, {**record.body, "BillableStatus": "Billable"}, bump=False)
        return
    body = {key: value for key, value in record.body.items() if key != "LinkedTxn"}
    left = [entry for entry in record.body.get("LinkedTxn", []) if entry["TxnId"] != str(invoice)]
    if left:
        body["LinkedTxn"] = left
    else:
        body["TxnStatus"] = "Pending"
    company.save(record, body, bump=False)


def forget_estimate(company: Company, estimate: Record) -> None:
    """Take the links to an estimate that is about to be deleted off its invoices, which do not change otherwise."""
    gone = {"TxnId": str(estimate.id), "TxnType": "Estimate"}
    for link in estimate.body.get("LinkedTxn", []):
        number = id_number(str(link.get("TxnId", "")))
        invoice = company.find("Invoice", number) if number is not None else None
        if invoice is not None:
            lines = [_without(line, gone) for line in invoice.body.get("Line", [])]
            links = [entry for entry in invoice.body.get("LinkedTxn", []) if entry != gone]
            company.save(invoice, {**invoice.body, "LinkedTxn": links, "Line": lines}, bump=False)


def _without(line: Body, gone: Body) -> Body:
    left = [link for link in line.get("LinkedTxn") or [] if not _same(link, gone)]
    kept = {key: value for key, value in line.items() if key != "LinkedTxn"}
    return {**kept, "LinkedTxn": left} if left else kept


def _same(link: Body, other: Body) -> bool:
    return all(str(link.get(key)) == str(other[key]) for key in ("TxnId", "TxnType"))


def with_hours(company: Company, change: Change) -> Change:
    """The change with a line for each newly linked time activity that no line of it was made from.

    The line sells the activity's item: its hours at its hourly rate, on its day.
    """
    lines: list[Body] = change.value("Line") or []
    named = {str(link.get("TxnId")) for line in lines for link in line.get("LinkedTxn") or []}
    made = [
        _hours_line(record)
        for link in change.sent.get("LinkedTxn") or []
        if link.get("TxnType") == "TimeActivity"
        and str(link.get("TxnId")) not in named
        and (record := _find(company, link)) is not None
    ]
    return replace(change, sent={**change.sent, "Line": [*lines, *made]}) if made else change


def _hours_line(activity: Record) -> Body:
    body = activity.body
    quantity = hours_worked(body).quantize(Decimal("0.00001")).normalize()
    rate = Decimal(body.get("HourlyRate", 0))
    detail: Body = {"UnitPrice": rate, "Qty": quantity, "ServiceDate": body["TxnDate"]}
    for key in ("ItemRef", "ClassRef"):
        if key in body:
            detail[key] = body[key]
    line: Body = {"Amount": cents(rate * quantity), "DetailType": "SalesItemLineDetail"}
    line["LinkedTxn"] = [{"TxnId": str(activity.id), "TxnType": "TimeActivity"}]
    if body.get("Description"):
        line["Description"] = body["Description"]
    if body.get("Taxable"):
        detail["TaxCodeRef"] = {"value": TAXABLE}
    return {**line, "SalesItemLineDetail": detail}
