"""What became of purchase orders: the bills and expenses that were made from them, and the orders they close."""

from __future__ import annotations

from decimal import Decimal

from qbosim import faults
from qbosim.entities.change import Change
from qbosim.entities.expense_lines import ACCOUNT, ITEM
from qbosim.jsontext import plain
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "PurchaseOrder",
    recorded(
        "purchase_order.closed_by_bill",
        "A bill or expense that names an order in LinkedTxn closes it, and the order's LinkedTxn shows it as Bill or "
        "Purchase.",
        "objects of Intuit's sandbox company (PurchaseOrder 114 and 125)",
    ),
    assumed(
        "purchase_order.partly_received",
        "Lines that name an order's lines (TxnLineId) close it only when every line of it has come in full.",
        "Intuit's user interface keeps an order open until it is received in full",
    ),
    assumed(
        "purchase_order.reopened",
        "Deleting the bill or expense takes its link off the order and opens it again.",
        "Intuit's user interface does so",
    ),
    assumed(
        "purchase_order.deleted",
        "Deleting an order takes its link off the bills made from it, which do not change otherwise.",
        "a link to what is not there would be refused when the bill is sent back as it was read",
    ),
    documented(
        "purchase_order.same_vendor",
        "Only an order of the same vendor can be linked (6000), and only one that exists (2500).",
        "Intuit's documentation of Bill (LinkedTxn)",
    ),
)

ORDER = "PurchaseOrder"


def links_after(change: Change) -> list[Body]:
    """A bill's links after the change; leaving them out, even of a full update, does not unlink (assumed)."""
    old = (change.old or {}).get("LinkedTxn", [])
    if "LinkedTxn" not in change.sent:
        return list(old)
    sent = [link for link in change.sent["LinkedTxn"] if link.get("TxnType") == ORDER]
    return [link for link in old if link.get("TxnType") != ORDER] + sent


def orders_named(body: Body) -> list[str]:
    """The ids of the purchase orders that a document or one of its lines names."""
    links = [*(body.get("LinkedTxn") or [])]
    for line in body.get("Line") or []:
        links += line.get("LinkedTxn") or []
    return list(dict.fromkeys(str(link.get("TxnId")) for link in links if link.get("TxnType") == ORDER))


def check_orders(company: Company, change: Change, vendor: Record | None) -> None:
    """Refuse links to orders that are not there (2500) or are another vendor's (6000)."""
    for identity in orders_named({**change.sent, "LinkedTxn": links_after(change)}):
        order = company.refer(ORDER, {"value": identity})
        if vendor is None or order.body["VendorRef"]["value"] != str(vendor.id):
            raise faults.business("A purchase order can be linked to transactions of the same vendor only.")


def follow_orders(company: Company, before: Record | None, after: Record) -> None:
    """Bring the orders up to date that a document names, or named before."""
    named = set(orders_named(after.body))
    moved = before is not None and _party(before) != _party(after)
    for order in _orders_of(company, before) if before is not None else []:
        if str(order.id) not in named and (moved or after.entity.name == "Bill"):
            _show(company, order, [link for link in _links(order) if not _is(link, after)])
    for identity in sorted(named, key=int):
        linked = company.find(ORDER, int(identity))
        if linked is not None:
            others = [link for link in _links(linked) if not _is(link, after)]
            _show(company, linked, [*others, {"TxnId": str(after.id), "TxnType": after.entity.name}])


def loosen_orders(company: Company, document: Record) -> None:
    """Take a document that is about to be deleted off the orders it was made from."""
    for order in _orders_of(company, document):
        _show(
            company, order, [link for link in _links(order) if not _is(link, document)], without=document.id
        )


def forget_order(company: Company, order: Record) -> None:
    """Take the links to an order that is about to be deleted off what was made from it."""
    for link in _links(order):
        document = company.find(str(link["TxnType"]), int(link["TxnId"]))
        if document is None or str(order.id) not in orders_named(document.body):
            continue
        lines = [_unlinked(line, order) for line in document.body.get("Line") or []]
        body = {**_unlinked(document.body, order), "Line": lines}
        company.save(document, body, bump=False)


def _unlinked(body: Body, order: Record) -> Body:
    """A document or a line without its link to an order."""
    links = body.get("LinkedTxn") or []
    left = [link for link in links if (link.get("TxnType"), str(link.get("TxnId"))) != (ORDER, str(order.id))]
    if left == links:
        return body
    return {
        key: left if key == "LinkedTxn" else value
        for key, value in body.items()
        if left or key != "LinkedTxn"
    }


def _party(document: Record) -> str:
    """The id of a bill's vendor or an expense's payee; empty without one."""
    party = document.body.get("VendorRef") or document.body.get("EntityRef") or {}
    return str(party.get("value", ""))


def _orders_of(company: Company, document: Record) -> list[Record]:
    orders = company.select(ORDER, "p_VendorRef = ?", _party(document))
    return [order for order in orders if any(_is(link, document) for link in _links(order))]


def _links(order: Record) -> list[Body]:
    return list(order.body.get("LinkedTxn") or [])


def _is(link: Body, document: Record) -> bool:
    return link.get("TxnType") == document.entity.name and link.get("TxnId") == str(document.id)


def _show(company: Company, order: Record, links: list[Body], *, without: int | None = None) -> None:
    """Keep an order's links, what has come of its lines, and whether it is open."""
    documents = [
        found
        for link in links
        if link.get("TxnType") in company.entities
        and (found := company.find(str(link["TxnType"]), int(link["TxnId"]))) is not None
        and found.id != without
    ]
    come = _come(order, documents)
    lines = []
    for line in order.body.get("Line") or []:
        shown = {key: value for key, value in line.items() if key != "Received"}
        if come.get(str(line.get("Id"))):
            shown = _after_amount(shown, plain(come[str(line["Id"])]))
        lines.append(shown)
    whole = any(_names_whole(document.body, order.id) for document in documents)
    full = bool(come) and all(
        come.get(str(line["Id"]), Decimal(0)) >= _ordered(line) for line in lines if "Amount" in line
    )
    status = "Closed" if order.body.get("ManuallyClosed") or whole or full else "Open"
    body = {**order.body, "LinkedTxn": links, "Line": lines, "POStatus": status}
    if body != order.body:
        company.save(order, body)


def _names_whole(body: Body, order: int) -> bool:
    """Whether a document was made from the whole order: it names it, and none of its lines."""
    by_line = any(
        link.get("TxnType") == ORDER and link.get("TxnId") == str(order)
        for line in body.get("Line") or []
        for link in line.get("LinkedTxn") or []
    )
    return not by_line


def _come(order: Record, documents: list[Record]) -> dict[str, Decimal]:
    """By line of the order, the quantity (without one, the amount) that its documents brought."""
    come: dict[str, Decimal] = {}
    for document in documents:
        for line in document.body.get("Line") or []:
            for link in line.get("LinkedTxn") or []:
                if link.get("TxnType") == ORDER and link.get("TxnId") == str(order.id):
                    key = str(link.get("TxnLineId", ""))
                    come[key] = come.get(key, Decimal(0)) + _ordered(line)
    return come


def _ordered(line: Body) -> Decimal:
    detail = line.get(ITEM) or line.get(ACCOUNT) or {}
    return Decimal(detail.get("Qty") or line.get("Amount") or 0)


def _after_amount(line: Body, received: object) -> Body:
    shown: Body = {}
    for key, value in line.items():
        shown[key] = value
        if key == "Amount":
            shown["Received"] = received
    return shown
