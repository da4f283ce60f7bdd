"""The entities of QuickBooks that we know, one declaration each, what others refer to first."""

from __future__ import annotations

from typing import Final

from tieout.domain.documents import Kind
from tieout.qbo.entities.account import ACCOUNT
from tieout.qbo.entities.attachable import ATTACHABLE
from tieout.qbo.entities.bookings import BUDGET, DEPOSIT, JOURNAL_CODE, JOURNAL_ENTRY, TRANSFER
from tieout.qbo.entities.class_ import CLASS
from tieout.qbo.entities.company import COMPANY_INFO, PREFERENCES
from tieout.qbo.entities.credit_memo import CREDIT_MEMO, credit_memo_body
from tieout.qbo.entities.currencies import COMPANY_CURRENCY, EXCHANGE_RATE
from tieout.qbo.entities.customer import CUSTOMER, customer_body, display_name
from tieout.qbo.entities.customer_type import CUSTOMER_TYPE
from tieout.qbo.entities.department import DEPARTMENT
from tieout.qbo.entities.entity import Can, Entity
from tieout.qbo.entities.invoice import INVOICE, invoice_body
from tieout.qbo.entities.item import ITEM, item_body, item_name
from tieout.qbo.entities.other_sales import ESTIMATE, REFUND_RECEIPT, REIMBURSE_CHARGE, SALES_RECEIPT
from tieout.qbo.entities.payment import PAYMENT, payment_body
from tieout.qbo.entities.payment_method import PAYMENT_METHOD
from tieout.qbo.entities.people import EMPLOYEE, VENDOR
from tieout.qbo.entities.purchases import (
    BILL,
    BILL_PAYMENT,
    CREDIT_CARD_PAYMENT,
    PURCHASE,
    PURCHASE_ORDER,
    VENDOR_CREDIT,
)
from tieout.qbo.entities.recurring import RECURRING_TRANSACTION
from tieout.qbo.entities.refs import Refs
from tieout.qbo.entities.tax_code import TAX_CODE
from tieout.qbo.entities.tax_rates import TAX_AGENCY, TAX_RATE
from tieout.qbo.entities.term import TERM
from tieout.qbo.entities.work_and_stock import INVENTORY_ADJUSTMENT, TIME_ACTIVITY

__all__ = [
    "ENTITIES",
    "Can",
    "Entity",
    "Refs",
    "by_kind",
    "by_name",
    "by_word",
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
    COMPANY_INFO,
    PREFERENCES,
    COMPANY_CURRENCY,
    EXCHANGE_RATE,
    TAX_AGENCY,
    TAX_RATE,
    TAX_CODE,
    TERM,
    CLASS,
    DEPARTMENT,
    PAYMENT_METHOD,
    CUSTOMER_TYPE,
    JOURNAL_CODE,
    CUSTOMER,
    VENDOR,
    EMPLOYEE,
    ITEM,
    BUDGET,
    ESTIMATE,
    PURCHASE_ORDER,
    TIME_ACTIVITY,
    REIMBURSE_CHARGE,
    INVOICE,
    CREDIT_MEMO,
    SALES_RECEIPT,
    REFUND_RECEIPT,
    BILL,
    VENDOR_CREDIT,
    PURCHASE,
    JOURNAL_ENTRY,
    INVENTORY_ADJUSTMENT,
    TRANSFER,
    PAYMENT,
    BILL_PAYMENT,
    CREDIT_CARD_PAYMENT,
    DEPOSIT,
    RECURRING_TRANSACTION,
    ATTACHABLE,
)
_BY_NAME: Final = {entity.name: entity for entity in ENTITIES}
_BY_KIND: Final = {entity.kind: entity for entity in ENTITIES if entity.kind is not None}
_BY_WORD: Final = {
    word.lower(): entity for entity in ENTITIES for word in (entity.name, entity.answered_as, entity.told_as)
}


def by_name(name: str) -> Entity:
    """Find an entity by QuickBooks' name for it, such as `CreditMemo`."""
    assert name in _BY_NAME, f"no entity is called {name!r}"
    return _BY_NAME[name]


def by_kind(kind: Kind) -> Entity:
    """Find the entity that is the counterpart of a kind of host record."""
    return _BY_KIND[kind]


def by_word(word: str) -> Entity | None:
    """Find an entity by any name that an answer or a webhook has for it, in any case; None for one we do not know."""
    return _BY_WORD.get(word.lower())
