"""E-mailing a document to the customer: nothing leaves the simulator, the document remembers that it was sent."""

from __future__ import annotations

from qbosim import faults
from qbosim.entities.entity import Entity
from qbosim.entities.texts import check_emails
from qbosim.moments import stamp
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body


def send(company: Company, entity: Entity, record: Record, address: str | None) -> Record:
    """Send a document to `address`, which becomes its BillEmail (an order's POEmail), or to the one it has.

    LastUpdatedTime moves, SyncToken does not (recorded). Raises 6420 without an address, 2210 for a bad one.
    """
    if "send" not in entity.verbs:
        raise faults.unsupported(f"send on {entity.name}")
    body: Body = dict(record.body)
    key = "POEmail" if entity.name == "PurchaseOrder" else "BillEmail"
    if address:
        body[key] = {"Address": address}
        check_emails(body, key)
    if entity.name != "Payment" and not (body.get(key) or {}).get("Address"):
        raise faults.email_required()
    if entity.name != "Payment":
        body["EmailStatus"] = "EmailSent"
    if entity.name not in ("Payment", "PurchaseOrder"):
        body["DeliveryInfo"] = {"DeliveryType": "Email", "DeliveryTime": stamp(company.seconds)}
    if entity.name == "Payment":
        body.pop("BillEmail", None)
    sent = company.save(record, body, bump=False)
    company.tell(sent, "Emailed")
    return sent
