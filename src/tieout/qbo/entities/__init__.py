"""The entities of QuickBooks that we know, one declaration each, what others refer to first."""

from __future__ import annotations

from typing import Final

from tieout.domain.documents import Kind
from tieout.qbo.entities.account import ACCOUNT
from tieout.qbo.entities.class_ import CLASS
from tieout.qbo.entities.credit_memo import CREDIT_MEMO, credit_memo_body
from tieout.qbo.entities.customer import CUSTOMER, customer_body, display_name
from tieout.qbo.entities.department import DEPARTMENT
from tieout.qbo.entities.entity import Can, Entity
from tieout.qbo.entities.invoice import INVOICE, invoice_body
from tieout.qbo.entities.item import ITEM, item_body, item_name
from tieout.qbo.entities.payment import PAYMENT, payment_body
from tieout.qbo.entities.payment_method import PAYMENT_METHOD
from tieout.qbo.entities.refs import Refs
from tieout.qbo.entities.tax_code import TAX_CODE
from tieout.qbo.entities.term import TERM

__all__ = [
    "ENTITIES",
    "Can",
    "Entity",
    "Refs",
    "by_kind",
    "by_name",
    "credit_memo_body",
    "customer_body",
    "display_name",
    "invoice_body",
    "item_body",
    "item_name",
    "payment_body",
]

ENTITIES: Final[tuple[Entity, ...]] = (
    ACCOUNT,
    TAX_CODE,
    TERM,
    CLASS,
    DEPARTMENT,
    PAYMENT_METHOD,
    CUSTOMER,
    ITEM,
    INVOICE,
    CREDIT_MEMO,
    PAYMENT,
)
_BY_NAME: Final = {entity.name: entity for entity in ENTITIES}
_BY_KIND: Final = {entity.kind: entity for entity in ENTITIES if entity.kind is not None}


def by_name(name: str) -> Entity:
    """Find an entity by QuickBooks' name for it, such as `CreditMemo`."""
    assert name in _BY_NAME, f"no entity is called {name!r}"
    return _BY_NAME[name]


def by_kind(kind: Kind) -> Entity:
    """Find the entity that is the counterpart of a kind of host record."""
    return _BY_KIND[kind]
