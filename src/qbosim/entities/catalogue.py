"""Every entity the simulator serves: one line here, and all verbs, queries and the change feed know it."""

from __future__ import annotations

from qbosim.entities.account import ACCOUNT
from qbosim.entities.attachable import ATTACHABLE
from qbosim.entities.bill import BILL
from qbosim.entities.bill_payment import BILL_PAYMENT
from qbosim.entities.budget import BUDGET
from qbosim.entities.company_currency import COMPANY_CURRENCY
from qbosim.entities.company_info import COMPANY_INFO, PREFERENCES
from qbosim.entities.credit_card_payment import CREDIT_CARD_PAYMENT
from qbosim.entities.credit_memo import CREDIT_MEMO
from qbosim.entities.customer import CUSTOMER
from qbosim.entities.customer_type import CUSTOMER_TYPE
from qbosim.entities.deposit import DEPOSIT
from qbosim.entities.employee import EMPLOYEE
from qbosim.entities.entity import Entity
from qbosim.entities.estimate import ESTIMATE
from qbosim.entities.exchange_rate import EXCHANGE_RATE
from qbosim.entities.inventory_adjustment import INVENTORY_ADJUSTMENT
from qbosim.entities.invoice import INVOICE
from qbosim.entities.item import ITEM
from qbosim.entities.journal_code import JOURNAL_CODE
from qbosim.entities.journal_entry import JOURNAL_ENTRY
from qbosim.entities.payment import PAYMENT
from qbosim.entities.payment_method import PAYMENT_METHOD
from qbosim.entities.purchase import PURCHASE
from qbosim.entities.purchase_order import PURCHASE_ORDER
from qbosim.entities.recurring import RECURRING_TRANSACTION
from qbosim.entities.refund_receipt import REFUND_RECEIPT
from qbosim.entities.reimburse_charge import REIMBURSE_CHARGE
from qbosim.entities.sales_receipt import SALES_RECEIPT
from qbosim.entities.tax import TAX_AGENCY, TAX_CODE, TAX_RATE
from qbosim.entities.term import TERM
from qbosim.entities.time_activity import TIME_ACTIVITY
from qbosim.entities.tracking import CLASS, DEPARTMENT
from qbosim.entities.transfer import TRANSFER
from qbosim.entities.vendor import VENDOR
from qbosim.entities.vendor_credit import VENDOR_CREDIT

ENTITIES: tuple[Entity, ...] = (
    COMPANY_INFO,
    PREFERENCES,
    COMPANY_CURRENCY,
    EXCHANGE_RATE,
    ACCOUNT,
    TERM,
    PAYMENT_METHOD,
    TAX_AGENCY,
    TAX_RATE,
    TAX_CODE,
    CLASS,
    DEPARTMENT,
    CUSTOMER_TYPE,
    JOURNAL_CODE,
    CUSTOMER,
    VENDOR,
    EMPLOYEE,
    ITEM,
    BUDGET,
    REIMBURSE_CHARGE,
    ESTIMATE,
    INVENTORY_ADJUSTMENT,
    TIME_ACTIVITY,
    INVOICE,
    CREDIT_MEMO,
    SALES_RECEIPT,
    REFUND_RECEIPT,
    JOURNAL_ENTRY,
    TRANSFER,
    PURCHASE_ORDER,
    BILL,
    VENDOR_CREDIT,
    PURCHASE,
    CREDIT_CARD_PAYMENT,
    PAYMENT,
    BILL_PAYMENT,
    DEPOSIT,
    RECURRING_TRANSACTION,
    ATTACHABLE,
)

BY_NAME: dict[str, Entity] = {entity.name: entity for entity in ENTITIES}

_BY_LOWER_NAME = {
    **{entity.name.lower(): entity for entity in ENTITIES},
    # Its address and its name in queries are not the key that it is answered under (Intuit's documentation).
    "creditcardpayment": CREDIT_CARD_PAYMENT,
}


def find_entity(name: str) -> Entity | None:
    """The entity with that name, whatever its case."""
    return _BY_LOWER_NAME.get(name.lower())
