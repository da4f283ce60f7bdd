"""Ways of paying: cash, check, cards."""

from __future__ import annotations

from qbosim import faults
from qbosim.entities.change import Change
from qbosim.entities.entity import Entity
from qbosim.entities.name_list import follow_rename, is_active, keep_unique, named, shown
from qbosim.entities.texts import check_lengths
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "PaymentMethod",
    documented(
        "payment_method.name",
        "A payment method needs a Name of at most 31 characters that no other one has (6240).",
        "Intuit's documentation of PaymentMethod",
    ),
    documented(
        "payment_method.type",
        "Type is NON_CREDIT_CARD unless CREDIT_CARD is sent; anything else is refused with 2170.",
        "Intuit's documentation of PaymentMethod",
    ),
    recorded(
        "payment_method.shape",
        "A payment method shows domain, sparse, Id, SyncToken and MetaData before Name, Active and Type.",
        "payment methods of a real sandbox company",
    ),
    assumed(
        "payment_method.deactivated",
        "Payment methods are deactivated, not deleted; the name then ends in ` (deleted)`.",
        "as recorded of customers and accounts; a method of 2013 in quickbooks-ruby's fixtures has ` (Deleted)`",
    ),
)

_TYPES = ("NON_CREDIT_CARD", "CREDIT_CARD")


def _prepare(company: Company, change: Change) -> Body:
    active = is_active(change)
    kind = change.kept("Type") or _TYPES[0]
    if kind not in _TYPES:
        raise faults.bad_choice("Type", kind)
    body: Body = {"Name": shown(named(change, "Name"), active), "Active": active, "Type": kind}
    check_lengths(body, {"Name": 31})
    keep_unique(company, ("PaymentMethod",), "Name", body["Name"], change)
    return body


def _saved(company: Company, before: Record | None, after: Record) -> None:
    follow_rename(company, before, after)


PAYMENT_METHOD = Entity(
    name="PaymentMethod",
    order=("domain", "sparse", "Id", "SyncToken", "MetaData", "Name", "Active", "Type"),
    verbs=frozenset({"create", "update"}),
    prepare=_prepare,
    collection="PaymentMethods",
    properties=(Property("Name", indexed=True), Property("Active", "flag"), Property("Type")),
    sorted_by="Name",
    is_list=True,
    label="Name",
    referred_as=("PaymentMethodRef",),
    saved=_saved,
)
