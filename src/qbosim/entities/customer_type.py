"""Customer types: the groups that customers are sorted into, made in QuickBooks itself and only read through the API."""

from __future__ import annotations

from qbosim import faults
from qbosim.entities.change import Change
from qbosim.entities.entity import Entity
from qbosim.records.company import Company
from qbosim.records.layout import Body, Property
from qbosim.rules import Topic, documented

RULES = Topic(
    "CustomerType",
    documented(
        "customer_type.read_only",
        "Customer types are read and queried; the API neither creates nor changes one.",
        "Intuit's documentation of CustomerType",
    ),
)


def _refuse(_company: Company, _change: Change) -> Body:
    raise faults.unsupported("write on CustomerType")


CUSTOMER_TYPE = Entity(
    name="CustomerType",
    order=("domain", "sparse", "Id", "SyncToken", "MetaData", "Name", "Active"),
    verbs=frozenset(),
    prepare=_refuse,
    collection="CustomerTypes",
    properties=(Property("Name", indexed=True), Property("Active", "flag")),
    is_list=True,
    label="Name",
    referred_as=("CustomerTypeRef",),
)
